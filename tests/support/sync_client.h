// A client that follows one collection by sync-collection as RFC 6578 says, and does nothing else.
#pragma once

#include "tests/support/dav_fixture.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace support {

// The body of a sync-collection REPORT (RFC 6578 section 3.2).
inline std::string sync_body(const std::string& token, std::optional<int> limit = {},
                             const std::string& properties = "<D:getcontenttype/><D:getetag/>",
                             const std::string& level = "<D:sync-level>1</D:sync-level>") {
    const std::string limits =
        limit ? "<D:limit><D:nresults>" + std::to_string(*limit) + "</D:nresults></D:limit>" : "";
    return "<D:sync-collection xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\">"
           "<D:sync-token>"
           + token + "</D:sync-token>" + level + limits + "<D:prop>" + properties
           + "</D:prop></D:sync-collection>";
}

const std::string infinite_level = "<D:sync-level>infinite</D:sync-level>";

class SyncClient {
public:
    explicit SyncClient(std::string collection) : collection_(std::move(collection)) {}

    // The answer to one report; false when the server said that there is more.
    bool take(const DavAnswer& answer) {
        bool complete = true;
        for (const auto& response : answer.responses) {
            if (response.href == collection_) {
                EXPECT_EQ(response.status, 507);
                complete = false;
            } else if (response.status == 404) {
                forget(response.href);
            } else if (response.condition == caldav::dav("sync-traversal-supported")) {
                EXPECT_EQ(response.status, 403); // RFC 6578 section 3.3
            } else {
                EXPECT_EQ(response.status, 0) << "R-T8: no other status in a sync answer";
                known_[response.href] = response.text(caldav::dav("getetag"));
            }
        }
        EXPECT_TRUE(answer.sync_token) << "R-D5";
        token_ = answer.sync_token.value_or("");
        return complete;
    }
    // The token was refused, or the collection is gone: all that is known is worth nothing.
    void forget() {
        token_.clear();
        known_.clear();
    }
    [[nodiscard]] const std::string& collection() const { return collection_; }
    [[nodiscard]] const std::string& token() const { return token_; }
    // Entity tags by href.
    [[nodiscard]] const std::map<std::string, std::string>& known() const { return known_; }

private:
    // What is in a collection goes with it.
    void forget(const std::string& href) {
        std::erase_if(known_, [&](const auto& member) {
            return member.first == href || (href.ends_with('/') && member.first.starts_with(href));
        });
    }

    std::string collection_;
    std::string token_;
    std::map<std::string, std::string> known_;
};

} // namespace support
