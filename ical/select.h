// What part of an object an answer carries: CALDAV:calendar-data (RFC 4791 section 9.6).
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/object.h"
#include "ical/recurrence.h"

#include <optional>
#include <string>
#include <vector>

namespace ical {

struct PropertySelection {
    std::string name;
    bool no_value = false;
};

struct ComponentSelection { // CALDAV:comp
    std::string name;
    bool all_properties = true; // CALDAV:allprop, or no prop element and no comp element
    std::vector<PropertySelection> properties;
    bool all_components = true; // CALDAV:allcomp
    std::vector<ComponentSelection> components;
};

struct DataSelection {
    std::optional<ComponentSelection> component; // nothing: the whole object
    std::optional<core::Interval> expand;
    std::optional<core::Interval> limit_recurrence_set;
    std::optional<core::Interval> limit_freebusy_set;

    [[nodiscard]] bool whole() const {
        return !component && !expand && !limit_recurrence_set && !limit_freebusy_set;
    }
};

// The object as a calendar to print. Expansion (section 9.6.5) gives one component per occurrence
// that overlaps, times in UTC, RECURRENCE-ID on each of a recurring object, no recurrence
// properties and no VTIMEZONE; all-day values stay dates. Errors: max_instances.
core::Result<Component> select(const Object& object, const DataSelection& selection);

// One occurrence as a component that stands alone, in its own zone: the times of the occurrence in
// the form of its component's (TZID, UTC or date), no recurrence properties and no RECURRENCE-ID.
// Errors: valid_calendar_data.
core::Result<Component> occurrence_component(const Object& object, const Occurrence& occurrence);

} // namespace ical
