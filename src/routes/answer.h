// /rsvp/TOKEN: where a guest without a calendar program answers an invitation.
//
// GET and HEAD change nothing, ever, because mail scanners open links; an answer is a POST.
#pragma once

#include "src/routes/context.h"

namespace routes {

// The page that asks; "/rsvp/TOKEN/accept" and the like ask for one answer.
core::Response show_answer(const core::Request& request, const core::Target& target,
                           const Context& context);
// POST of its form: accept, maybe, decline, or another time.
core::Response take_answer(const core::Request& request, const core::Target& target,
                           const Context& context);

} // namespace routes
