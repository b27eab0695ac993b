// Loads that calendar clients put on Appointed beside plain synchronising: a calendar as one file,
// the whole home refreshed, words looked for.
#pragma once

#include "bench/load.h"
#include "bench/subject.h"

#include <cstddef>

namespace bench {

// GET CALENDAR?export
Load export_calendar(Subject& subject, std::size_t size);
// What Apple Calendar asks each time: 39 properties of every calendar of a home.
Load refresh_home(Subject& subject, std::size_t calendars);
// The SUMMARYs with a word in them, ignoring case.
Load search_text(Subject& subject, std::size_t size);

} // namespace bench
