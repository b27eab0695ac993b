#include "ical/recurrence.h"

#include "core/time.h"
#include "ical/series.h"

#include <algorithm>

namespace ical {

namespace {

using core::Instant;
using core::Interval;

// A search backwards looks at a week first, and eight times as far each time it finds nothing:
// eight windows reach from here to the year 9999.
constexpr std::int64_t first_window_seconds = 8 * core::day_seconds;
constexpr std::int64_t window_growth = 8;
constexpr std::int64_t widest_window_seconds = 10'000 * 366 * core::day_seconds;

WallTime slot_of(const Occurrence& occurrence) {
    return occurrence.recurrence_id ? occurrence.recurrence_id->wall : occurrence.start_time.wall;
}

// Within the years that a calendar can hold, so that sums with it do not overflow.
Instant within_calendar(Instant at) {
    const Instant first{core::days_from_date({core::limits::year_min - 1, 1, 1})
                        * core::day_seconds};
    const Instant last{core::days_from_date({core::limits::year_max + 2, 1, 1})
                       * core::day_seconds};
    return std::clamp(at, first, last);
}

} // namespace

bool comes_before(const Occurrence& a, const Occurrence& b) {
    return a.start != b.start ? a.start < b.start : slot_of(a) < slot_of(b);
}

core::Result<std::vector<Occurrence>> occurrences(const Object& object, Interval range,
                                                  ExpansionLimits limits) {
    const Series series = TRY(Series::of(object));
    StepBudget budget{limits.steps};
    std::vector<Occurrence> found;
    bool too_many = false;
    TRYV(series.visit(range, budget, [&](const Occurrence& occurrence) {
        too_many = found.size() >= limits.instances;
        if (!too_many) {
            found.push_back(occurrence);
        }
        return !too_many;
    }));
    if (too_many) {
        return core::fail(core::Errc::insufficient_storage,
                          "The recurrence has too many instances in this time range.",
                          core::Condition::max_instances);
    }
    std::stable_sort(found.begin(), found.end(), comes_before);
    return found;
}

core::Result<Lookup> find_occurrence(const Object& object, WallTime wall) {
    const Series series = TRY(Series::of(object));
    StepBudget budget{core::limits::expansion_steps};
    return series.find(wall, budget);
}

core::Result<std::optional<Occurrence>> next_occurrence(const Object& object, Instant at,
                                                        std::size_t steps) {
    const Series series = TRY(Series::of(object));
    StepBudget budget{steps};
    return series.next(at, budget);
}

core::Result<std::optional<Occurrence>> last_occurrence(const Object& object, Instant at) {
    const Series series = TRY(Series::of(object));
    StepBudget budget{core::limits::expansion_steps};
    const Instant to = within_calendar(at);
    std::optional<Occurrence> best;
    for (std::int64_t window = first_window_seconds;; window *= window_growth) {
        const Instant from = to - window;
        best.reset();
        TRYV(series.visit({from, to}, budget, [&](const Occurrence& occurrence) {
            if (occurrence.start < at && (!best || comes_before(*best, occurrence))) {
                best = occurrence;
            }
            return true;
        }));
        // One that began before the window only reached into it: another may have begun after it
        // and be over by now.
        const bool surely_last = best && best->start >= from;
        if (surely_last || from < series.earliest() || window > widest_window_seconds) {
            return best;
        }
    }
}

} // namespace ical
