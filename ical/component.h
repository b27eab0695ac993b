// A lossless tree of iCalendar content lines (RFC 5545 section 3.1): what a client sent, with every
// unknown property, parameter and component in its place (R-C16). Lines that nobody touched print
// exactly as they came; only changed lines are folded anew.
//
// libical 3 has no limits and rewrites what it prints, so this tree is what the program reads and
// edits, and libical is asked for what needs its knowledge: validity and recurrence rules.
#pragma once

#include "core/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace ical {

struct Parameter {
    std::string name;                // as sent; compare without case
    std::vector<std::string> values; // without quotes, RFC 6868 escapes decoded

    friend bool operator==(const Parameter&, const Parameter&) = default;
};

class Property {
public:
    Property(std::string name, std::string value)
        : name_(std::move(name)), value_(std::move(value)) {}
    // A line as it came: its unfolded parts, and the raw bytes (folds kept, CRLF line ends).
    Property(std::string name, std::vector<Parameter> parameters, std::string value,
             std::string raw);

    [[nodiscard]] const std::string& name() const { return name_; }
    // The value as it stands in the line: escaped if it is TEXT.
    [[nodiscard]] const std::string& value() const { return value_; }
    // The value as TEXT with its escapes resolved (RFC 5545 section 3.3.11).
    [[nodiscard]] std::string text() const;
    [[nodiscard]] const std::vector<Parameter>& parameters() const { return parameters_; }
    // First value of a parameter; empty if it is absent. Names compare without case.
    [[nodiscard]] std::string_view parameter(std::string_view name) const;
    [[nodiscard]] bool has_parameter(std::string_view name) const;
    [[nodiscard]] bool is(std::string_view name) const; // compares without case

    void set_value(std::string value);
    void set_text(std::string_view text); // escapes it
    void set_parameter(std::string_view name, std::string value);
    void remove_parameter(std::string_view name);

    // The folded content line(s) with CRLF.
    void append_to(std::string& out) const;

private:
    std::string name_;
    std::vector<Parameter> parameters_;
    std::string value_;
    std::string raw_; // empty once anything changed
};

struct Component {
    std::string name; // upper case
    std::vector<Property> properties;
    std::vector<Component> components;

    [[nodiscard]] const Property* find(std::string_view property_name) const; // the first, or null
    [[nodiscard]] Property* find(std::string_view property_name);
    [[nodiscard]] std::vector<const Property*> find_all(std::string_view property_name) const;
    // Value of the first such property as it stands; empty if absent.
    [[nodiscard]] std::string_view value(std::string_view property_name) const;
    // The same with TEXT escapes resolved.
    [[nodiscard]] std::string text(std::string_view property_name) const;
    void remove(std::string_view property_name); // all of that name
    void set(Property property);                 // replaces all of that name, else appends
};

// Reads one VCALENDAR and enforces core::limits on size, lines, nesting, components, observances,
// alarms and parameters before anything else sees the text. Lenient where real clients are sloppy
// (R-C15): bare LF, missing last line end, empty lines, byte order mark, control characters.
// Errors: valid_calendar_data (syntax, nesting, alarms, observances, parameters), max_resource_size
// (bytes and lines), valid_calendar_object_resource (not exactly one VCALENDAR), max_instances
// (components, recurrence dates), max_attendees_per_instance. All but the first size check name a
// line.
core::Result<Component> parse(std::string_view text);

// CRLF line ends; changed lines are folded at 75 octets on UTF-8 boundaries, all others print as
// they came. What came after a sub-component of its component prints before the sub-components.
std::string print(const Component& calendar);

std::string escape_text(std::string_view text);   // RFC 5545 section 3.3.11
std::string unescape_text(std::string_view text); // tolerant of stray backslashes

} // namespace ical
