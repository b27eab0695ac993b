// VTIMEZONE components (RFC 5545 section 3.6.5), read and written.
#pragma once

#include "core/result.h"
#include "ical/component.h"
#include "ical/tzif.h"
#include "ical/zone.h"

#include <cstdint>
#include <string_view>

namespace ical {

// A zone as its observances tell it, for any year. Before the first onset its TZOFFSETFROM holds.
// Understands what senders write: DTSTART of any year, RDATE, and yearly rules of BYMONTH, BYDAY
// and BYMONTHDAY with INTERVAL and UNTIL or COUNT. Errors: valid_calendar_data for anything else.
core::Result<ZonePtr> zone_from_observances(const Component& vtimezone);

// The component that such a zone was made from; null for any other.
const Component* sent_component(const Zone& zone);

// Rules that hold for ever as one STANDARD and, where clocks change, one DAYLIGHT observance with a
// yearly RRULE. DTSTART is the first onset in 1970 (T2), or from `since` on for rules that are new.
Component vtimezone_from_rules(std::string_view tzid, const PosixRules& rules,
                               std::int64_t since = 0);

// A change that happens once: an observance without a rule, at `start` on the clock before it.
Component single_observance(std::int64_t start, std::int32_t offset_before,
                            const LocalTimeType& type);

} // namespace ical
