// The REPORT method (RFC 3253 section 3.6): a table of reports by the name of their root element.
// Support for another report is a row in report.cpp.
#pragma once

#include "caldav/methods.h"
#include "caldav/multistatus.h"
#include "caldav/names.h"
#include "caldav/properties.h"
#include "caldav/requests.h"
#include "caldav/resource.h"
#include "caldav/xml_reader.h"
#include "core/http.h"
#include "core/result.h"
#include "storage/store.h"

#include <string>
#include <string_view>
#include <vector>

namespace caldav {

// What a report works with: one snapshot, and a resource on which the report is supported.
struct ReportCall {
    const Call& call;
    const storage::ReadTransaction& transaction;
    const Resource& resource;
};

using Report = core::Result<core::Response> (*)(const ReportCall&, const Element& root);

// For DAV:supported-report-set (RFC 3253 section 3.1.5).
std::vector<Name> reports_on(ResourceKind kind);

// Answers for members of the report's collection, written as they are found.
class MemberAnswers {
public:
    MemberAnswers(const ReportCall& report, const PropertyRequest& request);

    // What the properties asked for need: CALDAV:calendar-data needs the object's text.
    [[nodiscard]] bool needs_text() const { return plan_.wants_calendar_data(); }
    // And what a list of members has to read of each.
    [[nodiscard]] storage::Listing listing() { return plan_.listing(); }
    // A member without or with its text.
    void add(const storage::ObjectHead& head);
    void add(const storage::Object& object);
    // A member, or what a client took for one, that is not there (R-C12).
    void add_missing(std::string_view href);
    // The answer ends here though there is more (R-T6, R-D5): 507 for the collection itself.
    void add_truncation();
    // An answer over core::limits::response_bytes has to end.
    [[nodiscard]] bool is_full() const;

    void sync_token(std::string_view token) { answer_.sync_token(token); }
    [[nodiscard]] core::Response finish() { return answer_.finish(); }

private:
    void add_member(const storage::ObjectHead& head, const storage::Object* object);

    const ReportCall& report_;
    const PropertyRequest& request_;
    PropertyPlan plan_;
    std::string collection_href_;
    Resource member_; // the one being written
    Multistatus answer_;
};

} // namespace caldav
