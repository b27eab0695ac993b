#include "ical/occurrence_index.h"

#include "core/limits.h"
#include "ical/series.h"
#include "ical/timing.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

namespace ical {

namespace {

using core::Instant;
using core::Interval;

// Floating times and dates are indexed as if they were UTC. No zone is a day away from that
// (RFC 5545 section 3.3.14: an offset is less than 24 hours).
constexpr std::int64_t zone_slack_seconds = 24 * 3'600;

Interval widened(Interval interval, std::int64_t seconds) {
    return {interval.start == core::beginning_of_time ? interval.start : interval.start - seconds,
            interval.end == core::end_of_time ? interval.end : interval.end + seconds};
}

auto place_of(const IndexedOccurrence& row) {
    return std::tuple(row.reach.start, row.reach.end, row.doubt_seconds);
}

// Ascending, and one row for each place: what takes different time there, depends.
void sort_and_join(std::vector<IndexedOccurrence>& rows) {
    std::sort(rows.begin(), rows.end(),
              [](const auto& a, const auto& b) { return place_of(a) < place_of(b); });
    std::size_t kept = 0;
    for (const IndexedOccurrence& row : rows) {
        if (kept == 0 || place_of(rows[kept - 1]) != place_of(row)) {
            rows[kept++] = row;
        } else if (rows[kept - 1].taken != row.taken) {
            rows[kept - 1].taken = TimeTaken::depends;
        }
    }
    rows.resize(kept);
}

// One object on the way to its index.
class Indexer {
public:
    // Both outlive the indexer; the object reads floating times as UTC.
    Indexer(const Object& object, const Series& series) : object_(object), series_(series) {}

    core::Result<OccurrenceIndex> run(std::span<const Interval> windows, std::size_t count_max);

private:
    using Rows = std::vector<IndexedOccurrence>;

    core::Done read_untimed();
    // Those that meet the range; nothing if they are more than `count_max` or take too many steps.
    core::Result<std::optional<Rows>> rows_within(Interval range, std::size_t count_max);
    core::Result<IndexedOccurrence> row_of(const Occurrence& occurrence);
    core::Result<OccurrenceIndex> index_whole(Rows rows, std::span<const Interval> windows,
                                              std::size_t count_max) const;
    core::Result<OccurrenceIndex> index_endless(std::span<const Interval> windows,
                                                std::size_t count_max);
    [[nodiscard]] Interval endless_span() const;
    void add_untimed(Rows& rows) const;

    const Object& object_;
    const Series& series_;
    Rows untimed_;
    // What is the same for every occurrence that a component describes.
    struct Described {
        Timing timing;
        TimeTaken taken = TimeTaken::none;
    };
    core::Result<const Described*> described(const Component& component);
    [[nodiscard]] TimeTaken taken_of(const Component& component) const;

