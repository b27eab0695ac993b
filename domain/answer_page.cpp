#include "domain/answer_page.h"

#include "core/strings.h"
#include "domain/addresses.h"
#include "domain/answer_links.h"
#include "domain/proposals.h"
#include "domain/replies.h"
#include "domain/session_event.h"
#include "ical/value.h"

#include <algorithm>
#include <utility>

namespace domain {

namespace {

// Each answer that changes something is a durable write, and a new version of the event.
constexpr std::size_t answers_an_hour = 20;
constexpr std::int64_t hour_seconds = 3'600;
constexpr std::size_t answers_kept = 200;
constexpr std::string_view answered_outcome = "answered";

struct Found {
    AnswerView view;
    std::optional<SessionEvent> session; // if there is something to answer
    std::optional<core::Instant> slot;   // RECURRENCE-ID of the occurrence that is shown
};

std::string status_in(const ical::Component& component, std::string_view address) {
    for (const ical::Property* line : component.find_all("ATTENDEE")) {
        if (normalise_address(line->value()) == address) {
            const std::string status = core::to_upper(core::trim(line->parameter("PARTSTAT")));
            return status.empty() ? "NEEDS-ACTION" : status; // RFC 5545 section 3.2.12
        }
    }
    return "";
}

// The occurrence's RECURRENCE-ID as an instant; nothing for an event that does not recur.
std::optional<core::Instant> slot_in(const SessionEvent& session, const JoinToken& token) {
    const ical::Component* const master = session.event.master();
    const ical::Property* const start = master == nullptr ? nullptr : master->find("DTSTART");
    if (token.occurrence.is_series() || !session.event.recurs() || start == nullptr) {
        return std::nullopt;
    }
    const auto first = ical::date_time(*start, session.event.zones);
    if (!first) {
        return std::nullopt;
    }
    return first->zone->to_instant(token.occurrence.recurrence_id(session.session.shift_seconds));
}

void describe_answer(Found& found, const JoinToken& asked) {
    const SessionEvent& session = *found.session;
    AnswerView& view = found.view;
    const std::string& address = view.session.participant.address;
    const ical::Component* const master = session.event.master();
    const std::string of_series = master == nullptr ? "" : status_in(*master, address);
    view.is_series = asked.occurrence.is_series() && session.event.recurs();
    found.slot = slot_in(session, view.session.token);
    view.has_one = !session.event.recurs() || found.slot.has_value();
    view.has_all = session.event.recurs() && !of_series.empty();
    std::string of_one = of_series;
    if (found.slot) {
        const auto lookup = ical::find_occurrence(
            session.event,
            view.session.token.occurrence.recurrence_id(session.session.shift_seconds));
        if (lookup && lookup->occurrence) {
            of_one = status_in(*lookup->occurrence->component, address);
        }
    }
    view.status = view.is_series && view.has_all ? of_series : of_one;
}

Found find_answer(const storage::ReadTransaction& transaction, std::string_view token,
                  core::Instant now, const Policy& policy, const Keys& keys) {
    Found found;
    const auto asked = read_answer_token(keys, token);
    if (!asked) {
        return found;
    }
    JoinView& view = found.view.session;
    view = look(transaction, make_token(keys.join, *asked), now, policy, keys);
    if (view.redirect) { // the occurrence that is next
        const std::string next = *view.redirect;
        view = look(transaction, next, now, policy, keys);
    }
    if (!found.view.can_answer()) {
        return found;
    }
    auto row = transaction.sessions().find(view.participant.session);
    found.session = row ? read_session_event(transaction, std::move(*row), policy)
                        : std::optional<SessionEvent>();
    if (!found.session || found.session->gone || view.participant.role == storage::Role::host) {
        view.state = JoinState::removed;
        return found;
    }
    describe_answer(found, *asked);
    found.view.can_propose =
        policy.mail_settle_seconds && !view.all_day && view.time && found.view.has_one;
    return found;
}

core::Result<Found> find_answerable(const storage::ReadTransaction& transaction,
                                    std::string_view token, core::Instant now, const Policy& policy,
                                    const Keys& keys) {
    Found found = find_answer(transaction, token, now, policy, keys);
    if (found.view.session.state == JoinState::unknown) {
        return core::fail(core::Errc::not_found, "We do not know this link.");
    }
    if (!found.view.can_answer()) {
        return core::fail(core::Errc::gone, "There is nothing to answer any more.");
    }
    return found;
}

core::Done check_rate_of_answers(const storage::ReadTransaction& transaction,
                                 std::int64_t participant, core::Instant now) {
    const auto attempts = transaction.sessions().attempts(participant, answers_kept);
    const auto recent = std::count_if(attempts.begin(), attempts.end(), [&](const auto& attempt) {
        return attempt.outcome == answered_outcome && now - attempt.at < hour_seconds;
    });
    if (static_cast<std::size_t>(recent) >= answers_an_hour) {
        return core::fail(core::Errc::rate_limited,
                          "This was answered too often. Please come back in an hour.");
    }
    return {};
}

} // namespace

AnswerView look_at_answer(const storage::ReadTransaction& transaction, std::string_view token,
                          core::Instant now, const Policy& policy, const Keys& keys) {
    return find_answer(transaction, token, now, policy, keys).view;
}

core::Done give_answer(storage::WriteTransaction& transaction, const Calendars& calendars,
                       std::string_view token, const GivenAnswer& answer, core::Instant now,
                       std::string_view peer_address, const Policy& policy, const Keys& keys) {
    Found found = TRY(find_answerable(transaction, token, now, policy, keys));
    const AnswerView& view = found.view;
    const bool whole = answer.scope == AnswerScope::all;
    if (whole ? !view.has_all : !view.has_one) {
        return core::fail(core::Errc::invalid_input, "Please say which appointments you mean.");
    }
    const storage::Participant& guest = view.session.participant;
    TRYV(check_rate_of_answers(transaction, guest.id, now));
    const CurrentAnswer current{answer.status, whole ? std::nullopt : found.slot};
    const Replied replied =
        TRY(apply_answer(transaction, calendars, std::move(*found.session), guest, current, now));
    if (replied == Replied::changed) {
        transaction.sessions().insert(
            storage::Attempt{guest.id, view.session.token.occurrence.value, now,
                             std::string(answered_outcome), std::string(peer_address)});
        transaction.sessions().trim_attempts(guest.id, answers_kept);
    }
    return {};
}

core::Done propose_time(storage::WriteTransaction& transaction, std::string_view token,
                        const ProposedStart& proposed, core::Instant now, const Policy& policy,
                        const Keys& keys) {
    Found found = TRY(find_answerable(transaction, token, now, policy, keys));
    const AnswerView& view = found.view;
    if (!view.can_propose) {
        return core::fail(core::Errc::invalid_input,
                          "Please contact your practice if you need another time.");
    }
    Proposal proposal;
    proposal.occurrence = found.slot;
    proposal.time = {proposed.start,
                     proposed.start + (view.session.time->end - view.session.time->start)};
    proposal.comment = proposed.comment;
    return note_proposal(transaction, *found.session, view.session.participant, proposal, now,
                         policy);
}

} // namespace domain
