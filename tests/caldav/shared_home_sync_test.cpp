// RFC 6578 on a home that others share calendars with.
#include "tests/caldav/sharing_fixture.h"
#include "tests/support/sync_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace caldav::sharing_test {

namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class SharedHomeSync : public Sharing {
protected:
    support::DavAnswer sync(const std::string& token, std::optional<int> limit = {},
                            const std::string& level = "<D:sync-level>1</D:sync-level>",
                            const std::string& who = "bert") {
        return support::read_multistatus(
            as(who, "REPORT", home, support::sync_body(token, limit, "<D:displayname/>", level)));
    }
    // What the home of a sharee who followed it until now tells, and that afterwards it is silent.
    std::vector<std::string> news(std::string& token) {
        const auto answer = sync(token);
        token = answer.sync_token.value_or("");
        std::vector<std::string> lines;
        for (const auto& response : answer.responses) {
            lines.push_back((response.status == 404 ? "gone " : "") + response.href);
        }
        EXPECT_THAT(sync(token).hrefs(), IsEmpty());
        EXPECT_EQ(find("bert", home, "<D:sync-token/>").text(dav("sync-token")), token);
        return lines;
    }
};

} // namespace

TEST_F(SharedHomeSync, R_A3_WhoFollowsTheShareesHomeLearnsOfEveryChange) {
    std::string token = *sync("").sync_token;
    const std::string href = shared();
    EXPECT_THAT(news(token), ElementsAre(href));
    server.put(calendar + "a.ics", support::simple_event("a"));
    EXPECT_THAT(news(token), ElementsAre(href));
    EXPECT_EQ(as("bert", "PROPPATCH", href,
                 "<D:propertyupdate xmlns:D=\"DAV:\"><D:set><D:prop><D:displayname>Mine"
                 "</D:displayname></D:prop></D:set></D:propertyupdate>")
                  .status,
              207);
    EXPECT_THAT(news(token), ElementsAre(href));
    EXPECT_EQ(sync("").find(href)->text(dav("displayname")), "Mine");

    EXPECT_EQ(share("<S:remove><D:href>mailto:bert@example.org</D:href></S:remove>").status, 200);
    EXPECT_THAT(news(token), ElementsAre("gone " + href));
    EXPECT_THAT(sync("").hrefs(), Not(Contains(href)));
    EXPECT_EQ(shared(), href);
    EXPECT_THAT(news(token), ElementsAre(href));
    EXPECT_EQ(as("bert", "DELETE", href).status, 204);
    EXPECT_THAT(news(token), ElementsAre("gone " + href));
}

TEST_F(SharedHomeSync, ACalendarThatItsOwnerDeletesLeavesTheShareesHome) {
    const std::string tasks = "/calendars/anna/tasks/";
    EXPECT_EQ(share(offer("mailto:bert@example.org"), "anna", tasks).status, 200);
    const auto accepted = reply("accepted", number_of(invitations().at(0)));
    const std::string href = read_xml(accepted.body)->find(dav("href"))->text;
    std::string token = *sync("").sync_token;
    EXPECT_EQ(as("anna", "DELETE", tasks).status, 204);
    EXPECT_THAT(news(token), ElementsAre("gone " + href));
}

TEST_F(SharedHomeSync, TheShareesHomeIsFollowedInPagesToo) {
    const std::string href = shared();
    std::vector<std::string> found;
    std::string token;
    for (int page = 0; page < 10; ++page) {
        const auto answer = sync(token, 1);
        token = *answer.sync_token;
        for (const auto& response : answer.responses) {
            if (response.href != home) {
                found.push_back(response.href);
            }
        }
    }
    EXPECT_THAT(found, testing::UnorderedElementsAre(home + "calendar/", home + "tasks/",
                                                     home + "inbox/", home + "outbox/", href));
    // RFC 6578 section 3.3: what is in it has to be asked of itself.
    const auto deep = sync("", {}, support::infinite_level);
    EXPECT_EQ(deep.find(href)->condition, dav("sync-traversal-supported"));
}

TEST_F(SharedHomeSync, WhoIsTrustedWithTheShareesHomeSeesNothingOfWhatIsSharedThere) {
    const std::string href = shared();
    server.add_account("eve");
    const auto trust = [](storage::WriteTransaction& transaction) -> core::Done {
        transaction.grants().set({"bert", std::nullopt, "eve", storage::Level::read, "bert", {}});
        return {};
    };
    ASSERT_TRUE(server.store->write(trust));
    EXPECT_THAT(sync("", {}, "<D:sync-level>1</D:sync-level>", "eve").hrefs(), Not(Contains(href)));
}

} // namespace caldav::sharing_test
