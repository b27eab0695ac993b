#include "caldav/conditions.h"
#include "tests/support/dav_fixture.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

namespace {

using caldav::ResourceState;
using core::Errc;

const core::Instant modified{1795334400}; // Sun, 22 Nov 2026 08:00:00 GMT

ResourceState object() {
    return {true, "abc", "", "", modified};
}

ResourceState scheduling_object() {
    return {true, "abc", "tag1", "", modified};
}

ResourceState collection() {
    return {true, "", "", "urn:x:1", std::nullopt};
}

ResourceState nothing() {
    return {};
}

core::Request request(const std::string& method, const support::HeaderList& headers) {
    core::Request request;
    request.method = method;
    for (const auto& [name, value] : headers) {
        request.headers.add(name, value);
    }
    return request;
}

// 0: every condition holds.
int status(
    const core::Request& asked, const ResourceState& state,
    const caldav::TaggedState& tagged = [](std::string_view) { return ResourceState{}; }) {
    const auto outcome = caldav::check_conditions(asked, state, tagged);
    if (outcome) {
        return 0;
    }
    return outcome.error().code == Errc::precondition_failed ? 412 : 400;
}

struct Row {
    const char* what;
    const char* header;
    const char* value;
    ResourceState state;
    int expected;
};

class PreconditionOfPut : public testing::TestWithParam<Row> {};

TEST_P(PreconditionOfPut, IsJudged) {
    const Row& row = GetParam();

    EXPECT_EQ(status(request("PUT", {{row.header, row.value}}), row.state), row.expected);
}

const std::vector<Row> rows{
    {"TheTag", "If-Match", "\"abc\"", object(), 0},
    {"AnotherTag", "If-Match", "\"abd\"", object(), 412},
    {"AnyTag", "If-Match", "*", object(), 0},
    {"R_C17_AnUnquotedTag", "If-Match", "abc", object(), 0},
    {"R_C17_EscapedQuotes", "If-Match", "\\\"abc\\\"", object(), 0},
    {"R_C17_AListOfTags", "If-Match", "\"x\", \"abc\"", object(), 0},
    {"Clients15_TheWeakForm", "If-Match", "W/\"abc\"", object(), 0},
    {"Clients8_ABrokenTag", "If-Match", "nothing", object(), 412},
    {"AnEmptyIfMatch", "If-Match", "", object(), 412},
    {"R_C19_ATagOfAMissingResource", "If-Match", "\"abc\"", nothing(), 412},
    {"R_C19_AnyTagOfAMissingResource", "If-Match", "*", nothing(), 412},
    {"AnyTagOfACollection", "If-Match", "*", collection(), 0},
    {"AnEmptyTagOfACollection", "If-Match", "\"\"", collection(), 412},
    {"NoneMatchAnyOnAFreeName", "If-None-Match", "*", nothing(), 0},
    {"NoneMatchAnyOnAnObject", "If-None-Match", "*", object(), 412},
    {"NoneMatchTheTag", "If-None-Match", "\"abc\"", object(), 412},
    {"NoneMatchAnotherTag", "If-None-Match", "\"abd\"", object(), 0},
    {"UnmodifiedSinceLater", "If-Unmodified-Since", "Sun, 22 Nov 2026 08:00:00 GMT", object(), 0},
    {"UnmodifiedSinceEarlier", "If-Unmodified-Since", "Sun, 22 Nov 2026 07:59:59 GMT", object(),
     412},
    {"UnmodifiedSinceNoDate", "If-Unmodified-Since", "yesterday", object(), 0},
    {"UnmodifiedSinceOnAFreeName", "If-Unmodified-Since", "Sun, 22 Nov 2026 07:59:59 GMT",
     nothing(), 0},
    {"ModifiedSinceIsNotForPut", "If-Modified-Since", "Sun, 22 Nov 2026 08:00:00 GMT", object(), 0},
    {"TheScheduleTag", "If-Schedule-Tag-Match", "\"tag1\"", scheduling_object(), 0},
    {"AnUnquotedScheduleTag", "If-Schedule-Tag-Match", "tag1", scheduling_object(), 0},
    {"AnotherScheduleTag", "If-Schedule-Tag-Match", "\"tag2\"", scheduling_object(), 412},
    {"AScheduleTagOfAnOrdinaryObject", "If-Schedule-Tag-Match", "\"tag1\"", object(), 412},
    {"AScheduleTagOfNothing", "If-Schedule-Tag-Match", "\"tag1\"", nothing(), 412},
    {"R_A6_AnEmptyScheduleTagOfAnOrdinaryObject", "If-Schedule-Tag-Match", "", object(), 0},
    {"R_A6_AnEmptyScheduleTagOfASchedulingObject", "If-Schedule-Tag-Match", "", scheduling_object(),
     412},
    {"AnEmptyScheduleTagOfNothing", "If-Schedule-Tag-Match", "", nothing(), 412},
    {"IfTheTag", "If", "([\"abc\"])", object(), 0},
    {"IfAnUnquotedTag", "If", "([abc])", object(), 0},
    {"IfAnotherTag", "If", "([\"abd\"])", object(), 412},
    {"IfNotAnotherTag", "If", "(Not [\"abd\"])", object(), 0},
    {"IfALockToken", "If", "(<urn:uuid:1>)", object(), 412},
    {"IfNotALockToken", "If", "(Not <urn:uuid:1>)", object(), 0},
    {"IfNotNoLockOnAFreeName", "If", "(Not <DAV:no-lock>)", nothing(), 0},
    {"IfTheTagAndALockToken", "If", "([\"abc\"] <urn:uuid:1>)", object(), 412},
    {"IfALockTokenOrTheTag", "If", "(<urn:uuid:1>) ([\"abc\"])", object(), 0},
    {"IfTheTagOfNothing", "If", "([\"abc\"])", nothing(), 412},
    {"IfTheSyncToken", "If", "(<urn:x:1>)", collection(), 0},
    {"IfAnOldSyncToken", "If", "(<urn:x:0>)", collection(), 412},
    {"IfEmpty", "If", "", object(), 400},
    {"IfAnEmptyList", "If", "()", object(), 400},
    {"IfAnOpenList", "If", "([\"abc\"]", object(), 400},
    {"IfAnOpenTag", "If", "([\"abc)", object(), 400},
    {"IfAnOpenToken", "If", "(<urn:x:1)", object(), 400},
    {"IfAnEmptyToken", "If", "(<>)", object(), 400},
    {"IfGarbage", "If", "abc", object(), 400},
    {"IfAResourceWithoutAList", "If", "</a>", object(), 400},
    {"IfTwoResourcesBeforeAList", "If", "</a> </b> ([\"abc\"])", object(), 400},
    {"IfNotNot", "If", "(Not Not [\"abc\"])", object(), 400},
};

INSTANTIATE_TEST_SUITE_P(Conditions, PreconditionOfPut, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.what); });

