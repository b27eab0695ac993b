// The whole index of occurrences computed again, for `appointed reindex`, and the comparison that
// `appointed check` makes.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/object.h"
#include "storage/store.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace domain {

// Whether the stored index of an object says, as far as it reaches, what its text says. One that
// was never made says nothing, and is right. Errors: those of index_of().
core::Result<bool> is_index_right(const storage::ReadTransaction& transaction,
                                  const storage::Object& object, const ical::Object& event);

struct Reindexed {
    std::size_t objects = 0;
    std::size_t differed = 0;
    bool whole = true;
};

// Told of every step; answers whether to go on.
using ReindexProgress = std::function<bool(std::int64_t done, std::int64_t all)>;

// Replaces the index of every object in every calendar, right or wrong, some at a time, so that
// writers wait for nothing long. What is stored meanwhile is indexed by the door.
Reindexed reindex(storage::Store& store, core::Instant now, const ReindexProgress& on_progress);

// The same, if the index was made with an older release of the tz database than `release`: the
// instants of coming occurrences may have moved. True if it was.
bool follow_zone_data(storage::Store& store, const std::string& release, core::Instant now,
                      const ReindexProgress& on_progress);

} // namespace domain
