// The answers that many routes share: pages with their security headers, texts, and errors in the
// form that the client prefers (RFC 9457 for JSON).
#pragma once

#include "core/http.h"

#include <string>
#include <string_view>

namespace routes {

core::Response text_reply(int status, std::string body);
core::Response redirect(int status, std::string location);

// A page that runs nothing but our own files. `form_action` is a CSP source besides 'self' that
// forms may lead to: browsers hold the whole chain of redirects against it.
core::Response page_reply(int status, std::string html, std::string_view form_action = "");

// An error as a page or as a problem document, kept secret. `detail` is one sentence for people.
core::Response error_reply(const core::Request& request, int status, std::string_view detail);
// The same as plain text, for DAV clients, some of which show it (client rule 16).
core::Response plain_error(int status, std::string_view detail);

// For answers that a secret in the path led to: no cache keeps them, no index lists them, and the
// address is told to nobody (R-F2, design section 5).
void keep_secret(core::Response& response);

} // namespace routes
