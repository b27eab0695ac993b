// The components directly inside of a VCALENDAR, as pieces of its text, found by their first and
// last lines alone: what it takes to put many calendars together.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace ical {

struct Part {
    std::string_view name; // as it stands: "VEVENT"
    std::string_view text; // from BEGIN to END, with the line end
};

// Nothing for a text that is not one whole VCALENDAR with CRLF line ends, names in capitals, and
// BEGIN and END in pairs.
std::optional<std::vector<Part>> parts_of(std::string_view calendar);

// The TZID of a VTIMEZONE; empty if it has none. A folded one is taken as it stands.
std::string_view tzid_of(const Part& zone);

} // namespace ical
