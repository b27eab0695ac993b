// Loads of plain CalDAV, which any server understands (RFC 4791, RFC 6578).
#pragma once

#include "bench/load.h"
#include "bench/subject.h"

#include <cstddef>
#include <string>

namespace bench {

Load get_events(Subject& subject, std::size_t size, std::size_t connections);
// New events; `name` is for the calendars that they go into.
Load put_events(Subject& subject, const std::string& name, std::size_t writers,
                std::size_t calendars);
Load list_etags(Subject& subject, std::size_t size);
Load query_week(Subject& subject, std::size_t size, int week);
Load multiget(Subject& subject, std::size_t size);
Load sync_first(Subject& subject, std::size_t size);
Load sync_changes(Subject& subject, std::size_t size);

// The same request every time.
Load constant_load(const Subject& subject, const Request& request,
                   std::function<std::string(const Answer&)> check);
// A check: the status.
std::function<std::string(const Answer&)> expect_status(int status);

} // namespace bench
