// A calendar object resource (RFC 4791 section 4.1): one kind of component, one UID, no METHOD; the
// master and its overrides together.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/component.h"
#include "ical/zone.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ical {

enum class Kind { event, todo, journal, freebusy, availability };

std::string_view component_name(Kind kind); // VEVENT ...
std::optional<Kind> kind_from_name(std::string_view component_name);

struct Object {
    Component calendar; // the whole VCALENDAR
    Kind kind = Kind::event;
    std::string uid;
    ZoneTable zones;

    // Null for an object that holds only overrides (an invitation to single occurrences).
    [[nodiscard]] const Component* master() const;
    [[nodiscard]] std::vector<const Component*> overrides() const; // those with a RECURRENCE-ID
    [[nodiscard]] std::vector<const Component*> main_components() const; // master first
    [[nodiscard]] bool recurs() const; // RRULE, RDATE or overrides
};

// Reads and checks a resource as a PUT must (RFC 4791 section 5.3.2.1): limits, syntax, UID, kind,
// no METHOD, same ORGANIZER in all components, recurrence within the caps, known zones, and
// libical's own opinion on the values. `floating` is the zone for floating times (the calendar's).
// Errors: valid_calendar_data, valid_calendar_object_resource, max_resource_size, max_instances,
// max_attendees_per_instance, min_date_time, max_date_time, same_organizer_in_all_components,
// supported_calendar_component (a component no calendar holds).
core::Result<Object> parse_object(std::string_view text, ZonePtr floating);

// The same without judging what is already stored: for reading back. Errors as above, syntax only.
core::Result<Object> read_object(std::string_view text, ZonePtr floating);

} // namespace ical
