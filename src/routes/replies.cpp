#include "src/routes/replies.h"

#include "src/routes/json.h"
#include "src/routes/negotiation.h"
#include "src/routes/pages.h"

namespace routes {

core::Response text_reply(int status, std::string body) {
    core::Response response{status, {}, std::move(body)};
    response.headers.set("Content-Type", "text/plain; charset=utf-8");
    return response;
}

core::Response redirect(int status, std::string location) {
    core::Response response = text_reply(status, "See " + location + "\n");
    response.headers.set("Location", std::move(location));
    return response;
}

core::Response page_reply(int status, std::string html, std::string_view form_action) {
    core::Response response{status, {}, std::move(html)};
    std::string policy = "default-src 'none'; style-src 'self'; script-src 'self'; "
                         "img-src 'self' data:; connect-src 'self'; form-action 'self'";
    if (!form_action.empty()) {
        policy.append(" ").append(form_action);
    }
    policy += "; base-uri 'none'; frame-ancestors 'none'";
    response.headers.set("Content-Type", "text/html; charset=utf-8");
    response.headers.set("Content-Security-Policy", std::move(policy));
    response.headers.set("Referrer-Policy", "no-referrer");
    return response;
}

core::Response error_reply(const core::Request& request, int status, std::string_view detail) {
    core::Response response;
    if (preferred_form(request.headers) == Form::json) {
        response = core::Response{status, {}, problem_json(status, detail)};
        response.headers.set("Content-Type", "application/problem+json");
    } else {
        response = page_reply(
            status, render_message_page(core::reason_phrase(status), {std::string(detail)}));
    }
    response.headers.set("Vary", "Accept");
    keep_secret(response); // there may be a token in the path
    return response;
}

core::Response plain_error(int status, std::string_view detail) {
    return text_reply(status, std::string(detail) + "\n");
}

void keep_secret(core::Response& response) {
    response.headers.set("Cache-Control", "no-store");
    response.headers.set("X-Robots-Tag", "noindex, nofollow");
    response.headers.set("Referrer-Policy", "no-referrer");
}

} // namespace routes
