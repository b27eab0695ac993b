// Everything that belongs to no session: the landing page, files, health, and the page of a call
// that no video service was configured for.
#pragma once

#include "src/routes/context.h"

namespace routes {

core::Response landing(const core::Request& request, const core::Target& target,
                       const Context& context);
core::Response asset(const core::Request& request, const core::Target& target,
                     const Context& context);
core::Response favicon(const core::Request& request, const core::Target& target,
                       const Context& context);
core::Response robots(const core::Request& request, const core::Target& target,
                      const Context& context);
// 200 if the store can be read; what it throws otherwise becomes 503 in the pipeline.
core::Response health(const core::Request& request, const core::Target& target,
                      const Context& context);
core::Response call(const core::Request& request, const core::Target& target,
                    const Context& context);

} // namespace routes
