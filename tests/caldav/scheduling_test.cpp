// Implicit scheduling as the clients of two accounts meet it: RFC 6638 sections 3.2 and 8.
#include "core/strings.h"
#include "tests/support/dav_fixture.h"

#include <gmock/gmock.h>

namespace scheduling_test {

namespace {

using support::HeaderList;
using testing::HasSubstr;
using testing::Not;

constexpr const char* organizers = "/calendars/anna/calendar/a.ics";

std::string event(const std::string& summary = "Round") {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:a\r\n"
           "DTSTAMP:20261122T100000Z\r\nDTSTART:20261201T100000Z\r\nDURATION:PT1H\r\nSUMMARY:"
           + summary
           + "\r\nORGANIZER:mailto:anna@example.org\r\n"
             "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@example.org\r\n"
             "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@example.org\r\n"
             "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

class SchedulingByClients : public support::DavFixture {
protected:
    SchedulingByClients() { server.add_account("bob"); }

    // Where the one event of bob's calendar is.
    std::string copy() {
        std::string href;
        server.store->read([&](const storage::ReadTransaction& transaction) {
            const auto calendar = transaction.collections().find("bob", "calendar");
            transaction.objects().for_each_member(calendar->id,
                                                  [&](const storage::ObjectHead& head) {
                                                      href = "/calendars/bob/calendar/" + head.name;
                                                      return true;
                                                  });
        });
        return href;
    }
    core::Response as_bob(const std::string& method, const HeaderList& headers = {},
                          const std::string& body = {}) {
        HeaderList all = headers;
        all.emplace_back("Content-Type", "text/calendar");
        return server.send(method, copy(), all, body, "bob");
    }
    std::string accepted() {
        return core::replace_all(as_bob("GET").body, "PARTSTAT=NEEDS-ACTION", "PARTSTAT=ACCEPTED");
    }
    static std::string tag(const core::Response& response) {
        return std::string(response.headers.get("Schedule-Tag").value_or(""));
    }
};

} // namespace

TEST_F(SchedulingByClients, AnInvitationIsInTheAttendeesCalendarAndTheAnswerInTheOrganizers) {
    ASSERT_EQ(server.put(organizers, event()).status, 201);
    ASSERT_NE(copy(), "");
    const core::Response got = as_bob("GET");
    EXPECT_THAT(got.body, HasSubstr("SUMMARY:Round"));
    EXPECT_NE(tag(got), "");

    const core::Response put = as_bob("PUT", {{"If-Schedule-Tag-Match", tag(got)}}, accepted());

    EXPECT_EQ(put.status, 204) << put.body;
    EXPECT_FALSE(put.headers.has("ETag")); // R-C18
    EXPECT_EQ(tag(put), tag(as_bob("GET")));
    EXPECT_THAT(server.send("GET", organizers).body, HasSubstr("SCHEDULE-STATUS=2.0"));
}

TEST_F(SchedulingByClients, AnAnswerMeanwhileStopsNoUpdateAndIsKept) { // RFC 6638 section 3.2.10
    server.put(organizers, event());
    const core::Response before = server.send("GET", organizers);
    ASSERT_EQ(as_bob("PUT", {}, accepted()).status, 204);
    EXPECT_EQ(tag(server.send("GET", organizers)), tag(before));

    const core::Response put =
        server.put(organizers, event("Round 2"), {{"If-Schedule-Tag-Match", tag(before)}});

    EXPECT_EQ(put.status, 204);
    EXPECT_NE(tag(put), tag(before));
    EXPECT_THAT(server.send("GET", organizers).body, Not(HasSubstr("NEEDS-ACTION")));
    EXPECT_THAT(as_bob("GET").body, HasSubstr("SUMMARY:Round 2"));
    EXPECT_EQ(server.put(organizers, event(), {{"If-Schedule-Tag-Match", tag(before)}}).status,
              412);
}

TEST_F(SchedulingByClients, WhatOnlyTheOrganizerMayChangeIsRefusedByName) {
    server.put(organizers, event());

    const core::Response put =
        as_bob("PUT", {}, core::replace_all(accepted(), "20261201T100000Z", "20261201T110000Z"));

    EXPECT_EQ(put.status, 403);
    EXPECT_EQ(support::condition_of(put), caldav::cal("allowed-attendee-scheduling-object-change"));
    EXPECT_THAT(server.send("GET", organizers).body, HasSubstr("NEEDS-ACTION"));
}

TEST_F(SchedulingByClients, ARemovalIsADeclineUnlessTheClientSaysOtherwise) { // section 8.1
    server.put(organizers, event());
    ASSERT_EQ(as_bob("DELETE", {{"Schedule-Reply", "F"}}).status, 204);
    EXPECT_THAT(server.send("GET", organizers).body, HasSubstr("NEEDS-ACTION"));

    server.put(organizers, event("Round 2"));
    ASSERT_NE(copy(), "");
    ASSERT_EQ(as_bob("DELETE").status, 204);
    EXPECT_THAT(server.send("GET", organizers).body, HasSubstr("PARTSTAT=DECLINED"));
}

TEST_F(SchedulingByClients, TheCopyIsNotTheOrganizersToReadOrToWrite) {
    server.put(organizers, event());
    EXPECT_EQ(server.send("GET", copy()).status, 403);
    EXPECT_EQ(server.put(copy(), event("Mine")).status, 403);
    EXPECT_EQ(server.send("DELETE", organizers, {}, {}, "bob").status, 403);
}

// RFC 6638 section 3.2.4.1
TEST_F(SchedulingByClients, AnotherOrganizersEventOfAUidIsRefusedAndTheFirstIsNamed) {
    server.make_collection("anna", "work", true);
    ASSERT_EQ(server.put(organizers, event()).status, 201);

    const core::Response second =
        server.put("/calendars/anna/work/b.ics",
                   core::replace_all(event(), "ORGANIZER:mailto:anna@", "ORGANIZER:mailto:carol@"));

    EXPECT_EQ(second.status, 403);
    EXPECT_EQ(support::condition_of(second), caldav::cal("unique-scheduling-object-resource"));
    EXPECT_EQ(support::read_error(second)->href, organizers);
}

TEST_F(SchedulingByClients, AnEventIsMovedByPutAndDelete) {
    server.make_collection("anna", "work", true);
    ASSERT_EQ(server.put(organizers, event()).status, 201);

    EXPECT_EQ(server.put("/calendars/anna/work/b.ics", event()).status, 201);
    EXPECT_EQ(server.send("DELETE", organizers).status, 204);

    EXPECT_THAT(as_bob("GET").body, Not(HasSubstr("CANCELLED")));
}

TEST_F(SchedulingByClients, InvitationsGoIntoTheCalendarThatWasChosen) { // RFC 6638 section 9.2
    const auto choose = [&](const std::string& what) {
        return support::read_multistatus(server.send(
            "PROPPATCH", "/calendars/bob/inbox/", {},
            "<D:propertyupdate xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'><D:set>"
            "<D:prop><C:schedule-default-calendar-URL>"
                + what + "</C:schedule-default-calendar-URL></D:prop></D:set></D:propertyupdate>",
            "bob"));
    };
    const caldav::Name property = caldav::cal("schedule-default-calendar-URL");
    server.make_collection("bob", "work", true);
    server.make_collection("bob", "files", false);
    for (const char* wrong :
         {"/calendars/bob/files/", "/calendars/bob/none/", "/calendars/bob/tasks/",
          "/calendars/bob/inbox/", "/calendars/anna/calendar/", "/calendars/bob/", "nonsense"}) {
        const auto refused = choose("<D:href>" + std::string(wrong) + "</D:href>");
        EXPECT_EQ(refused.responses.at(0).status_of(property), 403) << wrong;
    }

    const auto chosen = choose("<D:href>/calendars/bob/work/</D:href>");
    EXPECT_EQ(chosen.responses.at(0).status_of(property), 200);
    ASSERT_EQ(server.put(organizers, event()).status, 201);

    EXPECT_EQ(copy(), ""); // of what is in "calendar"
    const core::Response needed = server.send("DELETE", "/calendars/bob/work/", {}, {}, "bob");
    EXPECT_EQ(needed.status, 403);
    EXPECT_EQ(support::condition_of(needed), caldav::cal("default-calendar-needed"));
    choose("<D:href>/calendars/bob/calendar/</D:href>");
    EXPECT_EQ(server.send("DELETE", "/calendars/bob/work/", {}, {}, "bob").status, 204);
    EXPECT_EQ(server.send("PROPPATCH", "/calendars/bob/inbox/", {}, "", "anna").status, 403);
}

TEST_F(SchedulingByClients, ADeletedCalendarCancelsWhatWasPlannedInIt) {
    server.put(organizers, event());
    ASSERT_EQ(server.send("DELETE", "/calendars/anna/calendar/").status, 204);
    EXPECT_THAT(as_bob("GET").body, HasSubstr("STATUS:CANCELLED"));
}

} // namespace scheduling_test
