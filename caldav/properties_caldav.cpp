// Properties of calendars: RFC 4791, 7809, and those that Apple's clients brought.
#include "caldav/properties_table.h"
#include "caldav/sync.h"
#include "core/limits.h"
#include "core/strings.h"
#include "ical/component.h"
#include "ical/zone.h"

#include <algorithm>
#include <array>

namespace caldav {

namespace {

// RFC 4918 section 9.2.1: a value whose meaning does not suit the property is 409.
core::Done unsuitable(std::string detail) {
    return core::fail(core::Errc::conflict, std::move(detail));
}

core::Done invalid_zone(std::string detail) { // RFC 4791 section 5.3.2.1
    return core::fail(core::Errc::forbidden, std::move(detail),
                      core::Condition::valid_calendar_data);
}

bool append_optional(std::string& content, const std::optional<std::string>& value) {
    core::append_xml_escaped(content, value.value_or(""));
    return value.has_value();
}

bool description(const PropertyContext& context, std::string& content) {
    return append_optional(content, context.resource.collection->description);
}

core::Done set_description(storage::Collection& collection, const Element* value) {
    collection.description.reset();
    if (value != nullptr) {
        collection.description = value->text;
    }
    return {};
}

bool time_zone(const PropertyContext& context, std::string& content) {
    core::append_xml_escaped(content, context.resource.collection->time_zone);
    return !context.resource.collection->time_zone.empty();
}

// RFC 4791 section 5.2.2: an iCalendar object with exactly one VTIMEZONE.
core::Result<ical::ZonePtr> read_time_zone(std::string_view text) {
    const auto calendar = ical::parse(text);
    if (!calendar || calendar->components.size() != 1
        || calendar->components.front().name != "VTIMEZONE") {
        return core::fail(core::Errc::forbidden, "not a calendar with exactly one VTIMEZONE",
                          core::Condition::valid_calendar_data);
    }
    return ical::zone_from_component(calendar->components.front());
}

core::Done set_time_zone(storage::Collection& collection, const Element* value) {
    if (value == nullptr || core::trim(value->text).empty()) {
        collection.time_zone.clear();
        return {};
    }
    if (!read_time_zone(value->text)) {
        return invalid_zone("calendar-timezone is not a calendar with exactly one VTIMEZONE");
    }
    collection.time_zone = value->text;
    return {};
}

bool time_zone_id(const PropertyContext& context, std::string& content) {
    const std::string& text = context.resource.collection->time_zone;
    if (text.empty()) {
        return false;
    }
    const auto zone = read_time_zone(text);
    if (!zone || !ical::find_zone((*zone)->name())) {
        return false; // a zone of the client's own has no identifier that anybody else knows
    }
    core::append_xml_escaped(content, (*zone)->name());
    return true;
}

// RFC 7809 section 5.2: the identifier and calendar-timezone say the same, so only one is kept.
core::Done set_time_zone_id(storage::Collection& collection, const Element* value) {
    if (value == nullptr || core::trim(value->text).empty()) {
        collection.time_zone.clear();
        return {};
    }
    const auto zone = ical::find_zone(core::trim(value->text));
    if (!zone) {
        return core::fail(core::Errc::forbidden, "calendar-timezone-id names no time zone",
                          core::Condition::valid_timezone);
    }
    ical::Component calendar{"VCALENDAR", {{"VERSION", "2.0"}, {"PRODID", "-//Appointed//EN"}}, {}};
    calendar.components.push_back(ical::to_vtimezone(**zone, collection.created));
    collection.time_zone = ical::print(calendar);
    return {};
}

struct ComponentName {
    std::string_view name;
    unsigned bit;
};
constexpr std::array component_names{
    ComponentName{"VEVENT", storage::components::event},
    ComponentName{"VTODO", storage::components::todo},
    ComponentName{"VJOURNAL", storage::components::journal},
    ComponentName{"VFREEBUSY", storage::components::freebusy},
    ComponentName{"VAVAILABILITY", storage::components::availability},
};

bool component_set(const PropertyContext& context, std::string& content) {
    for (const ComponentName& component : component_names) {
        if ((context.resource.collection->components & component.bit) != 0) {
            content.append("<C:comp name=\"").append(component.name).append("\"/>");
        }
    }
    return true;
}

// Non-standard: Apple asks the home which kinds of calendar it may make there (R-A12).
bool component_sets(const PropertyContext& /*context*/, std::string& content) {
    for (const char* name : {"VEVENT", "VTODO"}) {
        content.append("<C:supported-calendar-component-set><C:comp name=\"").append(name);
        content.append("\"/></C:supported-calendar-component-set>");
    }
    return true;
}

bool supported_data(const PropertyContext& /*context*/, std::string& content) {
    content += "<C:calendar-data content-type=\"text/calendar\" version=\"2.0\"/>";
    return true;
}

bool max_resource_size(const PropertyContext& /*context*/, std::string& content) {
    content += std::to_string(core::limits::resource_bytes);
    return true;
}

bool min_date_time(const PropertyContext& /*context*/, std::string& content) {
    content += core::to_ical_utc(core::beginning_of_time);
    return true;
}

bool max_date_time(const PropertyContext& /*context*/, std::string& content) {
    content += core::to_ical_utc(core::end_of_time);
    return true;
}

bool max_instances(const PropertyContext& /*context*/, std::string& content) {
    content += std::to_string(core::limits::instances);
    return true;
}

bool max_attendees(const PropertyContext& /*context*/, std::string& content) {
    content += std::to_string(core::limits::attendees);
    return true;
}

bool max_attachment_size(const PropertyContext& context, std::string& content) {
    content += std::to_string(context.services.attachments.size_max());
    return true;
}

bool max_attachments(const PropertyContext& /*context*/, std::string& content) {
    content += std::to_string(core::limits::attachments_per_resource);
    return true;
}

// RFC 8607 section 6.1: empty, if attachments are where the client has found the calendars.
bool attachments_server(const PropertyContext& context, std::string& content) {
    const std::string& url = context.services.attachments.public_url();
    if (url != context.services.public_url) {
        append_href(content, url);
    }
    return true;
}

// RFC 7809 section 5.1: the service of RFC 7808 that goes with this server (src/routes/time_zones).
bool time_zone_services(const PropertyContext& /*context*/, std::string& content) {
    append_href(content, "/timezones");
    return true;
}

bool collation_set(const PropertyContext& /*context*/, std::string& content) {
    for (const char* collation : {"i;ascii-casemap", "i;octet", "i;unicode-casemap"}) {
        content.append("<C:supported-collation>").append(collation);
        content.append("</C:supported-collation>");
    }
    return true;
}

// RFC 4791 section 9.6. An object whose expansion goes over a bound has no such data; the others of
// the same answer have theirs (R-A15).
bool calendar_data(const PropertyContext& context, std::string& content) {
    if (context.object == nullptr) {
        return false;
    }
    const domain::Calendars& calendars = context.services.calendars;
    if (context.data == nullptr || context.data->whole()) {
        core::append_xml_escaped(content,
                                 calendars.body(*context.object, context.resource.links()));
        return true;
    }
    const auto object =
        calendars.read(*context.object, *context.resource.collection, context.resource.links());
    if (!object) {
        return false;
    }
    const auto selected = ical::select(*object, *context.data);
    if (!selected) {
        return false;
    }
    core::append_xml_escaped(content, ical::print(*selected));
    return true;
}

bool color(const PropertyContext& context, std::string& content) {
    return append_optional(content, context.resource.collection->color);
}

bool is_color(std::string_view text) {
    return (text.size() == 7 || text.size() == 9) && text.front() == '#'
           && text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string_view::npos;
}

core::Done set_color(storage::Collection& collection, const Element* value) {
    const std::string_view text = value == nullptr ? "" : core::trim(value->text);
    if (text.empty()) { // tsdav sends an empty one when it makes a calendar (client rule 25)
        collection.color.reset();
        return {};
    }
    if (!is_color(text)) {
        return unsuitable("calendar-color has to be #RRGGBB or #RRGGBBAA");
    }
    collection.color = text;
    return {};
}

bool order(const PropertyContext& context, std::string& content) {
    return append_optional(content, context.resource.collection->order);
}

bool is_number(std::string_view text) {
    constexpr std::size_t digits_max = 20;
    if (text.starts_with('-')) {
        text.remove_prefix(1);
    }
    return !text.empty() && text.size() <= digits_max
           && text.find_first_not_of("0123456789.") == std::string_view::npos && text.front() != '.'
           && std::count(text.begin(), text.end(), '.') <= 1;
}

core::Done set_order(storage::Collection& collection, const Element* value) {
    const std::string_view text = value == nullptr ? "" : core::trim(value->text);
    if (text.empty()) {
        collection.order.reset();
        return {};
    }
    if (!is_number(text)) {
        return unsuitable("calendar-order has to be a number");
    }
    collection.order = text;
    return {};
}

// RFC 4791 section 5.2: none of them is part of allprop.
using enum InAllprop;

constexpr std::array caldav_rows{
    PropertyRow{ns::caldav, "calendar-description", on::calendar, description, set_description, no,
                "RFC 4791 5.2.1"},
    PropertyRow{ns::caldav, "calendar-timezone", on::calendar, time_zone, set_time_zone, no,
                "RFC 4791 5.2.2"},
    PropertyRow{ns::caldav, "calendar-timezone-id", on::calendar, time_zone_id, set_time_zone_id,
                no, "RFC 7809 5.2"},
    PropertyRow{ns::caldav, "timezone-service-set", on::home | on::principal, time_zone_services,
                nullptr, no, "RFC 7809 5.1"},
    PropertyRow{ns::caldav, "supported-calendar-component-set", on::calendar, component_set,
                nullptr, no, "RFC 4791 5.2.3"},
    PropertyRow{ns::caldav, "supported-calendar-component-sets", on::home, component_sets, nullptr,
                no, "non-standard: Apple"},
    PropertyRow{ns::caldav, "supported-calendar-data", on::calendar, supported_data, nullptr, no,
                "RFC 4791 5.2.4"},
    PropertyRow{ns::caldav, "max-resource-size", on::calendar, max_resource_size, nullptr, no,
                "RFC 4791 5.2.5"},
    PropertyRow{ns::caldav, "min-date-time", on::calendar, min_date_time, nullptr, no,
                "RFC 4791 5.2.6"},
    PropertyRow{ns::caldav, "max-date-time", on::calendar, max_date_time, nullptr, no,
                "RFC 4791 5.2.7"},
    PropertyRow{ns::caldav, "max-instances", on::calendar, max_instances, nullptr, no,
                "RFC 4791 5.2.8"},
    PropertyRow{ns::caldav, "max-attendees-per-instance", on::calendar | on::principal,
                max_attendees, nullptr, no, "RFC 4791 5.2.9"}, // Apple asks the principal
    PropertyRow{ns::caldav, "managed-attachments-server-URL", on::home, attachments_server, nullptr,
                no, "RFC 8607 6.1"},
    PropertyRow{ns::caldav, "max-attachment-size", on::calendar, max_attachment_size, nullptr, no,
                "RFC 8607 6.2"},
    PropertyRow{ns::caldav, "max-attachments-per-resource", on::calendar, max_attachments, nullptr,
                no, "RFC 8607 6.3"},
    PropertyRow{ns::caldav, "supported-collation-set", on::calendar, collation_set, nullptr, no,
                "RFC 4791 7.5.1"},
    PropertyRow{ns::caldav, "calendar-data", on::object, calendar_data, nullptr, no,
                "RFC 4791 9.6"},
    PropertyRow{ns::apple, "calendar-color", on::calendar, color, set_color, no,
                "non-standard: Apple"},
    PropertyRow{ns::apple, "calendar-order", on::calendar, order, set_order, no,
                "non-standard: Apple"},
};

} // namespace

std::span<const PropertyRow> caldav_properties() {
    return caldav_rows;
}

// RFC 4791 section 5.2.3. What no calendar here holds (VPOLL) is left out; nothing left is an
// error.
core::Result<unsigned> read_component_set(const Element& value) {
    unsigned components = 0;
    for (const Element& child : value.children) {
        if (!child.is(cal("comp"))) {
            continue;
        }
        for (const ComponentName& component : component_names) {
            if (core::iequals(core::trim(child.attribute("name")), component.name)) {
                components |= component.bit;
            }
        }
    }
    if (components == 0) {
        return core::fail(core::Errc::forbidden, "no calendar holds any of these components",
                          core::Condition::supported_calendar_component);
    }
    return components;
}

} // namespace caldav
