// A zone that is a function from instants to offsets: the one place that turns wall-clock times
// into instants, whatever the offsets come from.
#pragma once

#include "ical/tzif.h"
#include "ical/zone.h"

#include <cstdint>
#include <optional>

namespace ical {

class OffsetZone : public Zone {
public:
    [[nodiscard]] core::Instant to_instant(WallTime wall) const final;
    [[nodiscard]] WallTime to_wall(core::Instant at) const final;

    [[nodiscard]] virtual std::int32_t offset_at(std::int64_t instant) const = 0;
    // The first change after an instant, if one comes within a year; it may repeat the offset that
    // holds already.
    [[nodiscard]] virtual std::optional<Transition> next(std::int64_t instant) const = 0;
};

} // namespace ical
