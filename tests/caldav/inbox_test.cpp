// Scheduling inboxes as clients read them: RFC 6638 sections 2.2, 4.1, 4.3 and 6.
#include "caldav/names.h"
#include "core/limits.h"
#include "core/strings.h"
#include "domain/inbox.h"
#include "tests/support/dav_fixture.h"
#include "tests/support/sync_client.h"

#include <gmock/gmock.h>

namespace inbox_test {

namespace {

using caldav::cal;
using caldav::dav;
using support::DavAnswer;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string annas = "/calendars/anna/inbox/";
const std::string bobs = "/calendars/bob/inbox/";
constexpr const char* event_href = "/calendars/anna/calendar/a.ics";

std::string event(const std::string& more = "", const std::string& start = "20261201T100000Z",
                  const std::string& sequence = "0") {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:a\r\n"
           "DTSTAMP:20261122T100000Z\r\nDTSTART:"
           + start + "\r\nDURATION:PT1H\r\nSUMMARY:Round\r\nSEQUENCE:" + sequence
           + "\r\nORGANIZER:mailto:anna@example.org\r\n"
             "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@example.org\r\n"
             "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@example.org\r\n"
             "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:paul@mail.example\r\n"
           + more + "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

class Inbox : public support::DavFixture {
protected:
    Inbox() { server.add_account("bob"); }

    DavAnswer list(const std::string& inbox, const std::string& account) {
        DavAnswer answer = support::read_multistatus(
            server.send("PROPFIND", inbox, {{"Depth", "1"}},
                        "<D:propfind xmlns:D='DAV:'><D:prop><D:getetag/><D:getcontenttype/>"
                        "<D:resourcetype/></D:prop></D:propfind>",
                        account));
        std::erase_if(answer.responses, [&](const auto& each) { return each.href == inbox; });
        return answer;
    }
    // Unfolded, the oldest first.
    std::vector<std::string> messages(const std::string& inbox, const std::string& account) {
        std::vector<std::string> all;
        for (const std::string& href : list(inbox, account).hrefs()) {
            const core::Response got = server.send("GET", href, {}, {}, account);
            EXPECT_EQ(got.status, 200) << href;
            EXPECT_THAT(std::string(got.headers.get("Content-Type").value_or("")),
                        HasSubstr("text/calendar"));
            EXPECT_FALSE(got.headers.has("Schedule-Tag"));
            all.push_back(core::replace_all(got.body, "\r\n ", ""));
        }
        return all;
    }
    std::vector<std::string> of_bob() { return messages(bobs, "bob"); }
    std::vector<std::string> of_anna() { return messages(annas, "anna"); }
    void plan(const std::string& text) { ASSERT_LT(server.put(event_href, text).status, 300); }
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
    int answer(const std::string& status, const std::string& organizer = "ORGANIZER") {
        std::string text = server.send("GET", copy(), {}, {}, "bob").body;
        text = core::replace_all(text, "PARTSTAT=NEEDS-ACTION:mailto:bob",
                                 "PARTSTAT=" + status + ":mailto:bob");
        text = core::replace_all(text, "ORGANIZER", organizer);
        return server.send("PUT", copy(), {{"Content-Type", "text/calendar"}}, text, "bob").status;
    }
    void clear(const std::string& inbox, const std::string& account) {
        for (const std::string& href : list(inbox, account).hrefs()) {
            EXPECT_EQ(server.send("DELETE", href, {}, {}, account).status, 204);
        }
    }
    std::string property(const std::string& path, const std::string& name,
                         const std::string& account) {
        return server
            .send("PROPFIND", path, {{"Depth", "0"}},
                  "<D:propfind xmlns:D='DAV:' xmlns:S='http://calendarserver.org/ns/'><D:prop><"
                      + name + "/></D:prop></D:propfind>",
                  account)
            .body;
    }
};

} // namespace

TEST_F(Inbox, AnInvitationIsAMessageWithTheReadersOwnLinkOnly) {
    plan(event());

    const auto got = of_bob();

    ASSERT_EQ(got.size(), 1U);
    EXPECT_THAT(got[0], AllOf(HasSubstr("METHOD:REQUEST"), HasSubstr("UID:a\r\n"),
                              HasSubstr("mailto:bob@example.org")));
    EXPECT_THAT(got[0], Not(HasSubstr("paul")));
    const std::string in_calendar =
        core::replace_all(server.send("GET", copy(), {}, {}, "bob").body, "\r\n ", "");
    const auto own = in_calendar.find("/j/");
    ASSERT_NE(own, std::string::npos);
    const std::string link = in_calendar.substr(own, 41);
    EXPECT_THAT(got[0], HasSubstr(link));
    EXPECT_THAT(core::replace_all(got[0], link, ""), Not(HasSubstr("/j/")));
    EXPECT_THAT(of_anna(), IsEmpty());
}

TEST_F(Inbox, AChangeAndACancellationAreMessagesAndTriflesAreNone) { // RFC 6638 section 3.2.8
    plan(event());
    clear(bobs, "bob");
    plan(event("BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT5M\r\nEND:VALARM"
               "\r\n"));
    EXPECT_THAT(of_bob(), IsEmpty());

    plan(event("", "20261201T110000Z", "1"));
    ASSERT_EQ(of_bob().size(), 1U);
    EXPECT_THAT(of_bob()[0], HasSubstr("DTSTART:20261201T110000Z"));
    clear(bobs, "bob");

    ASSERT_EQ(server.send("DELETE", event_href).status, 204);
    ASSERT_EQ(of_bob().size(), 1U);
    EXPECT_THAT(of_bob()[0], AllOf(HasSubstr("METHOD:CANCEL"), HasSubstr("STATUS:CANCELLED"),
                                   Not(HasSubstr("/j/"))));
}

TEST_F(Inbox, ARemovedAttendeeIsToldAndForceSendRepeats) { // RFC 6638 sections 3.2.1.2 and 7.3
    plan(event());
    clear(bobs, "bob");
    plan(core::replace_all(event(), "NEEDS-ACTION:mailto:bob",
                           "NEEDS-ACTION;SCHEDULE-FORCE-SEND=REQUEST:mailto:bob"));
    ASSERT_EQ(of_bob().size(), 1U);
    EXPECT_THAT(of_bob()[0], HasSubstr("METHOD:REQUEST"));
    clear(bobs, "bob");

    plan(core::replace_all(event(), "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@example.org\r\n",
                           ""));

    ASSERT_EQ(of_bob().size(), 1U);
    EXPECT_THAT(of_bob()[0], HasSubstr("METHOD:CANCEL"));
}

TEST_F(Inbox, AnAnswerIsAMessageForTheOrganizer) {
    plan(event());
    ASSERT_EQ(answer("ACCEPTED"), 204);

    ASSERT_EQ(of_anna().size(), 1U);
    EXPECT_THAT(of_anna()[0],
                AllOf(HasSubstr("METHOD:REPLY"), HasSubstr("PARTSTAT=ACCEPTED:mailto:bob"),
                      HasSubstr("REQUEST-STATUS:2.0"), Not(HasSubstr("paul")),
                      Not(HasSubstr("/j/"))));
    clear(annas, "anna");
    ASSERT_EQ(answer("ACCEPTED"), 204); // nothing new
    EXPECT_THAT(of_anna(), IsEmpty());
    ASSERT_EQ(answer("ACCEPTED", "ORGANIZER;SCHEDULE-FORCE-SEND=REPLY"), 204);
    ASSERT_EQ(of_anna().size(), 1U);
    clear(annas, "anna");

    ASSERT_EQ(server.send("DELETE", copy(), {}, {}, "bob").status, 204);
    ASSERT_EQ(of_anna().size(), 1U);
    EXPECT_THAT(of_anna()[0], HasSubstr("PARTSTAT=DECLINED"));
}

TEST_F(Inbox, ReportsAndSyncWorkOnItFromTheBeginning) { // RFC 6638 section 2.2
    support::SyncClient client(bobs);
    const auto sync = [&](const std::string& token) {
        return support::read_multistatus(
            server.send("REPORT", bobs, {}, support::sync_body(token), "bob"));
    };
    const auto empty = sync("");
    ASSERT_TRUE(empty.sync_token);
    EXPECT_THAT(empty.responses, IsEmpty());
    const std::string tag = property(bobs, "S:getctag", "bob");
    const std::string home_tag = property("/calendars/bob/", "D:sync-token", "bob");

    plan(event());

    const auto one = sync(*empty.sync_token);
    ASSERT_EQ(one.responses.size(), 1U);
    const std::string href = one.responses[0].href;
    EXPECT_NE(property(bobs, "S:getctag", "bob"), tag);
    EXPECT_NE(property("/calendars/bob/", "D:sync-token", "bob"), home_tag);
    const std::string data = "<D:prop xmlns:D='DAV:'><D:getetag/><C:calendar-data/></D:prop>";
    const auto multiget = support::read_multistatus(
        server.send("REPORT", bobs, {},
                    "<C:calendar-multiget xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'>"
                        + data + "<D:href>" + href + "</D:href></C:calendar-multiget>",
                    "bob"));
    ASSERT_EQ(multiget.responses.size(), 1U);
    EXPECT_THAT(multiget.responses[0].text(cal("calendar-data")), HasSubstr("METHOD:REQUEST"));
    for (const auto& [day, found] : {std::pair{"01", 1U}, std::pair{"03", 0U}}) {
        const auto query = support::read_multistatus(server.send(
            "REPORT", bobs, {{"Depth", "1"}},
            "<C:calendar-query xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'>" + data
                + "<C:filter><C:comp-filter name='VCALENDAR'><C:comp-filter name='VEVENT'>"
                  "<C:time-range start='202612"
                + day + "T000000Z' end='202612" + day
                + "T235959Z'/></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>",
            "bob"));
        EXPECT_EQ(query.responses.size(), found) << day;
    }

    EXPECT_EQ(server.send("DELETE", href, {{"If-Match", "\"other\""}}, {}, "bob").status, 412);
    ASSERT_EQ(server.send("DELETE", href, {}, {}, "bob").status, 204);
    const auto gone = sync(*one.sync_token);
    ASSERT_EQ(gone.responses.size(), 1U);
    EXPECT_EQ(gone.responses[0].status, 404);
    EXPECT_THAT(server.send("GET", event_href).body, Not(HasSubstr("DECLINED")));
}

TEST_F(Inbox, IsNobodysToWriteAndItsOwnersToRead) {
    plan(event());
    const std::string href = list(bobs, "bob").hrefs().at(0);

    EXPECT_EQ(server.send("PUT", href, {}, event(), "bob").status, 405);
    EXPECT_EQ(server.send("PUT", bobs + "new.ics", {}, event(), "bob").status, 405);
    EXPECT_EQ(server.send("PROPPATCH", href, {}, "", "bob").status, 405);
    EXPECT_EQ(
        server.send("COPY", href, {{"Destination", "/calendars/bob/calendar/n.ics"}}, {}, "bob")
            .status,
        405);
    EXPECT_EQ(server.send("MOVE", copy(), {{"Destination", bobs + "n.ics"}}, {}, "bob").status,
              409);
    EXPECT_EQ(server.send("ACL", bobs, {}, "<D:acl xmlns:D='DAV:'/>", "bob").status, 405);
    const std::string allow(
        server.send("PUT", href, {}, event(), "bob").headers.get("Allow").value_or(""));
    EXPECT_EQ(allow, "OPTIONS, GET, HEAD, DELETE, PROPFIND, REPORT");
    for (const char* method : {"GET", "DELETE", "PROPFIND", "PUT"}) {
        EXPECT_EQ(server.send(method, href, {}, {}, "anna").status, 403) << method;
    }
    EXPECT_EQ(server.send("GET", bobs + "none.ics", {}, {}, "bob").status, 404);
    EXPECT_EQ(server.send("DELETE", bobs + "none.ics", {}, {}, "bob").status, 404);
}

TEST_F(Inbox, PrivilegesOfSchedulingAreThere) { // RFC 6638 section 6
    for (const char* name : {"D:current-user-privilege-set", "D:supported-privilege-set"}) {
        EXPECT_THAT(property(bobs, name, "bob"),
                    AllOf(HasSubstr("schedule-deliver-invite"), HasSubstr("schedule-deliver-reply"),
                          HasSubstr("schedule-query-freebusy")));
        EXPECT_THAT(property("/calendars/bob/outbox/", name, "bob"),
                    AllOf(HasSubstr("schedule-send-invite"), HasSubstr("schedule-send-reply"),
                          HasSubstr("schedule-send-freebusy")));
        EXPECT_THAT(property("/calendars/bob/calendar/", name, "bob"), Not(HasSubstr("schedule-")));
    }
}

TEST_F(Inbox, HoldsNoMoreThanItsBoundAndNothingOld) {
    for (std::size_t i = 0; i <= core::limits::inbox_messages; ++i) {
        plan(event("", i % 2 == 0 ? "20261201T100000Z" : "20261201T110000Z", std::to_string(i)));
    }
    EXPECT_EQ(list(bobs, "bob").responses.size(), core::limits::inbox_messages);
    EXPECT_THAT(of_bob().back(),
                HasSubstr("SEQUENCE:" + std::to_string(core::limits::inbox_messages)));

    server.clock.advance(core::limits::inbox_days * core::day_seconds - 1);
    EXPECT_EQ(domain::forget_old_messages(*server.store, server.clock.now(), 10), 0U);
    server.clock.advance(2);
    std::size_t forgotten = 0;
    while (const auto count = domain::forget_old_messages(*server.store, server.clock.now(), 60)) {
        forgotten += count;
    }
    EXPECT_EQ(forgotten, core::limits::inbox_messages);
    EXPECT_THAT(of_bob(), IsEmpty());
}

} // namespace inbox_test
