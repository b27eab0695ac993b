// RFC 6578 on the home: its calendars, and what is in them.
#include "core/limits.h"
#include "domain/occurrence_index.h"
#include "tests/support/dav_fixture.h"
#include "tests/support/sync_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace home_sync_test {

namespace {

using caldav::cs;
using caldav::dav;
using support::DavAnswer;
using support::simple_event;
using support::sync_body;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string home = "/calendars/anna/";
const std::string calendar = "/calendars/anna/calendar/";
const std::string tasks = "/calendars/anna/tasks/";
const std::string inbox = "/calendars/anna/inbox/";
const std::string outbox = "/calendars/anna/outbox/";

class HomeSync : public support::DavFixture {
protected:
    DavAnswer sync(const std::string& token, std::optional<int> limit = {}) {
        return server.report(home, sync_body(token, limit, "<D:getetag/><D:displayname/>"));
    }
    DavAnswer deep(const std::string& token, std::optional<int> limit = {}) {
        return server.report(home,
                             sync_body(token, limit, "<D:getetag/>", support::infinite_level));
    }
    void put(const std::string& path, int hour = 10) {
        EXPECT_LT(server.put(path, simple_event("uid-" + path, hour)).status, 300);
    }
    void send(const std::string& method, const std::string& path,
              const support::HeaderList& headers = {}) {
        EXPECT_LT(server.send(method, path, headers).status, 300) << method << ' ' << path;
    }
    bool is_refused(const std::string& token, const std::string& level) {
        const auto answer = server.send("REPORT", home, {}, sync_body(token, {}, "", level));
        return answer.status == 403 && support::condition_of(answer) == dav("valid-sync-token");
    }
    bool is_refused_deep(const std::string& token) {
        return is_refused(token, support::infinite_level);
    }
    bool is_refused_shallow(const std::string& token) {
        return is_refused(token, "<D:sync-level>1</D:sync-level>");
    }
};

TEST_F(HomeSync, R_A3_IsOfferedAndHasAToken) {
    const auto answer = server.report(
        home, "<D:sync-collection xmlns:D='DAV:'><D:sync-token/><D:prop/></D:sync-collection>");
    const auto properties = support::read_multistatus(
        server.send("PROPFIND", home, {},
                    "<D:propfind xmlns:D='DAV:'><D:prop><D:sync-token/><D:supported-report-set/>"
                    "</D:prop></D:propfind>"));

    EXPECT_EQ(properties.responses.at(0).text(dav("sync-token")), answer.sync_token);
    const auto* reports = properties.responses.at(0).find(dav("supported-report-set"));
    ASSERT_NE(reports, nullptr);
    EXPECT_TRUE(std::any_of(
        reports->children.begin(), reports->children.end(), [](const caldav::Element& each) {
            return each.children.at(0).children.at(0).is(dav("sync-collection"));
        }));
}

TEST_F(HomeSync, AnInitialSyncListsWhatAListingDoes) {
    const auto answer = sync("");

    EXPECT_THAT(answer.hrefs(), UnorderedElementsAre(calendar, tasks, inbox, outbox));
    EXPECT_EQ(answer.find(calendar)->text(dav("displayname")), "calendar");
    EXPECT_THAT(sync(*answer.sync_token).hrefs(), IsEmpty());
}

TEST_F(HomeSync, ListsACalendarWhoseMembersOrPropertiesChanged) {
    const auto first = sync("");
    put(calendar + "a.ics");
    const auto second = sync(*first.sync_token);
    send("DELETE", calendar + "a.ics");
    const auto third = sync(*second.sync_token);
    server.send("PROPPATCH", tasks, {},
                "<D:propertyupdate xmlns:D='DAV:'><D:set><D:prop><D:displayname>New</D:displayname>"
                "</D:prop></D:set></D:propertyupdate>");
    const auto fourth = sync(*third.sync_token);

    EXPECT_THAT(second.hrefs(), ElementsAre(calendar));
    EXPECT_THAT(third.hrefs(), ElementsAre(calendar));
    EXPECT_THAT(fourth.hrefs(), ElementsAre(tasks));
    EXPECT_EQ(fourth.responses[0].text(dav("displayname")), "New");
}

TEST_F(HomeSync, ListsNewRenamedAndRemovedCalendars) {
    const auto first = sync("");
    send("MKCALENDAR", home + "new/");
    const auto made = sync(*first.sync_token);
    send("MOVE", home + "new/", {{"Destination", home + "moved/"}});
    const auto moved = sync(*made.sync_token);
    send("DELETE", home + "moved/");
    const auto removed = sync(*moved.sync_token);

    EXPECT_THAT(made.hrefs(), ElementsAre(home + "new/"));
    EXPECT_THAT(moved.hrefs(), UnorderedElementsAre(home + "new/", home + "moved/"));
    EXPECT_EQ(moved.find(home + "new/")->status, 404);
    EXPECT_EQ(moved.find(home + "moved/")->status, 0);
    EXPECT_THAT(removed.hrefs(), ElementsAre(home + "moved/"));
    EXPECT_EQ(removed.responses[0].status, 404);
    EXPECT_THAT(sync("").hrefs(), UnorderedElementsAre(calendar, tasks, inbox, outbox));
}

TEST_F(HomeSync, ACalendarMadeAnewIsThere) {
    const auto first = sync("");
    send("DELETE", tasks);
    send("MKCALENDAR", tasks);

    const auto answer = sync(*first.sync_token);

    EXPECT_THAT(answer.hrefs(), ElementsAre(tasks));
    EXPECT_EQ(answer.responses[0].status, 0);
}

TEST_F(HomeSync, R_D5_GoesOnAfterALimit) {
    const auto first = sync("", 2);
    const auto second = sync(*first.sync_token, 100);

    EXPECT_EQ(first.find(home)->status, 507);
    EXPECT_EQ(first.find(home)->condition, dav("number-of-matches-within-limits"));
    EXPECT_EQ(second.find(home), nullptr);
    EXPECT_EQ(first.responses.size() - 1 + second.responses.size(), 4U);
    EXPECT_EQ(second.sync_token, sync("").sync_token);
}

TEST_F(HomeSync, InfiniteListsMembersAndWhatItDoesNotTraverse) { // RFC 6578 section 3.3
    put(calendar + "a.ics");
    const auto first = deep("");
    put(calendar + "b.ics");
    send("DELETE", calendar + "a.ics");
    const auto second = deep(*first.sync_token);

    EXPECT_THAT(first.hrefs(),
                UnorderedElementsAre(calendar, calendar + "a.ics", tasks, inbox, outbox));
    EXPECT_EQ(first.find(outbox)->status, 403);
    EXPECT_EQ(first.find(outbox)->condition, dav("sync-traversal-supported"));
    EXPECT_EQ(first.find(inbox)->status, 0);
    EXPECT_EQ(first.find(calendar + "a.ics")->status_of(dav("getetag")), 200);
    EXPECT_THAT(second.hrefs(),
                UnorderedElementsAre(calendar, calendar + "a.ics", calendar + "b.ics"));
    EXPECT_EQ(second.find(calendar + "a.ics")->status, 404);
}

TEST_F(HomeSync, InfiniteBeginsAgainWhereNamesMeanSomethingElse) {
    put(calendar + "a.ics");
    const std::string before = *deep("").sync_token;
    send("MOVE", calendar, {{"Destination", home + "moved/"}});
    const std::string between = *deep("").sync_token;
    send("DELETE", tasks);
    const std::string removed = *deep("").sync_token;
    send("MKCALENDAR", tasks);

    EXPECT_TRUE(is_refused_deep(before));
    EXPECT_TRUE(is_refused_deep(between));
    EXPECT_TRUE(is_refused_deep(removed));
    EXPECT_FALSE(is_refused_shallow(before)); // one level is told exactly
    EXPECT_FALSE(is_refused_deep(*deep("").sync_token));
}

TEST_F(HomeSync, ATokenFromBeforeAForgottenRemovalIsInvalid) {
    put(calendar + "a.ics");
    const std::string before = *sync("").sync_token;
    send("DELETE", tasks);
    const std::string middle = *sync("").sync_token;
    send("DELETE", calendar + "a.ics");
    const std::string after = *sync("").sync_token;
    server.clock.advance((core::limits::tombstone_days + 1) * 86'400);

    EXPECT_EQ(domain::forget_old_tombstones(*server.store, server.clock.now(), 10), 2U);

    EXPECT_TRUE(is_refused_shallow(before));
    EXPECT_FALSE(is_refused_shallow(middle));
    EXPECT_TRUE(is_refused_deep(middle));
    EXPECT_FALSE(is_refused_deep(after));
}

TEST_F(HomeSync, R_E3_ATokenThatIsNotOursIsInvalid) {
    const std::string token = *sync("").sync_token;
    server.make_collection("bert", "more", true);
    const std::string of_calendar =
        *server.report(calendar, sync_body("", {}, "<D:getetag/>")).sync_token;
    const std::string of_bert = *support::read_multistatus(server.send("REPORT", "/calendars/bert/",
                                                                       {}, sync_body(""), "bert"))
                                     .sync_token;

    for (const std::string& bad : {of_calendar, of_bert, token + "0", token + ":1", token + "x"}) {
        EXPECT_TRUE(is_refused_shallow(bad)) << bad;
    }
}

TEST_F(HomeSync, TheTokenIsGoodInAnIfHeader) { // RFC 6578 section 5
    const std::string token = *sync("").sync_token;
    const support::HeaderList current{{"If", "(<" + token + ">)"}};
    const std::string patch = "<D:propertyupdate xmlns:D='DAV:'><D:set><D:prop><x xmlns='urn:x'/>"
                              "</D:prop></D:set></D:propertyupdate>";

    EXPECT_EQ(server.send("PROPPATCH", home, current, patch).status, 207);
    put(calendar + "a.ics");
    EXPECT_EQ(server.send("PROPPATCH", home, current, patch).status, 412);
}

// Whatever happens in whatever order, and however small the pages: a client that follows the tokens
// ends with what is there.
TEST_F(HomeSync, ClientsConvergeUnderRandomChanges) {
    std::mt19937 random(20261123); // NOLINT: a fixed seed, so that a failure can be repeated
    const auto pick = [&](int count) {
        return static_cast<int>(random() % static_cast<unsigned>(count));
    };
    const auto collection = [&] { return home + "c" + std::to_string(pick(4)) + "/"; };
    const auto object = [&] { return collection() + "o" + std::to_string(pick(4)) + ".ics"; };
    std::vector<support::SyncClient> clients(3, support::SyncClient(home));
    const auto step = [&](support::SyncClient& client, std::optional<int> limit) {
        const std::string body =
            sync_body(client.token(), limit, "<D:getetag/>", support::infinite_level);
        const auto answer = server.send("REPORT", home, {}, body);
        if (answer.status == 403) {
            client.forget();
            return false;
        }
        return client.take(support::read_multistatus(answer));
    };

    for (int round = 0; round < 300; ++round) {
        switch (pick(9)) {
        case 0:
            server.send("MKCALENDAR", collection());
            break;
        case 1:
            server.send(pick(3) == 0 ? "DELETE" : "PROPFIND", collection());
            break;
        case 2:
            server.send("MOVE", collection(), {{"Destination", collection()}});
            break;
        case 3:
            server.send("MOVE", object(), {{"Destination", object()}});
            break;
        case 4:
            server.send("DELETE", object());
            break;
        default: {
            const std::string path = object();
            server.put(path, simple_event("uid-" + path, pick(24)));
            break;
        }
        }
        if (pick(2) == 0) {
            step(clients[static_cast<std::size_t>(pick(3))], 1 + pick(3));
        }
    }

    support::SyncClient fresh(home);
    while (!step(fresh, {})) {
    }
    for (support::SyncClient& client : clients) {
        while (!step(client, 1 + pick(3))) {
        }
        EXPECT_EQ(client.known(), fresh.known());
    }
}

} // namespace

} // namespace home_sync_test
