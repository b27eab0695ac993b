#include "ical/component.h"

#include "core/limits.h"
#include "core/strings.h"
#include "ical/content_line.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace ical {

namespace {

using core::Condition;
namespace limits = core::limits;

// Builds the tree from content lines and counts what it builds.
class TreeBuilder {
public:
    core::Done add(ContentLine line) {
        const std::size_t number = line.number;
        if (finished_) {
            return refuse_line(number, "there is something after END:VCALENDAR",
                               Condition::valid_calendar_object_resource);
        }
        Property property = TRY(read_property(std::move(line)));
        if (property.is("BEGIN")) {
            return begin(core::to_upper(core::trim(property.value())), number);
        }
        if (open_.empty()) {
            return refuse_line(number, "the text does not begin with BEGIN:VCALENDAR",
                               Condition::valid_calendar_object_resource);
        }
        if (property.is("END")) {
            return end(core::to_upper(core::trim(property.value())), number);
        }
        TRYV(count(property, number));
        open_.back().component.properties.push_back(std::move(property));
        return {};
    }

    core::Result<Component> finish(std::size_t line) && {
        if (!open_.empty()) {
            return refuse_line(line, "END:" + open_.back().component.name + " is missing");
        }
        if (!finished_) {
            return refuse_line(line, "there is no VCALENDAR",
                               Condition::valid_calendar_object_resource);
        }
        return *std::move(finished_);
    }

private:
    struct Open {
        Component component;
        std::size_t attendees = 0;
        std::size_t alarms = 0;
        std::size_t observances = 0;
    };

    core::Done begin(std::string name, std::size_t line) {
        if (!is_name(name)) {
            return refuse_line(line, "the component's name is malformed");
        }
        if (open_.empty() && name != "VCALENDAR") {
            return refuse_line(line, "the text does not begin with BEGIN:VCALENDAR",
                               Condition::valid_calendar_object_resource);
        }
        if (open_.size() == limits::component_depth) {
            return refuse_line(line, "components are nested too deeply");
        }
        if (++components_ > limits::components) {
            return refuse_line(line, "there are too many components", Condition::max_instances);
        }
        if (!open_.empty()) {
            Open& parent = open_.back();
            if (name == "VALARM" && ++parent.alarms > limits::alarms) {
                return refuse_line(line, "the component has too many alarms");
            }
            if ((name == "STANDARD" || name == "DAYLIGHT")
                && ++parent.observances > limits::zone_observances) {
                return refuse_line(line, "the time zone has too many observances");
            }
        }
        open_.emplace_back();
        open_.back().component.name = std::move(name);
        return {};
    }

    core::Done end(const std::string& name, std::size_t line) {
        Component component = std::move(open_.back().component);
        if (component.name != name) {
            return refuse_line(line, "END:" + component.name + " is expected here");
        }
        open_.pop_back();
        if (open_.empty()) {
            finished_ = std::move(component);
        } else {
            open_.back().component.components.push_back(std::move(component));
        }
        return {};
    }

    core::Done count(const Property& property, std::size_t line) {
        if (property.is("ATTENDEE") && ++open_.back().attendees > limits::attendees) {
            return refuse_line(line, "the component has too many attendees",
                               Condition::max_attendees_per_instance);
        }
        if (property.is("RDATE") || property.is("EXDATE")) {
            dates_ += 1 + static_cast<std::size_t>(std::ranges::count(property.value(), ','));
            if (dates_ > limits::dates_per_property) {
                return refuse_line(line, "there are too many recurrence dates",
                                   Condition::max_instances);
            }
        }
        return {};
    }

    std::vector<Open> open_;
    std::optional<Component> finished_;
    std::size_t components_ = 0;
    std::size_t dates_ = 0;
};

void append_component(std::string& out, const Component& component) {
    out.append("BEGIN:").append(component.name).append("\r\n");
    for (const Property& property : component.properties) {
        property.append_to(out);
    }
    for (const Component& child : component.components) {
        append_component(out, child);
    }
    out.append("END:").append(component.name).append("\r\n");
}

auto named(std::string_view name) {
    return [name](const auto& item) { return core::iequals(item.name, name); };
}

auto property_named(std::string_view name) {
    return [name](const Property& property) { return property.is(name); };
}

} // namespace

