// What a calendar object must satisfy to be stored (RFC 4791 sections 4.1 and 5.3.2.1). Lenient
// where real clients are sloppy (R-C15): only what leaves the time or the recurrence of an
// appointment in doubt is refused.
#pragma once

#include "core/result.h"
#include "ical/object.h"

namespace ical {

// Every main component has the same kind and UID, and there is one at least. Gives the kind.
// Errors: valid_calendar_object_resource, supported_calendar_component.
core::Result<Kind> check_structure(const Component& calendar);

// Errors: valid_calendar_data, valid_calendar_object_resource, max_instances,
// max_attendees_per_instance, min_date_time, max_date_time, same_organizer_in_all_components.
core::Done check_content(const Object& object);

} // namespace ical
