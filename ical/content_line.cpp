#include "ical/content_line.h"

#include "core/limits.h"
#include "core/strings.h"

#include <algorithm>
#include <utility>

namespace ical {

namespace {

constexpr std::size_t fold_octets = 75; // RFC 5545 section 3.1, without the line end

// RFC 5545 asks for letters, digits and hyphens; some exporters use underscores in X- names.
bool is_name_char(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'
           || c == '_';
}

bool begins_within_character(std::string_view utf8) {
    return !utf8.empty() && (static_cast<unsigned char>(utf8.front()) & 0xC0U) == 0x80U;
}

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
            return refuse_line(line, "a quoted parameter value has no end");
        }
        value = decode_parameter(rest.substr(1, close - 1));
        rest.remove_prefix(close + 1);
    }
    const std::size_t end = rest.find_first_of(",;:");
    if (end == std::string_view::npos) {
        return refuse_line(line, "the property has no colon");
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
        return refuse_line(line, "a parameter is not of the form NAME=VALUE");
    }
    Parameter parameter{.name = std::string(rest.substr(0, name_end)), .values = {}};
    do {
        rest.remove_prefix(parameter.values.empty() ? name_end + 1 : 1);
        parameter.values.push_back(TRY(take_parameter_value(rest, line)));
    } while (rest.starts_with(','));
    return parameter;
}

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

} // namespace

ContentLineReader::ContentLineReader(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xEF\xBB\xBF")) {
        rest_.remove_prefix(3);
    }
}

core::Result<std::optional<ContentLine>> ContentLineReader::next() {
    ContentLine line;
    while (take_physical()) {
        line.number = number_;
        line.text = current_;
        line.raw = current_ + "\r\n";
        bool clean_folds = true;
        while (next_is_continuation() && take_physical()) {
            line.text.append(current_, 1);
            line.raw.append(current_).append("\r\n");
            clean_folds =
                clean_folds && !begins_within_character(std::string_view(current_).substr(1));
            if (line.text.size() > core::limits::content_line_bytes) {
                return refuse_line(line.number, "the content line is too long",
                                   core::Condition::max_resource_size);
            }
        }
        if (core::trim(line.text).empty()) {
            continue;
        }
        return checked(std::move(line), clean_folds);
    }
    return std::optional<ContentLine>();
}

core::Result<std::optional<ContentLine>> ContentLineReader::checked(ContentLine line,
                                                                    bool clean_folds) {
    if (line.text.size() > core::limits::content_line_bytes) {
        return refuse_line(line.number, "the content line is too long",
                           core::Condition::max_resource_size);
    }
    if (++count_ > core::limits::content_lines) {
        return refuse_line(line.number, "there are too many content lines",
                           core::Condition::max_resource_size);
    }
    if (!core::is_valid_utf8(line.text)) {
        return refuse_line(line.number, "the text is not valid UTF-8");
    }
    if (!clean_folds) {
        // RFC 5545 section 3.1: a careless fold may cut a character in two. Printed as it came,
        // the answer would not be UTF-8, so this line is folded anew.
        line.raw.clear();
    }
    return std::optional<ContentLine>(std::move(line));
}

// Moves the next physical line that is not empty to current_, without control characters.
bool ContentLineReader::take_physical() {
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
bool ContentLineReader::next_is_continuation() {
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

core::Result<Property> read_property(ContentLine line) {
    std::string_view rest = line.text;
    const std::size_t name_end = rest.find_first_of(";:");
    if (name_end == std::string_view::npos) {
        return refuse_line(line.number, "the property has no colon");
    }
    std::string name(rest.substr(0, name_end));
    if (!is_name(name)) {
        return refuse_line(line.number, "the property's name is malformed");
    }
    rest.remove_prefix(name_end);
    std::vector<Parameter> parameters;
    while (rest.starts_with(';')) {
        if (parameters.size() == core::limits::parameters) {
            return refuse_line(line.number, "the property has too many parameters");
        }
        parameters.push_back(TRY(take_parameter(rest, line.number)));
    }
    rest.remove_prefix(1);
    std::string value(rest);
    return Property(std::move(name), std::move(parameters), std::move(value), std::move(line.raw));
}

void append_content_line(std::string& out, std::string_view name,
                         const std::vector<Parameter>& parameters, std::string_view value) {
    std::string line(name);
    for (const Parameter& parameter : parameters) {
        line.append(";").append(parameter.name);
        char separator = '=';
        for (const std::string& item : parameter.values) {
            line += separator;
            append_parameter_value(line, item);
            separator = ',';
        }
        if (parameter.values.empty()) {
            line += '=';
        }
    }
    line.append(":").append(one_line(value));
    append_folded(out, line);
}

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_name_char);
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

tl::unexpected<core::Error> refuse_line(std::size_t line, std::string_view what,
                                        core::Condition condition) {
    return core::fail(core::Errc::forbidden,
                      "line " + std::to_string(line) + ": " + std::string(what), condition);
}

} // namespace ical
