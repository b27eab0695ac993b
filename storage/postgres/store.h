// The store of many nodes: any number of processes over one PostgreSQL server.
#pragma once

#include "storage/store.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace storage {

struct PostgresOptions {
    std::size_t connections_max = 16;
    // How long to wait for a free connection, and in the server for another one's lock.
    std::chrono::milliseconds patience{10'000};
    // After which the server ends a statement.
    std::chrono::milliseconds statement_timeout{30'000};
};

// `url` is postgresql://USER@HOST/DATABASE?..., as libpq reads it. Brings the schema up to date.
// Throws core::Unavailable. Threads share the store freely.
std::unique_ptr<Store> open_postgres(const std::string& url, const PostgresOptions& options = {});

// What is wrong with such an address, as the end of a sentence, or nothing. Asks no server.
std::optional<std::string> fault_of_postgres_url(const std::string& url);

} // namespace storage
