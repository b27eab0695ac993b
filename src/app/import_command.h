// `appointed import`: a file of events into a calendar, beside a running server.
#pragma once

#include "src/app/care_commands.h"
#include "src/app/commands.h"
#include "src/app/practice.h"

#include <string>

namespace app {

struct ImportOptions {
    std::string login;
    std::string file;
    std::string calendar = "calendar"; // its name
};

// Each refused event is a line with its place in the file and the reason. Returns 0: all are in;
// 1: some were refused, or nothing could be done.
int import_file(Practice& practice, const ImportOptions& options, const Console& console,
                Streams streams);

} // namespace app
