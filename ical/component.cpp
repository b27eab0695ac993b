#include "ical/component.h"

#include "core/limits.h"
#include "core/strings.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace ical {

namespace {

using core::Condition;
namespace limits = core::limits;

constexpr std::size_t fold_octets = 75; // RFC 5545 section 3.1, without the line end

std::string at_line(std::size_t line, std::string_view what) {
    return "line " + std::to_string(line) + ": " + std::string(what);
}

tl::unexpected<core::Error> refuse(std::size_t line, std::string_view what,
                                   Condition condition = Condition::valid_calendar_data) {
    return core::fail(core::Errc::forbidden, at_line(line, what), condition);
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

// RFC 5545 asks for letters, digits and hyphens; some exporters use underscores in X- names.
bool is_name_char(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'
           || c == '_';
}

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_name_char);
}

// One content line: its folds undone in `text`, and as it came in `raw`.
struct Line {
    std::size_t number = 0; // of its first physical line, from 1
    std::string text;
    std::string raw;
};

// Splits a text into content lines (RFC 5545 section 3.1).
class LineReader {
public:
    explicit LineReader(std::string_view text) : rest_(text) {
        if (rest_.starts_with("\xEF\xBB\xBF")) {
            rest_.remove_prefix(3);
        }
    }

    // The next content line; nothing at the end.
    core::Result<std::optional<Line>> next() {
        Line line;
        while (take_physical()) {
            line.number = number_;
            line.text = current_;
            line.raw = current_ + "\r\n";
            bool clean_folds = core::is_valid_utf8(current_);
            while (next_is_continuation() && take_physical()) {
                line.text.append(current_, 1);
                line.raw.append(current_).append("\r\n");
                clean_folds = clean_folds && core::is_valid_utf8(current_);
                if (line.text.size() > limits::content_line_bytes) {
                    return refuse(line.number, "the content line is too long",
                                  Condition::max_resource_size);
                }
            }
            if (core::trim(line.text).empty()) {
                continue;
            }
            return checked(std::move(line), clean_folds);
        }
        return std::optional<Line>();
    }

    [[nodiscard]] std::size_t number() const { return number_; }

private:
    core::Result<std::optional<Line>> checked(Line line, bool clean_folds) {
        if (line.text.size() > limits::content_line_bytes) {
            return refuse(line.number, "the content line is too long",
                          Condition::max_resource_size);
        }
        if (++count_ > limits::content_lines) {
            return refuse(line.number, "there are too many content lines",
                          Condition::max_resource_size);
        }
        if (!core::is_valid_utf8(line.text)) {
            return refuse(line.number, "the text is not valid UTF-8");
        }
        if (!clean_folds) {
            // RFC 5545 section 3.1: a careless fold may cut a character in two. Printed as it came,
            // the answer would not be UTF-8, so this line is folded anew.
            line.raw.clear();
        }
        return std::optional<Line>(std::move(line));
    }

    // Moves the next physical line that is not empty to current_, without control characters.
    bool take_physical() {
        while (!rest_.empty()) {
            ++number_;
            const std::size_t end = rest_.find('\n');
            std::string_view line = rest_.substr(0, end);
            rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
            current_.assign(line);
            std::erase_if(current_, is_control); // the CR of the line end is one
            if (!current_.empty()) {
                return true;
            }
        }
        return false;
    }

    // Empty lines within a folded line are skipped like any others.
    bool next_is_continuation() {
        while (!rest_.empty()) {
            const std::size_t at = static_cast<std::size_t>(
                std::ranges::find_if_not(rest_, [](char c) { return c != '\n' && is_control(c); })
                - rest_.begin());
            if (at == rest_.size()) {
                return false;
            }
            if (rest_[at] != '\n') {
                return rest_[at] == ' ' || rest_[at] == '\t';
            }
            ++number_;
            rest_.remove_prefix(at + 1);
        }
        return false;
    }

    std::string_view rest_;
    std::string current_;
    std::size_t number_ = 0;
    std::size_t count_ = 0;
};

// RFC 6868 section 3.
std::string decode_parameter(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = i + 1 < text.size() ? text[i + 1] : '\0';
        if (text[i] != '^' || (next != 'n' && next != '^' && next != '\'')) {
            out += text[i];
            continue;
        }
        out += next == 'n' ? '\n' : next == '\'' ? '"' : '^';
        ++i;
    }
    return out;
}

void append_parameter_value(std::string& out, std::string_view value) {
    const bool quote = value.find_first_of(",;:") != std::string_view::npos;
    if (quote) {
        out += '"';
    }
    for (const char c : value) {
        if (c == '\n') {
            out += "^n";
        } else if (c == '^') {
            out += "^^";
        } else if (c == '"') {
            out += "^'";
        } else if (!is_control(c)) {
            out += c;
        }
    }
    if (quote) {
        out += '"';
    }
}

// Takes one parameter value from the front of `rest`, up to the comma, semicolon or colon after it.
core::Result<std::string> take_parameter_value(std::string_view& rest, std::size_t line) {
    std::string value;
    if (rest.starts_with('"')) {
        const std::size_t close = rest.find('"', 1);
        if (close == std::string_view::npos) {
            return refuse(line, "a quoted parameter value has no end");
        }
        value = decode_parameter(rest.substr(1, close - 1));
        rest.remove_prefix(close + 1);
    }
    const std::size_t end = rest.find_first_of(",;:");
    if (end == std::string_view::npos) {
        return refuse(line, "the property has no colon");
    }
    value += decode_parameter(rest.substr(0, end));
    rest.remove_prefix(end);
    return value;
}

