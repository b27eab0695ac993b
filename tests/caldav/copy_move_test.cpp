#include "core/strings.h"
#include "tests/support/dav_fixture.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using caldav::cal;
using caldav::dav;
using support::HeaderList;
using support::read_error;
using support::simple_event;

const std::string source = "/calendars/anna/calendar/a.ics";
const std::string other = "/calendars/anna/other/";

class CopyMove : public support::DavFixture {
protected:
    void SetUp() override {
        server.make_collection("anna", "other", true);
        server.make_collection("anna", "files", false);
        server.put(source, simple_event("a"));
    }

    core::Response transfer(const std::string& method, const std::string& from,
                            const std::string& to, HeaderList headers = {}) {
        headers.emplace_back("Destination", to);
        return server.send(method, from, headers);
    }
    core::Response copy(const std::string& from, const std::string& to,
                        const HeaderList& headers = {}) {
        return transfer("COPY", from, to, headers);
    }
    core::Response move(const std::string& from, const std::string& to,
                        const HeaderList& headers = {}) {
        return transfer("MOVE", from, to, headers);
    }
    int status(const std::string& path) { return server.send("GET", path).status; }
    std::string body(const std::string& path) { return server.send("GET", path).body; }
};

TEST_F(CopyMove, AnEventMovesToAnotherCalendar) {
    const auto moved = move(source, other + "b.ics");

    EXPECT_EQ(moved.status, 201);
    EXPECT_EQ(moved.headers.get("Location").value_or(""), other + "b.ics");
    EXPECT_EQ(status(source), 404);
    EXPECT_EQ(body(other + "b.ics"), simple_event("a"));
}

TEST_F(CopyMove, AMoveWithinACalendarRenames) {
    EXPECT_EQ(move(source, "/calendars/anna/calendar/b.ics").status, 201);
    EXPECT_EQ(status(source), 404);
    EXPECT_EQ(status("/calendars/anna/calendar/b.ics"), 200);
}

TEST_F(CopyMove, ACopyLeavesTheSource) {
    EXPECT_EQ(copy(source, other + "a.ics").status, 201);
    EXPECT_EQ(body(source), body(other + "a.ics"));
}

TEST_F(CopyMove, WhatIsThereIsReplacedUnlessTheClientForbidsIt) {
    server.put(other + "b.ics", simple_event("b"));

    EXPECT_EQ(copy(source, other + "b.ics", {{"Overwrite", "F"}}).status, 412);
    EXPECT_EQ(move(source, other + "b.ics", {{"Overwrite", "F"}}).status, 412);
    EXPECT_EQ(body(other + "b.ics"), simple_event("b"));
    EXPECT_EQ(copy(source, other + "b.ics", {{"Overwrite", "T"}}).status, 204);
    EXPECT_EQ(move(source, other + "b.ics").status, 204);
    EXPECT_EQ(body(other + "b.ics"), simple_event("a"));
}

TEST_F(CopyMove, OverwriteIsTOrF) {
    EXPECT_EQ(copy(source, other + "b.ics", {{"Overwrite", "maybe"}}).status, 400);
    EXPECT_EQ(copy(source, other + "b.ics", {{"Overwrite", " f"}}).status, 201);
}

TEST_F(CopyMove, R_A16_TheDestinationIsOursByAnyNameThatIsUsedForUs) {
    struct Row {
        const char* destination;
        HeaderList headers;
        int status;
    };
    const std::string path = other + "b.ics";
    for (const Row& row : std::vector<Row>{
             {"https://cal.example.org", {}, 201},
             {"http://CAL.example.org:443", {}, 201},
             {"https://user@cal.example.org:8443", {}, 201},
             {"https://outside.example.net", {{"X-Forwarded-Host", "outside.example.net"}}, 201},
             {"https://outside.example.net",
              {{"X-Forwarded-Host", "a.example, outside.example.net:8443"}},
              201},
             {"", {}, 201},
             {"https://outside.example.net", {}, 502},
             {"https://cal.example.org.evil.net", {}, 502},
             {"https://evil.net", {{"X-Forwarded-Host", ""}}, 502},
             {"https://[::1]:8080", {}, 502},
         }) {
        const auto moved = move(source, row.destination + path, row.headers);
        EXPECT_EQ(moved.status, row.status) << row.destination;
        EXPECT_EQ(status(source), row.status == 201 ? 404 : 200) << row.destination;
        if (row.status == 201) {
            EXPECT_EQ(move(path, source).status, 201);
        } else {
            EXPECT_FALSE(moved.body.empty());
        }
    }
}

