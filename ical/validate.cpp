#include "ical/validate.h"

#include "core/limits.h"
#include "core/strings.h"
#include "core/time.h"
#include "ical/libical.h"
#include "ical/rule.h"
#include "ical/series.h"
#include "ical/timing.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace ical {

namespace {

using core::Condition;
using core::Errc;

// What looking at all rules may cost when they are stored: later questions pay for it again.
constexpr std::size_t steps_per_object = 100'000;
// RFC 5545 asks for one rule at most; some calendars have two.
constexpr std::size_t rules_max = 16;
// Each change of "this and all following" instances is one; people make a handful.
constexpr std::size_t ranges_max = 100;
// How many times of a series without end are looked at to see how dense it is.
constexpr std::size_t density_sample = 500;

constexpr std::array<std::string_view, 7> time_properties{
    "DTSTART", "DTEND", "DUE", "RECURRENCE-ID", "RDATE", "EXDATE", "COMPLETED"};

tl::unexpected<core::Error> refuse(std::string detail, Condition condition) {
    return core::fail(Errc::forbidden, std::move(detail), condition);
}

core::Done check_same_uid(const std::vector<const Component*>& components) {
    const std::string uid = components.front()->text("UID");
    if (uid.size() > core::limits::uid_bytes) {
        return refuse("The UID is too long.", Condition::valid_calendar_object_resource);
    }
    for (const Component* component : components) {
        if (core::trim(component->text("UID")).empty()) {
            return refuse("A component has no UID.", Condition::valid_calendar_object_resource);
        }
        if (component->text("UID") != uid) {
            return refuse("The components have different UIDs.",
                          Condition::valid_calendar_object_resource);
        }
    }
    return {};
}

// RFC 6638 section 3.2.4.2; a component that names none does not disagree.
core::Done check_same_organizer(const std::vector<const Component*>& components) {
    std::optional<std::string> organizer;
    for (const Component* component : components) {
        const Property* const property = find_filled(*component, "ORGANIZER");
        if (property == nullptr) {
            continue;
        }
        const std::string address = core::to_lower(core::trim(property->value()));
        if (organizer && *organizer != address) {
            return refuse("The components have different organizers.",
                          Condition::same_organizer_in_all_components);
        }
        organizer = address;
    }
    return {};
}

// Years that RFC 5545 cannot write, told apart from plain nonsense.
core::Done check_years(const Component& component) {
    for (const Property& property : component.properties) {
        const bool is_time = std::any_of(time_properties.begin(), time_properties.end(),
                                         [&](std::string_view name) { return property.is(name); });
        if (!is_time) {
            continue;
        }
        for (const std::string_view item : core::split(property.value(), ',')) {
            const std::string_view value = core::trim(item);
            const std::size_t digits =
                std::min(value.find_first_not_of("0123456789"), value.size());
            if (digits == 8 && value.starts_with("0000")) {
                return refuse("A date is before the year 1.", Condition::min_date_time);
            }
            if (digits > 8 && digits < 14) {
                return refuse("A date is after the year 9999.", Condition::max_date_time);
            }
        }
    }
    return {};
}

// An event must not end before it starts (RFC 5545 section 3.8.2.2); where one is a date and the
// other a time, days are compared.
core::Done check_end(const Component& component, Kind kind, const ZoneTable& zones) {
    const Property* const start = find_filled(component, "DTSTART");
    const Property* const end = find_filled(component, "DTEND");
    if (start == nullptr || end == nullptr || kind == Kind::todo) {
        return {};
    }
    const DateTime from = TRY(date_time(*start, zones));
    const DateTime to = TRY(date_time(*end, zones));
    const bool backwards = from.is_date == to.is_date
                               ? to.instant() < from.instant()
                               : to.wall.seconds + core::day_seconds <= from.wall.seconds;
    if (backwards) {
        return refuse("DTEND is before DTSTART.", Condition::valid_calendar_data);
    }
    return {};
}

core::Done check_people(const Component& component) {
    const std::vector<const Property*> attendees = component.find_all("ATTENDEE");
    if (attendees.size() > core::limits::attendees) {
        return refuse("A component has too many attendees.", Condition::max_attendees_per_instance);
    }
    const auto is_long = [](const Property* property) {
        return property != nullptr && property->value().size() > core::limits::address_bytes;
    };
    if (is_long(component.find("ORGANIZER")) || std::ranges::any_of(attendees, is_long)) {
        return refuse("The address of a participant is too long.", Condition::valid_calendar_data);
    }
    return {};
}

core::Done check_component(const Component& component, Kind kind, const ZoneTable& zones) {
    TRYV(check_people(component));
    TRYV(check_years(component));
    // RFC 5545 section 3.6.1: DTSTART is required where there is no METHOD.
    if (kind == Kind::event && find_filled(component, "DTSTART") == nullptr) {
        return refuse("An event has no DTSTART.", Condition::valid_calendar_data);
    }
    TRYV(check_end(component, kind, zones));
    const std::optional<Timing> timing = TRY(timing_of(component, kind, zones));
    const core::Instant last{(core::days_from_date({core::limits::year_max, 12, 31}) + 1)
                             * core::day_seconds};
    if (timing && !timing->length.endless
        && timing->end(timing->start.wall) > last + core::day_seconds) {
        return refuse("A component ends after the year 9999.", Condition::max_date_time);
    }
    return {};
}

// A rule with one time a day at most needs no closer look.
bool is_at_most_daily(const Rule& rule) {
    return rule.frequency >= Frequency::daily && rule.by_hour.size() <= 1
           && rule.by_minute.size() <= 1 && rule.by_second.size() <= 1;
}

core::Done check_rule(const Series& series, const Rule& rule, StepBudget& budget) {
    const auto too_many = [] {
        return refuse("The recurrence rule gives too many instances.", Condition::max_instances);
    };
    if (rule.count && *rule.count > static_cast<std::int64_t>(core::limits::instances)) {
        return too_many();
    }
    const DateTime& start = series.timing()->start;
    if (start.is_date && rule.frequency < Frequency::daily) {
        return refuse("An all-day series cannot recur within a day.",
                      Condition::valid_calendar_data);
    }
    // A rule is followed far enough to see how dense it is; UNTIL may be as far away as it likes,
    // like no end at all. One that never matches is fine as long as that is cheap to find out.
    const std::size_t wanted = rule.count               ? core::limits::instances + 1
                               : is_at_most_daily(rule) ? 1
                                                        : density_sample;
    const auto times = make_rule_iterator(rule, start.wall, start.is_date, budget);
    std::vector<std::int64_t> seen;
    while (seen.size() < wanted) {
        const std::optional<WallTime> wall = times->next();
        const bool counted_out = rule.count && seen.size() >= static_cast<std::size_t>(*rule.count);
        if (!wall || counted_out || !series.is_within(rule, *wall)) {
            break;
        }
        seen.push_back(wall->seconds);
        const std::size_t before = core::limits::instances_per_day;
        if (seen.size() > before
            && seen.back() - seen[seen.size() - 1 - before] < core::day_seconds) {
            return too_many();
        }
    }
    if (budget.exhausted() || seen.size() > core::limits::instances) {
        return too_many();
    }
    return {};
}

core::Done check_recurrence(const Object& object) {
    const Series series = TRY(Series::of(object));
    if (series.has_two_overrides_of_one_slot()) {
        return refuse("Two components have the same RECURRENCE-ID.",
                      Condition::valid_calendar_object_resource);
    }
    if (series.rules().size() > rules_max) {
        return refuse("The object has too many recurrence rules.", Condition::max_instances);
    }
    const std::vector<const Component*> overrides = object.overrides();
    const auto ranges =
        std::count_if(overrides.begin(), overrides.end(), [](const Component* component) {
            return find_filled(*component, "RECURRENCE-ID")->has_parameter("RANGE");
        });
    if (static_cast<std::size_t>(ranges) > ranges_max) {
        return refuse("The object has too many overrides of future instances.",
                      Condition::max_instances);
    }
    StepBudget budget{steps_per_object};
    for (const Rule& rule : series.rules()) {
        TRYV(check_rule(series, rule, budget));
    }
    std::size_t dates = 0;
    for (const Component* component : object.main_components()) {
        for (const Property& property : component->properties) {
            if (property.is("RDATE") || property.is("EXDATE")) {
                dates += core::split(property.value(), ',').size();
            }
        }
    }
    if (dates > core::limits::dates_per_property) {
        return refuse("The object has too many recurrence dates.", Condition::max_instances);
    }
    return {};
}

bool is_judged(const Property& property) {
    return property.is("DTSTART") || property.is("DTEND") || property.is("DUE")
           || property.is("RECURRENCE-ID");
}

// The times that libical is asked about. It reads slowly, by some ten times: a whole object with
// its zones would cost a quarter of what storing it does.
Component times_of(const Object& object) {
    Component calendar{.name = "VCALENDAR", .properties = {}, .components = {}};
    for (const Component* component : object.main_components()) {
        Component& times = calendar.components.emplace_back();
        times.name = component->name;
        std::copy_if(component->properties.begin(), component->properties.end(),
                     std::back_inserter(times.properties), is_judged);
    }
    return calendar;
}

// libical's opinion on the times; recurrence is ours to judge, since it refuses what clients send
// (INTERVAL=0, an emptied EXDATE, unknown parts of a rule).
core::Done check_with_libical(const Object& object) {
    for (const LibicalComplaint& complaint : libical_complaints(print(times_of(object)))) {
        if (!complaint.is_empty) {
            return refuse(complaint.property + " cannot be read.", Condition::valid_calendar_data);
        }
    }
    return {};
}

} // namespace

