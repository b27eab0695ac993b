// `appointed check`: reads everything, also while it is served, and names what is wrong with it;
// and `appointed reindex`, which repairs what the index of occurrences has wrong.
#pragma once

#include "src/app/care_commands.h"
#include "src/app/commands.h"
#include "src/app/config.h"

namespace app {

// Each finding is a line "SUBJECT: what". Changes nothing. Returns 0: nothing found; 1: something
// was; 2: the database cannot be opened.
int check(const Config& config, Streams streams);

int reindex(Practice& practice, const Console& console, Streams streams);

} // namespace app
