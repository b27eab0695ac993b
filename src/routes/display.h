// Words and times for people, as plain text: escaping is the template's business.
#pragma once

#include "core/time.h"
#include "ical/zone.h"

#include <string>
#include <string_view>
#include <vector>

namespace routes {

// A name or a title that somebody else chose, fit for showing: one line, no control characters, no
// characters that turn the direction of the text around them, at most `characters_max` characters.
std::string display_text(std::string_view text, std::size_t characters_max = 120);

// "Ada", "Ada and Ben", "Ada, Ben and Cleo", "Ada, Ben, Cleo and 4 others"
std::string display_names(const std::vector<std::string>& names);

std::string display_date(core::Instant at, const ical::Zone& zone); // Thursday, 26 November 2026
std::string display_time(core::Instant at, const ical::Zone& zone); // 15:00
// "15:00 – 15:45", with the date of the end where that is another day.
std::string display_times(core::Interval time, const ical::Zone& zone);
// "Thursday, 26 November 2026" or "26 November 2026 – 28 November 2026": whole days.
std::string display_days(core::Interval time, const ical::Zone& zone);
// A day as a leaf of a calendar: "Nov", "26", "Thu".
struct DayLeaf {
    std::string month;
    std::string day;
    std::string weekday;
};
DayLeaf day_leaf(core::Instant at, const ical::Zone& zone);
// "45 minutes", "1 hour 30 minutes", "3 days": the two largest units, rounded down.
std::string display_duration(std::int64_t seconds);

} // namespace routes
