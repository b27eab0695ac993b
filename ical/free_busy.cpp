#include "ical/free_busy.h"

#include "core/strings.h"
#include "ical/value.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace ical {

namespace {

using core::Interval;

// Takes no time, or none of the range: nothing.
void add_within(std::vector<BusyPeriod>& periods, Interval range, Interval time, BusyType type) {
    const Interval part{std::max(time.start, range.start), std::min(time.end, range.end)};
    if (part.start < part.end) {
        periods.push_back({part, type});
    }
}

std::string_view answer_of(const Component& component, const IsPerson& is_person) {
    for (const Property* attendee : component.find_all("ATTENDEE")) {
        if (is_person(attendee->value())) {
            return attendee->parameter("PARTSTAT");
        }
    }
    return {};
}

// RFC 4791 section 7.10: by TRANSP and STATUS. Whoever declined an event has the time for another;
// RFC 4791 leaves that open, because it knows no persons.
std::optional<BusyType> busy_type(const Component& component, const IsPerson& is_person) {
    const auto status = core::trim(component.value("STATUS"));
    const std::string_view answer = answer_of(component, is_person);
    if (core::iequals(core::trim(component.value("TRANSP")), "TRANSPARENT")
        || core::iequals(status, "CANCELLED") || core::iequals(answer, "DECLINED")) {
        return std::nullopt;
    }
    const bool tentative = core::iequals(status, "TENTATIVE") || core::iequals(answer, "TENTATIVE");
    return tentative ? BusyType::tentative : BusyType::busy;
}

bool is_answered(const Component& component) {
    const auto attendees = component.find_all("ATTENDEE");
    return std::any_of(attendees.begin(), attendees.end(), [](const Property* attendee) {
        const std::string_view answer = attendee->parameter("PARTSTAT");
        return core::iequals(answer, "DECLINED") || core::iequals(answer, "TENTATIVE");
    });
}

// RFC 5545 section 3.2.9: a type that nobody knows is busy.
std::optional<BusyType> type_of(const Property& period) {
    const std::string_view type = period.parameter("FBTYPE");
    if (core::iequals(type, "FREE")) {
        return std::nullopt;
    }
    if (core::iequals(type, "BUSY-UNAVAILABLE")) {
        return BusyType::unavailable;
    }
    return core::iequals(type, "BUSY-TENTATIVE") ? BusyType::tentative : BusyType::busy;
}

core::Result<std::vector<BusyPeriod>> stated_periods(const Object& object, Interval range) {
    std::vector<BusyPeriod> periods;
    for (const Component* component : object.main_components()) {
        for (const Property* property : component->find_all("FREEBUSY")) {
            const auto type = type_of(*property);
            if (!type) {
                continue;
            }
            for (const DateTimeItem& item : TRY(date_times(*property, object.zones))) {
                const core::Instant start = item.start.instant();
                add_within(periods, range, {start, item.end.value_or(start)}, *type);
            }
        }
    }
    return periods;
}

std::string_view name_of(BusyType type) {
    switch (type) {
    case BusyType::unavailable:
        return "BUSY-UNAVAILABLE";
    case BusyType::tentative:
        return "BUSY-TENTATIVE";
    case BusyType::busy:
        break;
    }
    return "BUSY";
}

} // namespace

TimeTaken time_taken(const Component& event) {
    const auto type = busy_type(event, [](std::string_view) { return false; });
    if (!type) {
        return TimeTaken::none;
    }
    if (is_answered(event)) {
        return TimeTaken::depends;
    }
    return *type == BusyType::tentative ? TimeTaken::tentative : TimeTaken::busy;
}

core::Result<std::vector<BusyPeriod>> busy_periods(const Object& object, Interval range,
                                                   const IsPerson& is_person,
                                                   ExpansionLimits limits) {
    if (object.kind == Kind::freebusy) {
        return stated_periods(object, range);
    }
    std::vector<BusyPeriod> periods;
    if (object.kind != Kind::event) {
        return periods;
    }
    // Where no component takes time, none of a long series has to be looked at.
    const auto components = object.main_components();
    const bool is_free =
        std::none_of(components.begin(), components.end(), [&](const Component* component) {
            return busy_type(*component, is_person).has_value();
        });
    if (is_free) {
        return periods;
    }
    for (const Occurrence& occurrence : TRY(occurrences(object, range, limits))) {
        if (const auto type = busy_type(*occurrence.component, is_person)) {
            add_within(periods, range, {occurrence.start, occurrence.end}, *type);
        }
    }
    return periods;
}

std::vector<BusyPeriod> coalesced(std::vector<BusyPeriod> periods) {
    const auto by_type = [](const BusyPeriod& a, const BusyPeriod& b) {
        return std::pair(a.type, a.time.start) < std::pair(b.type, b.time.start);
    };
    const auto by_time = [](const BusyPeriod& a, const BusyPeriod& b) {
        return std::pair(a.time.start, a.type) < std::pair(b.time.start, b.type);
    };
    std::sort(periods.begin(), periods.end(), by_type);
    std::vector<BusyPeriod> joined;
    for (const BusyPeriod& period : periods) {
        const bool goes_on = !joined.empty() && joined.back().type == period.type
                             && period.time.start <= joined.back().time.end;
        if (goes_on) {
            joined.back().time.end = std::max(joined.back().time.end, period.time.end);
        } else {
            joined.push_back(period);
        }
    }
    std::sort(joined.begin(), joined.end(), by_time);
    return joined;
}

Component free_busy_calendar(Interval range, const std::vector<BusyPeriod>& periods,
                             std::string uid, core::Instant now) {
    Component free_busy{"VFREEBUSY",
                        {{"UID", std::move(uid)},
                         {"DTSTAMP", core::to_ical_utc(now)},
                         {"DTSTART", core::to_ical_utc(range.start)},
                         {"DTEND", core::to_ical_utc(range.end)}},
                        {}};
    for (const BusyPeriod& period : periods) {
        Property property{"FREEBUSY", core::to_ical_utc(period.time.start) + "/"
                                          + core::to_ical_utc(period.time.end)};
        property.set_parameter("FBTYPE", std::string(name_of(period.type)));
        free_busy.properties.push_back(std::move(property));
    }
    Component calendar{"VCALENDAR", {{"VERSION", "2.0"}, {"PRODID", "-//Appointed//EN"}}, {}};
    calendar.components.push_back(std::move(free_busy));
    return calendar;
}

} // namespace ical
