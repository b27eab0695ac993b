// WebDAV and CalDAV as one synchronous function from Request to Response. The method table is in
// handler.cpp; authentication has been done, authorization happens in resource.cpp.
#pragma once

#include "caldav/services.h"
#include "core/http.h"
#include "core/uri.h"
#include "domain/principal.h"

namespace caldav {

// The tokens of the DAV header, the first of them "1" (R-C6).
extern const char* const dav_header;

// Every answer carries DAV; every error has a body.
core::Response handle(const core::Request& request, const core::Target& target,
                      const domain::Principal& who, const Services& services);
// OPTIONS works without credentials (R-C5) and touches nothing.
core::Response options(const core::Request& request, const core::Target& target);

} // namespace caldav
