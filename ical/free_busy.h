// Busy time (RFC 4791 section 7.10, RFC 5545 section 3.6.4): which periods an object takes, and a
// VFREEBUSY that says so.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/object.h"
#include "ical/recurrence.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ical {

enum class BusyType { busy, unavailable, tentative }; // FBTYPE

// What an event takes of its owner's time, as far as that can be said without knowing who that is:
// `depends` where somebody's answer matters.
enum class TimeTaken { depends, none, busy, tentative };
TimeTaken time_taken(const Component& event);

struct BusyPeriod {
    core::Interval time;
    BusyType type = BusyType::busy;

    friend bool operator==(const BusyPeriod&, const BusyPeriod&) = default;
};

// Says whether an ATTENDEE's value names the person whose time it is.
using IsPerson = std::function<bool(std::string_view address)>;

// What an object takes of `range`, cut to it: opaque events, and the periods of a VFREEBUSY. What
// is cancelled, or declined by that person, is free; what either calls tentative is tentative.
// Errors: max_instances, valid_calendar_data.
core::Result<std::vector<BusyPeriod>> busy_periods(const Object& object, core::Interval range,
                                                   const IsPerson& is_person,
                                                   ExpansionLimits limits = {});

// In order of time; those of one type that touch or overlap become one.
std::vector<BusyPeriod> coalesced(std::vector<BusyPeriod> periods);

// A calendar with one VFREEBUSY, all times in UTC.
Component free_busy_calendar(core::Interval range, const std::vector<BusyPeriod>& periods,
                             std::string uid, core::Instant now);

} // namespace ical
