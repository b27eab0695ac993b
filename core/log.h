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

// "/j/abc/enter" becomes "/j/***/enter", "/feeds/abc/x.ics" becomes "/feeds/***/x.ics"; the query
// is dropped.
std::string redact_target(std::string_view target);

} // namespace core
