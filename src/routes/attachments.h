// GET of what is attached to an event (RFC 8607 section 3.10): by whoever may read an event that
// has it. What was uploaded is never shown as a page of this server.
#pragma once

#include "src/routes/context.h"

namespace routes {

core::Response attached_file(const core::Request& request, const core::Target& target,
                             const Context& context);

} // namespace routes
