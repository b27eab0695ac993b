#include "caldav/sync.h"
#include "core/limits.h"
#include "core/strings.h"
#include "tests/support/dav_fixture.h"
#include "tests/support/sync_client.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace sync_test {

namespace {

using caldav::cal;
using caldav::dav;
using support::DavAnswer;
using support::simple_event;
using support::sync_body;

const std::string calendar = "/calendars/anna/calendar/";

class SyncCollection : public support::DavFixture {
protected:
    DavAnswer sync(const std::string& token, std::optional<int> limit = {}) {
        return server.report(calendar, sync_body(token, limit));
    }
    void put(const std::string& name, int hour = 10) {
        const auto answer = server.put(calendar + name, simple_event(name, hour));
        EXPECT_LT(answer.status, 300) << answer.body;
    }
    void remove(const std::string& name) {
        EXPECT_EQ(server.send("DELETE", calendar + name).status, 204);
    }
    std::string etag(const std::string& name) {
        return std::string(server.send("GET", calendar + name).headers.get("ETag").value_or(""));
    }
    // As a restore from a backup or a pruning job would.
    void change(const std::function<void(storage::WriteTransaction&)>& f) {
        EXPECT_TRUE(server.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            f(transaction);
            return {};
        }));
    }
    void expect_invalid(const std::string& token) {
        const auto answer = server.send("REPORT", calendar, {}, sync_body(token));
        EXPECT_EQ(answer.status, 403) << token;
        const auto error = support::read_error(answer);
        ASSERT_TRUE(error) << token;
        EXPECT_EQ(error->condition, dav("valid-sync-token")) << token;
    }
};

class Client : public support::SyncClient {
public:
    Client() : SyncClient(calendar) {}
};

TEST_F(SyncCollection, AnInitialSyncListsEveryMemberWithItsTagAndType) { // R-T6
    put("a.ics");
    put("b c.ics");

    const auto answer = sync("");

    ASSERT_EQ(answer.responses.size(), 2U);
    const auto* member = answer.find(calendar + "b%20c.ics");
    ASSERT_NE(member, nullptr);
    EXPECT_EQ(member->text(dav("getetag")), etag("b%20c.ics"));
    EXPECT_TRUE(member->text(dav("getcontenttype")).starts_with("text/calendar"));
}

TEST_F(SyncCollection, Clients14_AnInitialSyncListsNothingThatIsGone) {
    put("a.ics");
    put("b.ics");
    remove("a.ics");

    const auto answer = sync("");

    ASSERT_EQ(answer.responses.size(), 1U);
    EXPECT_EQ(answer.responses[0].href, calendar + "b.ics");
}

TEST_F(SyncCollection, ATokenYieldsWhatHasChangedSince) {
    put("a.ics");
    put("b.ics");
    put("c.ics");
    const auto before = sync("");
    put("b.ics", 11);
    remove("c.ics");
    put("d.ics");

    const auto answer = sync(*before.sync_token);

    ASSERT_EQ(answer.responses.size(), 3U);
    EXPECT_EQ(answer.find(calendar + "b.ics")->text(dav("getetag")), etag("b.ics"));
    EXPECT_EQ(answer.find(calendar + "c.ics")->status, 404);
    EXPECT_TRUE(answer.find(calendar + "c.ics")->properties.empty()); // R-C12
    EXPECT_EQ(answer.find(calendar + "d.ics")->status_of(dav("getetag")), 200);
    EXPECT_NE(answer.sync_token, before.sync_token);
}

TEST_F(SyncCollection, WithoutAChangeTheTokenStaysAndNothingIsListed) {
    put("a.ics");
    const auto before = sync("");

    const auto answer = sync(*before.sync_token);

    EXPECT_TRUE(answer.responses.empty());
    EXPECT_EQ(answer.sync_token, before.sync_token);
}

TEST_F(SyncCollection, WhatCameAndWentIsListedAsGone) {
    const auto before = sync("");
    put("a.ics");
    remove("a.ics");

    const auto answer = sync(*before.sync_token);

    ASSERT_EQ(answer.responses.size(), 1U);
    EXPECT_EQ(answer.responses[0].status, 404);
}

