#include "ical/itip.h"

#include "core/strings.h"
#include "core/time.h"
#include "ical/itip_message.h"
#include "ical/recurrence.h"
#include "ical/select.h"
#include "ical/timing.h"
#include "ical/value.h"

#include <algorithm>
#include <array>

namespace ical {

namespace {

// What a message has of an event whatever attendees are shown of it.
constexpr std::array<std::string_view, 9> carried = {
    "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "TRANSP"};
constexpr std::array<std::string_view, 2> recurring = {"RRULE", "RDATE"};
template <class Names>
bool is_one_of(const Names& names, std::string_view name) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view each) { return core::iequals(each, name); });
}

bool is_cancelled(const Component& component) {
    return core::iequals(core::trim(component.value("STATUS")), "CANCELLED");
}

// SCHEDULE-AGENT=CLIENT, NONE or a name that nobody knows (RFC 6638 section 7.1: as NONE).
bool is_told_by_another(const Property& attendee) {
    const std::string_view agent = attendee.parameter("SCHEDULE-AGENT");
    return !agent.empty() && !core::iequals(agent, "SERVER");
}

// The instant of the slot that a RECURRENCE-ID or an EXDATE names. Clients write a date for a
// series of times (R-C15); it means the occurrence of that day.
core::Instant slot_of(const DateTime& value, const std::optional<Timing>& series) {
    if (!series || !value.is_date || series->start.is_date) {
        return value.instant();
    }
    WallTime wall = value.wall;
    wall.seconds += core::time_of_day(series->start.wall.seconds);
    return series->start.zone->to_instant(wall);
}

Property attendee_line(const Property& line, ItipMethod method) {
    Property told = told_line(line);
    if (method == ItipMethod::request) {
        if (told.parameter("PARTSTAT").empty()) {
            told.set_parameter("PARTSTAT", "NEEDS-ACTION");
        }
        told.set_parameter("RSVP", "TRUE");
    }
    return told;
}

// The series without an occurrence that an override describes and that is none for the attendee.
void exclude(Component& series, const Component& overriding) {
    const Property* id = find_filled(overriding, "RECURRENCE-ID");
    Property excluded("EXDATE", id->value());
    for (const std::string_view name : {"TZID", "VALUE"}) {
        if (id->has_parameter(name)) {
            excluded.set_parameter(name, std::string(id->parameter(name)));
        }
    }
    series.properties.push_back(std::move(excluded));
}

// In the form of the series' start, as RFC 5545 section 3.8.4.4 has it.
Property recurrence_id(const Property& series_start, const Timing& series, core::Instant slot) {
    Property id("RECURRENCE-ID",
                series.start.is_utc
                    ? core::to_ical_utc(slot)
                    : to_ical_wall(series.start.zone->to_wall(slot), series.start.is_date));
    for (const std::string_view name : {"TZID", "VALUE"}) {
        if (series_start.has_parameter(name)) {
            id.set_parameter(name, std::string(series_start.parameter(name)));
        }
    }
    return id;
}

core::Result<std::set<core::Instant>> excluded_slots(const Component& master, const Object& object,
                                                     const std::optional<Timing>& timing) {
    std::set<core::Instant> slots;
    for (const Property* property : master.find_all("EXDATE")) {
        for (const DateTimeItem& item : TRY(date_times(*property, object.zones))) {
            slots.insert(slot_of(item.start, timing));
        }
    }
    return slots;
}

bool is_range(const Component& component) {
    const Property* id = find_filled(component, "RECURRENCE-ID");
    return id != nullptr && core::iequals(id->parameter("RANGE"), "THISANDFUTURE");
}

} // namespace

struct ItipChange::Letter {
    ItipMethod method = ItipMethod::request;
    const Component& event;
    const View& view;
    std::string_view attendee;
    bool is_new = false;
};

core::Result<ItipChange> ItipChange::of(const Object* former, const Object* current,
                                        ItipContext context) {
    ItipChange change(std::move(context));
    change.former_ = TRY(change.side_of(former));
    change.current_ = TRY(change.side_of(current));
    return change;
}

core::Result<ItipChange::Side> ItipChange::side_of(const Object* object) const {
    Side side;
    if (object == nullptr) {
        return side;
    }
    side.object = object;
    side.to_come = TRY(next_occurrence(*object, context_.now)).has_value();
    std::optional<Timing> timing;
    if (const Component* master = object->master()) {
        timing = TRY(timing_of(*master, object->kind, object->zones));
        side.cancelled = is_cancelled(*master);
        side.master = TRY(shown_of(*master, *object));
        side.excluded = TRY(excluded_slots(*master, *object, timing));
    }
    for (const Component* override : object->overrides()) {
        const Property& id = *find_filled(*override, "RECURRENCE-ID");
        side.overrides[slot_of(TRY(date_time(id, object->zones)), timing)] = override;
    }
    return side;
}

