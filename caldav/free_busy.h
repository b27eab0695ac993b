// The free-busy-query report (RFC 4791 section 7.10): when somebody is busy, and nothing else.
#pragma once

#include "caldav/report.h"
#include "core/result.h"

namespace caldav {

core::Result<core::Response> free_busy_query(const ReportCall& report, const Element& root);

} // namespace caldav
