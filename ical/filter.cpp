#include "ical/filter.h"

#include "core/limits.h"
#include "core/strings.h"
#include "core/time.h"
#include "ical/series.h"
#include "ical/text_match.h"
#include "ical/timing.h"

#include <algorithm>
#include <charconv>

namespace ical {

namespace {

using core::Instant;
using core::Interval;

// Non-standard: an alarm that repeats more often than this is taken to repeat so often.
constexpr std::int64_t repeats_max = 10'000;

// How deep a filter may nest; no calendar is deeper.
constexpr int depth_max = 8;

bool holds(Interval range, Instant at) {
    return range.start <= at && range.end > at;
}

// One question about one object. Evaluating cannot end in the middle, so an error is kept here.
class Evaluation {
public:
    explicit Evaluation(const Object& object) : object_(object) {}

    core::Result<bool> run(const ComponentFilter& filter);

private:
    bool component_matches(const ComponentFilter& filter, const Component& component,
                           const Component* parent, int depth);
    bool conditions_match(const ComponentFilter& filter, const Component& component, int depth);
    bool any_component_matches(const ComponentFilter& filter, const Component& parent, int depth);
    bool occurs(const Component& component, Interval range);
    bool alarm_rings(const Component& component, const Component& parent, Interval range);
    bool property_matches(const PropertyFilter& filter, const Component& component);
    bool value_matches(const PropertyFilter& filter, const Property& property);
    bool time_matches(const Property& property, Interval range);
    const Series* series();

    // The value, or false and the error for the end.
    template <class T>
    std::optional<T> kept(core::Result<T> result) {
        if (!result) {
            error_ = std::move(result).error();
            return std::nullopt;
        }
        return *std::move(result);
    }

