// The wall clock as a parameter. Nothing but core/clock.cpp reads the system's clock; tests pass
// their own (tests/support/manual_clock.h).
#pragma once

#include "core/time.h"

namespace core {

class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override;
};

} // namespace core