core::Result<Kind> check_structure(const Component& calendar) {
    std::optional<Kind> kind;
    std::vector<const Component*> components;
    bool has_unknown = false;
    std::size_t masters = 0;
    for (const Component& component : calendar.components) {
        const std::optional<Kind> own = kind_from_name(component.name);
        if (!own) {
            has_unknown = has_unknown || component.name != "VTIMEZONE";
            continue;
        }
        if (kind && *kind != *own) {
            return refuse("A calendar object holds one kind of component.",
                          Condition::valid_calendar_object_resource);
        }
        kind = own;
        components.push_back(&component);
        masters += find_filled(component, "RECURRENCE-ID") == nullptr ? 1 : 0;
    }
    if (!kind && has_unknown) {
        return refuse("No calendar holds this kind of component.",
                      Condition::supported_calendar_component);
    }
    if (!kind) {
        return refuse("The calendar holds no component.",
                      Condition::valid_calendar_object_resource);
    }
    TRYV(check_same_uid(components));
    if (masters > 1) {
        return refuse("Two components without RECURRENCE-ID have the same UID.",
                      Condition::valid_calendar_object_resource);
    }
    return *kind;
}

core::Done check_content(const Object& object) {
    const std::vector<const Component*> components = object.main_components();
    for (const Component* component : components) {
        TRYV(check_component(*component, object.kind, object.zones));
    }
    TRYV(check_same_organizer(components));
    TRYV(check_recurrence(object));
    return check_with_libical(object);
}

} // namespace ical
