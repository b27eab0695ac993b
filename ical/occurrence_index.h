// What a store keeps of an object to answer time ranges without reading it: the intervals that a
// range has to overlap to meet the object (RFC 4791 section 9.9). A cache, never a filter: beyond
// `complete`, and where an interval is in doubt, expansion decides.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/free_busy.h"
#include "ical/object.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ical {

struct IndexedOccurrence {
    // Whatever zone floating times and dates are read in, a range that meets the occurrence
    // overlaps this.
    core::Interval reach;
    // A range that still overlaps it with so much taken off either end meets the object; 0 for
    // occurrences that depend on no reader's zone.
    std::int64_t doubt_seconds = 0;
    // Of `reach`. What depends on a reader's zone, or takes another time than it is met in,
    // depends.
    TimeTaken taken = TimeTaken::depends;

    friend bool operator==(const IndexedOccurrence&, const IndexedOccurrence&) = default;
};

struct OccurrenceIndex {
    core::Interval span;     // a range that overlaps no part of it does not meet the object
    core::Interval complete; // a range inside of it meets the object only where it meets a row
    std::vector<IndexedOccurrence> occurrences; // ascending, none twice
};

// A range that no other is inside of.
constexpr core::Interval nowhere{core::beginning_of_time, core::beginning_of_time};

// Indexes the whole object, or a series that is too long for that within the first of `windows` in
// which it has `count_max` occurrences or less; failing all, nothing. The same for every zone that
// floating times may be read in. Errors: valid_calendar_data.
core::Result<OccurrenceIndex> occurrence_index(const Object& object,
                                               std::span<const core::Interval> windows,
                                               std::size_t count_max);

} // namespace ical
