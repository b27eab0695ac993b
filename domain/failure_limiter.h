// Counts failures by key in a window and says when a key has had enough. Bounded: when it is full,
// the key whose window began first is forgotten. Not thread-safe.
#pragma once

#include "core/time.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace domain {

class FailureLimiter {
public:
    struct Limits {
        int failures;
        std::int64_t window_seconds;
        std::size_t keys;
    };
    explicit FailureLimiter(Limits limits) : limits_(limits) {}

    [[nodiscard]] bool is_blocked(const std::string& key, core::Instant now) const;
    void record_failure(const std::string& key, core::Instant now);
    void forget(const std::string& key);

private:
    struct Window {
        core::Instant began;
        int failures = 0;
    };
    void make_room(core::Instant now);

    Limits limits_;
    std::map<std::string, Window> windows_;
};

} // namespace domain
