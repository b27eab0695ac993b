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
#include <map>
#include <set>
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

// Whether an override says no more than the series says of its occurrence, answers apart.
core::Result<bool> only_answers(const ical::Component& override, const ical::Object& event) {
    ical::Object series = event;
    std::erase_if(series.calendar.components, [&](const ical::Component& component) {
        return component.find("RECURRENCE-ID") != nullptr;
    });
    const auto plain = component_for(series, TRY(slot_of(override, event)));
    if (!plain) {
        return false;
    }
    const auto said = [](const ical::Component& component) {
        std::multiset<std::string> lines;
        for (const ical::Property& property : component.properties) {
            lines.insert(property.is("ATTENDEE") ? normalise_address(property.value())
                                                 : property.name() + ':' + property.value());
        }
        return lines;
    };
    return said(**plain) == said(override);
}

// A client that does not know of it yet has taken out no override.
core::Result<bool> keep_override(ical::Object& event, const ical::Object& former,
                                 const ical::Component& override) {
    const auto lines = override.find_all("ATTENDEE");
    const bool is_answered =
        std::any_of(lines.begin(), lines.end(), [](const ical::Property* line) {
            return line->has_parameter(replied_parameter);
        });
    if (!is_answered || !TRY(only_answers(override, former))) {
        return false;
    }
    const auto made = component_for(event, TRY(slot_of(override, former)));
    if (!made) {
        return false; // there is no such occurrence any more
    }
    if (!TRY(same_start(**made, event, override, former)) || !keep_answers_of(**made, override)) {
        event.calendar.components.pop_back();
        return false;
    }
    return true;
}

// How a series repeats, wherever it ends: a series that is cut or goes on keeps its occurrences.
std::set<std::string> pattern_of(const ical::Component& component) {
    std::set<std::string> parts;
    for (const ical::Property* rule : component.find_all("RRULE")) {
        const std::string value = core::to_upper(core::trim(rule->value()));
        for (const std::string_view part : core::split(value, ';')) {
            if (!part.starts_with("UNTIL=") && !part.starts_with("COUNT=")
                && part != "INTERVAL=1") {
                parts.emplace(part);
            }
        }
    }
    return parts;
}

// `slot`: `was` is the series, which had that occurrence.
core::Result<bool> is_rescheduled(const ical::Component& component, const ical::Object& event,
                                  const ical::Component& was, const ical::Object& former,
                                  std::optional<core::Instant> slot) {
    const auto now = TRY(ical::timing_of(component, event.kind, event.zones));
    const auto then = TRY(ical::timing_of(was, former.kind, former.zones));
    if (!now || !then) {
        return false;
    }
    const core::Instant start = now->start.instant();
    const core::Instant former_start = then->start.instant();
    const bool same_length =
        now->end(now->start.wall) - start == then->end(then->start.wall) - former_start;
    const bool same_days = now->start.is_date && then->start.is_date && slot;
    const bool same_pattern = slot || pattern_of(component) == pattern_of(was);
    return start != slot.value_or(former_start) || (!same_length && !same_days) || !same_pattern;
}

// Those who were asked before, and answered.
bool ask_again(ical::Component& component, const ical::Component& was,
               const IsAttendee& is_organizer) {
    bool changed = false;
    for (ical::Property& line : component.properties) {
        const bool answered = line.is("ATTENDEE") && status_of(line) != "NEEDS-ACTION"
                              && line_of(was, normalise_address(line.value())) != nullptr;
        const std::string_view agent = line.parameter("SCHEDULE-AGENT");
        const bool is_ours = agent.empty() || core::iequals(agent, "SERVER");
        if (!answered || !is_ours || is_organizer(line)) {
            continue;
        }
        line.set_parameter("PARTSTAT", "NEEDS-ACTION");
        line.remove_parameter(replied_parameter);
        line.remove_parameter("SCHEDULE-STATUS");
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
    std::size_t remade = 0;
    for (const ical::Component* was : former.main_components()) {
        const auto slot = TRY(slot_of(*was, former));
        ical::Component* const component = TRY(find_component(event, slot));
        if (component == nullptr && slot && remade < answers_at_once_max) {
            const bool kept = TRY(keep_override(event, former, *was));
            remade += kept ? 1 : 0;
            changed = kept || changed;
        } else if (component != nullptr && TRY(same_start(*component, event, *was, former))) {
            changed = keep_answers_of(*component, *was) || changed;
        }
    }
    return changed;
}

core::Result<bool> write_answer(ical::Object& event, std::optional<core::Instant> slot,
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

core::Result<bool> reset_answers(ical::Object& event, const ical::Object& former,
                                 const IsAttendee& is_organizer) {
    std::map<std::optional<core::Instant>, const ical::Component*> before;
    for (const ical::Component* component : former.main_components()) {
        before.emplace(TRY(slot_of(*component, former)), component);
    }
    bool changed = false;
    for (ical::Component& component : event.calendar.components) {
        if (component.name != ical::component_name(event.kind)) {
            continue;
        }
        const auto slot = TRY(slot_of(component, event));
        const auto found = before.find(slot);
        const ical::Component* const was = found != before.end() ? found->second : former.master();
        if (was != nullptr
            && TRY(is_rescheduled(component, event, *was, former,
                                  found == before.end() ? slot : std::nullopt))) {
            changed = ask_again(component, *was, is_organizer) || changed;
        }
    }
    return changed;
}

core::Result<bool> take_answers(ical::Object& event, const ical::Object& sent,
                                const IsAttendee& is_own, core::Instant now) {
    bool changed = false;
    std::size_t count = 0;
    for (const SentAnswer& answer : TRY(answers_in(event, sent, is_own))) {
        if (!TRY(write_answer(event, answer.slot, is_own, answer.status, now))) {
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
