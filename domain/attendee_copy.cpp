#include "domain/attendee_copy.h"

#include "core/strings.h"
#include "domain/slots.h"
#include "ical/recurrence.h"
#include "ical/select.h"
#include "ical/timing.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace domain {

namespace {

constexpr std::array<std::string_view, 4> kept_by_each = {"TRANSP", "CATEGORIES", "COLOR",
                                                          "COMMENT"};
constexpr std::array<std::string_view, 3> server_parameters = {"SCHEDULE-AGENT", "SCHEDULE-STATUS",
                                                               "SCHEDULE-FORCE-SEND"};

// Each is looked up in the series.
constexpr std::size_t new_occurrences_max = 100;

using Slot = std::optional<core::Instant>;

bool is_each_own(const ical::Property& property) {
    return core::istarts_with(property.name(), "X-")
           || std::any_of(kept_by_each.begin(), kept_by_each.end(),
                          [&](std::string_view name) { return property.is(name); });
}

bool is_invited(const ical::Component& component, const IsAttendee& is_own) {
    const auto lines = component.find_all("ATTENDEE");
    return std::any_of(lines.begin(), lines.end(),
                       [&](const ical::Property* line) { return is_own(*line); });
}

// What stands between the organizer's client and the server is nobody else's (RFC 6638 section 7).
void remove_server_parameters(ical::Property& line) {
    std::vector<std::string> names(server_parameters.begin(), server_parameters.end());
    for (const ical::Parameter& parameter : line.parameters()) {
        if (core::istarts_with(parameter.name, "X-APPOINTED-")) {
            names.push_back(parameter.name);
        }
    }
    for (const std::string& name : names) {
        if (line.has_parameter(name)) {
            line.remove_parameter(name);
        }
    }
}

void set_organizer(ical::Component& component, const Owner& organizer) {
    ical::Property line("ORGANIZER", "mailto:" + organizer.email);
    const ical::Property* const written = component.find("ORGANIZER");
    const std::string name(written == nullptr ? "" : written->parameter("CN"));
    const std::string& shown = name.empty() ? organizer.name : name;
    if (!shown.empty()) {
        line.set_parameter("CN", shown);
    }
    component.set(std::move(line));
}

// One component as its reader has it; `own` is theirs, or null.
ical::Component component_of(const ical::Component& source, const ical::Component* own,
                             const CopyOf& reader) {
    ical::Component copy{source.name, {}, {}};
    for (const ical::Property& property : source.properties) {
        const bool theirs = is_each_own(property);
        if (theirs && (own != nullptr || !property.is("TRANSP"))) {
            continue;
        }
        copy.properties.push_back(property);
        ical::Property& line = copy.properties.back();
        if (line.is("ATTENDEE")) {
            if (reader.is_own(line) && !core::istarts_with(line.value(), "mailto:")) {
                line.set_value("mailto:" + reader.address);
            }
            remove_server_parameters(line);
        }
    }
    set_organizer(copy, reader.organizer);
    if (own != nullptr) {
        std::copy_if(own->properties.begin(), own->properties.end(),
                     std::back_inserter(copy.properties), is_each_own);
        std::copy_if(own->components.begin(), own->components.end(),
                     std::back_inserter(copy.components),
                     [](const ical::Component& part) { return part.name == "VALARM"; });
    }
    return copy;
}

void exclude_slot(ical::Component& series, const ical::Property& id) {
    ical::Property excluded("EXDATE", id.value());
    for (const std::string_view name : {"TZID", "VALUE"}) {
        if (id.has_parameter(name)) {
            excluded.set_parameter(name, std::string(id.parameter(name)));
        }
    }
    series.properties.push_back(std::move(excluded));
}

bool declines(const ical::Component& component, const IsAttendee& is_own) {
    const auto lines = component.find_all("ATTENDEE");
    return std::any_of(lines.begin(), lines.end(), [&](const ical::Property* line) {
        return is_own(*line) && core::iequals(core::trim(line->parameter("PARTSTAT")), "DECLINED");
    });
}

core::Result<std::map<Slot, const ical::Component*>> by_slot(const ical::Object& object) {
    std::map<Slot, const ical::Component*> components;
    for (const ical::Component* component : object.main_components()) {
        components.emplace(TRY(slot_of(*component, object)), component);
    }
    return components;
}

// A rule whatever the order and the case of its parts.
std::set<std::string> rules_of(const ical::Component& component) {
    std::set<std::string> rules;
    for (const ical::Property& property : component.properties) {
        if (property.is("RRULE")) {
            const std::string value = core::to_upper(core::trim(property.value()));
            std::set<std::string> parts;
            for (const std::string_view part : core::split(value, ';')) {
                if (part != "INTERVAL=1") { // the default
                    parts.emplace(part);
                }
            }
            std::string rule = "RRULE";
            for (const std::string& part : parts) {
                rule += ';' + part;
            }
            rules.insert(rule);
        }
    }
    return rules;
}

tl::unexpected<core::Error> not_an_attendees(std::string_view what) {
    return core::fail(core::Errc::forbidden,
                      "Only the organizer changes " + std::string(what) + ".",
                      core::Condition::allowed_attendee_scheduling_object_change);
}

struct When {
    core::Instant start;
    core::Instant end;
    bool all_day = false;
    friend bool operator==(const When&, const When&) = default;
};

core::Result<std::optional<When>> when_of(const ical::Component& component,
                                          const ical::Object& object) {
    const auto timing = TRY(ical::timing_of(component, object.kind, object.zones));
    if (!timing) {
        return std::optional<When>();
    }
    return std::optional(
        When{timing->start.instant(), timing->end(timing->start.wall), timing->start.is_date});
}

// The organizer's own component for that slot, or what her series says of it; nothing if there is
// no such occurrence.
core::Result<std::optional<ical::Component>>
organizers_component(const ical::Object& event,
                     const std::map<Slot, const ical::Component*>& components, Slot slot) {
    const auto found = components.find(slot);
    if (found != components.end()) {
        return std::optional(*found->second);
    }
    ical::Object probe = event;
    const auto made = component_for(probe, slot);
    return made ? std::optional(**made) : std::optional<ical::Component>();
}

core::Done check_component_change(const ical::Component& source, const ical::Object& event,
                                  const ical::Component& sent_component, const ical::Object& sent,
                                  const IsAttendee& is_organizer) {
    if (TRY(when_of(source, event)) != TRY(when_of(sent_component, sent))
        || rules_of(source) != rules_of(sent_component)) {
        return not_an_attendees("when this is");
    }
    for (const std::string_view name : {"SUMMARY", "LOCATION"}) {
        if (core::trim(source.text(name)) != core::trim(sent_component.text(name))) {
            return not_an_attendees(name == "SUMMARY" ? "the title" : "the place");
        }
    }
    const ical::Property* const organizer = sent_component.find("ORGANIZER");
    if (organizer != nullptr && !is_organizer(*organizer)) {
        return not_an_attendees("who organizes this");
    }
    return {};
}

} // namespace

