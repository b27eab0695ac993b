#include "ical/offset_zone.h"

namespace ical {

namespace {

// No offset is larger (RFC 5545 section 3.3.14, RFC 8536 section 3.2), so everything that can
// matter for a wall time happens this close to it.
constexpr std::int64_t offset_seconds_max = 26 * 3600;

} // namespace

core::Instant OffsetZone::to_instant(WallTime wall) const {
    // Walks the stretches of constant offset around the wall time, in order, and takes the first
    // that shows it: of two, that is the first occurrence (RFC 5545 section 3.3.5).
    std::int64_t begin = wall.seconds - offset_seconds_max;
    const std::int64_t end = wall.seconds + offset_seconds_max;
    std::int32_t before = offset_at(begin);
    std::int32_t offset = before;
    while (true) {
        const auto change = next(begin);
        const std::int64_t instant = wall.seconds - offset;
        if (!change || change->at > end || instant < change->at) {
            // Earlier than the stretch itself: the time was skipped, and the offset before holds.
            return {instant < begin ? wall.seconds - before : instant};
        }
        begin = change->at;
        before = offset;
        offset = change->offset;
    }
}

WallTime OffsetZone::to_wall(core::Instant at) const {
    return {at.seconds + offset_at(at.seconds)};
}

} // namespace ical
