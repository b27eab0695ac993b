// The commands for what events were: list, and put back. They work beside a running server.
#pragma once

#include "src/app/commands.h"
#include "src/app/practice.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace app {

struct HistoryOptions {
    std::string login;
    std::string calendar; // its name; empty: any
    std::string uid;      // empty: any
    std::size_t newest = 100;
};
int list_history(Practice& practice, const HistoryOptions& options, Streams streams);

struct UndeleteOptions {
    std::int64_t version = 0;
    std::optional<std::string> calendar; // else where it was
};
int undelete(Practice& practice, const UndeleteOptions& options, Streams streams);

} // namespace app
