#include "domain/invitations.h"

#include "core/crypto.h"
#include "core/log.h"
#include "core/strings.h"
#include "domain/addresses.h"
#include "domain/answer_links.h"
#include "domain/feeds.h"
#include "domain/links.h"
#include "domain/rendering.h"
#include "domain/reply_addresses.h"
#include "domain/session_event.h"
#include "ical/itip.h"
#include "ical/recurrence.h"
#include "ical/timing.h"

#include <algorithm>
#include <vector>

namespace domain {

namespace {

constexpr std::size_t sessions_at_once = 5;
constexpr std::size_t message_id_bytes = 15;

ical::ItipContext context_of(const storage::Announcement& announcement, core::Instant now,
                             const Policy& policy) {
    ical::ItipContext context;
    context.now = now;
    context.sequence = announcement.sequence;
    if (policy.guest_details == GuestDetails::full) {
        context.shown = {"SUMMARY", "LOCATION", "DESCRIPTION"};
    }
    context.normalise = [](std::string_view address) { return normalise_address(address); };
    return context;
}

// What that guest gets to see of the message, with a placeholder for their link.
storage::Mail mail_of(const ical::ItipMessage& message, const SessionEvent& session,
                      const storage::Participant& guest, core::Instant now, const Policy& policy) {
    ical::Component calendar = message.calendar;
    ical::Component& event = calendar.components.back();
    const std::string title = title_for(session, event, guest.role, policy);
    ical::Property summary("SUMMARY", "");
    summary.set_text(title);
    event.set(std::move(summary));
    event.set(ical::Property("CLASS", "PRIVATE"));
    if (event.find("ORGANIZER") == nullptr) {
        ical::Property organizer("ORGANIZER", "mailto:" + session.host);
        organizer.set_parameter("CN", session.owner.name);
        event.properties.push_back(std::move(organizer));
    }
    if (message.method == ical::ItipMethod::request) {
        const OccurrenceKey key =
            occurrence_key(session.event, event, session.session.shift_seconds);
        add_own_link(event, join_url(policy.public_url,
                                     make_placeholder({guest.id, key, guest.generation})));
    }
    storage::Mail mail;
    mail.session = session.session.id;
    mail.message_id = new_message_id(policy);
    mail.recipient = guest.address;
    mail.subject = message.method == ical::ItipMethod::cancel ? "cancelled"
                   : message.is_new                           ? "new"
                                                              : "changed";
    mail.text = ical::print(calendar);
    mail.links = placeholder_offsets(mail.text);
    mail.created = now;
    mail.due = now;
    return mail;
}

// Empty if answers are not taken by mail, or from this guest no more.
std::string reply_address_of(const storage::ReadTransaction& transaction, const storage::Mail& mail,
                             const Keys& keys, std::string_view reply_base) {
    if (reply_base.empty()) {
        return {};
    }
    for (const storage::Participant& guest : transaction.sessions().participants(mail.session)) {
        if (guest.address == mail.recipient && !guest.removed) {
            return make_reply_address(reply_base, keys, guest);
        }
    }
    return {};
}

// Returns the SEQUENCE after those that were used.
core::Result<std::int64_t> write_mails(storage::WriteTransaction& transaction,
                                       const storage::Announcement& announcement,
                                       const SessionEvent& session, core::Instant now,
                                       const Policy& policy) {
    std::optional<ical::Object> former;
    if (!announcement.former.empty()) {
        former = TRY(ical::read_object(announcement.former, session.event.zones.floating()));
        remove_links(former->calendar);
    }
    const auto change = TRY(ical::ItipChange::of(former ? &*former : nullptr,
                                                 session.gone ? nullptr : &session.event,
                                                 context_of(announcement, now, policy)));
    std::int64_t next = announcement.sequence;
    bool all_told = true;
    for (const storage::Participant& guest : session.participants) {
        if (!gets_mail(guest)) {
            continue;
        }
        const auto messages = TRY(change.messages_for(guest.address));
        all_told = all_told && !messages.empty();
        for (const ical::ItipMessage& message : messages) {
            transaction.outbox().insert(mail_of(message, session, guest, now, policy));
            next = std::max(next, message.sequence + 1);
        }
    }
    if (!all_told) { // what is said to be pending is not
        transaction.outbox().note_delivery(announcement.session, now);
    }
    return next;
}

constexpr std::int64_t soon_seconds = core::day_seconds;

bool is_soon(const ical::Object& event, core::Instant now) {
    const auto next = ical::next_occurrence(event, now);
    return next && *next && (*next)->start < now + soon_seconds;
}

bool was_soon(std::string_view former, const ical::Object* current, core::Instant now,
              const Policy& policy) {
    const auto event = ical::read_object(former, current != nullptr ? current->zones.floating()
                                                                    : policy.time_zone);
    return event && is_soon(*event, now);
}

void announce(storage::WriteTransaction& transaction, const storage::Announcement& announcement,
              core::Instant now, const Policy& policy) {
    std::int64_t next = announcement.sequence;
    auto row = transaction.sessions().find(announcement.session);
    const auto session = row ? read_session_event(transaction, std::move(*row), policy)
                             : std::optional<SessionEvent>();
    if (session) {
        if (const auto written = write_mails(transaction, announcement, *session, now, policy)) {
            next = *written;
        } else {
            transaction.outbox().note_delivery(announcement.session, now);
            core::log(core::LogLevel::warning, "mail_left_out",
                      {{"session", std::to_string(announcement.session)},
                       {"why", written.error().detail}});
        }
    }
    transaction.outbox().announced(announcement.session, next);
}

} // namespace

bool gets_mail(const storage::Participant& participant) {
    return !participant.account && is_email_address(participant.address);
}

std::string new_message_id(const Policy& policy) {
    return core::random_token(message_id_bytes) + '@' + policy.mail_domain;
}

void note_change(storage::WriteTransaction& transaction, std::int64_t session,
                 std::string_view former, const ical::Object* current, core::Instant now,
                 const Policy& policy) {
    if (!policy.mail_settle_seconds) {
        return;
    }
    const auto people = transaction.sessions().participants(session);
    if (std::none_of(people.begin(), people.end(), gets_mail)) {
        return;
    }
    const bool at_once = !former.empty() && is_followed(transaction, session)
                         && ((current != nullptr && is_soon(*current, now))
                             || was_soon(former, current, now, policy));
    const std::int64_t delay = at_once ? 0 : *policy.mail_settle_seconds;
    transaction.outbox().announce(session, former, {now.seconds + delay});
    transaction.outbox().look_at_reminders(session, now);
}

std::size_t write_settled_mails(storage::Store& store, core::Instant now, const Policy& policy) {
    const auto done =
        store.write([&](storage::WriteTransaction& transaction) -> core::Result<std::size_t> {
            const auto due = transaction.outbox().due_announcements(now, sessions_at_once);
            for (const storage::Announcement& announcement : due) {
                announce(transaction, announcement, now, policy);
            }
            return due.size();
        });
    return done.value_or(0);
}

std::optional<Invitation> read_invitation(storage::WriteTransaction& transaction,
                                          const storage::Mail& mail, core::Instant now,
                                          const Policy& policy, const Keys& keys,
                                          std::string_view reply_base) {
    Invitation invitation;
    invitation.calendar = splice_links(keys.join, mail.text, mail.links);
    auto object = ical::read_object(invitation.calendar, policy.time_zone);
    const auto feed = feed_url(transaction, mail.recipient, now, policy, keys);
    if (!object || !feed) {
        return std::nullopt;
    }
    const ical::Component& event = *object->main_components().front();
    if (const ical::Property* organizer = event.find("ORGANIZER")) {
        invitation.organizer_name = organizer->parameter("CN");
        invitation.organizer_address = normalise_address(organizer->value());
    }
    MailLinks links{*feed, ""};
    if (const auto own = read_placeholders(mail.text, mail.links); !own.empty()) {
        links.answer = answer_url(policy.public_url, keys, own.front());
    }
    invitation.text = invitation_text(*object, mail.subject, links, policy.language);
    if (mail.subject == reminder_subject) {
        invitation.calendar.clear();
        if (const auto timing = ical::timing_of(event, object->kind, object->zones);
            timing && *timing) {
            invitation.useful_until = (*timing)->end((*timing)->start.wall);
        }
        return invitation;
    }
    invitation.method = object->calendar.value("METHOD");
    invitation.reply_address = reply_address_of(transaction, mail, keys, reply_base);
    if (!invitation.reply_address.empty()) {
        for (ical::Component& component : object->calendar.components) {
            if (ical::Property* organizer = component.find("ORGANIZER")) {
                organizer->set_value("mailto:" + invitation.reply_address);
            }
        }
        invitation.calendar = ical::print(object->calendar);
    }
    return invitation;
}

} // namespace domain
