// What the same work costs here without a calendar server: the bounds from below. Each runs in a
// process of its own, which is this program with another command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace bench {

// A Beast server on one thread that gives every request the same answer. Does not return.
[[noreturn]] void serve_constant(std::uint16_t port, std::size_t bytes);

// Rows of the bench's events into a fresh SQLite database (WAL, synchronous=FULL), `batch` in each
// transaction, one writer.
struct Commits {
    double rows_per_second = 0;
    double cpu_milliseconds = 0; // of one row
    double p10 = 0;              // of one commit, milliseconds
    double p50 = 0;
    double p99 = 0;
};
Commits commit_rows(const std::string& file, std::size_t batch, double seconds);
std::string to_text(const Commits& commits); // for the process that asked
Commits commits_from(const std::string& text);

} // namespace bench