    std::map<const Component*, Described> described_;
};

core::Done Indexer::read_untimed() {
    for (const Component* component : object_.main_components()) {
        if (TRY(timing_of(*component, object_.kind, object_.zones))) {
            continue;
        }
        const Untimed found = TRY(untimed(*component, object_.kind, object_.zones));
        const std::int64_t slack = found.depends_on_zone ? zone_slack_seconds : 0;
        for (const Interval& reach : found.reaches) {
            untimed_.push_back({widened(reach, slack), 2 * slack, taken_of(*component)});
        }
    }
    return {};
}

// Only events and stated busy times take anybody's time; of the latter the text says which.
TimeTaken Indexer::taken_of(const Component& component) const {
    switch (object_.kind) {
    case Kind::event:
        return time_taken(component);
    case Kind::freebusy:
        return TimeTaken::depends;
    default:
        return TimeTaken::none;
    }
}

core::Result<const Indexer::Described*> Indexer::described(const Component& component) {
    auto found = described_.find(&component);
    if (found == described_.end()) {
        const auto timing = TRY(timing_of(component, object_.kind, object_.zones));
        const Described described{timing.value_or(Timing{}), taken_of(component)};
        found = described_.emplace(&component, described).first;
    }
    return &found->second;
}

core::Result<IndexedOccurrence> Indexer::row_of(const Occurrence& occurrence) {
    const Described* description = TRY(described(*occurrence.component));
    const bool depends = occurrence.start_time.is_date || occurrence.start_time.is_floating;
    const std::int64_t slack = depends ? zone_slack_seconds : 0;
    const Interval met = reach(object_.kind, description->timing, occurrence.start, occurrence.end);
    IndexedOccurrence row{widened(met, slack), 2 * slack, description->taken};
    if (occurrence.start >= occurrence.end) {
        row.taken = TimeTaken::none;
    } else if (depends && row.taken != TimeTaken::none) {
        row.taken = TimeTaken::depends;
    }
    return row;
}

core::Result<std::optional<Indexer::Rows>> Indexer::rows_within(Interval range,
                                                                std::size_t count_max) {
    Rows rows;
    StepBudget budget{core::limits::index_steps};
    core::Done failure;
    const auto collect = [&](const Occurrence& occurrence) {
        auto row = row_of(occurrence);
        if (!row) {
            failure = tl::unexpected(std::move(row).error());
            return false;
        }
        if (overlaps(row->reach, range)) {
            rows.push_back(*row);
        }
        return rows.size() <= count_max;
    };
    const core::Done visited = series_.visit(widened(range, zone_slack_seconds), budget, collect);
    TRYV(failure);
    if (rows.size() > count_max || !visited) {
        return std::optional<Rows>();
    }
    return std::optional(std::move(rows));
}

void Indexer::add_untimed(Rows& rows) const {
    rows.insert(rows.end(), untimed_.begin(), untimed_.end());
    sort_and_join(rows);
}

// All rows are known: those of the first window in which they are few enough.
core::Result<OccurrenceIndex> Indexer::index_whole(Rows rows, std::span<const Interval> windows,
                                                   std::size_t count_max) const {
    add_untimed(rows);
    OccurrenceIndex index{{core::end_of_time, core::beginning_of_time}, {}, {}};
    for (const IndexedOccurrence& row : rows) {
        index.span.start = std::min(index.span.start, row.reach.start);
        index.span.end = std::max(index.span.end, row.reach.end);
    }
    if (rows.empty()) {
        index.span = nowhere;
    }
    if (rows.size() <= count_max) {
        index.occurrences = std::move(rows);
        return index;
    }
    index.complete = nowhere;
    for (const Interval& window : windows) {
        Rows inside;
        std::copy_if(rows.begin(), rows.end(), std::back_inserter(inside),
                     [&](const IndexedOccurrence& row) { return overlaps(row.reach, window); });
        if (inside.size() <= count_max) {
            index.complete.start =
                index.span.start >= window.start ? core::beginning_of_time : window.start;
            index.complete.end =
                rows.back().reach.start < window.end ? core::end_of_time : window.end;
            index.occurrences = std::move(inside);
            break;
        }
    }
    return index;
}

Interval Indexer::endless_span() const {
    Interval span{widened({series_.earliest(), core::end_of_time}, zone_slack_seconds + 1).start,
                  core::end_of_time};
    for (const IndexedOccurrence& row : untimed_) {
        span.start = std::min(span.start, row.reach.start);
    }
    return span;
}

core::Result<OccurrenceIndex> Indexer::index_endless(std::span<const Interval> windows,
                                                     std::size_t count_max) {
    OccurrenceIndex index{endless_span(), nowhere, {}};
    for (const Interval& window : windows) {
        auto rows = TRY(rows_within(window, count_max));
        if (!rows) {
            continue;
        }
        add_untimed(*rows);
        index.occurrences = std::move(*rows);
        index.complete = window;
        if (index.span.start >= window.start) {
            index.complete.start = core::beginning_of_time;
        }
        break;
    }
    return index;
}

core::Result<OccurrenceIndex> Indexer::run(std::span<const Interval> windows,
                                           std::size_t count_max) {
    TRYV(read_untimed());
    if (!series_.endless()) {
        auto all = TRY(rows_within({}, core::limits::instances));
        if (all) {
            return index_whole(std::move(*all), windows, count_max);
        }
    }
    // Without an end, or with one so far away that it is as good as none.
    return index_endless(windows, count_max);
}

core::Result<bool> untimed_depends_on_zone(const Object& object) {
    for (const Component* component : object.main_components()) {
        if (!TRY(timing_of(*component, object.kind, object.zones))
            && TRY(untimed(*component, object.kind, object.zones)).depends_on_zone) {
            return true;
        }
    }
    return false;
}

} // namespace

core::Result<OccurrenceIndex>
occurrence_index(const Object& object, std::span<const Interval> windows, std::size_t count_max) {
    const Series series = TRY(Series::of(object));
    const ZoneDependence dependence = series.zone_dependence();
    if (dependence == ZoneDependence::slots) {
        return OccurrenceIndex{{}, nowhere, {}};
    }
    if (dependence == ZoneDependence::none && !TRY(untimed_depends_on_zone(object))) {
        return Indexer(object, series).run(windows, count_max);
    }
    Object in_utc = object;
    in_utc.zones.read_floating_in(utc());
    const Series series_in_utc = TRY(Series::of(in_utc));
    return Indexer(in_utc, series_in_utc).run(windows, count_max);
}

} // namespace ical
