// Reports about principals: RFC 3744 section 9, and Apple's calendarserver-principal-search. They
// tell of those principals that domain::authorize lets the asking one read, and of nobody else.
#pragma once

#include "caldav/report.h"
#include "core/result.h"

namespace caldav {

core::Result<core::Response> acl_principal_prop_set(const ReportCall& report, const Element& root);
core::Result<core::Response> principal_match(const ReportCall& report, const Element& root);
core::Result<core::Response> principal_property_search(const ReportCall& report,
                                                       const Element& root);
core::Result<core::Response> principal_search_property_set(const ReportCall& report,
                                                           const Element& root);
core::Result<core::Response> calendarserver_principal_search(const ReportCall& report,
                                                             const Element& root);

} // namespace caldav
