// Content lines (RFC 5545 section 3.1): unfolding, one line to a property, folding. The part of
// component.h that knows about octets; only component.cpp uses it.
#pragma once

#include "core/result.h"
#include "ical/component.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ical {

// One content line: its folds undone in `text`, and as it came in `raw`.
struct ContentLine {
    std::size_t number = 0; // of its first physical line, from 1
    std::string text;
    std::string raw; // CRLF line ends; empty if the line cannot be printed as it came
};

// Splits a text into content lines: valid UTF-8 without control characters, bounded in size and
// number, never blank.
class ContentLineReader {
public:
    explicit ContentLineReader(std::string_view text);

    // The next content line; nothing at the end.
    // Errors: valid_calendar_data (not UTF-8), max_resource_size.
    core::Result<std::optional<ContentLine>> next();

    // Physical lines read so far.
    [[nodiscard]] std::size_t number() const { return number_; }

private:
    core::Result<std::optional<ContentLine>> checked(ContentLine line, bool clean_folds);
    bool take_physical();
    bool next_is_continuation();

    std::string_view rest_;
    std::string current_;
    std::size_t number_ = 0;
    std::size_t count_ = 0;
};

// Errors: valid_calendar_data.
core::Result<Property> read_property(ContentLine line);

// Writes the line(s) of a property anew. Neither value nor parameters can begin a line of their
// own.
void append_content_line(std::string& out, std::string_view name,
                         const std::vector<Parameter>& parameters, std::string_view value);

bool is_name(std::string_view text);
bool is_control(char c); // all that RFC 5545 section 3.1 forbids in a line; a tab is allowed

// Refuses the calendar with an error that names the line.
tl::unexpected<core::Error>
refuse_line(std::size_t line, std::string_view what,
            core::Condition condition = core::Condition::valid_calendar_data);

} // namespace ical