TEST(Conditions, IfMatchPushesIfUnmodifiedSinceAside) {
    const auto asked = request(
        "PUT", {{"If-Match", "\"abc\""}, {"If-Unmodified-Since", "Sun, 22 Nov 2026 07:00:00 GMT"}});

    EXPECT_EQ(status(asked, object()), 0);
}

TEST(Conditions, EveryHeaderHasToHold) {
    const auto asked =
        request("PUT", {{"If-Match", "\"abc\""}, {"If-Schedule-Tag-Match", "\"old\""}});

    EXPECT_EQ(status(asked, scheduling_object()), 412);
}

TEST(Conditions, ATaggedListIsJudgedOnTheResourceThatItNames) {
    std::vector<std::string> named;
    const auto tagged = [&](std::string_view resource) {
        named.emplace_back(resource);
        return collection();
    };

    EXPECT_EQ(status(request("PUT", {{"If", "</coll/> (<urn:x:1>)"}}), nothing(), tagged), 0);
    EXPECT_EQ(status(request("PUT", {{"If", "</coll/> (<urn:x:2>)"}}), nothing(), tagged), 412);
    EXPECT_EQ(named, (std::vector<std::string>{"/coll/", "/coll/"}));
}

TEST(Conditions, ATagGoesForEveryListUntilTheNext) {
    const auto lists = caldav::parse_if("</a> (<urn:1>) ([\"x]\"]) <http://h/b> (Not <urn:2>)");

    ASSERT_TRUE(lists);
    ASSERT_EQ(lists->size(), 3U);
    EXPECT_EQ((*lists)[1].resource, "/a");
    EXPECT_EQ((*lists)[1].conditions.at(0).value, "x]");
    EXPECT_TRUE((*lists)[1].conditions.at(0).is_etag);
    EXPECT_EQ((*lists)[2].resource, "http://h/b");
    EXPECT_TRUE((*lists)[2].conditions.at(0).negated);
}

