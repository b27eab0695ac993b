// Recurrence (RFC 5545 section 3.8.5): one engine for queries, feeds, access windows and reminders.
// RRULE, RDATE, EXDATE, overrides, RANGE=THISANDFUTURE. RECURRENCE-IDs and EXDATEs are compared as
// instants, because clients write them in other zones than the series (client rule 22). EXRULE,
// which RFC 5545 dropped, is not followed.
#pragma once

#include "core/limits.h"
#include "core/result.h"
#include "core/time.h"
#include "ical/object.h"
#include "ical/value.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace ical {

struct Occurrence {
    core::Instant start;
    core::Instant end;          // never before start
    const Component* component; // the master, or the override that describes it
    // The RECURRENCE-ID, in the zone of the master's DTSTART (RFC 5545 section 3.8.4.4); nothing
    // for an object that does not recur. `wall` identifies the occurrence within its series.
    std::optional<DateTime> recurrence_id;
    DateTime start_time; // DTSTART as a reader of this occurrence would write it
    bool all_day = false;
};

// In order of start; two that start together in order of their slots.
bool comes_before(const Occurrence& a, const Occurrence& b);

struct ExpansionLimits {
    std::size_t steps = core::limits::expansion_steps;
    std::size_t instances = core::limits::expanded_instances;
};

// Every occurrence that overlaps `range` by RFC 4791 section 9.9's table for its component kind,
// ordered by start. Occurrences that begin after the range's end are not visited; a series without
// end is fine. Components without any time (undated VTODO, VJOURNAL) are not occurrences: see
// filter.h. The pointers live as long as `object`.
// Errors: max_instances (more than `limits.instances`, or the steps ran out).
core::Result<std::vector<Occurrence>> occurrences(const Object& object, core::Interval range,
                                                  ExpansionLimits limits = {});

// The occurrence whose RECURRENCE-ID is that wall time on the master's clock; for an object that
// does not recur, its only one whatever `wall` is.
enum class Found { yes, excluded, never }; // excluded: an EXDATE took it out
struct Lookup {
    Found found = Found::never;
    std::optional<Occurrence> occurrence; // with Found::yes
};
core::Result<Lookup> find_occurrence(const Object& object, WallTime wall);

// The first occurrence that ends after `at`, in order of start; nothing if there is none. What it
// costs does not grow with the distance, nor with how many occurrences follow.
core::Result<std::optional<Occurrence>>
next_occurrence(const Object& object, core::Instant at,
                std::size_t steps = core::limits::expansion_steps);
// The last occurrence that starts before `at`; nothing if there is none.
core::Result<std::optional<Occurrence>> last_occurrence(const Object& object, core::Instant at);

} // namespace ical
