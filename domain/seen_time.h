// The time as far as this database has seen it pass. What is forgotten after some days is gone for
// good, so a clock that jumps a month ahead must not decide alone.
#pragma once

#include "core/time.h"
#include "storage/store.h"

#include <cstdint>

namespace domain {

// The earlier of `now` and what this function returned last plus `step_seconds`; the first time,
// and when the clock went back, it is `now`. Asked again and again, it follows a clock that is
// right, and after a long rest catches up by `step_seconds` a time. Durable.
core::Instant seen_time(storage::Store& store, core::Instant now, std::int64_t step_seconds);

} // namespace domain
