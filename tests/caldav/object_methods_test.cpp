#include "core/limits.h"
#include "core/strings.h"
#include "tests/support/dav_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace object_methods_test {

namespace {

using caldav::cal;
using caldav::dav;
using support::read_error;
using support::simple_event;

const std::string object = "/calendars/anna/calendar/a.ics";

std::string header(const core::Response& response, std::string_view name) {
    return std::string(response.headers.get(name).value_or(""));
}

// An event with a guest, which becomes a session with links of its own.
std::string session_event(const std::string& uid) {
    return core::replace_all(simple_event(uid), "SUMMARY:Session\r\n",
                             "SUMMARY:Session\r\nORGANIZER:mailto:anna@example.org\r\n"
                             "ATTENDEE:mailto:guest@example.net\r\n");
}

class ObjectMethods : public support::DavFixture {
protected:
    std::string get(const std::string& path) { return server.send("GET", path).body; }
};

TEST_F(ObjectMethods, WhatWasPutIsGotByteForByte) {
    const std::string body = core::replace_all(simple_event("a"), "\r\n", "\n");

    const auto put = server.put(object, body);
    const auto got = server.send("GET", object);

    EXPECT_EQ(put.status, 201);
    EXPECT_EQ(header(put, "Location"), object);
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, body);
    EXPECT_EQ(header(got, "Content-Type"), "text/calendar; charset=utf-8; component=VEVENT");
    EXPECT_EQ(header(got, "Cache-Control"), "private, no-cache");
    EXPECT_EQ(header(got, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(header(got, "Last-Modified"), "Sun, 22 Nov 2026 08:00:00 GMT");
    EXPECT_FALSE(got.headers.has("Schedule-Tag"));
}

TEST_F(ObjectMethods, HeadHasTheHeadersOfGet) { // R-T10, R-O5
    server.put(object, simple_event("a"));

    const auto got = server.send("GET", object);
    const auto head = server.send("HEAD", object);

    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(header(head, "ETag"), header(got, "ETag"));
    EXPECT_EQ(header(head, "Content-Type"), header(got, "Content-Type"));
}

TEST_F(ObjectMethods, AnUpdateIsNoContentAndHasNoLocation) {
    server.put(object, simple_event("a"));

    const auto put = server.put(object, simple_event("a", 11));

    EXPECT_EQ(put.status, 204);
    EXPECT_FALSE(put.headers.has("Location"));
    EXPECT_EQ(get(object), simple_event("a", 11));
}

TEST_F(ObjectMethods, R_C18_TheTagIsToldWhenWhatIsStoredIsWhatWasSent) {
    const auto put = server.put(object, simple_event("a"));
    const std::string tag = header(put, "ETag");

    EXPECT_TRUE(put.headers.has("Last-Modified"));
    EXPECT_EQ(tag, header(server.send("GET", object), "ETag"));
    EXPECT_TRUE(tag.starts_with('"') && tag.ends_with('"') && tag.size() > 2) << tag;
}

TEST_F(ObjectMethods, R_C18_R_E6_NoTagIsToldWhenTheServerPutsLinksIn) {
    const auto put = server.put(object, session_event("a"));

    EXPECT_EQ(put.status, 201);
    EXPECT_FALSE(put.headers.has("ETag"));
    EXPECT_FALSE(put.headers.has("Last-Modified"));
    EXPECT_NE(get(object), session_event("a"));
}

TEST_F(ObjectMethods, ASchedulingObjectHasAScheduleTagOnPutAndGet) { // R-D6
    const auto put = server.put(object, session_event("a"));
    const auto got = server.send("GET", object);

    EXPECT_TRUE(put.headers.has("Schedule-Tag"));
    EXPECT_EQ(header(put, "Schedule-Tag"), header(got, "Schedule-Tag"));
    EXPECT_TRUE(header(got, "Schedule-Tag").starts_with('"'));
}

TEST_F(ObjectMethods, R_D6_TheScheduleTagGuardsUpdateAndDelete) {
    server.put(object, session_event("a"));
    const std::string tag = header(server.send("GET", object), "Schedule-Tag");

    EXPECT_EQ(server.put(object, session_event("a"), {{"If-Schedule-Tag-Match", "\"x\""}}).status,
              412);
    EXPECT_EQ(server.send("DELETE", object, {{"If-Schedule-Tag-Match", "\"x\""}}).status, 412);
    EXPECT_EQ(server.put(object, session_event("a"), {{"If-Schedule-Tag-Match", tag}}).status, 204);
    EXPECT_EQ(
        server
            .send("DELETE", object,
                  {{"If-Schedule-Tag-Match", header(server.send("GET", object), "Schedule-Tag")}})
            .status,
        204);
}

TEST_F(ObjectMethods, R_A6_AnEmptyScheduleTagMatchesAnObjectWithoutOne) {
    server.put(object, simple_event("a"));

    EXPECT_EQ(server.put(object, simple_event("a", 9), {{"If-Schedule-Tag-Match", ""}}).status,
              204);
}

TEST_F(ObjectMethods, AnUnchangedObjectIsNotSentAgain) {
    server.put(object, simple_event("a"));
    const std::string tag = header(server.send("GET", object), "ETag");

    const auto same = server.send("GET", object, {{"If-None-Match", tag}});
    const auto changed = server.send("GET", object, {{"If-None-Match", "\"x\""}});
    const auto by_date =
        server.send("HEAD", object, {{"If-Modified-Since", "Sun, 22 Nov 2026 08:00:00 GMT"}});

    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(header(same, "ETag"), tag);
    EXPECT_TRUE(same.body.empty());
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(by_date.status, 304);
}

TEST_F(ObjectMethods, R_C19_AnUpdateOfWhatIsGoneIsAFailedPrecondition) {
    EXPECT_EQ(server.put(object, simple_event("a"), {{"If-Match", "\"x\""}}).status, 412);
    EXPECT_EQ(server.put(object, simple_event("a"), {{"If-Match", "*"}}).status, 412);
    EXPECT_EQ(server.send("GET", object).status, 404);
}

TEST_F(ObjectMethods, AFailedPreconditionHasABody) { // client rule 16
    const auto refused = server.put(object, simple_event("a"), {{"If-Match", "\"x\""}});

    EXPECT_EQ(refused.status, 412);
    EXPECT_FALSE(refused.body.empty());
}

TEST_F(ObjectMethods, ANewObjectDoesNotReplaceAnother) { // R-D7
    EXPECT_EQ(server.put(object, simple_event("a"), {{"If-None-Match", "*"}}).status, 201);
    EXPECT_EQ(server.put(object, simple_event("a", 9), {{"If-None-Match", "*"}}).status, 412);
    EXPECT_EQ(get(object), simple_event("a"));
}

TEST_F(ObjectMethods, AStaleTagLosesAndChangesNothing) { // M9
    server.put(object, simple_event("a"));
    const std::string old_tag = header(server.send("GET", object), "ETag");
    server.put(object, simple_event("a", 11));

    EXPECT_EQ(server.put(object, simple_event("a", 12), {{"If-Match", old_tag}}).status, 412);
    EXPECT_EQ(server.send("DELETE", object, {{"If-Match", old_tag}}).status, 412);
    EXPECT_EQ(get(object), simple_event("a", 11));
}

TEST_F(ObjectMethods, R_C17_TagsAreTakenAsClientsSpellThem) {
    server.put(object, simple_event("a"));
    for (const char* spelling :
         {"TAG", "\"TAG\"", "\\\"TAG\\\"", "W/\"TAG\"", "\"x\", \"TAG\"", "*"}) {
        std::string tag = header(server.send("GET", object), "ETag");
        tag = tag.substr(1, tag.size() - 2);
        const std::string value = core::replace_all(spelling, "TAG", tag);
        EXPECT_EQ(server.put(object, simple_event("a"), {{"If-Match", value}}).status, 204)
            << value;
    }
}

TEST_F(ObjectMethods, Rfc8144_ThePutRepresentationComesWithItsTag) {
    const auto put = server.put(object, session_event("a"), {{"Prefer", "return=representation"}});
    const auto got = server.send("GET", object);

    EXPECT_EQ(put.status, 201);
    EXPECT_EQ(header(put, "Preference-Applied"), "return=representation");
    EXPECT_EQ(header(put, "Content-Location"), object);
    EXPECT_EQ(header(put, "ETag"), header(got, "ETag"));
    EXPECT_EQ(put.body, got.body);
    EXPECT_EQ(
        server.put(object, session_event("a"), {{"Prefer", "x, return=representation"}}).status,
        200);
}

TEST_F(ObjectMethods, R_E9_APutThatWantsLittleGetsLittle) { // client rule 20
    const auto put = server.put(object, simple_event("a"), {{"Prefer", "return=minimal"}});

    EXPECT_EQ(put.status, 201);
    EXPECT_TRUE(put.body.empty());
}

TEST_F(ObjectMethods, APutOnAnythingButAMemberIsRefused) { // R-T14
    for (const char* path : {"/calendars/anna/calendar/", "/calendars/anna/calendar",
                             "/calendars/anna/new", "/calendars/anna/new.ics", "/calendars/anna/",
                             "/calendars/anna/inbox/", "/", "/principals/anna/", "/calendars/"}) {
        const auto refused = server.put(path, simple_event("a"));
        EXPECT_EQ(refused.status, 405) << path;
        EXPECT_TRUE(refused.headers.has("Allow")) << path;
    }
}

TEST_F(ObjectMethods, Clients8_ThunderbirdsProbeIsRefusedAndMakesNothing) {
    for (const char* path : {"/", "/principals/anna/", "/calendars/anna/"}) {
        const auto refused = server.send("PUT", path, {{"If-Match", "nothing"}});
        EXPECT_TRUE(refused.status == 403 || refused.status == 405) << path << refused.status;
    }
}

TEST_F(ObjectMethods, APutWithoutACollectionIsAConflict) {
    EXPECT_EQ(server.put("/calendars/anna/new/a.ics", simple_event("a")).status, 409);
    EXPECT_EQ(server.put("/calendars/anna/calendar/a/b.ics", simple_event("a")).status, 409);
    EXPECT_EQ(server.put("/calendars/anna/outbox/a.ics", simple_event("a")).status, 409);
}

TEST_F(ObjectMethods, OtherTypesThanCalendarDataAreRefused) {
    struct Row {
        const char* type;
        int status;
    };
    for (const Row& row : std::vector<Row>{{"text/calendar", 204},
                                           {"TEXT/Calendar ; charset=\"utf-8\"", 204},
                                           {"text/calendar; component=vevent", 204},
                                           {"application/octet-stream", 204},
                                           {"", 204},
                                           {"text/plain", 403},
                                           {"application/calendar+json", 403},
                                           {"text/calendarx", 403}}) {
        server.put(object, simple_event("a"));
        const auto put =
            server.send("PUT", object, {{"Content-Type", row.type}}, simple_event("a"));
        EXPECT_EQ(put.status, row.status) << row.type;
        if (row.status == 403) {
            ASSERT_TRUE(read_error(put));
            EXPECT_EQ(read_error(put)->condition, cal("supported-calendar-data"));
        }
    }
}

TEST_F(ObjectMethods, ABodyThatIsNoCalendarNamesItsCondition) {
    struct Row {
        std::string body;
        caldav::Name condition;
    };
    const std::string event = simple_event("a");
    for (const Row& row : std::vector<Row>{
             {"", cal("valid-calendar-data")},
             {" \r\n", cal("valid-calendar-data")},
             {"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", cal("valid-calendar-data")},
             {core::replace_all(event, "VERSION:2.0", "VERSION:2.0\r\nMETHOD:REQUEST"),
              cal("valid-calendar-object-resource")},
             {event + event, cal("valid-calendar-object-resource")},
             {core::replace_all(event, "VEVENT", "VTODO"), cal("supported-calendar-component")},
         }) {
        const auto put = server.put(object, row.body);
        EXPECT_EQ(put.status, 403) << row.body;
        ASSERT_TRUE(read_error(put)) << row.body;
        EXPECT_EQ(read_error(put)->condition, row.condition) << row.body;
        EXPECT_EQ(server.send("GET", object).status, 404);
    }
}

TEST_F(ObjectMethods, Clients28_AUidUnderAnotherNameIsAConflictThatNamesIt) {
    server.put("/calendars/anna/calendar/first%20one.ics", simple_event("a"));

    const auto put = server.put(object, simple_event("a"));

    EXPECT_EQ(put.status, 403);
    ASSERT_TRUE(read_error(put));
    EXPECT_EQ(read_error(put)->condition, cal("no-uid-conflict"));
    EXPECT_EQ(read_error(put)->href, "/calendars/anna/calendar/first%20one.ics");
}

TEST_F(ObjectMethods, TheLongestTextsThatRowsAreFoundByAreKept) {
    // Letters that no engine's index can shrink.
    std::minstd_rand random(1);
    const auto letters = [&random](std::size_t count) {
        std::string text(count, ' ');
        std::ranges::generate(text, [&] { return static_cast<char>('a' + random() % 26); });
        return text;
    };
    const std::string uid = letters(core::limits::uid_bytes);
    const std::string address = letters(core::limits::address_bytes - 7);
    const std::string body = core::replace_all(session_event(uid), "guest@example.net", address);

    EXPECT_EQ(server.put(object, body).status, 201);
    EXPECT_EQ(server.put("/calendars/anna/calendar/b.ics", body).status, 403); // no-uid-conflict
    EXPECT_NE(core::replace_all(get(object), "\r\n ", "").find(address), std::string::npos);
}

TEST_F(ObjectMethods, ADeletedUidMayBeUsedAgain) {
    server.put(object, simple_event("a"));
    server.send("DELETE", object);

    EXPECT_EQ(server.put("/calendars/anna/calendar/b.ics", simple_event("a")).status, 201);
}

TEST_F(ObjectMethods, APartOfAResourceCannotBePut) { // RFC 9110 section 14.4
    EXPECT_EQ(server.put(object, simple_event("a"), {{"Content-Range", "bytes 0-9/10"}}).status,
              400);
    EXPECT_EQ(server.send("GET", object).status, 404);
}

TEST_F(ObjectMethods, Clients29_OddNamesComeBackAsTheyWent) {
    const std::vector<std::string> names{"a%20b.ics",   "%C3%BC.ics",         "a%25b.ics",
                                         "a@b+c.ics",   "no-suffix",          "%23%3F.ics",
                                         "'%22%3C.ics", std::string(255, 'n')};
    for (std::size_t at = 0; at < names.size(); ++at) {
        const std::string path = "/calendars/anna/calendar/" + names[at];
        const auto put = server.put(path, simple_event(std::to_string(at)));
        EXPECT_EQ(put.status, 201) << path;
        EXPECT_EQ(get(header(put, "Location")), simple_event(std::to_string(at))) << path;
    }
}

TEST_F(ObjectMethods, APlainCollectionTakesAnything) {
    server.make_collection("anna", "files", false);
    const std::string body("\0\xff<html>", 8);

    const auto put =
        server.send("PUT", "/calendars/anna/files/x.html", {{"Content-Type", "text/html"}}, body);
    const auto got = server.send("GET", "/calendars/anna/files/x.html");

    EXPECT_EQ(put.status, 201);
    EXPECT_EQ(header(put, "ETag"), header(got, "ETag"));
    EXPECT_EQ(got.body, body);
    EXPECT_EQ(header(got, "Content-Type"), "text/html");
    EXPECT_EQ(header(got, "Content-Security-Policy"), "default-src 'none'; sandbox");
    EXPECT_EQ(header(got, "X-Content-Type-Options"), "nosniff");
}

TEST_F(ObjectMethods, AFileOfATypeThatIsNoTextIsOfNone) {
    server.make_collection("anna", "files", false);
    const std::string path = "/calendars/anna/files/x";

    EXPECT_EQ(server.send("PUT", path, {{"Content-Type", "text/\xff"}}, "x").status, 201);

    EXPECT_EQ(header(server.send("GET", path), "Content-Type"), "application/octet-stream");
}

TEST_F(ObjectMethods, AnEmptyFileWithoutATypeIsAFileToo) {
    server.make_collection("anna", "files", false);

    EXPECT_EQ(server.send("PUT", "/calendars/anna/files/x").status, 201);

    const auto got = server.send("GET", "/calendars/anna/files/x");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(header(got, "Content-Type"), "application/octet-stream");
}

TEST_F(ObjectMethods, AnObjectIsDeletedOnce) {
    server.put(object, simple_event("a"));

    EXPECT_EQ(server.send("DELETE", object, {{"Content-Type", "text/calendar"}}).status, 204);
    EXPECT_EQ(server.send("DELETE", object).status, 404);
    EXPECT_EQ(server.send("GET", object).status, 404);
}

TEST_F(ObjectMethods, ACollectionIsDeletedWithAllThatIsInIt) {
    server.make_collection("anna", "files", false);
    server.send("PUT", "/calendars/anna/files/x");
    server.put(object, simple_event("a"));

    EXPECT_EQ(server.send("DELETE", "/calendars/anna/calendar/").status, 204);
    EXPECT_EQ(server.send("DELETE", "/calendars/anna/files", {{"Depth", "infinity"}}).status, 204);

    EXPECT_EQ(server.send("GET", object).status, 404);
    EXPECT_EQ(server.send("GET", "/calendars/anna/files/x").status, 404);
}

TEST_F(ObjectMethods, ACollectionIsNotDeletedInPart) {
    EXPECT_EQ(server.send("DELETE", "/calendars/anna/calendar/", {{"Depth", "0"}}).status, 400);
    EXPECT_EQ(server.send("DELETE", "/calendars/anna/calendar/", {{"Depth", "1"}}).status, 400);
    EXPECT_EQ(server.send("DELETE", "/calendars/anna/calendar/", {{"If-Match", "\"x\""}}).status,
              412);
    EXPECT_EQ(server.put(object, simple_event("a")).status, 201);
}

TEST_F(ObjectMethods, WhatTheServerMadeItselfCannotBeDeleted) {
    for (const char* path :
         {"/", "/principals/", "/principals/anna/", "/calendars/", "/calendars/anna/",
          "/calendars/anna/inbox/", "/calendars/anna/outbox"}) {
        EXPECT_EQ(server.send("DELETE", path).status, 405) << path;
    }
}

TEST_F(ObjectMethods, AStoredTextWithoutMeaningIsStillReadable) {
    server.put(object, simple_event("a"));
    const auto broken =
        server.store->write([](storage::WriteTransaction& transaction) -> core::Done {
            const auto calendar = transaction.collections().find("anna", "calendar");
            auto row = transaction.objects().find(calendar->id, "a.ics");
            row->text = "not a calendar";
            transaction.objects().update(*row);
            return {};
        });

    ASSERT_TRUE(broken);
    EXPECT_EQ(get(object), "not a calendar");
    EXPECT_EQ(server.put(object, simple_event("a")).status, 204);
}

} // namespace

} // namespace object_methods_test
