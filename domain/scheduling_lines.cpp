#include "domain/scheduling_lines.h"

#include "core/strings.h"
#include "ical/recurrence.h"

#include <algorithm>
#include <string_view>

namespace domain {

bool is_told_by_others(const ical::Property& line) {
    const std::string_view agent = line.parameter("SCHEDULE-AGENT");
    return !agent.empty() && !core::iequals(agent, "SERVER");
}

bool invites_anybody(const ical::Object& event) {
    const auto components = event.main_components();
    return event.kind == ical::Kind::event
           && std::any_of(components.begin(), components.end(),
                          [](const ical::Component* component) {
                              return component->find("ATTENDEE") != nullptr;
                          });
}

const ical::Property* organizer_line(const ical::Object& event) {
    for (const ical::Component* component : event.main_components()) {
        if (const ical::Property* line = component->find("ORGANIZER")) {
            return line;
        }
    }
    return nullptr;
}

bool is_cancelled(const ical::Component& component) {
    return core::iequals(core::trim(component.value("STATUS")), "CANCELLED");
}

bool is_to_come(const ical::Object& event, core::Instant now) {
    const ical::Component* const master = event.master();
    if (master != nullptr && is_cancelled(*master)) {
        return false;
    }
    const auto next = ical::next_occurrence(event, now);
    return next && next->has_value();
}

} // namespace domain
