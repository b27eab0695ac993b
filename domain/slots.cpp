#include "domain/slots.h"

#include "ical/timing.h"
#include "ical/value.h"

namespace domain {

namespace {

// Clients write a date for a series of times (R-C15); it means the occurrence of that day.
core::Result<core::Instant> slot_at(const ical::DateTime& value, const ical::Object& event) {
    const ical::Component* const master = event.master();
    const ical::Property* const start =
        master == nullptr || !value.is_date ? nullptr : ical::find_filled(*master, "DTSTART");
    if (start == nullptr) {
        return value.instant();
    }
    const ical::DateTime first = TRY(ical::date_time(*start, event.zones));
    if (first.is_date) {
        return value.instant();
    }
    ical::WallTime wall = value.wall;
    wall.seconds += core::time_of_day(first.wall.seconds);
    return first.zone->to_instant(wall);
}

} // namespace

core::Result<std::optional<core::Instant>> slot_of(const ical::Component& component,
                                                   const ical::Object& event) {
    const ical::Property* const id = ical::find_filled(component, "RECURRENCE-ID");
    if (id == nullptr) {
        return std::optional<core::Instant>();
    }
    const ical::DateTime named = TRY(ical::date_time(*id, event.zones));
    return std::optional(TRY(slot_at(named, event)));
}

core::Result<std::set<core::Instant>> excluded_slots(const ical::Object& event) {
    std::set<core::Instant> slots;
    const ical::Component* const master = event.master();
    if (master == nullptr) {
        return slots;
    }
    for (const ical::Property* property : master->find_all("EXDATE")) {
        for (const ical::DateTimeItem& item : TRY(ical::date_times(*property, event.zones))) {
            slots.insert(TRY(slot_at(item.start, event)));
        }
    }
    return slots;
}

} // namespace domain