core::Result<std::optional<ical::Component>>
attendee_copy(const ical::Object& event, const ical::Object* own, const CopyOf& reader) {
    std::map<Slot, const ical::Component*> own_components;
    std::set<core::Instant> own_excluded;
    if (own != nullptr) {
        own_components = TRY(by_slot(*own));
        own_excluded = TRY(excluded_slots(*own));
    }
    const ical::Component* const master = event.master();
    const bool has_series = master != nullptr && is_invited(*master, reader.is_own);
    ical::Component calendar{event.calendar.name, event.calendar.properties, {}};
    calendar.remove("METHOD");
    std::vector<ical::Component> events;
    std::vector<ical::Property> away; // RECURRENCE-IDs of what is none for this reader
    for (const ical::Component& component : event.calendar.components) {
        if (component.name != ical::component_name(event.kind)) {
            calendar.components.push_back(component); // VTIMEZONE
            continue;
        }
        const Slot slot = TRY(slot_of(component, event));
        const bool taken_out = slot && own_excluded.contains(*slot) && has_series
                               && declines(component, reader.is_own);
        if (taken_out || !is_invited(component, reader.is_own)) {
            if (slot) {
                away.push_back(*component.find("RECURRENCE-ID"));
            }
            continue;
        }
        const auto theirs = own_components.find(slot);
        events.push_back(component_of(
            component, theirs == own_components.end() ? nullptr : theirs->second, reader));
    }
    if (events.empty()) {
        return std::optional<ical::Component>();
    }
    for (ical::Component& made : events) {
        if (made.find("RECURRENCE-ID") == nullptr) {
            for (const ical::Property& id : away) {
                exclude_slot(made, id);
            }
        }
    }
    std::move(events.begin(), events.end(), std::back_inserter(calendar.components));
    return std::optional(std::move(calendar));
}

ical::Component cancelled_copy(const ical::Object& own, core::Instant now) {
    ical::Component calendar = own.calendar;
    for (ical::Component& component : calendar.components) {
        if (component.name != ical::component_name(own.kind)) {
            continue;
        }
        if (core::iequals(core::trim(component.value("STATUS")), "CANCELLED")) {
            continue;
        }
        std::int64_t sequence = 0;
        const std::string_view written = core::trim(component.value("SEQUENCE"));
        std::from_chars(written.data(), written.data() + written.size(), sequence);
        component.set(ical::Property("STATUS", "CANCELLED"));
        constexpr std::int64_t sequence_max = 2'147'483'647; // RFC 5545 section 3.3.8
        component.set(ical::Property(
            "SEQUENCE",
            std::to_string(std::clamp<std::int64_t>(sequence, 0, sequence_max - 1) + 1)));
        component.set(ical::Property("DTSTAMP", core::to_ical_utc(now)));
        std::erase_if(component.components,
                      [](const ical::Component& part) { return part.name == "VALARM"; });
    }
    return calendar;
}

core::Done check_attendee_change(const ical::Object& event, const ical::Object& sent,
                                 const CopyOf& reader, const IsAttendee& is_organizer) {
    const auto components = TRY(by_slot(event));
    if (sent.kind != event.kind) {
        return not_an_attendees("what this is");
    }
    const ical::Component* const master = event.master();
    if (master != nullptr && is_invited(*master, reader.is_own) && sent.master() == nullptr) {
        return not_an_attendees("the series");
    }
    std::size_t new_ones = 0;
    for (const ical::Component* component : sent.main_components()) {
        const Slot slot = TRY(slot_of(*component, sent));
        if (!components.contains(slot) && ++new_ones > new_occurrences_max) {
            return not_an_attendees("so many occurrences at once");
        }
        const auto source = TRY(organizers_component(event, components, slot));
        if (!source || !is_invited(*source, reader.is_own)) {
            return not_an_attendees("which occurrences there are");
        }
        if (!is_invited(*component, reader.is_own)) {
            return not_an_attendees("who is invited");
        }
        TRYV(check_component_change(*source, event, *component, sent, is_organizer));
    }
    return {};
}

} // namespace domain