// Takes ";NAME=value,value" from the front of `rest`.
core::Result<Parameter> take_parameter(std::string_view& rest, std::size_t line) {
    rest.remove_prefix(1);
    const std::size_t name_end = rest.find_first_of("=;:\"");
    if (name_end == std::string_view::npos || rest[name_end] != '='
        || !is_name(rest.substr(0, name_end))) {
        return refuse(line, "a parameter is not of the form NAME=VALUE");
    }
    Parameter parameter{.name = std::string(rest.substr(0, name_end)), .values = {}};
    do {
        rest.remove_prefix(parameter.values.empty() ? name_end + 1 : 1);
        parameter.values.push_back(TRY(take_parameter_value(rest, line)));
    } while (rest.starts_with(','));
    return parameter;
}

core::Result<Property> read_property(Line line) {
    std::string_view rest = line.text;
    const std::size_t name_end = rest.find_first_of(";:");
    if (name_end == std::string_view::npos) {
        return refuse(line.number, "the property has no colon");
    }
    std::string name(rest.substr(0, name_end));
    if (!is_name(name)) {
        return refuse(line.number, "the property's name is malformed");
    }
    rest.remove_prefix(name_end);
    std::vector<Parameter> parameters;
    while (rest.starts_with(';')) {
        if (parameters.size() == limits::parameters) {
            return refuse(line.number, "the property has too many parameters");
        }
        parameters.push_back(TRY(take_parameter(rest, line.number)));
    }
    rest.remove_prefix(1);
    std::string value(rest);
    return Property(std::move(name), std::move(parameters), std::move(value), std::move(line.raw));
}

// Builds the tree from content lines and counts what it builds.
class TreeBuilder {
public:
    core::Done add(Line line) {
        const std::size_t number = line.number;
        if (finished_) {
            return refuse(number, "there is something after END:VCALENDAR",
                          Condition::valid_calendar_object_resource);
        }
        Property property = TRY(read_property(std::move(line)));
        if (property.is("BEGIN")) {
            return begin(core::to_upper(core::trim(property.value())), number);
        }
        if (open_.empty()) {
            return refuse(number, "the text does not begin with BEGIN:VCALENDAR",
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
            return refuse(line, "END:" + open_.back().component.name + " is missing");
        }
        if (!finished_) {
            return refuse(line, "there is no VCALENDAR", Condition::valid_calendar_object_resource);
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
            return refuse(line, "the component's name is malformed");
        }
        if (open_.empty() && name != "VCALENDAR") {
            return refuse(line, "the text does not begin with BEGIN:VCALENDAR",
                          Condition::valid_calendar_object_resource);
        }
        if (open_.size() == limits::component_depth) {
            return refuse(line, "components are nested too deeply");
        }
        if (++components_ > limits::components) {
            return refuse(line, "there are too many components", Condition::max_instances);
        }
        if (!open_.empty()) {
            Open& parent = open_.back();
            if (name == "VALARM" && ++parent.alarms > limits::alarms) {
                return refuse(line, "the component has too many alarms");
            }
            if ((name == "STANDARD" || name == "DAYLIGHT")
                && ++parent.observances > limits::zone_observances) {
                return refuse(line, "the time zone has too many observances");
            }
        }
        open_.emplace_back();
        open_.back().component.name = std::move(name);
        return {};
    }

    core::Done end(const std::string& name, std::size_t line) {
        Component component = std::move(open_.back().component);
        if (component.name != name) {
            return refuse(line, "END:" + component.name + " is expected here");
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
            return refuse(line, "the component has too many attendees",
                          Condition::max_attendees_per_instance);
        }
        if (property.is("RDATE") || property.is("EXDATE")) {
            dates_ += 1 + static_cast<std::size_t>(std::ranges::count(property.value(), ','));
            if (dates_ > limits::dates_per_property) {
                return refuse(line, "there are too many recurrence dates",
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

// Line breaks that a value must not have in a content line become the escape for them: a value from
// elsewhere can then never begin a line of its own.
std::string one_line(std::string_view value) {
    std::string out;
    out.reserve(value.size());
    for (const char c : value) {
        if (c == '\n') {
            out += "\\n";
        } else if (!is_control(c)) {
            out += c;
        }
    }
    return out;
}

void append_folded(std::string& out, std::string_view line) {
    std::size_t room = fold_octets;
    while (line.size() > room) {
        std::size_t cut = room;
        while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0U) == 0x80U) {
            --cut;
        }
        if (cut == 0) {
            cut = room; // not UTF-8: any place is as good
        }
        out.append(line.substr(0, cut)).append("\r\n ");
        line.remove_prefix(cut);
        room = fold_octets - 1;
    }
    out.append(line).append("\r\n");
}

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
    std::string line = name_;
    for (const Parameter& parameter : parameters_) {
        line.append(";").append(parameter.name);
        char separator = '=';
        for (const std::string& value : parameter.values) {
            line += separator;
            append_parameter_value(line, value);
            separator = ',';
        }
        if (parameter.values.empty()) {
            line += '=';
        }
    }
    line.append(":").append(one_line(value_));
    append_folded(out, line);
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
    LineReader lines(text);
    TreeBuilder tree;
    while (true) {
        std::optional<Line> line = TRY(lines.next());
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
