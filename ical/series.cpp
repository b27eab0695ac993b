#include "ical/series.h"

#include "core/strings.h"
#include "core/time.h"

#include <algorithm>

namespace ical {

namespace {

using core::Instant;
using core::Interval;

// Wall clocks are within 26 hours of each other; an override may stand in another zone than its
// series.
constexpr std::int64_t clock_slack_seconds = 2 * core::day_seconds;

// What finding the slots of overrides that name a day may cost, each time an object is looked at.
constexpr std::size_t lookup_steps = 100'000;

// Whether a rule may give other times of the day than DTSTART's.
bool moves_time_of_day(const Rule& rule) {
    return rule.frequency < Frequency::daily || !rule.by_hour.empty() || !rule.by_minute.empty()
           || !rule.by_second.empty();
}

std::int64_t day_of(WallTime wall) {
    return core::day_of(wall.seconds);
}

tl::unexpected<core::Error> out_of_steps() {
    return core::fail(core::Errc::insufficient_storage,
                      "The recurrence takes too many steps to expand.",
                      core::Condition::max_instances);
}

} // namespace

SlotStream::SlotStream(const Series& series, StepBudget& budget) : series_(series) {
    const Timing& timing = *series.timing_;
    for (const Rule& rule : series.rules_) {
        sources_.push_back(
            {&rule,
             make_rule_iterator(rule, timing.start.wall, timing.start.is_date, budget),
             0,
             {}});
    }
    next_date_ = series.dates_.size();
}

void SlotStream::seek(WallTime from, WallTime to) {
    const WallTime start = series_.timing_->start.wall;
    first_ = from <= start ? std::optional(start) : std::nullopt;
    const auto date =
        std::lower_bound(series_.dates_.begin(), series_.dates_.end(), from,
                         [](const Slot& slot, WallTime at) { return slot.wall < at; });
    next_date_ = static_cast<std::size_t>(date - series_.dates_.begin());
    for (Source& source : sources_) {
        // COUNT can only be counted from the start; DTSTART is the first of it.
        const bool counted = source.rule->count.has_value();
        source.left = source.rule->count.value_or(1) - 1;
        source.times->seek(counted ? start : std::max(from, start), to);
        do {
            advance(source);
        } while (source.current && *source.current < from);
    }
}

void SlotStream::advance(Source& source) {
    const bool counted = source.rule->count.has_value();
    source.current.reset();
    std::optional<WallTime> wall = source.times->next();
    if (wall == series_.timing_->start.wall) { // a slot already, and counted
        wall = source.times->next();
    }
    if (!wall || (counted && source.left == 0) || !series_.is_within(*source.rule, *wall)) {
        return;
    }
    source.left -= counted ? 1 : 0;
    source.current = wall;
}

std::optional<Slot> SlotStream::next() {
    std::optional<WallTime> least = first_;
    const auto consider = [&least](WallTime wall) {
        if (!least || wall < *least) {
            least = wall;
        }
    };
    const std::vector<Slot>& dates = series_.dates_;
    if (next_date_ < dates.size()) {
        consider(dates[next_date_].wall);
    }
    for (const Source& source : sources_) {
        if (source.current) {
            consider(*source.current);
        }
    }
    if (!least) {
        return std::nullopt;
    }
    Slot slot{*least, {}};
    if (first_ == least) {
        first_.reset();
    }
    for (; next_date_ < dates.size() && dates[next_date_].wall == *least; ++next_date_) {
        slot.end = dates[next_date_].end;
    }
    for (Source& source : sources_) {
        if (source.current == least) {
            advance(source);
        }
    }
    return slot;
}

core::Result<Series> Series::of(const Object& object) {
    Series series(object);
    series.recurs_ = object.recurs();
    if (const Component* const master = object.master(); master != nullptr) {
        TRYV(series.read_master(*master));
    }
    TRYV(series.read_overrides());
    return series;
}

core::Done Series::read_master(const Component& master) {
    master_ = &master;
    timing_ = TRY(timing_of(master, object_->kind, object_->zones));
    if (!timing_) {
        return {};
    }
    for (const Property* property : master.find_all("RRULE")) {
        if (!core::trim(property->value()).empty()) {
            rules_.push_back(TRY(parse_rule(property->value())));
        }
    }
    return read_dates(master);
}

core::Done Series::read_dates(const Component& master) {
    const DateTime& start = timing_->start;
    for (const Property* property : master.find_all("RDATE")) {
        for (const DateTimeItem& item : TRY(date_times(*property, object_->zones))) {
            // A date among the RDATEs of a timed series means the usual time of that day.
            const std::int64_t in_day = core::time_of_day(start.wall.seconds);
            const WallTime wall = start.is_date || item.start.is_date
                                      ? WallTime{slot_day(item.start) * core::day_seconds + in_day}
                                      : start.zone->to_wall(slot_instant(item.start));
            dates_.push_back({wall, item.end});
            days_from_instants_ =
                days_from_instants_ || (start.is_date && (item.start.is_utc || item.end));
            if (item.end) {
                longest_period_ = std::max(longest_period_, *item.end - slot_instant(item.start));
            }
        }
    }
    std::sort(dates_.begin(), dates_.end(),
              [](const Slot& a, const Slot& b) { return a.wall < b.wall; });
    for (const Property* property : master.find_all("EXDATE")) {
        for (const DateTimeItem& item : TRY(date_times(*property, object_->zones))) {
            // Evolution writes a date to exclude an occurrence at a time (R-C15).
            if (start.is_date || item.start.is_date) {
                excluded_days_.push_back(slot_day(item.start));
                days_from_instants_ = days_from_instants_ || item.start.is_utc;
            } else {
                excluded_.push_back(slot_instant(item.start));
            }
        }
    }
    std::sort(excluded_.begin(), excluded_.end());
    std::sort(excluded_days_.begin(), excluded_days_.end());
    return {};
}

core::Done Series::read_overrides() {
    StepBudget budget{lookup_steps};
    for (const Component* component : object_->overrides()) {
        const Property& property = *find_filled(*component, "RECURRENCE-ID");
        const DateTime sent = TRY(date_time(property, object_->zones));
        const DateTime id = TRY(on_clock(sent, budget));
        days_from_instants_ =
            days_from_instants_ || (sent.is_utc && timing_ && timing_->start.is_date);
        const auto timing = TRY(timing_of(*component, object_->kind, object_->zones));
        if (timing) {
            const bool future = core::iequals(property.parameter("RANGE"), "THISANDFUTURE");
            overrides_.push_back({component, *timing, id, id.instant(), future});
        }
    }
    std::stable_sort(overrides_.begin(), overrides_.end(),
                     [](const Override& a, const Override& b) { return a.slot < b.slot; });
    return {};
}

// A RECURRENCE-ID as the time of the slot that it means. A date names that day's slot.
core::Result<DateTime> Series::on_clock(const DateTime& id, StepBudget& budget) const {
    if (!timing_) {
        return id;
    }
    const DateTime& start = timing_->start;
    if (start.is_date) {
        return slot_time({slot_day(id) * core::day_seconds});
    }
    if (!id.is_date) {
        return slot_time(start.zone->to_wall(slot_instant(id)));
    }
    const WallTime usual{id.wall.seconds + core::time_of_day(start.wall.seconds)};
    const bool only_usual_times =
        dates_.empty() && std::none_of(rules_.begin(), rules_.end(), moves_time_of_day);
    if (only_usual_times) {
        return slot_time(usual);
    }
    SlotStream slots(*this, budget);
    slots.seek(id.wall, WallTime{id.wall.seconds + core::day_seconds});
    const std::optional<Slot> slot = slots.next();
    if (budget.exhausted()) {
        return out_of_steps();
    }
    if (slot && day_of(slot->wall) == day_of(id.wall)) {
        return slot_time(slot->wall);
    }
    return slot_time(usual);
}

// Floating times in a series with a zone are by that zone's clock.
Instant Series::slot_instant(const DateTime& value) const {
    return value.is_floating ? timing_->start.zone->to_instant(value.wall) : value.instant();
}

std::int64_t Series::slot_day(const DateTime& value) const {
    // In an all-day series the reader's zone says which day a UTC time means.
    return day_of(value.is_utc ? timing_->start.zone->to_wall(value.instant()) : value.wall);
}

DateTime Series::slot_time(WallTime wall) const {
    DateTime time = timing_->start;
    time.wall = wall;
    return time;
}

bool Series::is_within(const Rule& rule, WallTime wall) const {
    if (!rule.until) {
        return true;
    }
    const DateTime& start = timing_->start;
    if (rule.until->is_utc && !start.is_date) {
        return start.zone->to_instant(wall).seconds <= rule.until->wall.seconds;
    }
    return wall <= rule.until->wall;
}

bool Series::is_excluded(WallTime wall) const {
    return std::binary_search(excluded_days_.begin(), excluded_days_.end(), day_of(wall))
           || std::binary_search(excluded_.begin(), excluded_.end(),
                                 timing_->start.zone->to_instant(wall));
}

const Series::Override* Series::override_of(Instant slot) const {
    const auto found =
        std::lower_bound(overrides_.begin(), overrides_.end(), slot,
                         [](const Override& override, Instant at) { return override.slot < at; });
    return found != overrides_.end() && found->slot == slot ? &*found : nullptr;
}

bool Series::has_two_overrides_of_one_slot() const {
    return std::adjacent_find(overrides_.begin(), overrides_.end(),
                              [](const Override& a, const Override& b) { return a.slot == b.slot; })
           != overrides_.end();
}

std::vector<Series::Segment> Series::segments() const {
    std::vector<Segment> segments;
    segments.push_back({master_, &*timing_, core::beginning_of_time, core::end_of_time, nullptr});
    for (const Override& override : overrides_) {
        if (override.this_and_future) {
            segments.back().to = override.slot;
            segments.push_back({override.component, &override.timing, override.slot,
                                core::end_of_time, &override});
        }
    }
    return segments;
}

Occurrence Series::occurrence(const Segment& segment, const Slot& slot) const {
    Occurrence occurrence{};
    occurrence.component = segment.component;
    if (recurs_) {
        occurrence.recurrence_id = slot_time(slot.wall);
    }
    occurrence.start_time = slot_time(slot.wall);
    if (segment.shift != nullptr) {
        // As far from the slot, by its own clock, as the override is from its RECURRENCE-ID.
        const DateTime& start = segment.timing->start;
        const std::int64_t distance =
            start.wall.seconds - start.zone->to_wall(segment.shift->slot).seconds;
        occurrence.start_time = start;
        occurrence.start_time.wall =
            start.zone->to_wall(timing_->start.zone->to_instant(slot.wall));
        occurrence.start_time.wall.seconds += distance;
        if (start.is_date) {
            occurrence.start_time.wall.seconds =
                day_of(occurrence.start_time.wall) * core::day_seconds;
        }
    }
    occurrence.all_day = occurrence.start_time.is_date;
    occurrence.start = occurrence.start_time.instant();
    occurrence.end = slot.end && segment.shift == nullptr
                         ? std::max(*slot.end, occurrence.start)
                         : segment.timing->end(occurrence.start_time.wall);
    return occurrence;
}

Occurrence Series::occurrence(const Override& override) const {
    Occurrence occurrence{};
    occurrence.component = override.component;
    occurrence.recurrence_id = override.id;
    occurrence.start_time = override.timing.start;
    occurrence.all_day = occurrence.start_time.is_date;
    occurrence.start = occurrence.start_time.instant();
    occurrence.end = override.timing.end(occurrence.start_time.wall);
    return occurrence;
}

core::Done Series::visit(Interval range, StepBudget& budget,
                         const std::function<bool(const Occurrence&)>& visit,
                         const Component* described_by) const {
    const auto is_wanted = [described_by](const Component* component) {
        return described_by == nullptr || component == described_by;
    };
    bool stopped = false;
    const auto guarded = [&](const Occurrence& occurrence) {
        stopped = stopped || !visit(occurrence);
        return !stopped;
    };
    for (const Override& override : overrides_) {
        if (!is_wanted(override.component)) {
            continue;
        }
        const Occurrence found = occurrence(override);
        if (overlaps(reach(object_->kind, override.timing, found.start, found.end), range)
            && !guarded(found)) {
            return {};
        }
    }
    if (!timing_) {
        return {};
    }
    SlotStream slots(*this, budget);
    for (const Segment& segment : segments()) {
        if (is_wanted(segment.component)) {
            TRYV(visit_segment(segment, range, slots, budget, guarded));
        }
        if (stopped) {
            return {};
        }
    }
    return {};
}

core::Done Series::visit_segment(const Segment& segment, Interval range, SlotStream& slots,
                                 StepBudget& budget,
                                 const std::function<bool(const Occurrence&)>& visit) const {
    // Which slots can matter: those whose occurrence, wherever it moved to, may reach the range.
    const std::int64_t shift =
        segment.shift == nullptr ? 0 : segment.timing->start.instant() - segment.shift->slot;
    const std::int64_t longest = std::max(segment.timing->longest_seconds(), longest_period_);
    const Instant first =
        std::max(range.start - longest - shift, segment.from) - clock_slack_seconds;
    const Instant last = std::min(range.end - shift, segment.to) + clock_slack_seconds;
    if (first > last) {
        return {};
    }
    slots.seek(WallTime{first.seconds}, WallTime{last.seconds});
    while (const std::optional<Slot> slot = slots.next()) {
        if (slot->wall.seconds > last.seconds) {
            break;
        }
        const Instant at = timing_->start.zone->to_instant(slot->wall);
        if (at < segment.from || at >= segment.to || is_excluded(slot->wall)
            || override_of(at) != nullptr) {
            continue;
        }
        const Occurrence found = occurrence(segment, *slot);
        if (overlaps(reach(object_->kind, *segment.timing, found.start, found.end), range)
            && !visit(found)) {
            return {};
        }
    }
    return budget.exhausted() ? core::Done(out_of_steps()) : core::Done();
}

core::Result<std::optional<Occurrence>> Series::next(Instant at, StepBudget& budget) const {
    std::optional<Occurrence> best;
    const auto consider = [&](const Occurrence& found) {
        // A range also meets what takes no time at its start, and to-dos that are due then.
        if (found.end > at && (!best || comes_before(found, *best))) {
            best = found;
        }
        // The slots ascend by the clock on the wall: nothing earlier follows much later.
        return !best || found.start <= best->start + clock_slack_seconds;
    };
    for (const Override& override : overrides_) {
        consider(occurrence(override));
    }
    if (!timing_) {
        return best;
    }
    SlotStream slots(*this, budget);
    for (const Segment& segment : segments()) {
        TRYV(visit_segment(segment, {at, core::end_of_time}, slots, budget, consider));
    }
    return best;
}

core::Result<Lookup> Series::find(WallTime wall, StepBudget& budget) const {
    for (const Override& override : overrides_) {
        if (override.id.wall == wall) {
            return Lookup{Found::yes, occurrence(override)};
        }
    }
    if (!timing_) {
        return Lookup{};
    }
    SlotStream slots(*this, budget);
    const WallTime slot_wall = recurs_ ? wall : timing_->start.wall;
    slots.seek(slot_wall, slot_wall);
    const std::optional<Slot> slot = slots.next();
    if (budget.exhausted()) {
        return out_of_steps();
    }
    if (!slot || slot->wall != slot_wall) {
        return Lookup{};
    }
    if (is_excluded(slot->wall)) {
        return Lookup{Found::excluded, {}};
    }
    const Instant at = timing_->start.zone->to_instant(slot->wall);
    for (const Segment& segment : segments()) {
        if (at >= segment.from && at < segment.to) {
            return Lookup{Found::yes, occurrence(segment, *slot)};
        }
    }
    return Lookup{};
}

bool Series::endless() const {
    return std::any_of(rules_.begin(), rules_.end(),
                       [](const Rule& rule) { return rule.endless(); });
}

ZoneDependence Series::zone_dependence() const {
    const auto depends = [](const Timing& timing) {
        return timing.start.is_date || timing.start.is_floating;
    };
    bool some = timing_ && depends(*timing_);
    bool mixed = days_from_instants_ || (timing_ && timing_->is_mixed);
    bool future = false;
    for (const Override& override : overrides_) {
        some = some || depends(override.timing);
        mixed = mixed || override.timing.is_mixed;
        future = future || override.this_and_future;
    }
    // A series by the reader's clock ends, leaves out and lasts as that zone's offsets say.
    const bool floating_series = recurs_ && timing_ && timing_->start.is_floating;
    if (mixed || floating_series || (some && future)) {
        return ZoneDependence::slots;
    }
    return some ? ZoneDependence::times : ZoneDependence::none;
}

Instant Series::earliest() const {
    Instant earliest = timing_ ? timing_->start.instant() : core::end_of_time;
    if (!dates_.empty()) {
        earliest = std::min(earliest, timing_->start.zone->to_instant(dates_.front().wall));
    }
    for (const Override& override : overrides_) {
        earliest = std::min(earliest, override.timing.start.instant());
    }
    return earliest;
}

} // namespace ical
