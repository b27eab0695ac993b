#include "ical/select.h"

#include "core/limits.h"
#include "core/strings.h"
#include "core/time.h"
#include "ical/recurrence.h"
#include "ical/series.h"
#include "ical/timing.h"

#include <algorithm>
#include <array>

namespace ical {

namespace {

using core::Instant;
using core::Interval;

// A long description copied into every instance of a series has brought servers down: a few
// hundred instances of an object of full size are the most that one expansion may give.
constexpr std::size_t expanded_bytes_max = 32 * 1024 * 1024;
constexpr std::array<std::string_view, 4> recurrence_properties{"RRULE", "RDATE", "EXDATE",
                                                                "EXRULE"};

// The same property with another time, in the form and the zone that it has.
Property with_time(Property property, const DateTime& time) {
    property.set_value(to_ical_wall(time.wall, time.is_date) + (time.is_utc ? "Z" : ""));
    return property;
}

// A property of that name, with the time in UTC, or the date if it is one.
Property utc_property(std::string_view name, const DateTime& time) {
    if (time.is_date) {
        Property property{std::string(name), to_ical_wall(time.wall, true)};
        property.set_parameter("VALUE", "DATE");
        return property;
    }
    return {std::string(name), core::to_ical_utc(time.instant())};
}

std::string_view end_name(Kind kind) {
    return kind == Kind::todo ? "DUE" : "DTEND";
}

// The end of an occurrence in the form that the property has.
core::Result<DateTime> end_like(const Property& property, const Occurrence& occurrence,
                                const ZoneTable& zones) {
    DateTime end = TRY(date_time(property, zones));
    end.wall = end.zone->to_wall(occurrence.end);
    return end;
}

// A component whose times are those of one occurrence, each in its own form; `write` spells them.
template <class Write>
core::Result<Component> at_occurrence(const Object& object, const Occurrence& occurrence,
                                      const Write& write) {
    Component component = *occurrence.component;
    for (const std::string_view name : recurrence_properties) {
        component.remove(name);
    }
    component.remove("RECURRENCE-ID");
    const Property* const start = find_filled(component, "DTSTART");
    if (start != nullptr) {
        component.set(write(*start, occurrence.start_time));
    }
    const Property* const end = find_filled(component, end_name(object.kind));
    if (end != nullptr) {
        const DateTime time = TRY(end_like(*end, occurrence, object.zones));
        component.set(write(*end, time));
        component.remove("DURATION"); // of zero, beside DTEND (R-C15)
    }
    return component;
}

// A day is always 24 hours long in UTC, and was perhaps not where the event is.
core::Done make_duration_exact(Component& component, const Occurrence& occurrence) {
    const Property* const property = find_filled(component, "DURATION");
    if (property == nullptr || occurrence.all_day) {
        return {};
    }
    const Duration duration = TRY(parse_duration(property->value()));
    const std::int64_t exact = occurrence.end - occurrence.start;
    if (duration.days != 0 && duration.days * core::day_seconds + duration.seconds != exact) {
        component.set({"DURATION", "PT" + std::to_string(exact) + "S"});
    }
    return {};
}

// RFC 4791 section 9.6.5
core::Result<Component> expanded_component(const Object& object, const Occurrence& occurrence) {
    Component component =
        TRY(at_occurrence(object, occurrence, [](const Property& property, const DateTime& time) {
            return utc_property(property.name(), time);
        }));
    TRYV(make_duration_exact(component, occurrence));
    if (occurrence.recurrence_id) {
        component.set(utc_property("RECURRENCE-ID", *occurrence.recurrence_id));
    }
    return component;
}

// About what a component takes when printed.
std::size_t size_of(const Component& component) {
    std::size_t bytes = 2 * component.name.size();
    for (const Property& property : component.properties) {
        bytes += property.name().size() + property.value().size();
        for (const Parameter& parameter : property.parameters()) {
            for (const std::string& value : parameter.values) {
                bytes += parameter.name.size() + value.size();
            }
        }
    }
    for (const Component& inner : component.components) {
        bytes += size_of(inner);
    }
    return bytes;
}

Component without_components(const Component& calendar) {
    return {calendar.name, calendar.properties, {}};
}

core::Result<Component> expand(const Object& object, Interval range) {
    Component calendar = without_components(object.calendar);
    std::size_t bytes = 0;
    for (const Occurrence& occurrence : TRY(occurrences(object, range))) {
        bytes += size_of(*occurrence.component);
        if (bytes > expanded_bytes_max) {
            return core::fail(core::Errc::insufficient_storage,
                              "The expanded instances are too large.",
                              core::Condition::max_instances);
        }
        calendar.components.push_back(TRY(expanded_component(object, occurrence)));
    }
    for (const Component* component : object.main_components()) {
        const bool is_untimed = !TRY(timing_of(*component, object.kind, object.zones));
        if (is_untimed && overlaps(TRY(untimed(*component, object.kind, object.zones)), range)) {
            calendar.components.push_back(*component);
        }
    }
    return calendar;
}

// RFC 4791 section 9.6.6: an override matters if it is in the range, if the instance that it
// replaces would be, or if it describes later instances that may be. `master` is the series' own
// timing, if there is any.
core::Result<bool> override_matters(const Object& object, const Component& component,
                                    const std::optional<Timing>& master, Interval range) {
    const auto timing = TRY(timing_of(component, object.kind, object.zones));
    const Property& property = *find_filled(component, "RECURRENCE-ID");
    const Instant slot = TRY(date_time(property, object.zones)).instant();
    if (!timing) {
        return true;
    }
    const WallTime wall = timing->start.wall;
    if (overlaps(reach(object.kind, *timing, timing->start.instant(), timing->end(wall)), range)) {
        return true;
    }
    if (core::iequals(property.parameter("RANGE"), "THISANDFUTURE") && slot < range.end) {
        return true;
    }
    const Timing& original = master ? *master : *timing;
    const Instant slot_end = original.end(original.start.zone->to_wall(slot));
    return overlaps(reach(object.kind, original, slot, slot_end), range);
}

core::Result<Component> limit_recurrence_set(const Object& object, Interval range) {
    const Component* const master = object.master();
    std::optional<Timing> timing;
    if (master != nullptr) {
        timing = TRY(timing_of(*master, object.kind, object.zones));
    }
    Component calendar = without_components(object.calendar);
    for (const Component& component : object.calendar.components) {
        const bool is_override = component.name == component_name(object.kind)
                                 && find_filled(component, "RECURRENCE-ID") != nullptr;
        if (!is_override || TRY(override_matters(object, component, timing, range))) {
            calendar.components.push_back(component);
        }
    }
    return calendar;
}

// RFC 4791 section 9.6.7: of a VFREEBUSY, the periods that the range meets.
core::Done limit_freebusy_set(Component& calendar, const ZoneTable& zones, Interval range) {
    for (Component& component : calendar.components) {
        if (component.name != component_name(Kind::freebusy)) {
            continue;
        }
        std::vector<Property> kept;
        for (Property& property : component.properties) {
            if (!property.is("FREEBUSY")) {
                kept.push_back(std::move(property));
                continue;
            }
            const std::string stated = property.value();
            std::string met;
            for (const std::string_view period : core::split(stated, ',')) {
                property.set_value(std::string(period));
                const auto times = TRY(date_times(property, zones));
                const auto meets = [&](const DateTimeItem& item) {
                    const Instant start = item.start.instant();
                    return overlaps({start, item.end.value_or(start)}, range);
                };
                if (std::any_of(times.begin(), times.end(), meets)) {
                    met.append(met.empty() ? "" : ",").append(period);
                }
            }
            if (!met.empty()) {
                property.set_value(met);
                kept.push_back(std::move(property));
            }
        }
        component.properties = std::move(kept);
    }
    return {};
}

// RFC 4791 sections 9.6.1 to 9.6.4
Component narrowed(const Component& component, const ComponentSelection& selection) {
    Component kept{component.name, {}, {}};
    for (const Property& property : component.properties) {
        const auto wanted = std::find_if(
            selection.properties.begin(), selection.properties.end(),
            [&](const PropertySelection& candidate) { return property.is(candidate.name); });
        if (wanted == selection.properties.end()) {
            if (selection.all_properties) {
                kept.properties.push_back(property);
            }
            continue;
        }
        kept.properties.push_back(property);
        if (wanted->no_value) {
            kept.properties.back().set_value("");
        }
    }
    for (const Component& inner : component.components) {
        const auto wanted = std::find_if(selection.components.begin(), selection.components.end(),
                                         [&](const ComponentSelection& candidate) {
                                             return core::iequals(inner.name, candidate.name);
                                         });
        if (wanted != selection.components.end()) {
            kept.components.push_back(narrowed(inner, *wanted));
        } else if (selection.all_components) {
            kept.components.push_back(inner);
        }
    }
    return kept;
}

} // namespace

core::Result<Component> select(const Object& object, const DataSelection& selection) {
    Component calendar = selection.expand ? TRY(expand(object, *selection.expand))
                         : selection.limit_recurrence_set
                             ? TRY(limit_recurrence_set(object, *selection.limit_recurrence_set))
                             : object.calendar;
    if (selection.limit_freebusy_set) {
        TRYV(limit_freebusy_set(calendar, object.zones, *selection.limit_freebusy_set));
    }
    if (selection.component && core::iequals(selection.component->name, calendar.name)) {
        return narrowed(calendar, *selection.component);
    }
    return calendar;
}

core::Result<Component> occurrence_component(const Object& object, const Occurrence& occurrence) {
    return at_occurrence(object, occurrence, with_time);
}

} // namespace ical
