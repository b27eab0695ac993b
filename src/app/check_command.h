// `appointed check`: reads everything, also while it is served, and names what is wrong with it.
#pragma once

#include "src/app/commands.h"
#include "src/app/config.h"

namespace app {

// Each finding is a line "SUBJECT: what". Changes nothing. Returns 0: nothing found; 1: something
// was; 2: the database cannot be opened.
int check(const Config& config, Streams streams);

} // namespace app
