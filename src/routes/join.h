// /j/TOKEN: one participant's way into one session (design, section 5).
//
// GET and HEAD change nothing, ever, because mail scanners open links; admission is a POST.
#pragma once

#include "domain/policy.h"
#include "src/routes/context.h"

#include <string>

namespace routes {

// The page of the session's state, or the same as JSON.
core::Response show_session(const core::Request& request, const core::Target& target,
                            const Context& context);
// POST: leads to the call inside the access window, and says why not outside of it.
core::Response enter_session(const core::Request& request, const core::Target& target,
                             const Context& context);
// GET of the address that the form posts to: somebody reloads or shares it.
core::Response back_to_session(const core::Request& request, const core::Target& target,
                               const Context& context);
// The session for "add to calendar".
core::Response session_file(const core::Request& request, const core::Target& target,
                            const Context& context);

// The CSP source of the place that calls are at: browsers hold form-action against the redirect
// that follows the POST. Empty if the address makes no source.
std::string call_source(const domain::Policy& policy);

} // namespace routes
