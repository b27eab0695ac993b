// What a server holds in memory: idle, with idle connections, with many objects.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

struct MemoryRow {
    std::string work;
    std::string resident; // megabytes, or why there are none
    std::string goal;
};

struct MemoryOptions {
    std::string program;
    std::string scratch;
    std::size_t objects = 0; // in the larger calendar
    std::size_t connections = 0;
};

// Starts a server of its own.
std::vector<MemoryRow> measure_memory(const MemoryOptions& options);

} // namespace bench
