#include "domain/joining.h"

#include "core/strings.h"
#include "domain/rendering.h"
#include "domain/session_event.h"

#include <algorithm>

namespace domain {

namespace {

constexpr int occurrences_looked_at = 100; // cancelled ones in a row before we give up
constexpr std::size_t attempts_kept = 200; // of one participant
// More than anybody's finger or reconnecting browser makes.
constexpr std::size_t attempts_a_minute = 30;
constexpr std::int64_t minute_seconds = 60;

// The occurrence that a series link leads to: the first that is not over and that this participant
// is in, else the last there was.
core::Result<std::optional<ical::Occurrence>>
occurrence_of_series(const SessionEvent& session, const storage::Participant& participant,
                     core::Instant now) {
    const auto suits = [&](const ical::Occurrence& occurrence) {
        return !is_cancelled(session, occurrence)
               && takes_part(*occurrence.component, participant.address, session.host);
    };
    core::Instant at = now;
    for (int i = 0; i < occurrences_looked_at; ++i) {
        const auto next = TRY(ical::next_occurrence(session.event, at));
        if (!next) {
            break;
        }
        if (suits(*next)) {
            return next;
        }
        at = std::max(next->end, at + 1);
    }
    return ical::last_occurrence(session.event, now);
}

struct Located {
    std::optional<ical::Occurrence> occurrence;
    bool excluded = false; // there was one of that name
};

core::Result<Located> locate(const SessionEvent& session, const JoinToken& token) {
    const ical::WallTime wall = token.occurrence.recurrence_id(session.session.shift_seconds);
    auto lookup = TRY(ical::find_occurrence(session.event, wall));
    if (!session.event.recurs() && !token.occurrence.is_series() && lookup.occurrence
        && lookup.occurrence->start_time.wall != wall) {
        return Located{std::nullopt, true}; // a link from when the event was a series
    }
    return Located{std::move(lookup.occurrence), lookup.found != ical::Found::yes};
}

std::vector<std::string> names_for(const SessionEvent& session, const ical::Occurrence& occurrence,
                                   const storage::Participant& reader) {
    std::vector<std::string> names;
    for (const storage::Participant& person : people_in(session, occurrence)) {
        if (person.id != reader.id
            && (reader.role == storage::Role::host || person.role == storage::Role::host)) {
            names.push_back(display_name(session, person));
        }
    }
    return names;
}

void describe(JoinView& view, const SessionEvent& session, const ical::Occurrence& occurrence,
              const Policy& policy, const Keys& keys) {
    const OccurrenceKey key = occurrence_key(occurrence, session.session.shift_seconds);
    view.title = title_for(session, *occurrence.component, view.participant.role, policy);
    view.with = names_for(session, occurrence, view.participant);
    view.time = core::Interval{occurrence.start, occurrence.end};
    view.window = access_window(*view.time, view.participant.role, policy);
    view.zone = occurrence.start_time.zone;
    view.time_zone = view.zone->name();
    view.all_day = occurrence.all_day;
    view.session_id = public_session_id(keys, session.session, key);
}

// What there is to say when no occurrence of that name is left: who it was with.
void describe_nothing(JoinView& view, const SessionEvent& session, const Policy& policy) {
    const auto components = session.event.main_components();
    if (!components.empty()) {
        view.title = title_for(session, *components.front(), view.participant.role, policy);
    }
    if (view.participant.role == storage::Role::guest && !session.owner.name.empty()) {
        view.with.push_back(session.owner.name);
    }
    view.state = JoinState::cancelled;
}

JoinState judge(const SessionEvent& session, const ical::Occurrence& occurrence,
                const JoinView& view, core::Instant now) {
    if (view.participant.removed
        || !takes_part(*occurrence.component, view.participant.address, session.host)) {
        return JoinState::removed;
    }
    if (is_cancelled(session, occurrence)) {
        return JoinState::cancelled;
    }
    return state_at(*view.window, now);
}

// Somebody who was taken out learns that and nothing of what became of it.
JoinView removed_view(JoinView view) {
    view.state = JoinState::removed;
    return view;
}

core::Result<JoinView> look_at(JoinView view, const SessionEvent& session, core::Instant now,
                               const Policy& policy, const Keys& keys) {
    const bool series = view.token.occurrence.is_series() && session.event.recurs();
    if (series && !session.gone) {
        const auto occurrence = TRY(occurrence_of_series(session, view.participant, now));
        if (!occurrence) {
            describe_nothing(view, session, policy);
            return view;
        }
        JoinToken token = view.token;
        token.occurrence = occurrence_key(*occurrence, session.session.shift_seconds);
        view.redirect = make_token(keys.join, token);
        describe(view, session, *occurrence, policy, keys);
        view.state = judge(session, *occurrence, view, now);
        return view;
    }
    const Located located = TRY(locate(session, view.token));
    if (!located.occurrence || series) {
        describe_nothing(view, session, policy);
        return view;
    }
    describe(view, session, *located.occurrence, policy, keys);
    view.state = judge(session, *located.occurrence, view, now);
    return view;
}

} // namespace

JoinView look(const storage::ReadTransaction& transaction, std::string_view token,
              core::Instant now, const Policy& policy, const Keys& keys) {
    JoinView view;
    const auto claim = read_token(keys.join, token);
    if (!claim) {
        return view;
    }
    auto participant = transaction.sessions().participant(claim->participant);
    if (!participant) {
        return view;
    }
    auto session = transaction.sessions().find(participant->session);
    if (!session) {
        return view;
    }
    view.token = *claim;
    view.participant = std::move(*participant);
    if (view.participant.removed || view.participant.generation != claim->generation) {
        return removed_view(std::move(view));
    }
    const auto event = read_session_event(transaction, std::move(*session), policy);
    if (!event) {
        view.state = JoinState::cancelled;
        return view;
    }
    auto seen = look_at(view, *event, now, policy, keys);
    if (!seen) {
        view.state = JoinState::cancelled;
        return view;
    }
    return std::move(*seen);
}

namespace {

bool tries_too_often(const storage::Sessions& sessions, std::int64_t participant,
                     core::Instant now) {
    const auto newest = sessions.attempts(participant, attempts_a_minute);
    return newest.size() == attempts_a_minute && newest.back().at > now - minute_seconds;
}

} // namespace

core::Result<EnterOutcome> enter(storage::WriteTransaction& transaction, std::string_view token,
                                 core::Instant now, std::string_view peer_address,
                                 const Policy& policy, const Keys& keys) {
    EnterOutcome outcome;
    outcome.view = look(transaction, token, now, policy, keys);
    if (outcome.view.redirect) {
        outcome.view = look(transaction, *outcome.view.redirect, now, policy, keys);
    }
    const JoinView& view = outcome.view;
    if (view.state == JoinState::unknown) {
        return outcome;
    }
    if (tries_too_often(transaction.sessions(), view.participant.id, now)) {
        return core::fail(core::Errc::rate_limited, "This link was tried too often.");
    }
    const bool admitted = view.state == JoinState::open;
    transaction.sessions().insert(storage::Attempt{
        view.participant.id, view.token.occurrence.value, now,
        admitted ? "admitted" : std::string(to_string(view.state)), std::string(peer_address)});
    transaction.sessions().trim_attempts(view.participant.id, attempts_kept);
    if (admitted) {
        const auto session = transaction.sessions().find(view.participant.session);
        const std::string pattern =
            policy.call_url.empty() ? policy.public_url + "/call/{room}" : policy.call_url;
        outcome.admission = Admission{
            core::replace_all(pattern, "{room}", room_name(keys, *session, view.token.occurrence))};
    }
    return outcome;
}

core::Result<std::string> invitation_file(const storage::ReadTransaction& transaction,
                                          std::string_view token, core::Instant now,
                                          const Policy& policy, const Keys& keys) {
    JoinView view = look(transaction, token, now, policy, keys);
    if (view.state == JoinState::unknown) {
        return core::fail(core::Errc::not_found, "There is no such link.");
    }
    const std::string own = view.redirect ? *view.redirect : std::string(token);
    if (view.redirect) {
        view = look(transaction, own, now, policy, keys);
    }
    const auto session = transaction.sessions().find(view.participant.session);
    const auto event = session ? read_session_event(transaction, *session, policy) : std::nullopt;
    if (!event || view.state == JoinState::removed || view.state == JoinState::cancelled) {
        return core::fail(core::Errc::gone, "This session is not in the calendar any more.");
    }
    const Located located = TRY(locate(*event, view.token));
    if (!located.occurrence) {
        return core::fail(core::Errc::gone, "This session is not in the calendar any more.");
    }
    ical::Component calendar = new_calendar();
    ReaderCopy copy{reader_uid(*event, view.token.occurrence), view.title, "",
                    join_url(policy.public_url, own),          false,      event->modified};
    calendar.components.push_back(render_for_reader(*located.occurrence, copy));
    return ical::print(calendar);
}

} // namespace domain
