// The calendaring reports that find objects by what they say and by their names (RFC 4791 sections
// 7.8 and 7.9).
#pragma once

#include "caldav/report.h"

namespace caldav {

core::Result<core::Response> calendar_query(const ReportCall& report, const Element& root);
core::Result<core::Response> calendar_multiget(const ReportCall& report, const Element& root);

} // namespace caldav
