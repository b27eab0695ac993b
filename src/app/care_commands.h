// The commands that look after the data: backup, restore, and the move between engines. They work
// below the Store, on whole databases; each returns the process's exit code.
#pragma once

#include "src/app/commands.h"
#include "src/app/config.h"

#include <istream>
#include <string>

namespace app {

// Where a command shows its progress and asks back. Neither, unless people look.
struct Console {
    std::istream& in;
    bool is_terminal = false;
};

// From the configured storage, of whatever engine, into one file; also while it is served.
int back_up(const Config& config, const std::string& file, const Console& console, Streams streams);

struct RestoreOptions {
    std::string file;
    bool yes = false; // do not ask
};
// Replaces everything in the configured storage. Makes no key.
int restore(const Config& config, const RestoreOptions& options, const Console& console,
            Streams streams);

// From one storage URL to another one that is empty.
int copy_storage(const std::string& from, const std::string& to, const Console& console,
                 Streams streams);

} // namespace app
