// The embedded store: one SQLite file, which several processes may use at the same time.
#pragma once

#include "storage/store.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace storage {

struct SqliteOptions {
    std::size_t readers_max = 16; // connections, each with a cache of its own
    // How long to wait for another process's lock or for a free connection.
    std::chrono::milliseconds patience{10'000};
};

// Creates the file (mode 0600) if there is none and brings its schema up to date. Throws
// core::Unavailable. Threads share the store freely; a function given to write() runs on the
// store's own thread and must not write to it again.
std::unique_ptr<Store> open_sqlite(const std::string& path, const SqliteOptions& options = {});

} // namespace storage
