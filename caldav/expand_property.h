// The expand-property report (RFC 3253 section 3.8): properties of the resources that properties
// name. Apple reads delegates by it.
#pragma once

#include "caldav/report.h"
#include "core/result.h"

namespace caldav {

core::Result<core::Response> expand_property(const ReportCall& report, const Element& root);

} // namespace caldav
