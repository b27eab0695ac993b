// The whole URL space over a real domain and a real store, without a socket.
#pragma once

#include "core/strings.h"
#include "domain/attachments.h"
#include "src/routes/router.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <string>
#include <utility>
#include <vector>

namespace routes {

using Fields = std::vector<std::pair<std::string, std::string>>;

// The body of an answer that is a page says so; these are the words to look for.
inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

inline std::string field(const core::Response& response, const std::string& name) {
    return std::string(response.headers.get(name).value_or(""));
}

struct Clinic {
    support::Practice practice;
    Exposure exposure;
    domain::Authenticator authenticator{*practice.store, practice.clock};
    TextCache feed_texts{1024 * 1024};
    support::TemporaryFolder files;
    storage::ContentFolder folder{files.file("attachments")};
    domain::Attachments attachments{practice.calendars, folder, practice.policy, practice.clock};
    Site site{*practice.store, practice.calendars, attachments, authenticator, practice.clock,
              practice.policy, practice.keys,      exposure,    feed_texts};
    std::string peer = "127.0.0.1";

    core::Response send(const std::string& method, const std::string& target,
                        const Fields& fields = {}, const std::string& body = "") {
        core::Request request;
        request.method = method;
        request.target = target;
        request.headers.add("Host", "clinic.example");
        for (const auto& [name, value] : fields) {
            request.headers.set(name, value);
        }
        request.body = body;
        request.peer_address = peer;
        request.id = "test";
        return serve(request, site);
    }

    core::Response get(const std::string& target, const Fields& fields = {}) {
        return send("GET", target, fields);
    }

    [[nodiscard]] std::string bytes_at_rest() const { return practice.storage.bytes_at_rest(); }
};

// "user:password"
inline std::pair<std::string, std::string> basic_field(const std::string& credentials) {
    return {"Authorization", "Basic " + core::to_base64(credentials)};
}

inline const std::pair<std::string, std::string> as_anna = basic_field("anna:correct horse");

} // namespace routes
