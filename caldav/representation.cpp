#include "caldav/representation.h"

#include <string>
#include <string_view>

namespace caldav {

namespace {

std::string quoted_tag(std::string_view tag) {
    return '"' + std::string(tag) + '"';
}

bool in_calendar(const Resource& resource) {
    return resource.kind == ResourceKind::message
           || (resource.collection && resource.collection->is_calendar);
}

} // namespace

void add_schedule_tag(const storage::ObjectHead& head, core::Headers& headers) {
    if (!head.schedule_tag.empty()) { // RFC 6638 section 3.2.10
        headers.set("Schedule-Tag", quoted_tag(head.schedule_tag));
    }
}

void add_validators(const storage::ObjectHead& head, core::Headers& headers) {
    headers.set("ETag", quoted_tag(head.etag));
    headers.set("Last-Modified", core::to_http_date(head.modified));
    add_schedule_tag(head, headers);
}

// What GET returns, and PUT that was asked for it.
void add_representation(const Call& call, const storage::Object& object, const Resource& resource,
                        core::Response& response) {
    core::Headers& headers = response.headers;
    headers.set("X-Content-Type-Options", "nosniff");
    add_validators(object.head, headers);
    if (in_calendar(resource)) {
        headers.set("Content-Type",
                    "text/calendar; charset=utf-8; component=" + object.head.component);
        response.body = call.services.calendars.body(object, resource.links());
        return;
    }
    // Whatever was uploaded must not run as a page of this server.
    headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
    headers.set("Content-Type", object.head.content_type);
    response.body = object.text;
}

} // namespace caldav