TEST_F(CopyMove, AServerBehindAnotherNameKnowsItsHost) {
    core::Request request;
    request.method = "MOVE";
    request.target = source;
    request.headers.add("Host", "[fe80::1]:8080");
    request.headers.add("Destination", "http://[fe80::1]/calendars/anna/other/a.ics");

    EXPECT_EQ(server.send(request).status, 201);
}

TEST_F(CopyMove, R_A16_NothingIsLostWhenADestinationIsRefused) {
    server.put(other + "u.ics", simple_event("other"));
    struct Row {
        const char* destination;
        int status;
    };
    for (const Row& row : std::vector<Row>{
             {"/calendars/bert/calendar/a.ics", 403},
             {"/calendars/nobody/calendar/a.ics", 403},
             {"/calendars/anna/none/a.ics", 409},
             {"/calendars/anna/calendar/a.ics/b.ics", 409},
             {"/calendars/anna/inbox/a.ics", 409},
             {"/calendars/anna/inbox/", 403},
             {"/calendars/anna/a.ics", 403},
             {"/calendars/anna/", 403},
             {"/calendars/anna/other/", 403}, // an object never replaces a collection
             {"/", 403},
             {"/principals/anna/", 403},
             {"/elsewhere/a.ics", 409},
             {"/calendars/anna/tasks/a.ics", 403}, // takes no events
             {"/calendars/anna/calendar/a.ics", 403},
             {"/calendars/anna/calendar/%61.ics", 403}, // the same, spelt otherwise
             {"/calendars/anna/../bert/a.ics", 400},
             {"/calendars/anna%2Fother/a.ics", 400},
             {"//evil.net/calendars/anna/other/a.ics", 400},
             {"a.ics", 400},
             {"ftp://cal.example.org/a.ics", 400},
             {"", 400},
         }) {
        for (const char* method : {"COPY", "MOVE"}) {
            EXPECT_EQ(transfer(method, source, row.destination).status, row.status)
                << method << ' ' << row.destination;
        }
    }
    EXPECT_EQ(server.send("MOVE", source).status, 400);
    EXPECT_EQ(body(source), simple_event("a"));
    EXPECT_EQ(body(other + "u.ics"), simple_event("other"));
}

TEST_F(CopyMove, SomebodyElsesDestinationIsNamedInTheRefusal) { // R-C20
    const auto refused = move(source, "/calendars/bert/calendar/a.ics");

    ASSERT_TRUE(read_error(refused));
    EXPECT_EQ(read_error(refused)->condition, dav("need-privileges"));
}

TEST_F(CopyMove, AUidThatTheTargetHasElsewhereIsAConflictThatNamesIt) {
    server.put(other + "x%20y.ics", simple_event("a"));
    for (const char* method : {"COPY", "MOVE"}) {
        const auto refused = transfer(method, source, other + "b.ics");
        EXPECT_EQ(refused.status, 403);
        ASSERT_TRUE(read_error(refused));
        EXPECT_EQ(read_error(refused)->condition, cal("no-uid-conflict"));
        EXPECT_EQ(read_error(refused)->href, other + "x%20y.ics");
    }
    EXPECT_EQ(copy(source, "/calendars/anna/calendar/b.ics").status, 403);
    EXPECT_EQ(status(source), 200);
}

