// The mount of caldav/handler.h: everything under "/", "/principals/" and "/calendars/".
#pragma once

#include "src/routes/context.h"

namespace routes {

core::Response dav(const core::Request& request, const core::Target& target,
                   const Context& context);
// Without credentials (R-C5).
core::Response dav_options(const core::Request& request, const core::Target& target,
                           const Context& context);
// RFC 6764 section 5: from /.well-known/caldav to the context root, for every method and before
// any question for credentials (R-C1, R-C2). 301: the Outlook add-in does not follow 308.
core::Response to_context_root(const core::Request& request, const core::Target& target,
                               const Context& context);

} // namespace routes
