// The one place where an error becomes a response, and a condition its XML element.
#pragma once

#include "caldav/names.h"
#include "core/http.h"
#include "core/result.h"

#include <optional>

namespace caldav {

int status_of(core::Errc code);
std::optional<Name> element_of(core::Condition condition);
// A DAV:error body (RFC 4918 section 16) where there is a condition (with DAV:need-privileges'
// content, and the href where the condition has one), else a line of text: never an empty body
// (client rule 16). The detail goes into the body too, as D:responsedescription, for people.
// `href` is the resource that the request was about.
core::Response to_response(const core::Error& error, std::string_view href);

} // namespace caldav
