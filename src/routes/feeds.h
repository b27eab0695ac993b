// /feeds/TOKEN/NAME.ics: one person's sessions to subscribe to (R-F2, R-F3, mission 3.7 F3).
#pragma once

#include "src/routes/context.h"

namespace routes {

core::Response feed(const core::Request& request, const core::Target& target,
                    const Context& context);

} // namespace routes
