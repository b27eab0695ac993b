#include "ical/availability.h"

#include "core/strings.h"
#include "ical/timing.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace ical {

namespace {

constexpr std::size_t blocks_max = 50; // nobody has more than one for each season
constexpr int lowest_priority = 10;    // PRIORITY:0 is none (RFC 7953 section 3.1)

tl::unexpected<core::Error> refuse_availability(std::string detail) {
    return core::fail(core::Errc::forbidden, std::move(detail),
                      core::Condition::valid_calendar_data);
}

core::Result<BusyType> busy_type_of(const Component& block) {
    const std::string type = core::to_upper(core::trim(block.value("BUSYTYPE")));
    if (type.empty() || type == "BUSY-UNAVAILABLE") {
        return BusyType::unavailable;
    }
    if (type == "BUSY") {
        return BusyType::busy;
    }
    if (type == "BUSY-TENTATIVE") {
        return BusyType::tentative;
    }
    return refuse_availability("BUSYTYPE has to be BUSY, BUSY-UNAVAILABLE or BUSY-TENTATIVE");
}

core::Result<int> priority_of(const Component& block) {
    const std::string_view text = core::trim(block.value("PRIORITY"));
    if (text.empty() || text == "0") {
        return lowest_priority;
    }
    if (text.size() != 1 || text.front() < '1' || text.front() > '9') {
        return refuse_availability("PRIORITY has to be a number from 0 to 9");
    }
    return text.front() - '0';
}

core::Result<core::Interval> span_of_block(const Component& block, const ZoneTable& zones) {
    const auto timing = TRY(timing_of(block, Kind::availability, zones));
    if (!timing) {
        return core::Interval{core::beginning_of_time, core::end_of_time};
    }
    const bool since_ever = find_filled(block, "DTSTART") == nullptr;
    const core::Interval time{since_ever ? core::beginning_of_time : timing->start.instant(),
                              timing->end(timing->start.wall)};
    if (time.end < time.start) {
        return refuse_availability("a VAVAILABILITY ends before it starts");
    }
    return time;
}

// AVAILABLEs recur as events do, those of one UID together: as such the engine reads them.
core::Result<std::vector<Object>> series_of(const Component& calendar, const Component& block,
                                            const ZonePtr& floating) {
    Component frame{"VCALENDAR", {{"VERSION", "2.0"}, {"PRODID", "-//Appointed//EN"}}, {}};
    std::copy_if(calendar.components.begin(), calendar.components.end(),
                 std::back_inserter(frame.components),
                 [](const Component& each) { return each.name == "VTIMEZONE"; });
    std::map<std::string, Component> by_uid;
    for (const Component& available : block.components) {
        if (available.name != "AVAILABLE") {
            continue;
        }
        Component event = available;
        event.name = "VEVENT";
        event.components.clear();
        by_uid.try_emplace(event.text("UID"), frame)
            .first->second.components.push_back(std::move(event));
    }
    std::vector<Object> series;
    series.reserve(by_uid.size());
    for (const auto& [uid, events] : by_uid) {
        series.push_back(TRY(parse_object(print(events), floating)));
    }
    return series;
}

struct Block {
    core::Interval time;
    BusyType type = BusyType::unavailable;
    int priority = lowest_priority;
    std::vector<Object> free;
};

core::Result<std::vector<Block>> blocks_of(const Component& calendar, const ZonePtr& floating) {
    const ZoneTable zones = TRY(ZoneTable::of(calendar, floating));
    std::vector<Block> blocks;
    for (const Component& component : calendar.components) {
        if (component.name == "VTIMEZONE") {
            continue;
        }
        if (component.name != "VAVAILABILITY" || blocks.size() == blocks_max) {
            return refuse_availability("there is more than a few VAVAILABILITYs");
        }
        if (component.value("UID").empty() || component.value("DTSTAMP").empty()) {
            return refuse_availability("a VAVAILABILITY needs UID and DTSTAMP");
        }
        blocks.push_back({TRY(span_of_block(component, zones)), TRY(busy_type_of(component)),
                          TRY(priority_of(component)),
                          TRY(series_of(calendar, component, floating))});
    }
    if (blocks.empty()) {
        return refuse_availability("there is no VAVAILABILITY");
    }
    return blocks;
}

core::Interval cut(core::Interval time, core::Interval to) {
    return {std::max(time.start, to.start), std::min(time.end, to.end)};
}

// What is left of `periods` outside of `time`.
std::vector<BusyPeriod> without(const std::vector<BusyPeriod>& periods, core::Interval time) {
    std::vector<BusyPeriod> left;
    for (const BusyPeriod& period : periods) {
        for (const core::Interval part : {cut(period.time, {core::beginning_of_time, time.start}),
                                          cut(period.time, {time.end, core::end_of_time})}) {
            if (part.start < part.end) {
                left.push_back({part, period.type});
            }
        }
    }
    return left;
}

// The time of the block but for what is free in it.
core::Result<std::vector<BusyPeriod>> blocked(const Block& block, core::Interval time,
                                              ExpansionLimits limits) {
    std::vector<core::Interval> free;
    for (const Object& series : block.free) {
        for (const Occurrence& occurrence : TRY(occurrences(series, time, limits))) {
            free.push_back(cut({occurrence.start, occurrence.end}, time));
        }
    }
    std::sort(free.begin(), free.end(), [](const core::Interval& one, const core::Interval& other) {
        return one.start < other.start;
    });
    std::vector<BusyPeriod> periods;
    core::Instant at = time.start;
    for (const core::Interval& each : free) {
        if (at < each.start) {
            periods.push_back({{at, each.start}, block.type});
        }
        at = std::max(at, each.end);
    }
    if (at < time.end) {
        periods.push_back({{at, time.end}, block.type});
    }
    return periods;
}

} // namespace

core::Result<Component> parse_availability(std::string_view text, const ZonePtr& floating) {
    Component calendar = TRY(parse(text));
    TRY(blocks_of(calendar, floating));
    return calendar;
}

core::Result<std::vector<BusyPeriod>> unavailable_periods(const std::vector<Component>& calendars,
                                                          core::Interval range,
                                                          const ZonePtr& floating,
                                                          ExpansionLimits limits) {
    std::vector<Block> blocks;
    for (const Component& calendar : calendars) {
        if (auto found = blocks_of(calendar, floating)) {
            std::move(found->begin(), found->end(), std::back_inserter(blocks));
        }
    }
    // The lowest first, so that the highest has the last word; 1 is the highest.
    std::stable_sort(blocks.begin(), blocks.end(), [](const Block& one, const Block& other) {
        return one.priority > other.priority;
    });
    std::vector<BusyPeriod> periods;
    for (const Block& block : blocks) {
        const core::Interval time = cut(block.time, range);
        if (time.start >= time.end) {
            continue;
        }
        auto added = TRY(blocked(block, time, limits));
        periods = without(periods, time);
        periods.insert(periods.end(), added.begin(), added.end());
    }
    return coalesced(std::move(periods));
}

} // namespace ical
