#include "core/log.h"

#include "core/strings.h"
#include "core/uri.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <memory>

namespace core {

namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
    switch (level) {
    case LogLevel::debug:
        return spdlog::level::debug;
    case LogLevel::info:
        return spdlog::level::info;
    case LogLevel::warning:
        return spdlog::level::warn;
    case LogLevel::error:
        return spdlog::level::err;
    }
    return spdlog::level::err;
}

spdlog::logger& logger() {
    // Never destroyed: threads and static objects may log until the very end.
    static spdlog::logger& instance = *[] {
        auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
        auto made = std::make_unique<spdlog::logger>("appointed", std::move(sink));
        made->set_pattern("time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
        return made.release();
    }();
    return instance;
}

bool is_plain(char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '\\' && c != '=';
}

// The length of the UTF-8 character at the front that may stand as it is; 0 if it must be escaped.
// U+0080 to U+009F are control characters too: U+009B begins a terminal's escape sequence.
std::size_t showable_length(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) {
        return lead >= 0x20 && lead != 0x7F ? 1 : 0;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    const bool c1_control =
        lead == 0xC2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0;
    const bool whole = length <= text.size() && is_valid_utf8(text.substr(0, length));
    return whole && !c1_control ? length : 0;
}

void append_escaped(std::string& out, char c) {
    switch (c) {
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default: {
        const auto byte = static_cast<unsigned char>(c);
        out += "\\x";
        out += to_hex({&byte, 1});
    }
    }
}

void append_value(std::string& out, std::string_view value) {
    if (!value.empty() && std::all_of(value.begin(), value.end(), is_plain)) {
        out += value;
        return;
    }
    out += '"';
    while (!value.empty()) {
        const std::size_t length = showable_length(value);
        if (value.front() == '"' || value.front() == '\\') {
            out += '\\';
        }
        if (length == 0) {
            append_escaped(out, value.front());
        } else {
            out += value.substr(0, length);
        }
        value.remove_prefix(std::max<std::size_t>(length, 1));
    }
    out += '"';
}

// "http://host/path" and "/path" both become "/path", without query and fragment.
std::string_view path_of(std::string_view target) {
    target = target.substr(0, target.find_first_of("?#"));
    const auto authority = target.find("://");
    if (authority == std::string_view::npos || target.starts_with('/')) {
        return target;
    }
    return target.substr(std::min(target.find('/', authority + 3), target.size()));
}

std::string as_read(std::string_view segment) {
    return to_lower(percent_decode(segment).value_or(std::string(segment)));
}

} // namespace

void set_log_level(LogLevel level) {
    logger().set_level(spdlog_level(level));
}

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    if (logger().should_log(spdlog_level(level))) {
        logger().log(spdlog_level(level), log_line(event, fields));
    }
}

std::string log_line(std::string_view event, std::initializer_list<LogField> fields) {
    std::string line = "event=";
    append_value(line, event);
    for (const LogField& field : fields) {
        line += ' ';
        line += field.first;
        line += '=';
        append_value(line, field.second);
    }
    return line;
}

std::string redact_target(std::string_view target) {
    std::string out;
    bool secret_follows = false;
    bool first = true;
    for (const std::string_view segment : split(path_of(target), '/')) {
        if (!first) {
            out += '/';
        }
        first = false;
        if (segment.empty()) {
            continue; // parse_target drops it, so what follows it still counts
        }
        const std::string read = as_read(segment);
        const bool hides_a_slash = read.find('/') != std::string::npos;
        out += secret_follows || hides_a_slash ? "***" : segment;
        secret_follows = !secret_follows && (read == "j" || read == "rsvp" || read == "feeds");
    }
    return out;
}

} // namespace core
