#include "ical/itip_message.h"

#include "core/strings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <string>
#include <utility>

namespace ical {

namespace {

constexpr std::string_view product_id = "-//Appointed//Appointed//EN";
constexpr std::array<std::string_view, 7> told_parameters = {"CN",   "CUTYPE",   "PARTSTAT", "ROLE",
                                                             "RSVP", "LANGUAGE", "SENT-BY"};
// What an answer repeats of the event, so that whoever gets it knows which it is about.
constexpr std::array<std::string_view, 4> answered = {"UID", "RECURRENCE-ID", "DTSTART", "SUMMARY"};

bool uses_zone(const Component& event, std::string_view zone) {
    return std::any_of(
        event.properties.begin(), event.properties.end(),
        [&](const Property& property) { return core::trim(property.parameter("TZID")) == zone; });
}

} // namespace

std::string_view method_name(ItipMethod method) {
    switch (method) {
    case ItipMethod::request:
        return "REQUEST";
    case ItipMethod::cancel:
        return "CANCEL";
    case ItipMethod::reply:
        break;
    }
    return "REPLY";
}

std::int64_t sequence_of(const Component& component) {
    const std::string_view text = core::trim(component.value("SEQUENCE"));
    std::int64_t number = 0;
    constexpr std::size_t digits_max = 9; // an INTEGER is below 2^31 (RFC 5545 section 3.3.8)
    if (text.size() > digits_max) {
        return 0;
    }
    std::from_chars(text.data(), text.data() + text.size(), number);
    return std::max<std::int64_t>(number, 0);
}

Property told_line(const Property& line) {
    Property told(line.name(), line.value());
    for (const Parameter& parameter : line.parameters()) {
        const bool is_told =
            std::any_of(told_parameters.begin(), told_parameters.end(),
                        [&](std::string_view name) { return core::iequals(name, parameter.name); });
        if (!parameter.values.empty() && is_told) {
            told.set_parameter(parameter.name, parameter.values.front());
        }
    }
    return told;
}

Component itip_calendar(ItipMethod method, std::vector<Component> events, const Object& object) {
    Component calendar{"VCALENDAR", {}, {}};
    calendar.properties.emplace_back("VERSION", "2.0");
    calendar.properties.emplace_back("PRODID", std::string(product_id));
    calendar.properties.emplace_back("CALSCALE", "GREGORIAN");
    calendar.properties.emplace_back("METHOD", std::string(method_name(method)));
    for (const Component& component : object.calendar.components) {
        const std::string_view zone = core::trim(component.value("TZID"));
        const bool is_used =
            component.name == "VTIMEZONE" && !zone.empty()
            && std::any_of(events.begin(), events.end(),
                           [&](const Component& event) { return uses_zone(event, zone); });
        if (is_used) {
            calendar.components.push_back(component);
        }
    }
    std::move(events.begin(), events.end(), std::back_inserter(calendar.components));
    return calendar;
}

Component reply_event(const Component& component, const Property& attendee, core::Instant now) {
    Component event{component.name, {}, {}};
    for (const std::string_view name : answered) {
        if (const Property* property = component.find(name)) {
            event.properties.push_back(*property);
        }
    }
    event.properties.emplace_back("DTSTAMP", core::to_ical_utc(now));
    event.properties.emplace_back("SEQUENCE", std::to_string(sequence_of(component)));
    if (const Property* organizer = component.find("ORGANIZER")) {
        event.properties.push_back(told_line(*organizer));
    }
    Property line = told_line(attendee);
    line.remove_parameter("RSVP");
    event.properties.push_back(std::move(line));
    event.properties.emplace_back("REQUEST-STATUS", "2.0;Success");
    return event;
}

} // namespace ical
