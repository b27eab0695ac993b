// The store's index of occurrences: how an object's rows are computed, and the care that keeps them
// ahead of the clock. The index is a cache; what it cannot say, expansion decides.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/object.h"
#include "storage/store.h"

#include <cstddef>
#include <vector>

namespace domain {

struct ObjectIndex {
    storage::IndexReach reach;
    std::vector<storage::IndexedOccurrence> occurrences;
};

// The index of an object that is stored or looked at now; the same whatever the calendar's zone is.
// Errors: valid_calendar_data.
core::Result<ObjectIndex> index_of(const ical::Object& object, core::Instant now);
// The occurrences that an index which is complete for that range has to hold: what a check compares
// the stored ones with. Errors: valid_calendar_data.
core::Result<std::vector<storage::IndexedOccurrence>> indexed_within(const ical::Object& object,
                                                                     core::Interval complete);
// Of what nobody needs to look at: the members of plain collections.
ObjectIndex index_of_nothing();

// Computes the index again of some objects for which it is due, `batch` at most; returns how many
// those were, 0 when none is due. Reads and computes before it writes, so that writers wait for
// nothing but the rows. Any number of processes may do this at once.
std::size_t refresh_due_indexes(storage::Store& store, core::Instant now, std::size_t batch);

// Forgets removals older than core::limits::tombstone_days, some `batch` of them; returns how many,
// 0 when there are no more. Sync tokens from before them are refused from then on.
std::size_t forget_old_tombstones(storage::Store& store, core::Instant now, std::size_t batch);

} // namespace domain
