// A clock that stands still until a test moves it. Any thread may read or move it.
#pragma once

#include "core/clock.h"

#include <atomic>

namespace support {

class ManualClock final : public core::Clock {
public:
    explicit ManualClock(core::Instant start = {}) : seconds_(start.seconds) {}

    [[nodiscard]] core::Instant now() const override { return {seconds_.load()}; }
    void set(core::Instant at) { seconds_.store(at.seconds); }
    void advance(std::int64_t seconds) { seconds_.fetch_add(seconds); }

private:
    std::atomic<std::int64_t> seconds_;
};

} // namespace support
