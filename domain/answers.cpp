#include "domain/answers.h"

#include "core/strings.h"
#include "domain/addresses.h"
#include "domain/slots.h"
#include "ical/recurrence.h"
#include "ical/select.h"
#include "ical/timing.h"
#include "ical/value.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace domain {

namespace {

constexpr std::array<std::string_view, 4> own_answers = {"ACCEPTED", "TENTATIVE", "DECLINED",
                                                         "NEEDS-ACTION"};
constexpr std::size_t answers_at_once_max = 100;

// The series' event at that slot as an override of its own; nothing if there is no occurrence.
core::Result<std::optional<ical::Component>> new_override(const ical::Object& event,
                                                          core::Instant slot) {
    const ical::Component* const master = event.master();
    const ical::Property* const start = master == nullptr ? nullptr : master->find("DTSTART");
    if (start == nullptr || !event.recurs()) {
        return std::optional<ical::Component>();
    }
    const ical::DateTime first = TRY(ical::date_time(*start, event.zones));
    const ical::Lookup lookup = TRY(ical::find_occurrence(event, first.zone->to_wall(slot)));
    if (!lookup.occurrence) {
        return std::optional<ical::Component>();
    }
    ical::Component made = TRY(ical::occurrence_component(event, *lookup.occurrence));
    ical::Property id("RECURRENCE-ID",
                      first.is_utc ? core::to_ical_utc(slot)
                                   : ical::to_ical_wall(first.zone->to_wall(slot), first.is_date));
    for (const std::string_view name : {"TZID", "VALUE"}) {
        if (start->has_parameter(name)) {
            id.set_parameter(name, std::string(start->parameter(name)));
        }
    }
    made.set(std::move(id));
    return std::optional(std::move(made));
}

// Nothing if neither the series nor an override describes it.
core::Result<ical::Component*> find_component(ical::Object& event,
                                              std::optional<core::Instant> occurrence) {
    for (ical::Component& component : event.calendar.components) {
        if (component.name == ical::component_name(event.kind)
            && TRY(slot_of(component, event)) == occurrence) {
            return &component;
        }
    }
    return nullptr;
}

ical::Property* own_line(ical::Component& component, const IsAttendee& is_own) {
    const auto line = std::find_if(component.properties.begin(), component.properties.end(),
                                   [&](const ical::Property& property) {
                                       return property.is("ATTENDEE") && is_own(property);
                                   });
    return line == component.properties.end() ? nullptr : &*line;
}

std::string status_of(const ical::Property& line) {
    const std::string status = core::to_upper(core::trim(line.parameter("PARTSTAT")));
    return status.empty() ? "NEEDS-ACTION" : status; // RFC 5545 section 3.2.12
}

// True if it is another than before.
bool set_answer(ical::Component& component, const IsAttendee& is_own, const std::string& status,
                core::Instant now) {
    ical::Property* const line = own_line(component, is_own);
    if (line == nullptr || status_of(*line) == status) {
        return false;
    }
    const std::string_view sequence = core::trim(component.value("SEQUENCE"));
    line->set_parameter("PARTSTAT", status);
    line->set_parameter("SCHEDULE-STATUS", "2.0"); // RFC 6638 section 3.2.3
    line->set_parameter(replied_parameter, (sequence.empty() ? "0" : std::string(sequence)) + '/'
                                               + core::to_ical_utc(now));
    return true;
}

// The same of one occurrence, for which an override is made if it has none.
core::Result<bool> answer_occurrence(ical::Object& event, std::optional<core::Instant> slot,
                                     const IsAttendee& is_own, const std::string& status,
                                     core::Instant now) {
    if (ical::Component* const component = TRY(find_component(event, slot))) {
        return set_answer(*component, is_own, status, now);
    }
    ical::Component* const master = TRY(find_component(event, std::nullopt));
    const ical::Property* const line = master == nullptr ? nullptr : own_line(*master, is_own);
    if (line == nullptr || status_of(*line) == status) {
        return false;
    }
    const auto made = component_for(event, slot);
    return made && set_answer(**made, is_own, status, now);
}

struct SentAnswer {
    std::optional<core::Instant> slot;
    std::string status;
};

core::Result<std::vector<SentAnswer>>
answers_in(const ical::Object& event, const ical::Object& sent, const IsAttendee& is_own) {
    std::vector<SentAnswer> answers;
    for (const ical::Component* component : sent.main_components()) {
        for (const ical::Property* line : component->find_all("ATTENDEE")) {
            const std::string status = status_of(*line);
            if (is_own(*line)
                && std::find(own_answers.begin(), own_answers.end(), status) != own_answers.end()) {
                answers.push_back({TRY(slot_of(*component, sent)), status});
            }
        }
    }
    const auto former = TRY(excluded_slots(event));
    for (const core::Instant slot : TRY(excluded_slots(sent))) {
        if (!former.contains(slot)) {
            answers.push_back({slot, "DECLINED"});
        }
    }
    return answers;
}

core::Result<bool> same_start(const ical::Component& one, const ical::Object& of_one,
                              const ical::Component& other, const ical::Object& of_other) {
    const auto first = TRY(ical::timing_of(one, of_one.kind, of_one.zones));
    const auto second = TRY(ical::timing_of(other, of_other.kind, of_other.zones));
    return first && second && first->start.instant() == second->start.instant();
}

const ical::Property* line_of(const ical::Component& component, std::string_view address) {
    for (const ical::Property* line : component.find_all("ATTENDEE")) {
        if (normalise_address(line->value()) == address) {
            return line;
        }
    }
    return nullptr;
}

bool keep_answers_of(ical::Component& component, const ical::Component& former) {
    bool changed = false;
    for (ical::Property& line : component.properties) {
        const ical::Property* const was =
            line.is("ATTENDEE") ? line_of(former, normalise_address(line.value())) : nullptr;
        const std::string replied(was == nullptr ? "" : was->parameter(replied_parameter));
        if (replied.empty() || line.parameter(replied_parameter) == replied) {
            continue;
        }
        line.set_parameter(replied_parameter, replied);
        line.set_parameter("PARTSTAT", std::string(was->parameter("PARTSTAT")));
        changed = true;
    }
    return changed;
}

} // namespace

