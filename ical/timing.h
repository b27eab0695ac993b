// When one component takes place: DTSTART with DTEND, DUE or DURATION (RFC 5545 sections 3.6.1 to
// 3.6.4), and whether that meets a time range (RFC 4791 section 9.9).
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/component.h"
#include "ical/object.h"
#include "ical/value.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace ical {

// How long a component lasts, apart from when it starts, so that every occurrence can ask.
struct Length {
    std::int64_t days = 0;    // by the wall clock
    std::int64_t seconds = 0; // exact
    bool endless = false;     // VAVAILABILITY without DTEND
};

struct Timing {
    DateTime start;             // DTSTART; DUE for a to-do that has no other time
    bool starts_by_due = false; // the latter
    bool has_end = false;       // DTEND or DUE decides the end
    bool has_duration = false;  // DURATION does
    Length length;

    // The end of an occurrence that starts at `wall` on the clock of `start`; never before it.
    [[nodiscard]] core::Instant end(WallTime wall) const;
    // At least the seconds from the start of an occurrence to its end.
    [[nodiscard]] std::int64_t longest_seconds() const;
};

// The first property of that name whose value is not empty: clients leave "DTEND:" behind (R-C15).
const Property* find_filled(const Component& component, std::string_view name);

// Nothing for a component without any time. Errors: valid_calendar_data.
core::Result<std::optional<Timing>> timing_of(const Component& component, Kind kind,
                                              const ZoneTable& zones);

// The rows with DTSTART or DUE of RFC 4791 section 9.9's tables.
bool overlaps(Kind kind, const Timing& timing, core::Instant start, core::Instant end,
              core::Interval range);

// The rows for components without: to-dos by COMPLETED and CREATED, free/busy by its periods.
core::Result<bool> untimed_overlaps(const Component& component, Kind kind, const ZoneTable& zones,
                                    core::Interval range);
// A span that meets every range which the component meets by those rows.
core::Result<core::Interval> untimed_span(const Component& component, Kind kind,
                                          const ZoneTable& zones);

} // namespace ical