TEST(Conditions, AnIfHeaderOfTooManyListsIsRefused) {
    std::string header;
    for (int list = 0; list < 1000; ++list) {
        header += "(<urn:x:0>)";
    }

    EXPECT_EQ(status(request("PUT", {{"If", header}}), collection()), 400);
}

TEST(Conditions, GetIsNotModifiedWhileTheTagIsTheSame) {
    EXPECT_TRUE(is_not_modified(request("GET", {{"If-None-Match", "\"abc\""}}), object()));
    EXPECT_TRUE(is_not_modified(request("GET", {{"If-None-Match", "W/\"abc\""}}), object()));
    EXPECT_TRUE(is_not_modified(request("HEAD", {{"If-None-Match", "*"}}), object()));
    EXPECT_FALSE(is_not_modified(request("GET", {{"If-None-Match", "\"abd\""}}), object()));
    EXPECT_FALSE(is_not_modified(request("PUT", {{"If-None-Match", "\"abc\""}}), object()));
}

TEST(Conditions, IfNoneMatchPushesIfModifiedSinceAside) {
    const char* const date = "Sun, 22 Nov 2026 08:00:00 GMT";

    EXPECT_TRUE(is_not_modified(request("GET", {{"If-Modified-Since", date}}), object()));
    EXPECT_FALSE(is_not_modified(
        request("GET", {{"If-Modified-Since", date}, {"If-None-Match", "\"x\""}}), object()));
    EXPECT_FALSE(is_not_modified(
        request("GET", {{"If-Modified-Since", "Sun, 22 Nov 2026 07:59:59 GMT"}}), object()));
    EXPECT_FALSE(is_not_modified(request("GET", {{"If-Modified-Since", "soon"}}), object()));
}

// RFC 6578 section 5: a client may write only if the collection is as it was synchronized.
using Rfc6578_5 = support::DavFixture;
TEST_F(Rfc6578_5, TheSyncTokenOfTheCollectionGuardsAPut) {
    const std::string body = "<D:sync-collection xmlns:D=\"DAV:\"><D:sync-token/>"
                             "<D:sync-level>1</D:sync-level><D:prop/></D:sync-collection>";
    const auto token = server.report("/calendars/anna/calendar/", body).sync_token;
    ASSERT_TRUE(token);
    const std::string condition = "</calendars/anna/calendar/> (<" + *token + ">)";

    EXPECT_EQ(
        server
            .put("/calendars/anna/calendar/a.ics", support::simple_event("a"), {{"If", condition}})
            .status,
        201);
    EXPECT_EQ(
        server
            .put("/calendars/anna/calendar/b.ics", support::simple_event("b"), {{"If", condition}})
            .status,
        412);
}

TEST_F(Rfc6578_5, SomebodyElsesResourceIsAnUnmetCondition) {
    EXPECT_EQ(server
                  .put("/calendars/anna/calendar/a.ics", support::simple_event("a"),
                       {{"If", "</calendars/bert/calendar/> (<urn:x:1>)"}})
                  .status,
              412);
}

} // namespace