core::Result<ical::Component*> component_for(ical::Object& event,
                                             std::optional<core::Instant> occurrence) {
    if (ical::Component* const found = TRY(find_component(event, occurrence))) {
        return found;
    }
    if (occurrence) {
        if (auto made = TRY(new_override(event, *occurrence))) {
            event.calendar.components.push_back(std::move(*made));
            return &event.calendar.components.back();
        }
    }
    return core::fail(core::Errc::not_found, "There is no such occurrence any more.");
}

core::Result<bool> keep_answers(ical::Object& event, const ical::Object& former) {
    bool changed = false;
    for (const ical::Component* was : former.main_components()) {
        const auto slot = TRY(slot_of(*was, former));
        ical::Component* const component = TRY(find_component(event, slot));
        if (component != nullptr && TRY(same_start(*component, event, *was, former))) {
            changed = keep_answers_of(*component, *was) || changed;
        }
    }
    return changed;
}

core::Result<bool> take_answers(ical::Object& event, const ical::Object& sent,
                                const IsAttendee& is_own, core::Instant now) {
    bool changed = false;
    std::size_t count = 0;
    for (const SentAnswer& answer : TRY(answers_in(event, sent, is_own))) {
        if (!TRY(answer_occurrence(event, answer.slot, is_own, answer.status, now))) {
            continue;
        }
        changed = true;
        if (++count > answers_at_once_max) {
            return core::fail(core::Errc::forbidden, "These are too many answers at once.",
                              core::Condition::allowed_attendee_scheduling_object_change);
        }
    }
    return changed;
}

bool decline_all(ical::Object& event, const IsAttendee& is_own, core::Instant now) {
    bool changed = false;
    for (ical::Component& component : event.calendar.components) {
        changed = set_answer(component, is_own, "DECLINED", now) || changed;
    }
    return changed;
}

} // namespace domain