TEST_F(CopyMove, AKindThatTheTargetDoesNotTakeIsNamed) {
    const auto refused = move(source, "/calendars/anna/tasks/a.ics");

    ASSERT_TRUE(read_error(refused));
    EXPECT_EQ(read_error(refused)->condition, cal("supported-calendar-component"));
}

TEST_F(CopyMove, TheConditionsAreAboutTheSource) {
    const std::string tag(server.send("GET", source).headers.get("ETag").value_or(""));

    EXPECT_EQ(move(source, other + "a.ics", {{"If-Match", "\"x\""}}).status, 412);
    EXPECT_EQ(status(source), 200);
    EXPECT_EQ(move(source, other + "a.ics", {{"If-Match", tag}}).status, 201);
}

TEST_F(CopyMove, WhatIsMissingCannotBeMoved) {
    EXPECT_EQ(move("/calendars/anna/calendar/none.ics", other + "a.ics").status, 404);
    EXPECT_EQ(copy("/calendars/anna/none/a.ics", other + "a.ics").status, 404);
    EXPECT_EQ(copy("/calendars/anna/none/", "/calendars/anna/new/").status, 404);
    EXPECT_EQ(copy("/calendars/bert/calendar/a.ics", other + "a.ics").status, 403);
}

TEST_F(CopyMove, FilesMoveAmongPlainCollections) {
    server.send("PUT", "/calendars/anna/files/x", {{"Content-Type", "image/png"}}, "pixels");
    server.make_collection("anna", "more", false);

    EXPECT_EQ(copy("/calendars/anna/files/x", "/calendars/anna/files/y").status, 201);
    EXPECT_EQ(move("/calendars/anna/files/x", "/calendars/anna/more/x").status, 201);
    EXPECT_EQ(move("/calendars/anna/files/y", "/calendars/anna/more/x").status, 204);

    const auto got = server.send("GET", "/calendars/anna/more/x");
    EXPECT_EQ(got.body, "pixels");
    EXPECT_EQ(got.headers.get("Content-Type").value_or(""), "image/png");
    EXPECT_EQ(status("/calendars/anna/files/y"), 404);
}

TEST_F(CopyMove, AFileEntersACalendarOnlyAsACalendarObject) {
    server.send("PUT", "/calendars/anna/files/x", {}, "pixels");
    server.send("PUT", "/calendars/anna/files/y.ics", {}, simple_event("y"));

    EXPECT_EQ(move("/calendars/anna/files/x", other + "x.ics").status, 403);
    EXPECT_EQ(move("/calendars/anna/files/y.ics", other + "y.ics").status, 201);

    EXPECT_EQ(status("/calendars/anna/files/x"), 200);
    EXPECT_EQ(server.send("GET", other + "y.ics").headers.get("Content-Type").value_or(""),
              "text/calendar; charset=utf-8; component=VEVENT");
}

TEST_F(CopyMove, AnEventInAPlainCollectionIsAFile) {
    EXPECT_EQ(copy(source, "/calendars/anna/files/a.ics").status, 201);
    EXPECT_EQ(body("/calendars/anna/files/a.ics"), simple_event("a"));
}

TEST_F(CopyMove, ACalendarIsRenamedWithAllThatIsInIt) {
    EXPECT_EQ(move("/calendars/anna/calendar/", "/calendars/anna/renamed/").status, 201);

    EXPECT_EQ(body("/calendars/anna/renamed/a.ics"), simple_event("a"));
    EXPECT_EQ(status(source), 404);
    EXPECT_EQ(server.put(source, simple_event("a")).status, 409);
}

