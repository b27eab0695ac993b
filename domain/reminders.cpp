#include "domain/reminders.h"

#include "core/crypto.h"
#include "core/log.h"
#include "core/strings.h"
#include "domain/addresses.h"
#include "domain/invitations.h"
#include "domain/links.h"
#include "domain/rendering.h"
#include "domain/session_event.h"
#include "ical/recurrence.h"
#include "ical/select.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace domain {

namespace {

constexpr std::size_t sessions_at_once = 20;
// Occurrences of one series that run at the same time and hide the one after them; a look an hour
// later finds it.
constexpr int running_at_once = 8;
constexpr std::int64_t look_again_seconds = 3'600;

// What a reminder shows of an occurrence; of other guests it says nothing.
constexpr std::array<std::string_view, 5> shown = {"UID", "DTSTART", "DTEND", "DURATION",
                                                   "DTSTAMP"};

bool declined(const ical::Component& component, std::string_view address) {
    const auto all = component.find_all("ATTENDEE");
    return std::any_of(all.begin(), all.end(), [&](const ical::Property* attendee) {
        return normalise_address(attendee->value()) == address
               && core::iequals(core::trim(attendee->parameter("PARTSTAT")), "DECLINED");
    });
}

core::Result<ical::Component> shown_part(const SessionEvent& session,
                                         const ical::Occurrence& occurrence, const Policy& policy) {
    const ical::Component whole = TRY(ical::occurrence_component(session.event, occurrence));
    ical::Component event;
    event.name = "VEVENT";
    for (const ical::Property& property : whole.properties) {
        if (std::any_of(shown.begin(), shown.end(),
                        [&](std::string_view name) { return property.is(name); })) {
            event.properties.push_back(property);
        }
    }
    ical::Property summary("SUMMARY", "");
    summary.set_text(title_for(session, *occurrence.component, storage::Role::guest, policy));
    event.set(std::move(summary));
    ical::Property organizer("ORGANIZER", "mailto:" + session.host);
    organizer.set_parameter("CN", session.owner.name);
    event.set(std::move(organizer));
    return event;
}

storage::Mail reminder_for(const storage::Participant& guest, ical::Component event,
                           const SessionEvent& session, const ical::Occurrence& occurrence,
                           core::Instant now, const Policy& policy) {
    const OccurrenceKey key = occurrence_key(occurrence, session.session.shift_seconds);
    event.set(ical::Property(
        "URL", join_url(policy.public_url, make_placeholder({guest.id, key, guest.generation}))));
    ical::Component calendar = new_calendar();
    for (const ical::Component& component : session.event.calendar.components) {
        if (component.name == "VTIMEZONE") {
            calendar.components.push_back(component);
        }
    }
    calendar.components.push_back(std::move(event));
    storage::Mail mail;
    mail.session = session.session.id;
    mail.message_id = new_message_id(policy);
    mail.recipient = guest.address;
    mail.subject = reminder_subject;
    mail.text = ical::print(calendar);
    mail.links = placeholder_offsets(mail.text);
    mail.created = now;
    mail.due = now;
    return mail;
}

core::Done remind_of(storage::WriteTransaction& transaction, const SessionEvent& session,
                     const ical::Occurrence& occurrence, core::Instant now, const Policy& policy) {
    const ical::Component event = TRY(shown_part(session, occurrence, policy));
    for (const storage::Participant& guest : people_in(session, occurrence)) {
        if (guest.role == storage::Role::guest && gets_mail(guest)
            && !declined(*occurrence.component, guest.address)) {
            transaction.outbox().insert(
                reminder_for(guest, event, session, occurrence, now, policy));
        }
    }
    return {};
}

// Returns when to look again.
core::Result<std::optional<core::Instant>> remind(storage::WriteTransaction& transaction,
                                                  const SessionEvent& session,
                                                  core::Instant handled, core::Instant now,
                                                  const Policy& policy) {
    const auto& leads = policy.reminder_seconds;
    if (session.gone || leads.empty()) {
        return std::optional<core::Instant>();
    }
    const std::int64_t longest = *std::max_element(leads.begin(), leads.end());
    for (const ical::Occurrence& occurrence :
         TRY(ical::occurrences(session.event, {now, now + (longest + 1)}))) {
        const auto moment = reminder_moment(occurrence.start, now, leads);
        if (moment && *moment > handled && !is_cancelled(session, occurrence)) {
            TRYV(remind_of(transaction, session, occurrence, now, policy));
        }
    }
    return next_reminder(session.event, now, leads);
}

void look_at(storage::WriteTransaction& transaction, const storage::DueReminder& due,
             core::Instant now, const Policy& policy) {
    auto row = transaction.sessions().find(due.session);
    const auto session = row ? read_session_event(transaction, std::move(*row), policy)
                             : std::optional<SessionEvent>();
    std::optional<core::Instant> next;
    if (session) {
        if (const auto looked = remind(transaction, *session, due.handled, now, policy)) {
            next = *looked;
        } else {
            core::log(core::LogLevel::warning, "reminders_left_out",
                      {{"session", std::to_string(due.session)}, {"why", looked.error().detail}});
        }
    }
    transaction.outbox().reminded(due.session, now, next);
}

} // namespace

std::optional<core::Instant> reminder_moment(core::Instant start, core::Instant now,
                                             std::span<const std::int64_t> leads) {
    if (start <= now) {
        return std::nullopt;
    }
    std::optional<core::Instant> latest;
    for (const std::int64_t lead : leads) {
        const core::Instant moment = start - lead;
        if (moment <= now && (!latest || moment > *latest)) {
            latest = moment;
        }
    }
    return latest;
}

core::Result<std::optional<core::Instant>>
next_reminder(const ical::Object& event, core::Instant now, std::span<const std::int64_t> leads) {
    std::optional<core::Instant> first;
    const auto consider = [&](core::Instant moment) {
        first = first ? std::min(*first, moment) : moment;
    };
    for (const std::int64_t lead : leads) {
        core::Instant at = now + lead;
        for (int running = 0;; ++running) {
            const auto occurrence = TRY(ical::next_occurrence(event, at));
            if (!occurrence) {
                break;
            }
            if (occurrence->start > now + lead) {
                consider(occurrence->start - lead);
                break;
            }
            if (running == running_at_once) {
                consider(now + look_again_seconds);
                break;
            }
            at = std::max(at + 1, occurrence->end);
        }
    }
    return first;
}

std::size_t write_due_reminders(storage::Store& store, core::Instant now, const Policy& policy) {
    const auto done =
        store.write([&](storage::WriteTransaction& transaction) -> core::Result<std::size_t> {
            const auto due = transaction.outbox().due_reminders(now, sessions_at_once);
            for (const storage::DueReminder& each : due) {
                look_at(transaction, each, now, policy);
            }
            return due.size();
        });
    return done.value_or(0);
}

} // namespace domain
