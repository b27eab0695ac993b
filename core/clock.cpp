#include "core/clock.h"

#include <chrono>

namespace core {

Instant SystemClock::now() const {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return Instant{std::chrono::floor<std::chrono::seconds>(since_epoch).count()};
}

} // namespace core
