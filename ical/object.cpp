#include "ical/object.h"

#include "core/limits.h"
#include "core/strings.h"
#include "ical/series.h"
#include "ical/timing.h"
#include "ical/validate.h"

#include <algorithm>
#include <array>

namespace ical {

namespace {

constexpr std::array<std::pair<Kind, std::string_view>, 5> kinds{{
    {Kind::event, "VEVENT"},
    {Kind::todo, "VTODO"},
    {Kind::journal, "VJOURNAL"},
    {Kind::freebusy, "VFREEBUSY"},
    {Kind::availability, "VAVAILABILITY"},
}};

core::Result<Object> make_object(Component calendar, ZonePtr floating, Kind kind) {
    ZoneTable zones = TRY(ZoneTable::of(calendar, std::move(floating)));
    Object object{std::move(calendar), kind, {}, std::move(zones)};
    object.uid = object.main_components().front()->text("UID");
    return object;
}

} // namespace

std::string_view component_name(Kind kind) {
    const auto* const row =
        std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return k.first == kind; });
    return row->second;
}

std::optional<Kind> kind_from_name(std::string_view component_name) {
    for (const auto& [kind, name] : kinds) {
        if (core::iequals(name, component_name)) {
            return kind;
        }
    }
    return std::nullopt;
}

const Component* Object::master() const {
    for (const Component& component : calendar.components) {
        if (component.name == component_name(kind)
            && find_filled(component, "RECURRENCE-ID") == nullptr) {
            return &component;
        }
    }
    return nullptr;
}

std::vector<const Component*> Object::overrides() const {
    std::vector<const Component*> found;
    for (const Component& component : calendar.components) {
        if (component.name == component_name(kind)
            && find_filled(component, "RECURRENCE-ID") != nullptr) {
            found.push_back(&component);
        }
    }
    return found;
}

std::vector<const Component*> Object::main_components() const {
    std::vector<const Component*> found = overrides();
    if (const Component* const first = master(); first != nullptr) {
        found.insert(found.begin(), first);
    }
    return found;
}

bool Object::recurs() const {
    const Component* const first = master();
    return first == nullptr || find_filled(*first, "RRULE") != nullptr
           || find_filled(*first, "RDATE") != nullptr || !overrides().empty();
}

core::Result<Object> parse_object(std::string_view text, ZonePtr floating) {
    Component calendar = TRY(parse(text));
    if (calendar.find("METHOD") != nullptr) {
        return core::fail(core::Errc::forbidden, "A stored calendar object has no METHOD.",
                          core::Condition::valid_calendar_object_resource);
    }
    const Kind kind = TRY(check_structure(calendar));
    Object object = TRY(make_object(std::move(calendar), std::move(floating), kind));
    TRYV(check_content(object));
    return object;
}

core::Result<Object> read_object(std::string_view text, ZonePtr floating) {
    Component calendar = TRY(parse(text));
    for (const Component& component : calendar.components) {
        if (const std::optional<Kind> kind = kind_from_name(component.name)) {
            return make_object(std::move(calendar), std::move(floating), *kind);
        }
    }
    return core::fail(core::Errc::forbidden, "The calendar holds no component.",
                      core::Condition::valid_calendar_object_resource);
}

} // namespace ical
