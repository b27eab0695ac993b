// Takes a file of many events apart into calendar objects (RFC 4791 section 4.1): one for each UID,
// with the time zones that it names. It works on the text alone, in time and space that grow with
// the file, so a file may be larger than an object may be; what comes out is judged by parse_object
// like anything that a client puts.
#pragma once

#include "core/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ical {

struct SplitObject {
    std::string uid;      // empty: the component has none
    std::size_t line = 0; // of its first component in the file, from 1
    std::string text;     // a whole VCALENDAR, CRLF line ends
};

// In the order of the file, which may hold several VCALENDARs one after the other. What describes
// the file and not its events (METHOD, X-WR-CALNAME) is left out. Errors: valid_calendar_data, with
// the line, for what is no sequence of components; valid_calendar_object_resource for a file
// without a VCALENDAR.
core::Result<std::vector<SplitObject>> split_calendar(std::string_view file);

} // namespace ical
