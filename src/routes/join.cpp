#include "src/routes/join.h"

#include "core/strings.h"
#include "domain/joining.h"
#include "src/routes/json.h"
#include "src/routes/negotiation.h"
#include "src/routes/pages.h"
#include "src/routes/replies.h"

#include <algorithm>
#include <array>

namespace routes {

namespace {

using domain::JoinState;

struct StateStatus {
    JoinState state;
    int look;  // GET
    int enter; // POST that does not admit
};

constexpr std::array state_statuses{
    StateStatus{JoinState::early, 200, 403},   StateStatus{JoinState::open, 200, 403},
    StateStatus{JoinState::over, 410, 410},    StateStatus{JoinState::cancelled, 410, 410},
    StateStatus{JoinState::removed, 410, 410}, StateStatus{JoinState::unknown, 404, 404},
};

const StateStatus& statuses_of(JoinState state) {
    return *std::find_if(state_statuses.begin(), state_statuses.end(),
                         [&](const StateStatus& row) { return row.state == state; });
}

std::string page_path(std::string_view token) {
    return "/j/" + core::encode_segment(token);
}

core::Response view_reply(const core::Request& request, const Context& context,
                          const JoinPage& page) {
    const StateStatus& statuses = statuses_of(page.view.state);
    const int status = request.method == "POST" ? statuses.enter : statuses.look;
    core::Response response;
    if (preferred_form(request.headers) == Form::json) {
        response = core::Response{status, {}, join_json(page.view, page.token, page.now)};
        response.headers.set("Content-Type", "application/json");
    } else {
        response = page_reply(status, render_join_page(page), call_source(context.site.policy));
    }
    response.headers.set("Vary", "Accept");
    keep_secret(response);
    return response;
}

core::Response secret_redirect(int status, std::string location) {
    core::Response response = redirect(status, std::move(location));
    keep_secret(response);
    return response;
}

} // namespace

core::Response show_session(const core::Request& request, const core::Target& target,
                            const Context& context) {
    const Site& site = context.site;
    const std::string& token = target.segments[1];
    const core::Instant now = site.clock.now();
    const domain::JoinView view = site.store.read([&](const storage::ReadTransaction& transaction) {
        return domain::look(transaction, token, now, site.policy, site.keys);
    });
    if (view.redirect) {
        return secret_redirect(302, page_path(*view.redirect));
    }
    return view_reply(request, context, {view, token, now});
}

core::Response enter_session(const core::Request& request, const core::Target& target,
                             const Context& context) {
    // A link is its own proof, so another site gains nothing by posting; it could only push people
    // into a call. Origin says nothing here: under no-referrer browsers send "null".
    if (request.headers.get("Sec-Fetch-Site") == "cross-site") {
        return error_reply(request, 403,
                           "Please open your link itself and press the button on its page.");
    }
    const Site& site = context.site;
    const std::string& token = target.segments[1];
    const core::Instant now = site.clock.now();
    const auto outcome = site.store.write([&](storage::WriteTransaction& transaction) {
        return domain::enter(transaction, token, now, context.client.address, site.policy,
                             site.keys);
    });
    if (!outcome) {
        core::Response response =
            error_reply(request, 429, "This link was tried too often. Please wait a minute.");
        response.headers.set("Retry-After", "60");
        return response;
    }
    if (!outcome->admission) {
        return view_reply(request, context, {outcome->view, token, now, true});
    }
    const std::string& call_url = outcome->admission->call_url;
    core::Response response = secret_redirect(303, call_url);
    response.headers.set("Vary", "Accept");
    if (preferred_form(request.headers) == Form::json) {
        response.headers.set("Content-Type", "application/json");
        response.body = join_json(outcome->view, token, now, call_url);
    }
    return response;
}

core::Response back_to_session(const core::Request&, const core::Target& target, const Context&) {
    return secret_redirect(303, page_path(target.segments[1]));
}

core::Response session_file(const core::Request& request, const core::Target& target,
                            const Context& context) {
    const Site& site = context.site;
    const auto file = site.store.read([&](const storage::ReadTransaction& transaction) {
        return domain::invitation_file(transaction, target.segments[1], site.clock.now(),
                                       site.policy, site.keys);
    });
    if (!file) {
        const bool gone = file.error().code == core::Errc::gone;
        return error_reply(request, gone ? 410 : 404,
                           gone ? "This session is not to be kept in a calendar any more."
                                : "We do not know this link.");
    }
    core::Response response;
    response.headers.set("Content-Type", "text/calendar; charset=utf-8; method=PUBLISH");
    response.headers.set("Content-Disposition", "attachment; filename=\"session.ics\"");
    response.body = *file;
    keep_secret(response);
    return response;
}

std::string call_source(const domain::Policy& policy) {
    const std::string& url = policy.call_url.empty() ? policy.public_url : policy.call_url;
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string::npos) {
        return {};
    }
    const std::string scheme = core::to_lower(url.substr(0, scheme_end));
    if (scheme != "https" && scheme != "http") {
        return {};
    }
    std::string authority = url.substr(scheme_end + 3);
    authority.resize(std::min(authority.find_first_of("/?#"), authority.size()));
    // A source may have a wildcard as its first label and nowhere else.
    constexpr std::string_view room_label = "{room}.";
    if (authority.starts_with(room_label)) {
        authority.replace(0, room_label.size(), "*.");
    }
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || std::string_view(".-_:[]*").find(c) != std::string_view::npos;
    };
    const bool usable = !authority.empty() && std::all_of(authority.begin(), authority.end(), fits);
    return usable ? scheme + "://" + authority : scheme + ':';
}

} // namespace routes