Property::Property(std::string name, std::vector<Parameter> parameters, std::string value,
                   std::string raw)
    : name_(std::move(name)), parameters_(std::move(parameters)), value_(std::move(value)),
      raw_(std::move(raw)) {}

std::string Property::text() const {
    return unescape_text(value_);
}

std::string_view Property::parameter(std::string_view name) const {
    const auto found = std::ranges::find_if(parameters_, named(name));
    return found == parameters_.end() || found->values.empty()
               ? std::string_view()
               : std::string_view(found->values.front());
}

bool Property::has_parameter(std::string_view name) const {
    return std::ranges::any_of(parameters_, named(name));
}

bool Property::is(std::string_view name) const {
    return core::iequals(name_, name);
}

void Property::set_value(std::string value) {
    if (value != value_) {
        value_ = std::move(value);
        raw_.clear();
    }
}

void Property::set_text(std::string_view text) {
    set_value(escape_text(text));
}

void Property::set_parameter(std::string_view name, std::string value) {
    raw_.clear();
    const auto found = std::ranges::find_if(parameters_, named(name));
    if (found == parameters_.end()) {
        parameters_.push_back({.name = std::string(name), .values = {std::move(value)}});
        return;
    }
    found->values = {std::move(value)};
    parameters_.erase(std::remove_if(std::next(found), parameters_.end(), named(name)),
                      parameters_.end());
}

void Property::remove_parameter(std::string_view name) {
    if (std::erase_if(parameters_, named(name)) > 0) {
        raw_.clear();
    }
}

void Property::append_to(std::string& out) const {
    if (!raw_.empty()) {
        out += raw_;
        return;
    }
    append_content_line(out, name_, parameters_, value_);
}

const Property* Component::find(std::string_view property_name) const {
    const auto found = std::ranges::find_if(properties, property_named(property_name));
    return found == properties.end() ? nullptr : &*found;
}

Property* Component::find(std::string_view property_name) {
    const auto found = std::ranges::find_if(properties, property_named(property_name));
    return found == properties.end() ? nullptr : &*found;
}

std::vector<const Property*> Component::find_all(std::string_view property_name) const {
    std::vector<const Property*> found;
    for (const Property& property : properties) {
        if (property.is(property_name)) {
            found.push_back(&property);
        }
    }
    return found;
}

std::string_view Component::value(std::string_view property_name) const {
    const Property* property = find(property_name);
    return property == nullptr ? std::string_view() : std::string_view(property->value());
}

std::string Component::text(std::string_view property_name) const {
    return unescape_text(value(property_name));
}

void Component::remove(std::string_view property_name) {
    std::erase_if(properties, property_named(property_name));
}

void Component::set(Property property) {
    const auto found = std::ranges::find_if(properties, property_named(property.name()));
    if (found == properties.end()) {
        properties.push_back(std::move(property));
        return;
    }
    *found = std::move(property);
    properties.erase(
        std::remove_if(std::next(found), properties.end(), property_named(found->name())),
        properties.end());
}

core::Result<Component> parse(std::string_view text) {
    if (text.size() > limits::resource_bytes) {
        return core::fail(core::Errc::forbidden, "the calendar data is too large",
                          Condition::max_resource_size);
    }
    ContentLineReader lines(text);
    TreeBuilder tree;
    while (true) {
        std::optional<ContentLine> line = TRY(lines.next());
        if (!line) {
            return std::move(tree).finish(lines.number());
        }
        TRYV(tree.add(*std::move(line)));
    }
}

std::string print(const Component& calendar) {
    std::string out;
    append_component(out, calendar);
    return out;
}

std::string escape_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == ';' || c == ',') {
            out += '\\';
        }
        if (!is_control(c)) {
            out += c;
        }
    }
    return out;
}

std::string unescape_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
        if (next == 'n' || next == 'N') {
            out += '\n';
            ++i;
        } else if (next == ',' || next == ';' || next == '\\') {
            out += next;
            ++i;
        } else {
            out += text[i];
        }
    }
    return out;
}

} // namespace ical