    const Object& object_;
    std::optional<Series> series_;
    std::optional<core::Error> error_;
    StepBudget budget_{core::limits::expansion_steps};
};

core::Result<bool> Evaluation::run(const ComponentFilter& filter) {
    const bool is_calendar = core::iequals(filter.name, "VCALENDAR");
    const bool matched =
        is_calendar != filter.is_not_defined
        && (filter.is_not_defined || conditions_match(filter, object_.calendar, 0));
    if (error_) {
        return tl::unexpected<core::Error>(*error_);
    }
    return matched;
}

const Series* Evaluation::series() {
    if (!series_) {
        series_ = kept(Series::of(object_));
    }
    return series_ ? &*series_ : nullptr;
}

// Everything but the time: the properties and the components within.
bool Evaluation::conditions_match(const ComponentFilter& filter, const Component& component,
                                  int depth) {
    return depth < depth_max
           && std::all_of(
               filter.properties.begin(), filter.properties.end(),
               [&](const PropertyFilter& inner) { return property_matches(inner, component); })
           && std::all_of(filter.components.begin(), filter.components.end(),
                          [&](const ComponentFilter& inner) {
                              return any_component_matches(inner, component, depth + 1);
                          });
}

bool Evaluation::any_component_matches(const ComponentFilter& filter, const Component& parent,
                                       int depth) {
    const bool found = std::any_of(
        parent.components.begin(), parent.components.end(), [&](const Component& component) {
            return core::iequals(component.name, filter.name)
                   && (filter.is_not_defined
                       || component_matches(filter, component, &parent, depth));
        });
    return found != filter.is_not_defined;
}

// RFC 4791 section 9.7.1: one component satisfies all conditions, the time range too. Of a series,
// the occurrences that this component describes count.
bool Evaluation::component_matches(const ComponentFilter& filter, const Component& component,
                                   const Component* parent, int depth) {
    if (!conditions_match(filter, component, depth)) {
        return false;
    }
    if (!filter.time_range) {
        return true;
    }
    if (component.name == "VALARM") {
        return alarm_rings(component, *parent, *filter.time_range);
    }
    // The range means nothing for other components, a VTIMEZONE for instance (section 9.9).
    return component.name != component_name(object_.kind) || occurs(component, *filter.time_range);
}

bool Evaluation::occurs(const Component& component, Interval range) {
    const auto timing = kept(timing_of(component, object_.kind, object_.zones));
    if (!timing) {
        return false;
    }
    if (!*timing) {
        const auto untimed = kept(ical::untimed(component, object_.kind, object_.zones));
        return untimed && overlaps(*untimed, range);
    }
    // An override is one occurrence, unless it describes those that follow as well.
    const Property* const id = find_filled(component, "RECURRENCE-ID");
    if (id != nullptr && !id->has_parameter("RANGE")) {
        const DateTime& start = (*timing)->start;
        return overlaps(reach(object_.kind, **timing, start.instant(), (*timing)->end(start.wall)),
                        range);
    }
    if (series() == nullptr) {
        return false;
    }
    bool found = false;
    const auto first = [&found](const Occurrence&) {
        found = true;
        return false;
    };
    const core::Done visited = series_->visit(range, budget_, first, &component);
    if (!found && !visited) {
        error_ = visited.error();
    }
    return found;
}

// When an alarm rings, as seen from an occurrence: an absolute time, or an offset from its start or
// its end (RFC 5545 section 3.8.6.3), and the repetitions after that.
struct Alarm {
    std::optional<Instant> absolute;
    std::int64_t offset = 0;
    bool from_end = false;
    std::int64_t repeats = 0;
    std::int64_t pause = 0;
};

core::Result<std::optional<Alarm>> read_alarm(const Component& component, const ZoneTable& zones) {
    const Property* const trigger = find_filled(component, "TRIGGER");
    if (trigger == nullptr) {
        return std::optional<Alarm>();
    }
    Alarm alarm;
    if (core::iequals(trigger->parameter("VALUE"), "DATE-TIME")) {
        alarm.absolute = TRY(date_time(*trigger, zones)).instant();
    } else {
        const Duration duration = TRY(parse_duration(trigger->value()));
        alarm.offset = duration.days * core::day_seconds + duration.seconds;
        alarm.offset *= duration.negative ? -1 : 1;
        alarm.from_end = core::iequals(trigger->parameter("RELATED"), "END");
    }
    const Property* const pause = find_filled(component, "DURATION");
    if (pause != nullptr) {
        const Duration duration = TRY(parse_duration(pause->value()));
        alarm.pause = duration.days * core::day_seconds + duration.seconds;
        const std::string_view repeat = component.value("REPEAT");
        std::from_chars(repeat.data(), repeat.data() + repeat.size(), alarm.repeats);
        alarm.repeats = std::clamp<std::int64_t>(alarm.repeats, 0, repeats_max);
    }
    return std::optional(alarm);
}

bool rings_within(const Alarm& alarm, Instant first, Interval range) {
    if (first >= range.start || alarm.pause <= 0) {
        return holds(range, first);
    }
    // The first repetition that is not before the range.
    const std::int64_t repetition = (range.start - first + alarm.pause - 1) / alarm.pause;
    return repetition <= alarm.repeats && holds(range, first + repetition * alarm.pause);
}

// RFC 4791 section 9.9, VALARM.
bool Evaluation::alarm_rings(const Component& component, const Component& parent, Interval range) {
    const core::Result<std::optional<Alarm>> read = read_alarm(component, object_.zones);
    if (!read || !*read) {
        return false; // an alarm that nobody can read never rings
    }
    const Alarm& alarm = **read;
    if (alarm.absolute) {
        return rings_within(alarm, *alarm.absolute, range);
    }
    if (series() == nullptr) {
        return false;
    }
    // An occurrence whose alarm may ring in the range is this near to it; a second more, because
    // the range of an event has no closed end.
    const std::int64_t reach = alarm.repeats * alarm.pause;
    const Interval near{range.start - alarm.offset - reach - 1, range.end - alarm.offset + 1};
    bool found = false;
    const auto rings = [&](const Occurrence& occurrence) {
        const Instant anchor = alarm.from_end ? occurrence.end : occurrence.start;
        found = rings_within(alarm, anchor + alarm.offset, range);
        return !found;
    };
    const core::Done visited = series_->visit(near, budget_, rings, &parent);
    if (!found && !visited) {
        error_ = visited.error();
    }
    return found;
}

// RFC 4791 section 9.7.2: one property satisfies all conditions.
bool Evaluation::property_matches(const PropertyFilter& filter, const Component& component) {
    const std::vector<const Property*> properties = component.find_all(filter.name);
    if (filter.is_not_defined) {
        return properties.empty();
    }
    return std::any_of(properties.begin(), properties.end(),
                       [&](const Property* property) { return value_matches(filter, *property); });
}

// RFC 4791 section 9.7.3
bool parameter_matches(const ParameterFilter& filter, const Property& property) {
    if (!property.has_parameter(filter.name)) {
        return filter.is_not_defined;
    }
    if (filter.is_not_defined || !filter.text_match) {
        return !filter.is_not_defined;
    }
    return std::any_of(property.parameters().begin(), property.parameters().end(),
                       [&](const Parameter& parameter) {
                           return core::iequals(parameter.name, filter.name)
                                  && std::any_of(parameter.values.begin(), parameter.values.end(),
                                                 [&](const std::string& value) {
                                                     return matches(*filter.text_match, value);
                                                 });
                       });
}

bool Evaluation::value_matches(const PropertyFilter& filter, const Property& property) {
    std::vector<bool> outcomes;
    if (filter.time_range) {
        outcomes.push_back(time_matches(property, *filter.time_range));
    }
    if (filter.text_match) {
        outcomes.push_back(matches(*filter.text_match, property.text()));
    }
    for (const ParameterFilter& parameter : filter.parameters) {
        outcomes.push_back(parameter_matches(parameter, property));
    }
    const auto succeeded = [](bool outcome) { return outcome; };
    if (filter.any_of && !outcomes.empty()) {
        return std::any_of(outcomes.begin(), outcomes.end(), succeeded);
    }
    return std::all_of(outcomes.begin(), outcomes.end(), succeeded);
}

// RFC 4791 section 9.9: a DATE counts as its whole day.
bool Evaluation::time_matches(const Property& property, Interval range) {
    const auto items = date_times(property, object_.zones);
    if (!items) {
        return false; // not a time
    }
    return std::any_of(items->begin(), items->end(), [&](const DateTimeItem& item) {
        const Instant start = item.start.instant();
        const WallTime midnight{item.start.wall.seconds + core::day_seconds};
        const Instant end =
            item.start.is_date ? item.start.zone->to_instant(midnight) : item.end.value_or(start);
        return end > start ? range.start < end && range.end > start : holds(range, start);
    });
}

} // namespace

core::Result<bool> matches(const ComponentFilter& filter, const Object& object) {
    return Evaluation(object).run(filter);
}

Prefilter prefilter(const ComponentFilter& filter) {
    Prefilter found;
    for (const ComponentFilter& inner : filter.components) {
        const std::optional<Kind> kind = kind_from_name(inner.name);
        if (!kind || inner.is_not_defined) {
            continue;
        }
        // All of them must match, and each may do so in an occurrence of its own: any one range
        // gives a superset, their intersection would not.
        found.kind = kind;
        if (inner.time_range && found.range == Interval{}) {
            found.range = *inner.time_range;
        }
    }
    // One kind of component and nothing but its time: what every client asks (R-C13).
    const bool plain = core::iequals(filter.name, "VCALENDAR") && !filter.is_not_defined
                       && !filter.time_range && filter.properties.empty()
                       && filter.components.size() == 1;
    if (plain) {
        const ComponentFilter& inner = filter.components.front();
        found.exact = found.kind && inner.properties.empty() && inner.components.empty();
    }
    return found;
}

} // namespace ical
