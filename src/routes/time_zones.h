// The time zone service (RFC 7808) over the system's tz database. Everybody may ask; it knows
// nothing about anybody.
#pragma once

#include "src/routes/context.h"

#include <string>

namespace routes {

// /.well-known/timezone leads to /timezones (RFC 7808 section 4.2.1.3); both are answered.
core::Response to_time_zones(const core::Request& request, const core::Target& target,
                             const Context& context);
core::Response time_zones(const core::Request& request, const core::Target& target,
                          const Context& context);

// Names of zones hold slashes, which clients encode in a path (RFC 7808 section 5.3); elsewhere a
// path with such is refused.
std::string with_plain_slashes(std::string target);

} // namespace routes
