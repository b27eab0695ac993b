#include "domain/proposals.h"

#include "core/strings.h"
#include "domain/addresses.h"
#include "domain/answers.h"
#include "domain/invitations.h"
#include "domain/rendering.h"
#include "ical/timing.h"
#include "ical/value.h"

#include <algorithm>
#include <array>
#include <utility>

namespace domain {

namespace {

constexpr std::int64_t longest_seconds = 7 * 86'400;
constexpr std::size_t attempts_read = 200;
constexpr std::string_view proposed_outcome = "proposed";
// What Outlook says of the time as it is, and shows.
constexpr const char* original_start = "X-MS-OLK-ORIGINALSTART";
constexpr const char* original_end = "X-MS-OLK-ORIGINALEND";
constexpr std::array<std::string_view, 5> copied = {"UID", "SEQUENCE", "RECURRENCE-ID", "SUMMARY",
                                                    "ORGANIZER"};

core::Done check_time(const Proposal& proposal, core::Instant now) {
    const std::int64_t length = proposal.time.end - proposal.time.start;
    if (length <= 0 || length > longest_seconds) {
        return core::fail(core::Errc::invalid_input, "The proposed time makes no sense.");
    }
    if (proposal.time.start <= now) {
        return core::fail(core::Errc::invalid_input, "The proposed time has passed.");
    }
    return {};
}

core::Done check_rate(const storage::ReadTransaction& transaction,
                      const storage::Participant& guest, core::Instant now) {
    const auto attempts = transaction.sessions().attempts(guest.id, attempts_read);
    const auto today = std::count_if(attempts.begin(), attempts.end(), [&](const auto& attempt) {
        return attempt.outcome == proposed_outcome && now - attempt.at < core::day_seconds;
    });
    if (static_cast<std::size_t>(today) >= proposals_a_day) {
        return core::fail(core::Errc::rate_limited,
                          "Another time was asked for too often. Please contact your practice.");
    }
    return {};
}

// On the clock of the event, so that both sides read it as they know it.
ical::Property time_property(const ical::Property& start, const ical::DateTime& first,
                             std::string name, core::Instant at) {
    if (first.is_utc || first.is_date) {
        return {std::move(name), core::to_ical_utc(at)};
    }
    ical::Property property(std::move(name), ical::to_ical_wall(first.zone->to_wall(at), false));
    if (start.has_parameter("TZID")) {
        property.set_parameter("TZID", std::string(start.parameter("TZID")));
    }
    return property;
}

ical::Property guest_line(const storage::Participant& guest) {
    ical::Property line("ATTENDEE", "mailto:" + guest.address);
    if (!guest.name.empty()) {
        line.set_parameter("CN", guest.name);
    }
    line.set_parameter("PARTSTAT", "TENTATIVE");
    return line;
}

core::Result<ical::Component> counter_of(const SessionEvent& session,
                                         const ical::Component& component,
                                         const storage::Participant& guest,
                                         const Proposal& proposal, core::Instant now) {
    const auto timing = TRY(ical::timing_of(component, session.event.kind, session.event.zones));
    const ical::Property* const start = component.find("DTSTART");
    if (!timing || start == nullptr) {
        return core::fail(core::Errc::invalid_input, "The session has no time.");
    }
    ical::Component event;
    event.name = "VEVENT";
    for (const ical::Property& property : component.properties) {
        if (std::any_of(copied.begin(), copied.end(),
                        [&](std::string_view name) { return property.is(name); })) {
            event.properties.push_back(property);
        }
    }
    const auto add = [&](ical::Property property) {
        event.properties.push_back(std::move(property));
    };
    add({"DTSTAMP", core::to_ical_utc(now)});
    add(time_property(*start, timing->start, "DTSTART", proposal.time.start));
    add(time_property(*start, timing->start, "DTEND", proposal.time.end));
    add(guest_line(guest));
    if (!proposal.comment.empty()) {
        ical::Property comment("COMMENT", "");
        comment.set_text(proposal.comment);
        add(std::move(comment));
    }
    add({original_start, core::to_ical_utc(timing->start.instant())});
    add({original_end, core::to_ical_utc(timing->end(timing->start.wall))});
    return event;
}

storage::Mail mail_to_organizer(const SessionEvent& session, ical::Component event,
                                core::Instant now, const Policy& policy) {
    ical::Component calendar = new_calendar();
    calendar.set(ical::Property("METHOD", "COUNTER"));
    for (const ical::Component& component : session.event.calendar.components) {
        if (component.name == "VTIMEZONE") {
            calendar.components.push_back(component);
        }
    }
    calendar.components.push_back(std::move(event));
    storage::Mail mail;
    mail.session = session.session.id;
    mail.message_id = new_message_id(policy);
    mail.recipient = is_email_address(session.host) ? session.host : session.owner.email;
    mail.subject = proposal_subject;
    mail.text = ical::print(calendar);
    mail.created = now;
    mail.due = now;
    return mail;
}

} // namespace

core::Done note_proposal(storage::WriteTransaction& transaction, const SessionEvent& session,
                         const storage::Participant& guest, const Proposal& proposal,
                         core::Instant now, const Policy& policy) {
    if (!policy.mail_settle_seconds) {
        return core::fail(core::Errc::unsupported, "Proposals are not passed on here.");
    }
    TRYV(check_time(proposal, now));
    TRYV(check_rate(transaction, guest, now));
    if (proposal.comment.size() > proposal_comment_bytes_max) {
        return core::fail(core::Errc::invalid_input, "The message is too long.");
    }
    ical::Object event = session.event;
    const ical::Component* const component = TRY(component_for(event, proposal.occurrence));
    if (!takes_part(*component, guest.address, session.host)) {
        return core::fail(core::Errc::not_found, "You are not invited to this any more.");
    }
    ical::Component counter = TRY(counter_of(session, *component, guest, proposal, now));
    transaction.outbox().insert(mail_to_organizer(session, std::move(counter), now, policy));
    storage::Attempt attempt;
    attempt.participant = guest.id;
    attempt.occurrence = occurrence_key(event, *component, session.session.shift_seconds).value;
    attempt.at = now;
    attempt.outcome = proposed_outcome;
    transaction.sessions().insert(attempt);
    return {};
}

std::optional<ProposalMail> read_proposal(const storage::Mail& mail, const Policy& policy) {
    const auto object = ical::read_object(mail.text, policy.time_zone);
    if (!object) {
        return std::nullopt;
    }
    const ical::Component& event = *object->main_components().front();
    const ical::Property* const guest = event.find("ATTENDEE");
    if (guest == nullptr) {
        return std::nullopt;
    }
    ProposalMail proposal;
    proposal.guest_address = normalise_address(guest->value());
    proposal.guest_name = guest->parameter("CN");
    ProposalWords said;
    said.guest = proposal.guest_name.empty()
                     ? proposal.guest_address
                     : proposal.guest_name + " (" + proposal.guest_address + ")";
    const auto instant_of = [&](const char* name) {
        return core::from_ical_utc(event.value(name)).value_or(core::beginning_of_time);
    };
    said.former = {instant_of(original_start), instant_of(original_end)};
    proposal.text = proposal_text(*object, said, policy.language);
    return proposal;
}

} // namespace domain
