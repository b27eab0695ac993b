// Date and time values of properties (RFC 5545 section 3.3).
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/component.h"
#include "ical/zone.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ical {

// A DATE or DATE-TIME with the zone that it is in. At most one of the three flags is set.
struct DateTime {
    WallTime wall; // midnight for a DATE
    bool is_date = false;
    bool is_utc = false; // written with Z
    bool is_floating = false;
    ZonePtr zone; // for a DATE or a floating time: the table's floating zone

    [[nodiscard]] core::Instant instant() const { return zone->to_instant(wall); }
};

// Days and weeks are nominal (they follow the wall clock), the rest is exact; neither is below
// zero.
struct Duration {
    bool negative = false;
    std::int64_t days = 0; // weeks included
    std::int64_t seconds = 0;
};

// Errors of all: valid_calendar_data. Lenient where clients are sloppy (R-C15): a value of eight
// digits is a DATE whatever VALUE says, VALUE=DATE takes the date of a DATE-TIME, a TZID may have
// trailing blanks and does not matter beside a Z or with a DATE.
core::Result<DateTime> parse_date_time(std::string_view value, std::string_view tzid, bool is_date,
                                       const ZoneTable& zones);
core::Result<DateTime> date_time(const Property& property, const ZoneTable& zones);
// A list: RDATE, EXDATE. RDATE's PERIOD values come with their end.
struct DateTimeItem {
    DateTime start;
    std::optional<core::Instant> end;
};
core::Result<std::vector<DateTimeItem>> date_times(const Property& property,
                                                   const ZoneTable& zones);
// At most a hundred years.
core::Result<Duration> parse_duration(std::string_view value);

// 20261122T140000 or, for a date, 20261122. Clamped to the years 1 to 9999.
std::string to_ical_wall(WallTime wall, bool is_date);

} // namespace ical