TEST_F(SyncCollection, AChangeOfAPropertyMovesTheTokenOn) {
    const auto before = sync("");
    const auto patched = server.send(
        "PROPPATCH", calendar, {},
        "<D:propertyupdate xmlns:D=\"DAV:\"><D:set><D:prop><D:displayname>New</D:displayname>"
        "</D:prop></D:set></D:propertyupdate>");
    ASSERT_EQ(patched.status, 207);

    const auto answer = sync(*before.sync_token);

    EXPECT_TRUE(answer.responses.empty());
    EXPECT_NE(answer.sync_token, before.sync_token);
}

TEST_F(SyncCollection, TheTokenIsTheOneOfThePropertyAndAUri) { // R-E2
    put("a.ics");

    const auto property = support::read_multistatus(
        server.send("PROPFIND", calendar, {{"Depth", "0"}},
                    "<D:propfind xmlns:D=\"DAV:\"><D:prop><D:sync-token/></D:prop></D:propfind>"));

    ASSERT_EQ(property.responses.size(), 1U);
    EXPECT_EQ(property.responses[0].text(dav("sync-token")), *sync("").sync_token);
    EXPECT_NE(sync("").sync_token->find(':'), std::string::npos);
}

TEST_F(SyncCollection, R_C13_EveryDepthAndSyncLevelIsTaken) { // client rules 11 and 12
    put("a.ics");
    for (const char* depth : {"0", "1", "infinity"}) {
        EXPECT_EQ(server.report(calendar, sync_body(""), {{"Depth", depth}}).responses.size(), 1U);
    }
    for (const char* level :
         {"", "<D:sync-level>1</D:sync-level>", "<D:sync-level>infinite</D:sync-level>"}) {
        EXPECT_EQ(
            server.report(calendar, sync_body("", {}, "<D:getetag/>", level)).responses.size(), 1U)
            << level;
    }
}

TEST_F(SyncCollection, Clients12_OtherPropertiesMayBeAskedFor) {
    put("a.ics");
    const std::string properties =
        "<C:calendar-data/><D:displayname/><D:resourcetype/><D:getlastmodified/>"
        "<D:getcontentlength/>";

    const auto answer = server.report(calendar, sync_body("", {}, properties));

    ASSERT_EQ(answer.responses.size(), 1U);
    const auto& member = answer.responses[0];
    EXPECT_EQ(core::replace_all(member.text(cal("calendar-data")), "\r\n", "\n"),
              core::replace_all(simple_event("a.ics"), "\r\n", "\n"));
    EXPECT_EQ(member.status_of(dav("displayname")), 404);
    EXPECT_EQ(member.status_of(dav("resourcetype")), 200);
    EXPECT_EQ(member.text(dav("getlastmodified")), "Sun, 22 Nov 2026 08:00:00 GMT");
    EXPECT_EQ(member.text(dav("getcontentlength")), std::to_string(simple_event("a.ics").size()));
}

TEST_F(SyncCollection, AnObjectWithoutMeaningIsListedLikeAnyOther) { // R-T8, M8
    put("a.ics");
    change([](storage::WriteTransaction& transaction) {
        const auto home = transaction.collections().find("anna", "calendar");
        auto row = transaction.objects().find(home->id, "a.ics");
        row->text = "broken";
        transaction.objects().update(*row);
    });

    const auto answer =
        server.report(calendar, sync_body("", {}, "<D:getetag/><C:calendar-data/>"));

    ASSERT_EQ(answer.responses.size(), 1U);
    EXPECT_EQ(answer.responses[0].status, 0);
    EXPECT_EQ(answer.responses[0].text(cal("calendar-data")), "broken");
}

TEST_F(SyncCollection, R_E3_ATokenThatIsNotOursIsInvalid) { // client rule 13
    put("a.ics");
    const std::string token = *sync("").sync_token;
    const std::string prefix = token.substr(0, token.rfind(':') + 1);
    for (const std::string& bad :
         {std::string("x"), std::string("http://example.org/1"), token + "x", token + ":", prefix,
          prefix + "-1", prefix + "999", prefix + "99999999999999999999", prefix + "1:0",
          prefix + "1:999", prefix + "0:1:1", prefix + "+1", prefix + " 1", prefix + "0x1",
          core::to_upper(token)}) {
        expect_invalid(bad);
    }
}

