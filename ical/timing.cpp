#include "ical/timing.h"

#include "core/limits.h"
#include "core/strings.h"
#include "core/time.h"

#include <algorithm>

namespace ical {

namespace {

using core::Instant;
using core::Interval;

std::int64_t days_rounded_up(std::int64_t seconds) {
    return (seconds + core::day_seconds - 1) / core::day_seconds;
}

// From DTSTART to DTEND or DUE. Whole days for dates; otherwise exact seconds, also across a change
// of the clock (RFC 5545 section 3.8.5.3).
Length length_until(const DateTime& start, const DateTime& end, Kind kind) {
    Length length;
    if (start.is_date) {
        const std::int64_t least = kind == Kind::event ? 1 : 0;
        length.days = std::max(days_rounded_up(end.wall.seconds - start.wall.seconds), least);
    } else {
        length.seconds = std::max<std::int64_t>(end.instant() - start.instant(), 0);
    }
    return length;
}

core::Result<Length> length_by_duration(const Property& property, const DateTime& start,
                                        Kind kind) {
    const Duration duration = TRY(parse_duration(property.value()));
    Length length;
    if (!duration.negative) {
        length.days = duration.days;
        length.seconds = duration.seconds;
    }
    if (start.is_date && kind == Kind::event && length.days == 0 && length.seconds == 0) {
        length.days = 1;
    }
    return length;
}

// RFC 5545 section 3.6.1: an event on a date lasts that day, one at a time takes none. The journal
// table of RFC 4791 counts a date as a day too.
Length default_length(const DateTime& start, Kind kind) {
    Length length;
    length.days = start.is_date && (kind == Kind::event || kind == Kind::journal) ? 1 : 0;
    length.endless = kind == Kind::availability;
    return length;
}

// RFC 7953 section 3.1: without DTSTART, availability has always been so.
DateTime first_of_all_times() {
    DateTime first;
    first.wall.seconds = core::days_from_date({core::limits::year_min, 1, 1}) * core::day_seconds;
    first.is_utc = true;
    first.zone = utc();
    return first;
}

bool depends_on_zone(const DateTime& time) {
    return time.is_date || time.is_floating;
}

core::Result<std::optional<DateTime>> time_of(const Component& component, std::string_view name,
                                              const ZoneTable& zones) {
    const Property* const property = find_filled(component, name);
    if (property == nullptr) {
        return std::optional<DateTime>();
    }
    return std::optional(TRY(date_time(*property, zones)));
}

core::Result<Untimed> periods_of(const Component& component, const ZoneTable& zones) {
    Untimed found;
    for (const Property* property : component.find_all("FREEBUSY")) {
        for (const DateTimeItem& item : TRY(date_times(*property, zones))) {
            const Instant start = item.start.instant();
            found.reaches.push_back({start, item.end.value_or(start)});
            found.depends_on_zone = found.depends_on_zone || depends_on_zone(item.start);
        }
    }
    return found;
}

} // namespace

const Property* find_filled(const Component& component, std::string_view name) {
    for (const Property* property : component.find_all(name)) {
        if (!core::trim(property->value()).empty()) {
            return property;
        }
    }
    return nullptr;
}

Instant Timing::end(WallTime wall) const {
    if (length.endless) {
        return core::end_of_time;
    }
    const Instant begin = start.zone->to_instant(wall);
    const WallTime last{wall.seconds + length.days * core::day_seconds};
    const Instant finish =
        (length.days == 0 ? begin : start.zone->to_instant(last)) + length.seconds;
    return std::max(begin, finish);
}

std::int64_t Timing::longest_seconds() const {
    // A day more, since the clock may have been put back in between.
    return length.endless ? core::end_of_time.seconds
                          : (length.days + 1) * core::day_seconds + length.seconds;
}

core::Result<std::optional<Timing>> timing_of(const Component& component, Kind kind,
                                              const ZoneTable& zones) {
    const Property* const start = find_filled(component, "DTSTART");
    const Property* const end = find_filled(component, kind == Kind::todo ? "DUE" : "DTEND");
    const Property* const duration = find_filled(component, "DURATION");
    Timing timing;
    if (start != nullptr) {
        timing.start = TRY(date_time(*start, zones));
    } else if (kind == Kind::todo && end != nullptr) {
        timing.start = TRY(date_time(*end, zones));
        timing.starts_by_due = true;
        return std::optional(timing);
    } else if (kind == Kind::availability) {
        timing.start = first_of_all_times();
    } else {
        return std::optional<Timing>();
    }
    // Lightning sends DTEND with a DURATION of zero (R-C15), so DTEND comes first.
    if (end != nullptr && kind != Kind::journal) {
        const DateTime last = TRY(date_time(*end, zones));
        timing.length = length_until(timing.start, last, kind);
        timing.has_end = true;
        timing.is_mixed =
            !timing.start.is_date && timing.start.is_floating != depends_on_zone(last);
    } else if (duration != nullptr && kind != Kind::journal) {
        timing.length = TRY(length_by_duration(*duration, timing.start, kind));
        timing.has_duration = true;
    } else if (kind == Kind::freebusy) {
        return std::optional<Timing>(); // both or none
    } else {
        timing.length = default_length(timing.start, kind);
    }
    return std::optional(timing);
}

Interval reach(Kind kind, const Timing& timing, Instant start, Instant end) {
    switch (kind) {
    case Kind::todo:
        if (timing.starts_by_due) { // start < DUE, end >= DUE
            return {start - 1, start};
        }
        if (timing.has_duration) { // start <= DTSTART+DURATION, end > DTSTART or >= the former
            return {std::min(start, end - 1), end + 1};
        }
        if (!timing.has_end) { // start <= DTSTART, end > DTSTART
            return {start, start + 1};
        }
        return {std::min(start, end - 1), std::max(end, start + 1)};
    case Kind::freebusy: // start <= DTEND, end > DTSTART
        return {start, end + 1};
    default:
        return {start, std::max(end, start + 1)};
    }
}

bool overlaps(Interval reach, Interval range) {
    return range.start < reach.end && range.end > reach.start;
}

bool overlaps(const Untimed& untimed, Interval range) {
    return std::any_of(untimed.reaches.begin(), untimed.reaches.end(),
                       [range](Interval reach) { return overlaps(reach, range); });
}

core::Result<Untimed> untimed(const Component& component, Kind kind, const ZoneTable& zones) {
    if (kind == Kind::freebusy) {
        return periods_of(component, zones);
    }
    if (kind != Kind::todo) {
        return Untimed{};
    }
    const auto completed = TRY(time_of(component, "COMPLETED", zones));
    const auto created = TRY(time_of(component, "CREATED", zones));
    Untimed found;
    found.depends_on_zone =
        (completed && depends_on_zone(*completed)) || (created && depends_on_zone(*created));
    if (completed) { // start <= either of them, end >= either of them
        const Instant done = completed->instant();
        const Instant made = created ? created->instant() : done;
        found.reaches.push_back({std::min(made, done) - 1, std::max(made, done) + 1});
    } else { // end > CREATED
        found.reaches.push_back(
            {created ? created->instant() : core::beginning_of_time, core::end_of_time});
    }
    return found;
}

} // namespace ical
