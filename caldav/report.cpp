#include "caldav/report.h"

#include "caldav/calendar_query.h"
#include "caldav/expand_property.h"
#include "caldav/free_busy.h"
#include "caldav/principal_reports.h"
#include "caldav/sync.h"
#include "core/limits.h"

#include <algorithm>
#include <array>
#include <utility>

namespace caldav {

namespace {

struct ReportRow {
    std::string_view name_space;
    std::string_view local;
    Kinds on;
    Report report;
    domain::Privilege privilege = domain::Privilege::read;

    [[nodiscard]] Name name() const { return {std::string(name_space), std::string(local)}; }
};

// RFC 6638 section 2.2 asks the two calendaring reports of an inbox as well.
constexpr Kinds calendaring =
    kinds(ResourceKind::calendar, ResourceKind::inbox, ResourceKind::object, ResourceKind::message);

// Where clients look for principals: some ask the root, some a principal.
constexpr Kinds directories = kinds(
    ResourceKind::root, ResourceKind::principals, ResourceKind::principal, ResourceKind::colleague,
    ResourceKind::group, ResourceKind::proxy_read, ResourceKind::proxy_write);

constexpr Kinds everywhere =
    directories | calendaring
    | kinds(ResourceKind::calendars_root, ResourceKind::home, ResourceKind::outbox,
            ResourceKind::plain, ResourceKind::notifications, ResourceKind::notification);

constexpr std::array reports{
    ReportRow{ns::caldav, "calendar-query", calendaring, calendar_query},       // RFC 4791 7.8
    ReportRow{ns::caldav, "calendar-multiget", calendaring, calendar_multiget}, // RFC 4791 7.9
    ReportRow{ns::caldav, "free-busy-query",
              kinds(ResourceKind::home, ResourceKind::calendar, ResourceKind::object),
              free_busy_query, domain::Privilege::read_free_busy}, // RFC 4791 7.10
    ReportRow{
        ns::dav, "sync-collection",
        kinds(ResourceKind::calendar, ResourceKind::plain, ResourceKind::inbox, ResourceKind::home),
        sync_collection},                                               // RFC 6578 3.2, R-A3
    ReportRow{ns::dav, "expand-property", everywhere, expand_property}, // RFC 3253 3.8
    ReportRow{ns::dav, "acl-principal-prop-set", everywhere,
              acl_principal_prop_set}, // RFC 3744 9.2
    ReportRow{ns::dav, "principal-match",
              kinds(ResourceKind::principals, ResourceKind::calendars_root, ResourceKind::home),
              principal_match}, // RFC 3744 9.3
    ReportRow{ns::dav, "principal-property-search", directories,
              principal_property_search}, // RFC 3744 9.4
    ReportRow{ns::dav, "principal-search-property-set", directories,
              principal_search_property_set}, // RFC 3744 9.5
    ReportRow{ns::calendarserver, "calendarserver-principal-search", directories,
              calendarserver_principal_search}, // non-standard: Apple
};

// RFC 3253 section 3.6: DAV:supported-report.
tl::unexpected<core::Error> unsupported_report() {
    return core::fail(core::Errc::forbidden, "This report is not offered on this resource.",
                      core::Condition::supported_report);
}

// The reports are about members: none lists the resource that it is asked of (RFC 8144 section 4).
void note_preferences(const core::Request& request, core::Response& answer) {
    const Preferences wishes = preferences_of(request);
    if (wishes.minimal) {
        add_applied(answer, "return=minimal");
    }
    if (wishes.noroot) {
        add_applied(answer, "depth-noroot");
    }
}

} // namespace

std::vector<Name> reports_on(ResourceKind kind) {
    std::vector<Name> names;
    for (const ReportRow& row : reports) {
        if (contains(row.on, kind)) {
            names.push_back(row.name());
        }
    }
    return names;
}

core::Result<core::Response> report(const Call& call) {
    const Element root = TRY(read_xml(call.request.body));
    const auto row = std::find_if(reports.begin(), reports.end(), [&](const ReportRow& candidate) {
        return root.is(candidate.name());
    });
    return call.services.store.read(
        [&](const storage::ReadTransaction& transaction) -> core::Result<core::Response> {
            const Resource resource = TRY(
                resolve_existing(transaction, call.target, call.who,
                                 row == reports.end() ? domain::Privilege::read : row->privilege));
            if (row == reports.end() || !contains(row->on, resource.kind)) {
                return unsupported_report();
            }
            auto answer = row->report({call, transaction, resource}, root);
            if (answer && answer->status == 207) {
                note_preferences(call.request, *answer);
            }
            return answer;
        });
}

MemberAnswers::MemberAnswers(const ReportCall& report, const PropertyRequest& request)
    : report_(report), request_(request),
      plan_(request, preferences_of(report.call.request).minimal) {
    const ResourceKind kind = report.resource.kind;
    const bool in_inbox = kind == ResourceKind::inbox || kind == ResourceKind::message;
    member_.kind = in_inbox ? ResourceKind::message : ResourceKind::object;
    member_.owner = report.resource.owner;
    member_.access = report.resource.access;
    member_.share = report.resource.share;
    if (const auto& collection = report.resource.collection) {
        member_.collection = collection;
        collection_href_ = report.resource.collection_href();
    }
}

void MemberAnswers::add(const storage::ObjectHead& head) {
    add_member(head, nullptr);
}

void MemberAnswers::add(const storage::Object& object) {
    add_member(object.head, &object);
}

void MemberAnswers::add_member(const storage::ObjectHead& head, const storage::Object* object) {
    member_.name = head.name;
    member_.href = collection_href_;
    core::append_encoded_segment(member_.href, head.name);
    member_.object = head;
    const PropertyContext context{
        report_.call.services, report_.transaction, report_.call.who, member_, object,
        &request_.data};
    plan_.write(answer_, context);
}

void MemberAnswers::add_missing(std::string_view href) {
    answer_.add_status(href, 404);
}

void MemberAnswers::add_truncation() {
    answer_.add_status(report_.resource.href, 507,
                       core::Condition::number_of_matches_within_limits);
}

bool MemberAnswers::is_full() const {
    return answer_.size() >= core::limits::response_bytes;
}

} // namespace caldav