TEST_F(SyncCollection, ATokenOfAnotherCalendarIsInvalid) {
    const auto other = server.report("/calendars/anna/tasks/", sync_body(""));

    expect_invalid(*other.sync_token);
}

TEST_F(SyncCollection, M5_ATokenFromBeforeARestoreIsInvalid) {
    put("a.ics");
    const std::string token = *sync("").sync_token;

    change([](storage::WriteTransaction& transaction) {
        transaction.facts().set("epoch", "another");
    });

    expect_invalid(token);
}

// RFC 6578 section 3.8: a server may forget removals, and has to refuse tokens from before them.
TEST_F(SyncCollection, ATokenFromBeforeAForgottenRemovalIsInvalid) {
    put("a.ics");
    put("b.ics");
    const auto before = *sync("").sync_token;
    remove("a.ics");
    const auto after = *sync("").sync_token;
    server.clock.advance((core::limits::tombstone_days + 1) * 86'400);
    put("c.ics");

    EXPECT_EQ(sync(before).responses.size(), 2U);
    EXPECT_EQ(domain::forget_old_tombstones(*server.store, server.clock.now(), 10), 1U);

    expect_invalid(before);
    EXPECT_EQ(sync(after).hrefs(), std::vector<std::string>{calendar + "c.ics"});
    EXPECT_EQ(sync("").responses.size(), 2U);
}

TEST_F(SyncCollection, ATokenOfACalendarThatWasMadeAnewIsInvalid) {
    put("a.ics");
    const std::string token = *sync("").sync_token;
    ASSERT_EQ(server.send("DELETE", calendar).status, 204);
    server.make_collection("anna", "calendar", true);

    expect_invalid(token);
}

TEST(SyncToken, IsRefusedWhenTombstonesAreGone) {
    storage::Collection collection;
    collection.id = 7;
    collection.revision = 50;
    collection.revision_floor = 20;
    const auto read = [&](std::int64_t revision) {
        return caldav::read_sync_token(caldav::make_sync_token("e", "7", revision), "e",
                                       collection);
    };

    EXPECT_TRUE(read(50));
    EXPECT_TRUE(read(20));
    EXPECT_FALSE(read(19));
    EXPECT_FALSE(read(51));
    EXPECT_FALSE(read(-1));
}

// Pruned tombstones matter to nobody who began after them: else a long first sync would never end.
TEST(SyncToken, OfAPageOfAnInitialSyncOutlivesOldTombstones) {
    storage::Collection collection;
    collection.id = 7;
    collection.revision = 50;
    collection.revision_floor = 20;

    const auto position =
        caldav::read_sync_token(caldav::make_sync_token("e", "7", 3) + ":40", "e", collection);

    ASSERT_TRUE(position);
    EXPECT_EQ(position->revision, 3);
    EXPECT_EQ(position->began, 40);
    EXPECT_FALSE(
        caldav::read_sync_token(caldav::make_sync_token("e", "7", 3) + ":19", "e", collection));
}

TEST_F(SyncCollection, R_D5_ATruncatedAnswerSaysSoOnTheCollection) { // M1
    for (const char* name : {"a.ics", "b.ics", "c.ics"}) {
        put(name);
    }

    const auto first = sync("", 2);
    const auto second = sync(*first.sync_token, 2);

    ASSERT_EQ(first.responses.size(), 3U);
    ASSERT_NE(first.find(calendar), nullptr);
    EXPECT_EQ(first.find(calendar)->status, 507);
    EXPECT_EQ(first.find(calendar)->condition, dav("number-of-matches-within-limits"));
    ASSERT_EQ(second.responses.size(), 1U);
    EXPECT_EQ(second.responses[0].href, calendar + "c.ics");
    EXPECT_EQ(second.sync_token, sync("").sync_token);
}

TEST_F(SyncCollection, AnAnswerThatJustFitsIsNotTruncated) {
    put("a.ics");
    put("b.ics");

    EXPECT_EQ(sync("", 2).responses.size(), 2U);
}

TEST_F(SyncCollection, ALimitOfNothingIsRefused) { // it could never be met
    EXPECT_EQ(server.send("REPORT", calendar, {}, sync_body("", 0)).status, 400);
}

// A server may give one revision to several changes; a page must not end between them.
TEST_F(SyncCollection, APageNeverEndsWithinARevision) {
    change([](storage::WriteTransaction& transaction) {
        const auto home = transaction.collections().find("anna", "calendar");
        storage::Object row;
        row.head.collection = home->id;
        row.head.component = "VEVENT";
        row.head.revision = transaction.collections().next_revision(home->id);
        for (const char* name : {"a", "b", "c", "d"}) {
            row.head.name = row.head.uid = row.head.etag = name;
            transaction.objects().insert(row);
        }
        row.head.revision = transaction.collections().next_revision(home->id);
        row.head.name = row.head.uid = "e";
        transaction.objects().insert(row);
    });

    const auto first = sync("", 2);
    const auto second = sync(*first.sync_token, 2);

    EXPECT_EQ(first.responses.size(), 5U); // four and the 507
    ASSERT_EQ(second.responses.size(), 1U);
    EXPECT_EQ(second.responses[0].href, calendar + "e");
}

TEST_F(SyncCollection, PagesOfAnInitialSyncListOnlyWhatTheClientHas) {
    for (const char* name : {"a.ics", "b.ics", "c.ics", "d.ics"}) {
        put(name);
    }
    remove("b.ics"); // before the sync begins
    const auto first = sync("", 1);
    remove("a.ics"); // between its pages, and the client has it

    Client client;
    client.take(first);
    EXPECT_EQ(client.known().count(calendar + "a.ics"), 1U);
    bool complete = false;
    while (!complete) {
        const auto page = sync(client.token(), 1);
        EXPECT_EQ(page.find(calendar + "b.ics"), nullptr);
        complete = client.take(page);
    }

    EXPECT_EQ(client.known().size(), 2U);
    EXPECT_EQ(client.known().count(calendar + "a.ics"), 0U);
}

TEST_F(SyncCollection, APlainCollectionSynchronizesToo) {
    server.make_collection("anna", "files", false);
    server.send("PUT", "/calendars/anna/files/x.txt", {{"Content-Type", "text/plain"}}, "x");

    const auto answer = server.report("/calendars/anna/files/", sync_body(""));

    ASSERT_EQ(answer.responses.size(), 1U);
    EXPECT_EQ(answer.responses[0].text(dav("getcontenttype")), "text/plain");
}

// Whatever happens in whatever order, and however small the pages: a client that follows the tokens
// ends with what is there.
TEST_F(SyncCollection, ClientsConvergeUnderRandomChanges) {
    std::mt19937 random(20261122); // NOLINT: a fixed seed, so that a failure can be repeated
    const auto pick = [&](int count) {
        return static_cast<int>(random() % static_cast<unsigned>(count));
    };
    server.make_collection("anna", "other", true);
    std::vector<Client> clients(3);
    const auto name = [&] { return "n" + std::to_string(pick(8)) + ".ics"; };

    for (int step = 0; step < 300; ++step) {
        const std::string path = calendar + name();
        switch (pick(6)) {
        case 0:
        case 1:
            server.put(path, simple_event("uid-" + path, pick(24)));
            break;
        case 2:
            server.send("DELETE", path);
            break;
        case 3:
            server.send("MOVE", path, {{"Destination", calendar + name()}});
            break;
        case 4:
            server.send("MOVE", path, {{"Destination", "/calendars/anna/other/" + name()}});
            break;
        default:
            server.send("MOVE", "/calendars/anna/other/" + name(), {{"Destination", path}});
            break;
        }
        Client& client = clients[static_cast<std::size_t>(pick(3))];
        if (pick(3) == 0) { // one page, perhaps in the midst of a longer sync
            client.take(sync(client.token(), 1 + pick(3)));
        }
    }

    const auto now = sync("");
    for (Client& client : clients) {
        while (!client.take(sync(client.token(), 1 + pick(3)))) {
        }
        std::map<std::string, std::string> expected;
        for (const auto& member : now.responses) {
            expected[member.href] = member.text(dav("getetag"));
        }
        EXPECT_EQ(client.known(), expected);
        EXPECT_EQ(client.token(), *now.sync_token);
    }
}

} // namespace

} // namespace sync_test
