#include "domain/calendar_zone.h"

#include "ical/component.h"

namespace domain {

ical::ZonePtr floating_zone(const storage::Collection& collection, const Policy& policy) {
    if (collection.time_zone.empty()) {
        return policy.time_zone;
    }
    const auto calendar = ical::parse(collection.time_zone);
    if (!calendar) {
        return policy.time_zone;
    }
    for (const ical::Component& component : calendar->components) {
        if (component.name == "VTIMEZONE") {
            const auto zone = ical::zone_from_component(component);
            return zone ? *zone : policy.time_zone;
        }
    }
    return policy.time_zone;
}

} // namespace domain
