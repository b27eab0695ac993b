// The configuration profile with which Apple's systems set up an account in one step, for whoever
// is signed in. It holds no password: the device asks for it.
#pragma once

#include "src/routes/context.h"

namespace routes {

core::Response configuration_profile(const core::Request& request, const core::Target& target,
                                     const Context& context);

} // namespace routes
