#include "src/routes/feeds.h"

#include "domain/feeds.h"
#include "src/routes/replies.h"

namespace routes {

namespace {

// RFC 9110 section 13.2.2: If-None-Match decides alone where it is sent.
bool is_not_modified(const core::Headers& headers, const domain::FeedContent& content) {
    if (headers.has("If-None-Match")) {
        const core::EntityTags tags = core::parse_entity_tags(headers.joined("If-None-Match"));
        return tags.any || tags.contains(content.etag);
    }
    const auto since = core::from_http_date(headers.get("If-Modified-Since").value_or(""));
    return since && content.modified <= *since;
}

} // namespace

// The form is never negotiated: Google's importer sends no Accept field.
core::Response feed(const core::Request& request, const core::Target& target,
                    const Context& context) {
    const Site& site = context.site;
    const auto content = site.store.read([&](const storage::ReadTransaction& transaction) {
        return domain::feed_content(transaction, target.segments[1], site.clock.now(), site.policy,
                                    site.keys);
    });
    core::Response response;
    if (!content) {
        response = plain_error(404, "There is no calendar at this address any more.");
        keep_secret(response);
        return response;
    }
    keep_secret(response);
    response.headers.set("Cache-Control", "private, max-age=300");
    response.headers.set("ETag", '"' + content->etag + '"');
    response.headers.set("Last-Modified", core::to_http_date(content->modified));
    if (is_not_modified(request.headers, *content)) {
        response.status = 304;
        return response;
    }
    response.headers.set("Content-Type", "text/calendar; charset=utf-8");
    response.headers.set("Content-Disposition", "inline; filename=\"sessions.ics\"");
    response.body = content->text;
    return response;
}

} // namespace routes
