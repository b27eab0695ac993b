// Structured log lines, key=value, to standard error. Secrets never get here: callers log ids and
// states, and core::redact_target blanks the tokens of a path before it is logged.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace core {

using LogField = std::pair<std::string_view, std::string>;

enum class LogLevel { debug, info, warning, error };

void set_log_level(LogLevel level);
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

// What `log` writes after the time and the level: event=... key=value ... A value that is empty or
// holds anything but plain visible characters is quoted; control characters and bytes that are no
// UTF-8 are escaped, so that nothing a client sent can begin a line or steer a terminal.
std::string log_line(std::string_view event, std::initializer_list<LogField> fields);

// "/j/abc/enter" becomes "/j/***/enter", "/feeds/abc/x.ics" becomes "/feeds/***/x.ics"; the query
// is dropped. For any input, also one that parse_target refuses: what follows a segment that reads
// as "j" or "feeds", in any spelling and at any place, is blanked.
std::string redact_target(std::string_view target);

} // namespace core
