#include "src/routes/site.h"

#include "src/routes/assets.h"
#include "src/routes/pages.h"
#include "src/routes/replies.h"

namespace routes {

namespace {

core::Response asset_reply(const core::Request& request, const Asset& file, bool versioned) {
    core::Response response;
    response.headers.set("ETag", '"' + std::string(file.version) + '"');
    response.headers.set("Cache-Control", versioned ? "public, max-age=31536000, immutable"
                                                    : "public, max-age=3600");
    const core::EntityTags known = core::parse_entity_tags(request.headers.joined("If-None-Match"));
    if (known.any || known.contains(file.version)) {
        response.status = 304;
        return response;
    }
    response.headers.set("Content-Type", std::string(*media_type(file.name)));
    response.headers.set("Content-Security-Policy",
                         "default-src 'none'; style-src 'unsafe-inline'");
    response.body = file.bytes;
    return response;
}

} // namespace

core::Response landing(const core::Request&, const core::Target&, const Context& context) {
    return page_reply(200, render_landing_page(context.client.origin));
}

core::Response asset(const core::Request& request, const core::Target& target, const Context&) {
    const Asset* file = find_asset(target.segments[1]);
    if (file == nullptr || !media_type(file->name)) {
        return error_reply(request, 404, "There is nothing at this address.");
    }
    const auto query = core::parse_query(target.query);
    const auto version = query.find("v");
    return asset_reply(request, *file, version != query.end() && version->second == file->version);
}

core::Response favicon(const core::Request& request, const core::Target&, const Context&) {
    return asset_reply(request, *find_asset("favicon.ico"), false);
}

// Feeds are not forbidden: some calendar services ask robots.txt before they fetch one (F3).
core::Response robots(const core::Request&, const core::Target&, const Context&) {
    core::Response response = text_reply(200, "User-agent: *\nDisallow: /j/\n");
    response.headers.set("Cache-Control", "public, max-age=3600");
    return response;
}

core::Response health(const core::Request&, const core::Target&, const Context& context) {
    context.site.store.read([](const storage::ReadTransaction& transaction) {
        static_cast<void>(transaction.facts().find("epoch"));
    });
    core::Response response = text_reply(200, "ok\n");
    response.headers.set("Cache-Control", "no-store");
    return response;
}

core::Response call(const core::Request& request, const core::Target&, const Context& context) {
    if (!context.site.policy.call_url.empty()) {
        return error_reply(request, 404, "There is nothing at this address.");
    }
    core::Response response = page_reply(
        200, render_message_page(
                 "You are in", {"Your link is right and it is time for your session, but no video "
                                "service has been set up on this server yet.",
                                "Please contact your practice.",
                                "For the practice: set “url” in the section “[call]” of the "
                                "server’s configuration."}));
    keep_secret(response);
    return response;
}

} // namespace routes
