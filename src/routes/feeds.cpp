#include "src/routes/feeds.h"

#include "core/log.h"
#include "core/unavailable.h"
#include "domain/feeds.h"
#include "src/routes/replies.h"

#include <memory>
#include <string>

namespace routes {

namespace {

// RFC 9110 section 13.2.2: If-None-Match decides alone where it is sent.
bool is_not_modified(const core::Headers& headers, const domain::FeedVersion& version) {
    if (headers.has("If-None-Match")) {
        const core::EntityTags tags = core::parse_entity_tags(headers.joined("If-None-Match"));
        return tags.any || tags.contains(version.etag);
    }
    const auto since = core::from_http_date(headers.get("If-Modified-Since").value_or(""));
    return since && version.modified <= *since;
}

struct Content {
    domain::FeedVersion version;
    TextCache::Text text; // null: the client has it already
};

// Made once for each version: a feed that nobody changed is asked for every half hour.
TextCache::Text text_of(const storage::ReadTransaction& transaction,
                        const domain::FeedVersion& version, core::Instant now, const Site& site) {
    if (TextCache::Text known = site.feed_texts.find(version.etag)) {
        return known;
    }
    auto text = std::make_shared<const std::string>(
        domain::feed_text(transaction, version.feed, now, site.policy, site.keys, site.feed_texts));
    site.feed_texts.keep(version.etag, text);
    return text;
}

// What is fetched is served also while nothing can be written.
void note_fetched(const Site& site, const storage::Feed& feed, core::Instant now) {
    try {
        domain::note_fetched(site.store, feed, now);
    } catch (const core::Unavailable&) {
        core::log(core::LogLevel::warning, "fetch_not_noted", {});
    }
}

} // namespace

// The form is never negotiated: Google's importer sends no Accept field.
core::Response feed(const core::Request& request, const core::Target& target,
                    const Context& context) {
    const Site& site = context.site;
    const core::Instant now = site.clock.now();
    const auto content =
        site.store.read([&](const storage::ReadTransaction& transaction) -> core::Result<Content> {
            Content found{TRY(domain::feed_version(transaction, target.segments[1], now,
                                                   site.policy, site.keys)),
                          nullptr};
            if (!is_not_modified(request.headers, found.version)) {
                found.text = text_of(transaction, found.version, now, site);
            }
            return found;
        });
    if (content && request.method == "GET") {
        note_fetched(site, content->version.feed, now);
    }
    core::Response response;
    if (!content) {
        response = plain_error(404, "There is no calendar at this address any more.");
        keep_secret(response);
        return response;
    }
    keep_secret(response);
    response.headers.set("Cache-Control", "private, max-age=300");
    response.headers.set("ETag", '"' + content->version.etag + '"');
    response.headers.set("Last-Modified", core::to_http_date(content->version.modified));
    if (!content->text) {
        response.status = 304;
        return response;
    }
    response.headers.set("Content-Type", "text/calendar; charset=utf-8");
    response.headers.set("Content-Disposition", "inline; filename=\"sessions.ics\"");
    response.body = *content->text;
    return response;
}

} // namespace routes