// What attendees are told of a component, in a form to compare: instants and clocks, not spellings.
core::Result<std::string> ItipChange::shown_of(const Component& component,
                                               const Object& object) const {
    std::string shown = is_cancelled(component) ? "cancelled\n" : "\n";
    if (const auto timing = TRY(timing_of(component, object.kind, object.zones))) {
        const DateTime& start = timing->start;
        shown += std::to_string(start.instant().seconds) + ' '
                 + std::to_string(timing->end(start.wall).seconds) + (start.is_date ? " day" : "");
        if (component.find("RRULE") != nullptr || component.find("RDATE") != nullptr) {
            shown += ' ' + start.zone->name(); // decides when the others are
        }
    }
    std::set<std::string> rules;
    for (const Property& property : component.properties) {
        if (is_one_of(recurring, property.name())) {
            rules.insert(core::to_lower(property.name() + ' ' + property.value()));
        }
    }
    for (const std::string& rule : rules) {
        shown += '\n' + rule;
    }
    for (const std::string& name : context_.shown) {
        shown += '\n' + std::string(core::trim(component.value(name)));
    }
    return shown;
}

const Property* ItipChange::line_of(const Component& component, std::string_view attendee) const {
    for (const Property* line : component.find_all("ATTENDEE")) {
        if (context_.normalise(line->value()) == attendee) {
            return line;
        }
    }
    return nullptr;
}

ItipChange::View ItipChange::view_of(const Side& side, std::string_view attendee) const {
    View view = nothing_of(side);
    if (side.object == nullptr || side.cancelled) {
        return view;
    }
    view.away = side.excluded;
    if (const Component* master = side.object->master()) {
        if (const Property* line = line_of(*master, attendee)) {
            view.silent = is_told_by_another(*line);
            view.master = master;
        }
    }
    for (const auto& [slot, override] : side.overrides) {
        const Property* line = line_of(*override, attendee);
        if (line == nullptr || is_cancelled(*override)) {
            view.away.insert(slot);
        } else {
            view.silent = view.silent || is_told_by_another(*line);
            view.overrides.emplace(slot, override);
        }
    }
    return view;
}

ItipChange::View ItipChange::nothing_of(const Side& side) {
    View view;
    view.side = &side;
    return view;
}

core::Result<bool> ItipChange::has_ended(const Component& component, const Object& object) const {
    const auto timing = TRY(timing_of(component, object.kind, object.zones));
    return timing && !is_range(component) && timing->end(timing->start.wall) <= context_.now;
}

// The occurrence as the attendee sees it: its override, else what the series says of it. Nothing if
// it is none for them.
core::Result<std::optional<Component>> ItipChange::occurrence_at(const View& view,
                                                                 Slot slot) const {
    const auto override = view.overrides.find(slot);
    if (override != view.overrides.end()) {
        return std::optional(*override->second);
    }
    if (view.master == nullptr || view.away.contains(slot)) {
        return std::nullopt;
    }
    const Object& object = *view.side->object;
    const auto timing = TRY(timing_of(*view.master, object.kind, object.zones));
    if (!timing || !object.recurs()) {
        return std::nullopt;
    }
    const Lookup lookup = TRY(find_occurrence(object, timing->start.zone->to_wall(slot)));
    if (!lookup.occurrence) {
        return std::nullopt;
    }
    Component component = TRY(occurrence_component(object, *lookup.occurrence));
    component.set(recurrence_id(*find_filled(*view.master, "DTSTART"), *timing, slot));
    return std::optional(std::move(component));
}

core::Done ItipChange::add(std::vector<ItipMessage>& messages, const Letter& letter) const {
    Component event{letter.event.name, {}, {}};
    for (const Property& property : letter.event.properties) {
        if (is_one_of(carried, property.name()) || is_one_of(context_.shown, property.name())) {
            event.properties.push_back(property);
        } else if (property.is("ORGANIZER")) {
            event.properties.push_back(told_line(property));
        }
    }
    const bool is_request = letter.method == ItipMethod::request;
    event.properties.emplace_back("DTSTAMP", core::to_ical_utc(context_.now));
    const std::int64_t own_sequence = sequence_of(letter.event) + (is_request ? 0 : 1);
    const std::int64_t sequence = std::max(context_.sequence, own_sequence);
    event.properties.emplace_back("SEQUENCE", std::to_string(sequence));
    const bool tentative = core::iequals(core::trim(letter.event.value("STATUS")), "TENTATIVE");
    event.properties.emplace_back("STATUS", !is_request ? "CANCELLED"
                                            : tentative ? "TENTATIVE"
                                                        : "CONFIRMED");
    const Property* line = line_of(letter.event, letter.attendee);
    if (line == nullptr && letter.view.master != nullptr) {
        line = line_of(*letter.view.master, letter.attendee);
    }
    if (line != nullptr) {
        event.properties.push_back(attendee_line(*line, letter.method));
    }
    if (is_request && &letter.event == letter.view.master) {
        for (const auto& [slot, override] : letter.view.side->overrides) {
            if (letter.view.away.contains(slot)) {
                exclude(event, *override);
            }
        }
    }
    messages.push_back({letter.method, sequence, letter.is_new,
                        itip_calendar(letter.method, {event}, *letter.view.side->object)});
    return {};
}

