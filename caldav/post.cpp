// POST: to a calendar a new member whose name the server chooses (RFC 5995), or invitations to it;
// to an object what is attached to it (RFC 8607); to an outbox a question for other people's busy
// time (RFC 6638 section 5); to a home the answer to an invitation (caldav-sharing).
#include "caldav/busy_time_request.h"
#include "caldav/methods.h"
#include "caldav/resource.h"
#include "caldav/sharing.h"
#include "core/crypto.h"
#include "core/strings.h"

#include <string>

namespace caldav {

namespace {

constexpr std::size_t name_random_bytes = 16; // nobody has that name

// A PUT of a page elsewhere is asked about first by browsers, a POST is not. So it has to name a
// type that no form and no script can send unasked (Fetch, section 2.2.2).
std::string type_of_body(const core::Request& request) {
    const std::string_view type = request.headers.get("Content-Type").value_or("");
    return core::to_lower(core::trim(core::split(type, ';').front()));
}

bool is_xml(const core::Request& request) {
    const std::string type = type_of_body(request);
    return type == "application/xml" || type == "text/xml";
}

core::Done check_type(const core::Request& request) {
    if (type_of_body(request) != "text/calendar") {
        return core::fail(core::Errc::forbidden, "Only text/calendar is taken here.",
                          core::Condition::supported_calendar_data);
    }
    return {};
}

// RFC 5995 section 3.2: as PUT to a free name; the answer's Location says which.
core::Result<core::Response> add_member(const Call& call) {
    core::Request request = call.request;
    request.method = "PUT";
    request.headers.set("If-None-Match", "*");
    core::Target target = call.target;
    target.query.clear();
    target.segments.push_back(core::random_token(name_random_bytes) + ".ics");
    return put({request, target, call.who, call.services});
}

} // namespace

core::Result<core::Response> post(const Call& call) {
    const auto kind = call.services.store.read(
        [&](const storage::ReadTransaction& transaction) -> core::Result<ResourceKind> {
            return TRY(resolve_existing(transaction, call.target, call.who,
                                        domain::Privilege::bind))
                .kind;
        });
    switch (TRY(kind)) {
    case ResourceKind::home:
        return is_xml(call.request)
                   ? answer_invitation(call)
                   : core::fail(core::Errc::unsupported_type, "The body has to be XML.");
    case ResourceKind::outbox:
        TRYV(check_type(call.request));
        return request_busy_time(call);
    case ResourceKind::calendar:
        if (is_xml(call.request)) {
            return share_calendar(call);
        }
        TRYV(check_type(call.request));
        return add_member(call);
    case ResourceKind::object:
        return manage_attachments(call);
    default:
        return core::fail(core::Errc::method_not_allowed,
                          "Only calendars and their objects, outboxes and homes take a POST.");
    }
}

} // namespace caldav