TEST_F(CopyMove, ACalendarIsCopiedWithOrWithoutItsMembers) {
    server.send("PROPPATCH", "/calendars/anna/calendar/", {},
                "<D:propertyupdate xmlns:D=\"DAV:\"><D:set><D:prop><D:displayname>Mine"
                "</D:displayname><x xmlns=\"u:x\">kept</x></D:prop></D:set></D:propertyupdate>");

    EXPECT_EQ(copy("/calendars/anna/calendar/", "/calendars/anna/full").status, 201);
    EXPECT_EQ(copy("/calendars/anna/calendar/", "/calendars/anna/empty/", {{"Depth", "0"}}).status,
              201);

    EXPECT_EQ(body("/calendars/anna/full/a.ics"), simple_event("a"));
    EXPECT_EQ(status("/calendars/anna/empty/a.ics"), 404);
    const auto properties = support::read_multistatus(
        server.send("PROPFIND", "/calendars/anna/full/", {{"Depth", "0"}},
                    "<D:propfind xmlns:D=\"DAV:\"><D:prop><D:displayname/><x xmlns=\"u:x\"/>"
                    "</D:prop></D:propfind>"));
    ASSERT_EQ(properties.responses.size(), 1U);
    EXPECT_EQ(properties.responses[0].text(dav("displayname")), "Mine");
    EXPECT_EQ(properties.responses[0].text({"u:x", "x"}), "kept");
}

TEST_F(CopyMove, ACollectionNeverReplacesOrEntersAnother) {
    for (const char* method : {"COPY", "MOVE"}) {
        EXPECT_EQ(transfer(method, "/calendars/anna/calendar/", other).status, 403);
        EXPECT_EQ(transfer(method, "/calendars/anna/calendar/", other, {{"Overwrite", "F"}}).status,
                  412);
        EXPECT_EQ(transfer(method, "/calendars/anna/calendar/", other + "inside/").status, 403);
        EXPECT_EQ(transfer(method, "/calendars/anna/calendar/", "/calendars/anna/inbox/").status,
                  403);
        EXPECT_EQ(transfer(method, "/calendars/anna/calendar/", "/calendars/bert/new/").status,
                  403);
        EXPECT_EQ(transfer(method, "/calendars/anna/calendar/", "/calendars/anna/calendar").status,
                  403);
        EXPECT_EQ(
            transfer(method, "/calendars/anna/calendar/", "/calendars/anna/new/", {{"Depth", "1"}})
                .status,
            400);
    }
    EXPECT_EQ(move("/calendars/anna/calendar/", "/calendars/anna/new/", {{"Depth", "0"}}).status,
              400);
    EXPECT_EQ(status(source), 200);
}

TEST_F(CopyMove, WhatTheServerMadeItselfStaysWhereItIs) {
    for (const char* path : {"/calendars/anna/", "/calendars/anna/inbox/", "/principals/anna/"}) {
        EXPECT_EQ(move(path, "/calendars/anna/new/").status, 405) << path;
        EXPECT_EQ(copy(path, "/calendars/anna/new/").status, 405) << path;
    }
}

// The session follows its event, and its links stay what they were.
TEST_F(CopyMove, ASessionKeepsItsLinksWhenItMoves) {
    const std::string event = core::replace_all(simple_event("s"), "SUMMARY:Session\r\n",
                                                "SUMMARY:Session\r\n"
                                                "ORGANIZER:mailto:anna@example.org\r\n"
                                                "ATTENDEE:mailto:guest@example.net\r\n");
    const auto link_of = [](const std::string& text) {
        const std::string unfolded = core::replace_all(text, "\r\n ", "");
        const auto at = unfolded.find("/j/");
        return at == std::string::npos ? "" : unfolded.substr(at, 41);
    };
    ASSERT_TRUE(server.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
        auto target = transaction.collections().find("anna", "other");
        target->sessions = true;
        transaction.collections().update(*target);
        return {};
    }));
    server.put("/calendars/anna/calendar/s.ics", event);
    const std::string before = link_of(body("/calendars/anna/calendar/s.ics"));

    EXPECT_EQ(move("/calendars/anna/calendar/s.ics", other + "s.ics").status, 201);

    EXPECT_FALSE(before.empty());
    EXPECT_EQ(link_of(body(other + "s.ics")), before);
}

} // namespace