core::Done ItipChange::add_occurrence(std::vector<ItipMessage>& messages, ItipMethod method,
                                      const View& view, Slot slot,
                                      std::string_view attendee) const {
    const auto occurrence = TRY(occurrence_at(view, slot));
    if (!occurrence || TRY(has_ended(*occurrence, *view.side->object))) {
        return {};
    }
    return add(messages, {method, *occurrence, view, attendee});
}

core::Result<std::vector<ItipMessage>> ItipChange::messages_for(std::string_view attendee) const {
    View before = view_of(former_, attendee);
    const View after = view_of(current_, attendee);
    std::vector<ItipMessage> messages;
    if (before.silent || after.silent) {
        // Who was told by somebody else is told by us from now on, and of nothing from before.
        if (after.silent || after.nothing()) {
            return messages;
        }
        before = nothing_of(former_);
    }
    if (before.master != nullptr && after.master == nullptr) {
        if (former_.to_come) {
            TRYV(add(messages, {ItipMethod::cancel, *before.master, before, attendee}));
        }
        before = nothing_of(former_);
    }
    if (after.master != nullptr) {
        TRYV(tell_series(messages, before, after, attendee));
    } else {
        TRYV(tell_lost(messages, before, after, attendee));
        TRYV(tell_overrides(messages, before, after, attendee));
    }
    return messages;
}

// Whoever has the whole series now.
core::Done ItipChange::tell_series(std::vector<ItipMessage>& messages, const View& before,
                                   const View& after, std::string_view attendee) const {
    // An occurrence that comes back without an override: only the series can say so.
    const bool restored = before.master != nullptr
                          && std::any_of(before.away.begin(), before.away.end(), [&](Slot slot) {
                                 return slot > context_.now && !after.away.contains(slot)
                                        && !after.overrides.contains(slot);
                             });
    const bool anew = before.master == nullptr || former_.master != current_.master || restored;
    if (!anew) {
        TRYV(tell_lost(messages, before, after, attendee));
        TRYV(tell_overrides(messages, before, after, attendee));
        if (messages.size() <= occurrence_messages_max) {
            return {};
        }
        messages.clear();
        return add(messages, {ItipMethod::request, *after.master, after, attendee});
    }
    if (former_.to_come || current_.to_come) {
        TRYV(
            add(messages, {ItipMethod::request, *after.master, after, attendee, before.nothing()}));
    }
    // Clients drop the overrides of a series that they are given anew, so each follows.
    return tell_overrides(messages, nothing_of(former_), after, attendee);
}

// Occurrences that the attendee had: they are gone, or as the series says again.
core::Done ItipChange::tell_lost(std::vector<ItipMessage>& messages, const View& before,
                                 const View& after, std::string_view attendee) const {
    for (const Slot slot : after.away) {
        if (!before.away.contains(slot)) {
            TRYV(add_occurrence(messages, ItipMethod::cancel, before, slot, attendee));
        }
    }
    for (const auto& [slot, override] : before.overrides) {
        if (after.overrides.contains(slot) || after.away.contains(slot)) {
            continue;
        }
        const auto now = TRY(occurrence_at(after, slot));
        if (!now) {
            TRYV(add_occurrence(messages, ItipMethod::cancel, before, slot, attendee));
        } else if (TRY(shown_of(*now, *after.side->object))
                   != TRY(shown_of(*override, *before.side->object))) {
            TRYV(add_occurrence(messages, ItipMethod::request, after, slot, attendee));
        }
    }
    return {};
}

// Occurrences that differ from the series.
core::Done ItipChange::tell_overrides(std::vector<ItipMessage>& messages, const View& before,
                                      const View& after, std::string_view attendee) const {
    for (const auto& [slot, override] : after.overrides) {
        const auto was = before.side->object != nullptr ? TRY(occurrence_at(before, slot))
                                                        : std::optional<Component>();
        if (was
            && TRY(shown_of(*was, *before.side->object))
                   == TRY(shown_of(*override, *after.side->object))) {
            continue;
        }
        // What was to come and is moved into the past is told as well.
        const bool was_to_come = was && !TRY(has_ended(*was, *before.side->object));
        if (was_to_come || !TRY(has_ended(*override, *after.side->object))) {
            TRYV(
                add(messages, {ItipMethod::request, *override, after, attendee, before.nothing()}));
        }
    }
    return {};
}

} // namespace ical
