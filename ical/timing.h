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
#include <vector>

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
    bool is_mixed = false;      // one of start and end depends on the reader's zone, one does not
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

// The rows with DTSTART or DUE of RFC 4791 section 9.9's tables, as the interval that a range has
// to overlap: some rows include the ends of the range, and what takes no time is met at its
// instant.
core::Interval reach(Kind kind, const Timing& timing, core::Instant start, core::Instant end);
bool overlaps(core::Interval reach, core::Interval range);

// The rows for components without: to-dos by COMPLETED and CREATED, free/busy by its periods. Met
// by a range that overlaps one of the intervals.
struct Untimed {
    std::vector<core::Interval> reaches;
    bool depends_on_zone = false; // some value is floating or a date
};
bool overlaps(const Untimed& untimed, core::Interval range);
core::Result<Untimed> untimed(const Component& component, Kind kind, const ZoneTable& zones);

} // namespace ical
