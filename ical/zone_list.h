// What the system's tz database holds, as lists: the names of its zones, and the changes of one
// zone's clocks, for a time zone service (RFC 7808).
#pragma once

#include "core/time.h"
#include "ical/zone.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ical {

struct ListedZone {
    std::string name;
    std::vector<std::string> aliases; // other names of the same zone
};

// By name. Read once; empty where the system's files do not say (tzdata.zi).
const std::vector<ListedZone>& listed_zones();

// From `onset` on the clocks are `offset_to` seconds ahead of UTC, and were `offset_from` before.
struct Observance {
    std::string name; // "CET", or its offset where nobody gave it a name
    core::Instant onset;
    std::int64_t offset_from = 0;
    std::int64_t offset_to = 0;
};

// What holds at the start of `range`, and every change within, `most` at most.
std::vector<Observance> observances_in(const Zone& zone, core::Interval range, std::size_t most);

} // namespace ical
