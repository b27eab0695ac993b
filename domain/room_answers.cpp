#include "domain/room_answers.h"

#include "core/limits.h"
#include "core/strings.h"
#include "domain/slots.h"
#include "ical/recurrence.h"
#include "ical/timing.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace domain {

namespace {

// Who finds a room taken more often than that looks for another one.
constexpr std::size_t declined_occurrences_max = 20;

struct RoomTime {
    std::optional<core::Instant> slot;
    core::Interval time;
};

const ical::Property* rooms_line(const ical::Component& component, const IsAttendee& is_room) {
    for (const ical::Property* line : component.find_all("ATTENDEE")) {
        if (is_room(*line)) {
            return line;
        }
    }
    return nullptr;
}

// Whatever a client wrote there.
void ask(ical::Component& component, const IsAttendee& is_room) {
    for (ical::Property& line : component.properties) {
        if (line.is("ATTENDEE") && is_room(line)) {
            line.set_parameter("PARTSTAT", "NEEDS-ACTION");
        }
    }
}

// A client may not answer in the room's place.
bool is_asked(const ical::Property& line, const ical::Property* was) {
    const std::string status = core::to_upper(core::trim(line.parameter("PARTSTAT")));
    const bool is_known = was != nullptr && was->has_parameter(replied_parameter)
                          && core::iequals(core::trim(was->parameter("PARTSTAT")), status);
    return status.empty() || status == "NEEDS-ACTION" || !is_known;
}

bool is_booked(const std::vector<ical::BusyPeriod>& periods, core::Interval time) {
    return std::any_of(periods.begin(), periods.end(), [&](const ical::BusyPeriod& period) {
        return period.time.start < time.end && time.start < period.time.end;
    });
}

bool is_series(const ical::Component& component, const ical::Object& event) {
    return component.find("RECURRENCE-ID") == nullptr && event.recurs();
}

core::Result<std::vector<RoomTime>>
single_time(const ical::Object& event, const ical::Component& component, core::Instant now) {
    std::vector<RoomTime> times;
    if (const auto timing = TRY(ical::timing_of(component, event.kind, event.zones))) {
        const core::Interval time{timing->start.instant(), timing->end(timing->start.wall)};
        if (time.end > now) {
            times.push_back({std::nullopt, time});
        }
    }
    return times;
}

// The times to come that a series describes; nothing where they are too many or too far.
core::Result<std::optional<std::vector<RoomTime>>>
times_of_series(const ical::Object& event, const ical::Component& series, core::Instant now) {
    const core::Instant horizon = now + core::limits::room_horizon_days * core::day_seconds;
    ical::ExpansionLimits limits;
    limits.instances = core::limits::room_occurrences + event.calendar.components.size();
    const auto found = ical::occurrences(event, {now, horizon}, limits);
    if (!found && found.error().condition == core::Condition::max_instances) {
        return std::optional<std::vector<RoomTime>>();
    }
    std::vector<RoomTime> times;
    for (const ical::Occurrence& occurrence : TRY(found)) {
        if (occurrence.component == &series) {
            times.push_back(
                {occurrence.recurrence_id->instant(), {occurrence.start, occurrence.end}});
        }
    }
    if (TRY(ical::next_occurrence(event, horizon))) {
        return std::optional<std::vector<RoomTime>>();
    }
    return std::optional(std::move(times));
}

struct RoomAnswer {
    std::string status = "ACCEPTED";
    std::vector<core::Instant> declined; // occurrences of a series
};

core::Result<RoomAnswer> answer_to(const ical::Object& event, const ical::Component& component,
                                   const BusyWithin& busy, core::Instant now) {
    const bool repeats = is_series(component, event);
    const auto times = repeats ? TRY(times_of_series(event, component, now))
                               : std::optional(TRY(single_time(event, component, now)));
    if (!times) {
        return RoomAnswer{"DECLINED", {}};
    }
    if (times->empty()) { // it is over: nobody is kept out
        return RoomAnswer{};
    }
    core::Interval range = times->front().time;
    for (const RoomTime& each : *times) {
        range.start = std::min(range.start, each.time.start);
        range.end = std::max(range.end, each.time.end);
    }
    const auto periods = busy(range);
    if (!periods) { // too much to be sure that it is free
        return RoomAnswer{"DECLINED", {}};
    }
    RoomAnswer answer;
    std::size_t taken = 0;
    for (const RoomTime& each : *times) {
        if (is_booked(*periods, each.time)) {
            ++taken;
            if (each.slot) {
                answer.declined.push_back(*each.slot);
            }
        }
    }
    const bool is_some = taken < times->size() && taken <= declined_occurrences_max;
    if (taken != 0 && !(repeats && is_some)) {
        return RoomAnswer{"DECLINED", {}};
    }
    return answer;
}

} // namespace

core::Result<bool> answer_for_room(ical::Object& event, const ical::Object* former,
                                   const IsAttendee& is_room, const BusyWithin& busy,
                                   core::Instant now) {
    std::map<std::optional<core::Instant>, const ical::Component*> before;
    if (former != nullptr) {
        for (const ical::Component* component : former->main_components()) {
            before.emplace(TRY(slot_of(*component, *former)), component);
        }
    }
    std::vector<std::pair<std::optional<core::Instant>, RoomAnswer>> answers;
    for (const ical::Component* component : event.main_components()) {
        const ical::Property* const line = rooms_line(*component, is_room);
        if (line == nullptr) {
            continue;
        }
        const auto slot = TRY(slot_of(*component, event));
        const auto found = before.find(slot);
        const ical::Component* const was = found != before.end() ? found->second
                                           : former != nullptr   ? former->master()
                                                                 : nullptr;
        if (is_asked(*line, was == nullptr ? nullptr : rooms_line(*was, is_room))) {
            answers.emplace_back(slot, TRY(answer_to(event, *component, busy, now)));
        }
    }
    for (const auto& [slot, answer] : answers) {
        ask(*TRY(component_for(event, slot)), is_room);
        TRYV(write_answer(event, slot, is_room, answer.status, now));
        for (const core::Instant occurrence : answer.declined) {
            TRYV(write_answer(event, occurrence, is_room, "DECLINED", now));
        }
    }
    return !answers.empty();
}

} // namespace domain
