// RFC 7240 and RFC 8144: what clients would rather have, and what they are told of it.
#include "tests/support/dav_fixture.h"
#include "tests/support/sync_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace preferences_test {

namespace {

using caldav::dav;
using support::HeaderList;
using support::simple_event;
using testing::ElementsAre;

const std::string calendar = "/calendars/anna/calendar/";
const std::string names = "<D:propfind xmlns:D='DAV:'><D:prop><D:getetag/><D:displayname/>"
                          "</D:prop></D:propfind>";

class Prefer : public support::DavFixture {
protected:
    Prefer() { server.put(calendar + "a.ics", simple_event("a")); }

    core::Response propfind(const std::string& depth, const std::string& preference) {
        return server.send("PROPFIND", calendar, {{"Depth", depth}, {"Prefer", preference}}, names);
    }
    static std::string applied(const core::Response& response) {
        return std::string(response.headers.get("Preference-Applied").value_or(""));
    }
};

TEST_F(Prefer, NorootLeavesTheResourceItselfOut) { // RFC 8144 section 4
    const auto answer = propfind("1", "depth-noroot");

    EXPECT_EQ(applied(answer), "depth-noroot");
    EXPECT_THAT(support::read_multistatus(answer).hrefs(), ElementsAre(calendar + "a.ics"));
}

TEST_F(Prefer, NorootWithoutDepthIsNotFollowed) {
    const auto answer = propfind("0", "depth-noroot");

    EXPECT_EQ(applied(answer), "");
    EXPECT_THAT(support::read_multistatus(answer).hrefs(), ElementsAre(calendar));
}

TEST_F(Prefer, SeveralPreferencesAreFollowedAtOnce) {
    const auto answer = propfind("1", "depth-noroot, return=minimal");

    EXPECT_EQ(applied(answer), "return=minimal, depth-noroot");
    const auto listed = support::read_multistatus(answer);
    ASSERT_EQ(listed.responses.size(), 1U);
    EXPECT_EQ(listed.responses[0].status_of(dav("displayname")), 0)
        << "what is missing is left out";
    EXPECT_EQ(listed.responses[0].status_of(dav("getetag")), 200);
}

TEST_F(Prefer, MinimalIsSaidToBeAppliedByReportsToo) {
    const auto answer = server.send("REPORT", calendar, {{"Brief", "t"}},
                                    support::sync_body("", {}, "<D:nothing/>"));

    EXPECT_EQ(applied(answer), "return=minimal");
    EXPECT_EQ(support::read_multistatus(answer).responses.at(0).status_of(dav("nothing")), 0);
    EXPECT_EQ(applied(server.send("REPORT", calendar, {}, support::sync_body(""))), "");
}

TEST_F(Prefer, AMadeCalendarSaysNothingMore) { // RFC 8144 section 2.3
    const auto answer =
        server.send("MKCALENDAR", "/calendars/anna/new/", {{"Prefer", "return=minimal"}});

    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(applied(answer), "return=minimal");
    EXPECT_TRUE(answer.body.empty());
}

TEST_F(Prefer, ARefusedPutReturnsWhatIsThere) { // RFC 8144 section 3.2
    const HeaderList stale{{"If-Match", "\"old\""}, {"Prefer", "return=representation"}};

    const auto refused = server.put(calendar + "a.ics", simple_event("a", 15), stale);

    EXPECT_EQ(refused.status, 412);
    EXPECT_EQ(refused.body, simple_event("a"));
    EXPECT_EQ(refused.headers.get("ETag"),
              server.send("GET", calendar + "a.ics").headers.get("ETag"));
    EXPECT_EQ(refused.headers.get("Content-Location"), calendar + "a.ics");
    EXPECT_EQ(applied(refused), "return=representation");
}

TEST_F(Prefer, ARefusedPutOfWhatIsMissingReturnsNothing) {
    const HeaderList stale{{"If-Match", "*"}, {"Prefer", "return=representation"}};

    const auto refused = server.put(calendar + "none.ics", simple_event("n"), stale);

    EXPECT_EQ(refused.status, 412);
    EXPECT_EQ(applied(refused), "");
}

TEST_F(Prefer, APostReturnsWhatWasMade) {
    const auto made = server.send(
        "POST", calendar, {{"Content-Type", "text/calendar"}, {"Prefer", "return=representation"}},
        simple_event("posted"));

    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(made.body, simple_event("posted"));
    EXPECT_EQ(applied(made), "return=representation");
}

TEST_F(Prefer, OfTwoThatContradictEachOtherTheFirstCounts) { // RFC 7240 section 2
    const auto made = server.put(calendar + "b.ics", simple_event("b"),
                                 {{"Prefer", "return=minimal, return=representation"}});

    EXPECT_TRUE(made.body.empty());
}

} // namespace

} // namespace preferences_test
