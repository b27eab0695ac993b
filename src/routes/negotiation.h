// What form of an answer the client wants (RFC 9110 section 12.5.1). Only for pages: DAV clients
// send Accept fields that mean nothing.
#pragma once

#include "core/http.h"

namespace routes {

enum class Form { html, json };

// JSON only where the client weighs it higher than HTML; a browser, a missing field and "*/*" get
// HTML.
Form preferred_form(const core::Headers& headers);

} // namespace routes
