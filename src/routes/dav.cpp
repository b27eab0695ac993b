#include "src/routes/dav.h"

#include "caldav/handler.h"
#include "src/routes/replies.h"

namespace routes {

core::Response dav(const core::Request& request, const core::Target& target,
                   const Context& context) {
    const caldav::Services services{context.site.store, context.site.calendars,
                                    context.site.attachments, context.site.clock,
                                    context.client.origin};
    domain::Principal who = context.who;
    who.knows_colleagues = context.site.policy.directory;
    return caldav::handle(request, target, who, services);
}

core::Response dav_options(const core::Request& request, const core::Target& target,
                           const Context&) {
    return caldav::options(request, target);
}

core::Response to_context_root(const core::Request&, const core::Target&, const Context& context) {
    core::Response response = redirect(301, context.client.origin + "/");
    // The target depends on how the client got here, so no cache may hand it to another.
    response.headers.set("Cache-Control", "no-store");
    return response;
}

} // namespace routes
