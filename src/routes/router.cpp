#include "src/routes/router.h"

#include "core/log.h"
#include "core/strings.h"
#include "core/unavailable.h"
#include "core/uri.h"
#include "src/routes/answer.h"
#include "src/routes/attachments.h"
#include "src/routes/client.h"
#include "src/routes/context.h"
#include "src/routes/credentials.h"
#include "src/routes/dav.h"
#include "src/routes/feeds.h"
#include "src/routes/join.h"
#include "src/routes/profile.h"
#include "src/routes/replies.h"
#include "src/routes/site.h"
#include "src/routes/time_zones.h"

#include <array>
#include <exception>
#include <variant>

namespace routes {

namespace {

// No default constructor: a row that does not say who may pass does not compile.
class Access {
public:
    enum class Kind { nobody_asked, basic };
    constexpr explicit Access(Kind kind) : kind_(kind) {}
    [[nodiscard]] constexpr Kind kind() const { return kind_; }

private:
    Kind kind_;
};

constexpr Access public_{Access::Kind::nobody_asked};
constexpr Access basic{Access::Kind::basic};

struct Row {
    std::string_view methods; // separated by blanks; "*" is every method
    std::string_view pattern; // "{x}" is one segment, "{x}.ics" one that ends so, "*" any rest
    Access access;
    Handler handler;
};

// The first row that fits counts.
constexpr std::array rows{
    Row{"*", "/.well-known/caldav", public_, to_context_root},
    Row{"GET HEAD", "/.well-known/timezone", public_, to_time_zones},
    Row{"GET HEAD", "/.well-known/timezone/*", public_, time_zones},
    Row{"GET HEAD", "/timezones/*", public_, time_zones},

    Row{"GET HEAD", "/", public_, landing},
    Row{"OPTIONS", "/", public_, dav_options},
    Row{"OPTIONS", "/principals/*", public_, dav_options},
    Row{"OPTIONS", "/calendars/*", public_, dav_options},
    Row{"*", "/", basic, dav},
    Row{"*", "/principals/*", basic, dav},
    Row{"*", "/calendars/*", basic, dav},

    Row{"GET HEAD", "/attachments/{id}/{name}", basic, attached_file},

    Row{"GET HEAD", "/profile/calendars.mobileconfig", basic, configuration_profile},

    Row{"GET HEAD", "/j/{token}", public_, show_session},
    Row{"POST", "/j/{token}/enter", public_, enter_session},
    Row{"GET HEAD", "/j/{token}/enter", public_, back_to_session},
    Row{"GET HEAD", "/j/{token}/session.ics", public_, session_file},
    Row{"GET HEAD", "/rsvp/{token}", public_, show_answer},
    Row{"POST", "/rsvp/{token}", public_, take_answer},
    Row{"GET HEAD", "/rsvp/{token}/{wanted}", public_, show_answer},
    Row{"GET HEAD", "/feeds/{token}/{name}.ics", public_, feed},
    Row{"GET HEAD", "/call/{room}", public_, call},

    Row{"GET HEAD", "/assets/{name}", public_, asset},
    Row{"GET HEAD", "/favicon.ico", public_, favicon},
    Row{"GET HEAD", "/robots.txt", public_, robots},
    Row{"GET HEAD", "/healthz", public_, health},
};

bool segment_fits(std::string_view pattern, std::string_view segment) {
    if (!pattern.starts_with('{')) {
        return pattern == segment;
    }
    const std::string_view suffix = pattern.substr(pattern.find('}') + 1);
    return segment.size() > suffix.size() && segment.ends_with(suffix);
}

bool path_fits(std::string_view pattern, const std::vector<std::string>& segments) {
    pattern.remove_prefix(1);
    for (const std::string& segment : segments) {
        if (pattern == "*") {
            return true;
        }
        const auto end = std::min(pattern.find('/'), pattern.size());
        if (pattern.empty() || !segment_fits(pattern.substr(0, end), segment)) {
            return false;
        }
        pattern.remove_prefix(std::min(end + 1, pattern.size()));
    }
    return pattern.empty() || pattern == "*";
}

bool method_fits(std::string_view methods, std::string_view method) {
    if (methods == "*") {
        return true;
    }
    for (const std::string_view each : core::split(methods, ' ')) {
        if (each == method) {
            return true;
        }
    }
    return false;
}

// A row, or what the path allows: empty if there is nothing at that path.
struct Match {
    const Row* row = nullptr;
    std::string allow;
};

Match find_row(std::string_view method, const core::Target& target) {
    Match match;
    for (const Row& row : rows) {
        if (!path_fits(row.pattern, target.segments)) {
            continue;
        }
        if (method_fits(row.methods, method)) {
            return {&row, {}};
        }
        match.allow += core::replace_all(std::string(row.methods), " ", ", ") + ", ";
    }
    match.allow += match.allow.empty() ? "" : "OPTIONS";
    return match;
}

core::Response challenge() {
    core::Response response = plain_error(401, "Please sign in with your user name and password.");
    response.headers.set("WWW-Authenticate", "Basic realm=\"Appointed\", charset=\"UTF-8\"");
    return response;
}

core::Response come_back(int status, const char* seconds, std::string_view detail) {
    core::Response response = plain_error(status, detail);
    response.headers.set("Retry-After", seconds);
    response.headers.set("Cache-Control", "no-store");
    return response;
}

// Who is asking, or the answer that says why we do not know.
std::variant<domain::Principal, core::Response>
authenticate(const core::Request& request, const Client& client, const Site& site) {
    // No challenge: it would make the client send the password where others can read it (R-C22).
    if (!client.confidential) {
        return plain_error(403, "Passwords are taken over https only. Please use an address that "
                                "begins with https://, or let the reverse proxy set "
                                "X-Forwarded-Proto and name it in trusted_proxies.");
    }
    const auto field = request.headers.get("Authorization");
    const auto credentials = field ? parse_basic(*field) : std::nullopt;
    if (!credentials) {
        return challenge();
    }
    auto who =
        site.authenticator.authenticate(credentials->login, credentials->password, client.address);
    if (who) {
        return std::move(*who);
    }
    switch (who.error().code) {
    case core::Errc::rate_limited:
        return come_back(429, "300", "Too many wrong passwords. Please wait a few minutes.");
    case core::Errc::unavailable: // a challenge would make clients ask people for a new password
        return come_back(503, "5", "Too many people sign in at once. Please try again shortly.");
    default:
        return challenge();
    }
}

core::Response no_row(const core::Request& request, const Match& match) {
    if (match.allow.empty()) {
        return error_reply(request, 404, "There is nothing at this address.");
    }
    core::Response response = request.method == "OPTIONS"
                                  ? core::Response{204, {}, {}}
                                  : error_reply(request, 405, "This address does not do that.");
    response.headers.set("Allow", match.allow);
    return response;
}

// Normalise, match the table, authenticate, limit, call.
core::Response answer(const core::Request& request, const Client& client, const Site& site) {
    const auto target = core::parse_target(with_plain_slashes(request.target));
    if (!target) {
        return error_reply(request, 400, "The address is malformed.");
    }
    const Match match = find_row(request.method, *target);
    if (match.row == nullptr) {
        return no_row(request, match);
    }
    Context context{site, client, {}};
    if (match.row->access.kind() == Access::Kind::basic) {
        auto known = authenticate(request, client, site);
        if (auto* refusal = std::get_if<core::Response>(&known)) {
            return std::move(*refusal);
        }
        context.who = std::get<domain::Principal>(std::move(known));
    } else if (request.body_too_large) {
        // The DAV layer names its own limit (RFC 4791 section 5.3.2.1); nobody else takes a body.
        return error_reply(request, 413, "The request is too large.");
    }
    return match.row->handler(request, *target, context);
}

core::Response failure(const core::Request& request, int status, std::string_view reason) {
    core::log(core::LogLevel::error, "request_failed",
              {{"id", request.id}, {"reason", std::string(reason)}});
    if (status == 503) {
        return come_back(503, "5", "The server cannot answer now. Please try again shortly.");
    }
    core::Response response = plain_error(500, "Something went wrong on our side.");
    response.headers.set("Cache-Control", "no-store");
    return response;
}

core::Response answer_or_fail(const core::Request& request, const Client& client,
                              const Site& site) {
    try {
        return answer(request, client, site);
    } catch (const core::Unavailable& problem) {
        return failure(request, 503, problem.what());
    } catch (const std::exception& problem) {
        return failure(request, 500, problem.what());
    } catch (...) {
        return failure(request, 500, "unknown exception");
    }
}

} // namespace

core::Response serve(const core::Request& request, const Site& site) {
    const Client client = identify_client(request, site.exposure, site.policy.public_url);
    core::Response response = answer_or_fail(request, client, site);
    response.headers.set("X-Content-Type-Options", "nosniff");
    response.client_address = client.address;
    return response;
}

} // namespace routes
