#include "caldav/report.h"
#include "core/strings.h"
#include "tests/support/dav_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace report_test {

namespace {

using caldav::cal;
using caldav::dav;
using support::DavAnswer;
using support::read_error;
using support::simple_event;

const std::string calendar = "/calendars/anna/calendar/";
const std::string name_spaces = " xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"";
const std::string everything =
    "<C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\"/></C:comp-filter>";

std::string query(const std::string& filter, const std::string& properties = "<D:getetag/>",
                  const std::string& more = "") {
    return "<C:calendar-query" + name_spaces + "><D:prop>" + properties + "</D:prop><C:filter>"
           + filter + "</C:filter>" + more + "</C:calendar-query>";
}

std::string in_range(const std::string& attributes) {
    return "<C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\"><C:time-range "
           + attributes + "/></C:comp-filter></C:comp-filter>";
}

std::string multiget(const std::vector<std::string>& hrefs,
                     const std::string& properties = "<D:getetag/><C:calendar-data/>") {
    std::string body =
        "<C:calendar-multiget" + name_spaces + "><D:prop>" + properties + "</D:prop>";
    for (const std::string& href : hrefs) {
        body += "<D:href>" + core::xml_escaped(href) + "</D:href>";
    }
    return body + "</C:calendar-multiget>";
}

// What stands in an XML document without its carriage returns, which XML readers drop.
std::string plain(const std::string& text) {
    return core::replace_all(text, "\r\n", "\n");
}

std::string weekly(const std::string& uid) {
    return core::replace_all(simple_event(uid), "SUMMARY:", "RRULE:FREQ=WEEKLY\r\nSUMMARY:");
}

class ReportFixture : public support::DavFixture {
protected:
    void put(const std::string& name, const std::string& body) {
        EXPECT_EQ(server.put(calendar + name, body).status, 201) << body;
    }
    void damage(const std::string& name) {
        EXPECT_TRUE(server.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            const auto home = transaction.collections().find("anna", "calendar");
            auto row = transaction.objects().find(home->id, name);
            row->text = "damaged";
            row->index = {};
            transaction.objects().update(*row);
            transaction.objects().set_occurrences(row->head, {});
            return {};
        }));
    }
    std::vector<std::string> names(const std::string& filter) {
        std::vector<std::string> found;
        for (const std::string& href : server.report(calendar, query(filter)).hrefs()) {
            found.push_back(href.substr(calendar.size()));
        }
        std::sort(found.begin(), found.end());
        return found;
    }
};

using Names = std::vector<std::string>;

class CalendarQuery : public ReportFixture {};
class CalendarMultiget : public ReportFixture {};
class Report : public ReportFixture {};

TEST_F(Report, WhatIsNotOfferedNamesItsCondition) {
    put("a.ics", simple_event("a"));
    struct Row {
        const char* path;
        std::string body;
    };
    const std::string free_busy = "<C:free-busy-query" + name_spaces
                                  + "><C:time-range start=\"20261201T000000Z\" "
                                    "end=\"20261202T000000Z\"/></C:free-busy-query>";
    const std::string sync =
        "<D:sync-collection" + name_spaces + "><D:sync-token/></D:sync-collection>";
    for (const Row& row : std::vector<Row>{
             {"/principals/anna/", free_busy},
             {"/calendars/anna/inbox/", free_busy},
             {"/calendars/anna/", "<D:principal-property-search" + name_spaces + "/>"},
             {"/calendars/anna/calendar/", "<D:principal-match" + name_spaces + "/>"},
             {"/calendars/anna/calendar/", "<unknown/>"},
             {"/calendars/anna/", query(everything)},
             {"/calendars/anna/files/", query(everything)},
             {"/calendars/anna/outbox/", query(everything)},
             {"/", multiget({calendar + "a.ics"})},
             {"/principals/anna/", sync},
             {"/calendars/anna/calendar/a.ics", sync},
             {"/calendars/anna/calendar/", "<D:principal-search-property-set" + name_spaces + "/>"},
         }) {
        if (row.path == std::string("/calendars/anna/files/")) {
            server.make_collection("anna", "files", false);
        }
        const auto refused = server.send("REPORT", row.path, {}, row.body);
        EXPECT_EQ(refused.status, 403) << row.path << row.body;
        ASSERT_TRUE(read_error(refused)) << row.path << row.body;
        EXPECT_EQ(read_error(refused)->condition, dav("supported-report"));
    }
}

TEST_F(Report, ABodyThatCannotBeReadIsABadRequest) {
    const std::string bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><x>&a;</x>";
    for (const std::string& body :
         {std::string(), std::string("x"), std::string("<a>"), std::string("<a></b>"), bomb,
          std::string("<a xmlns:b='u'><c:d/></a>"), "<C:calendar-multiget" + name_spaces + "/>",
          "<D:sync-collection" + name_spaces + "/>"}) {
        EXPECT_EQ(server.send("REPORT", calendar, {}, body).status, 400) << body;
    }
}

TEST_F(CalendarQuery, M7_NothingFoundIsAnEmptyMultistatus) {
    const auto answer = server.send("REPORT", calendar, {{"Depth", "1"}}, query(everything));

    EXPECT_EQ(answer.status, 207);
    EXPECT_TRUE(support::read_multistatus(answer).responses.empty());
}

TEST_F(CalendarQuery, AListByKindIsAnsweredFromTheIndex) { // vdirsyncer, KDE, Evolution
    put("a.ics", simple_event("a"));
    put("b.ics", simple_event("b"));

    const auto answer = server.report(
        calendar, query(everything, "<D:getcontenttype/><D:getetag/><D:resourcetype/>"),
        {{"Depth", "1"}});

    ASSERT_EQ(answer.responses.size(), 2U);
    for (const auto& member : answer.responses) {
        EXPECT_TRUE(member.text(dav("getcontenttype")).starts_with("text/calendar"));
        EXPECT_EQ(member.text(dav("getetag")),
                  server.send("GET", member.href).headers.get("ETag").value_or(""));
        EXPECT_EQ(member.status_of(dav("resourcetype")), 200);
    }
    EXPECT_EQ(answer.find(calendar), nullptr) << "R-O4: never the collection itself";
    EXPECT_EQ(names("<C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VTODO\"/>"
                    "</C:comp-filter>"),
              Names());
    EXPECT_EQ(names("<C:comp-filter name=\"VCALENDAR\"/>"), (Names{"a.ics", "b.ics"}));
}

TEST_F(CalendarQuery, AListMayCarryTheObjectsThemselves) { // tsdav
    put("a.ics", simple_event("a"));

    const auto answer = server.report(calendar, query(everything, "<C:calendar-data/>"));

    ASSERT_EQ(answer.responses.size(), 1U);
    EXPECT_EQ(plain(answer.responses[0].text(cal("calendar-data"))), plain(simple_event("a")));
}

TEST_F(CalendarQuery, ATimeRangeFindsWhatOverlaps) {
    put("ten.ics", simple_event("ten", 10));
    put("twelve.ics", simple_event("twelve", 12));

    EXPECT_EQ(names(in_range("start=\"20261201T100000Z\" end=\"20261201T110000Z\"")),
              Names{"ten.ics"});
    EXPECT_EQ(names(in_range("start=\"20261201T110000Z\" end=\"20261201T120000Z\"")), Names());
    EXPECT_EQ(names(in_range("end=\"20261201T103000Z\"")), Names{"ten.ics"});
}

TEST_F(CalendarQuery, R_A15_AnOpenRangeFindsWhatRecurs) { // DAVx5 asks so by default
    put("weekly.ics", weekly("weekly"));
    put("once.ics", simple_event("once"));

    EXPECT_EQ(names(in_range("start=\"20261202T000000Z\"")), Names{"weekly.ics"});
    EXPECT_EQ(names(in_range("start=\"20461202T000000Z\"")), Names{"weekly.ics"});
    EXPECT_EQ(names(in_range("start=\"20261101T000000Z\"")), (Names{"once.ics", "weekly.ics"}));
}

TEST_F(CalendarQuery, APropertyIsFound) {
    put("a.ics", simple_event("a", 10, "Intake"));
    put("b.ics", simple_event("b", 10, "Review"));

    EXPECT_EQ(names("<C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\">"
                    "<C:prop-filter name=\"SUMMARY\"><C:text-match>view</C:text-match>"
                    "</C:prop-filter></C:comp-filter></C:comp-filter>"),
              Names{"b.ics"});
}

TEST_F(CalendarQuery, AUidIsFound) {
    put("a.ics", simple_event("uid-1"));
    put("b.ics", simple_event("uid-2"));
    for (const char* collation : {"i;octet", "i;ascii-casemap"}) {
        EXPECT_EQ(names("<C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\">"
                        "<C:prop-filter name=\"UID\"><C:text-match collation=\""
                        + std::string(collation)
                        + "\">uid-2</C:text-match></C:prop-filter></C:comp-filter>"
                          "</C:comp-filter>"),
                  Names{"b.ics"})
            << collation;
    }
}

TEST_F(CalendarQuery, R_A15_OneBadObjectHidesNoOther) {
    put("bad.ics", simple_event("bad"));
    put("good.ics", simple_event("good"));
    damage("bad.ics");

    EXPECT_EQ(names(in_range("start=\"20261201T000000Z\"")), Names{"good.ics"});
    EXPECT_EQ(names(everything), (Names{"bad.ics", "good.ics"})); // nothing has to be parsed
    const auto served = server.report(calendar, multiget({calendar + "bad.ics"}));
    ASSERT_EQ(served.responses.size(), 1U);
    EXPECT_EQ(served.responses[0].text(cal("calendar-data")), "damaged");
}

TEST_F(CalendarQuery, R_C13_AMissingDepthLooksInside) {
    put("a.ics", simple_event("a"));

    EXPECT_EQ(server.report(calendar, query(everything)).responses.size(), 1U);
    for (const char* depth : {"1", "infinity"}) {
        EXPECT_EQ(server.report(calendar, query(everything), {{"Depth", depth}}).responses.size(),
                  1U);
    }
    EXPECT_EQ(server.report(calendar, query(everything), {{"Depth", "0"}}).responses.size(), 0U);
    EXPECT_EQ(server.send("REPORT", calendar, {{"Depth", "2"}}, query(everything)).status, 400);
}

TEST_F(CalendarQuery, AnObjectAnswersForItself) {
    put("a.ics", simple_event("a"));
    put("b.ics", simple_event("b"));

    const auto hit = server.report(calendar + "a.ics", query(everything), {{"Depth", "0"}});
    const auto miss =
        server.report(calendar + "a.ics", query(in_range("start=\"20270101T000000Z\"")));

    EXPECT_EQ(hit.hrefs(), Names{calendar + "a.ics"});
    EXPECT_TRUE(miss.responses.empty());
}

TEST_F(CalendarQuery, ALimitIsHonouredAndSaidSo) { // M1
    for (const char* name : {"a", "b", "c"}) {
        put(std::string(name) + ".ics", simple_event(name));
    }
    const std::string limit = "<D:limit><D:nresults>2</D:nresults></D:limit>";

    for (const std::string& filter : {everything, in_range("start=\"20261201T000000Z\"")}) {
        const auto answer = server.report(calendar, query(filter, "<D:getetag/>", limit));
        ASSERT_EQ(answer.responses.size(), 3U);
        ASSERT_NE(answer.find(calendar), nullptr);
        EXPECT_EQ(answer.find(calendar)->status, 507);
        EXPECT_EQ(answer.find(calendar)->condition, dav("number-of-matches-within-limits"));
    }
}

TEST_F(CalendarQuery, ALimitThatIsJustMetIsNoTruncation) {
    put("a.ics", simple_event("a"));
    put("b.ics", simple_event("b"));

    EXPECT_EQ(server
                  .report(calendar, query(everything, "<D:getetag/>",
                                          "<D:limit><D:nresults>2</D:nresults></D:limit>"))
                  .responses.size(),
              2U);
}

// RFC 4791 section 9.8: midnight to one in New York is five o'clock UTC.
TEST_F(CalendarQuery, TheZoneOfTheRequestIsThatOfFloatingTimes) {
    put("floating.ics", core::replace_all(simple_event("floating"), "DTSTART:20261201T100000Z",
                                          "DTSTART:20261201T000000"));
    const std::string zone = "<C:timezone>BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n"
                             "BEGIN:VTIMEZONE\nTZID:America/New_York\nBEGIN:STANDARD\n"
                             "DTSTART:19700101T000000\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0500\n"
                             "END:STANDARD\nEND:VTIMEZONE\nEND:VCALENDAR\n</C:timezone>";
    const std::string at_five = in_range("start=\"20261201T050000Z\" end=\"20261201T060000Z\"");

    EXPECT_EQ(server.report(calendar, query(at_five)).responses.size(), 0U);
    EXPECT_EQ(server.report(calendar, query(at_five, "<D:getetag/>", zone)).responses.size(), 1U);
}

TEST_F(CalendarQuery, AnUnreadableFilterNamesItsCondition) {
    struct Row {
        std::string filter;
        caldav::Name condition;
    };
    for (const Row& row : std::vector<Row>{
             {in_range("start=\"yesterday\""), cal("valid-filter")},
             {in_range(""), cal("valid-filter")},
             {"<C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\"><C:prop-filter "
              "name=\"SUMMARY\"><C:text-match collation=\"i;klingon\">x</C:text-match>"
              "</C:prop-filter></C:comp-filter></C:comp-filter>",
              cal("supported-collation")},
         }) {
        const auto refused = server.send("REPORT", calendar, {}, query(row.filter));
        EXPECT_EQ(refused.status, 403) << row.filter;
        ASSERT_TRUE(read_error(refused)) << row.filter;
        EXPECT_EQ(read_error(refused)->condition, row.condition);
    }
}

TEST_F(CalendarQuery, TheInboxIsEmpty) { // RFC 6638 section 2.2
    EXPECT_TRUE(server.report("/calendars/anna/inbox/", query(everything)).responses.empty());
}

TEST_F(CalendarMultiget, EachIsAnsweredInOrderWithItsTagAndText) { // R-A5
    put("a.ics", simple_event("a"));
    put("b.ics", simple_event("b"));

    const auto answer = server.report(calendar, multiget({calendar + "b.ics", calendar + "a.ics"}));

    EXPECT_EQ(answer.hrefs(), (Names{calendar + "b.ics", calendar + "a.ics"}));
    EXPECT_EQ(plain(answer.responses[0].text(cal("calendar-data"))), plain(simple_event("b")));
    EXPECT_EQ(answer.responses[1].text(dav("getetag")),
              server.send("GET", calendar + "a.ics").headers.get("ETag").value_or(""));
}

TEST_F(CalendarMultiget, TheScheduleTagIsAPropertyToo) { // R-D6
    put("s.ics", core::replace_all(simple_event("s"), "SUMMARY:Session\r\n",
                                   "SUMMARY:Session\r\nORGANIZER:mailto:anna@example.org\r\n"
                                   "ATTENDEE:mailto:guest@example.net\r\n"));

    const auto answer =
        server.report(calendar, multiget({calendar + "s.ics"}, "<C:schedule-tag/>"));

    ASSERT_EQ(answer.responses.size(), 1U);
    EXPECT_EQ(answer.responses[0].text(cal("schedule-tag")),
              server.send("GET", calendar + "s.ics").headers.get("Schedule-Tag").value_or(""));
}

TEST_F(CalendarMultiget, R_C12_WhatIsGoneIsAResponseOfItsOwn) {
    put("a.ics", simple_event("a"));

    const auto answer =
        server.report(calendar, multiget({calendar + "gone.ics", calendar + "a.ics"}));

    ASSERT_EQ(answer.responses.size(), 2U);
    const auto* gone = answer.find(calendar + "gone.ics");
    ASSERT_NE(gone, nullptr);
    EXPECT_EQ(gone->status, 404);
    EXPECT_TRUE(gone->properties.empty());
}

TEST_F(CalendarMultiget, R_C8_R_V2_SpellingsOfAnHrefAreAnsweredOnceAndCanonically) {
    put("a%20b@c.ics", simple_event("a"));

    const auto answer = server.report(
        calendar, multiget({calendar + "a%20b@c.ics", calendar + "a%20b%40c.ics",
                            "https://cal.example.org" + calendar + "%61%20b@c.ics",
                            "/calendars//anna/calendar/a%20b@c.ics", calendar + "a%20b@c.ics"}));

    EXPECT_EQ(answer.hrefs(), Names{calendar + "a%20b@c.ics"});
    EXPECT_EQ(answer.responses[0].status_of(cal("calendar-data")), 200);
}

TEST_F(CalendarMultiget, WhatIsNotInTheCalendarIsNotFoundHoweverItIsSpelt) {
    put("a.ics", simple_event("a"));
    server.make_collection("anna", "other", true);
    server.put("/calendars/anna/other/o.ics", simple_event("o"));
    server.send("PUT", "/calendars/bert/calendar/b.ics", {{"Content-Type", "text/calendar"}},
                simple_event("b"), "bert");
    const Names hrefs{"/calendars/anna/other/o.ics",
                      "/calendars/bert/calendar/b.ics",
                      "/calendars/bert/calendar/none.ics",
                      "/calendars/anna/calendar/",
                      "/calendars/anna/calendar/a.ics/x",
                      "/calendars/anna/calendar/%2e%2e/calendar/a.ics",
                      "/calendars/anna/calendar%2Fa.ics",
                      "/calendars/anna/calendar/%zz",
                      "/principals/anna/",
                      "a.ics",
                      "<&\">",
                      "/"};

    const auto answer = server.report(calendar, multiget(hrefs));

    EXPECT_EQ(answer.hrefs(), hrefs);
    for (const auto& response : answer.responses) {
        EXPECT_EQ(response.status, 404) << response.href;
    }
}

TEST_F(CalendarMultiget, R_C13_DepthIsIgnored) { // client rule 11: KDE sends 0
    put("a.ics", simple_event("a"));
    for (const char* depth : {"0", "1", "infinity", "nonsense"}) {
        EXPECT_EQ(server.report(calendar, multiget({calendar + "a.ics"}), {{"Depth", depth}})
                      .responses.size(),
                  1U)
            << depth;
    }
}

TEST_F(CalendarMultiget, WhoWantsLittleIsSparedWhatIsMissing) { // RFC 8144, Apple's Brief
    put("a.ics", simple_event("a"));
    const std::string body = multiget({calendar + "a.ics"}, "<D:getetag/><D:nothing/>");

    const auto full = server.report(calendar, body);
    const auto minimal = server.report(calendar, body, {{"Prefer", "return=minimal"}});
    const auto brief = server.report(calendar, body, {{"Brief", "t"}});

    EXPECT_EQ(full.responses[0].status_of(dav("nothing")), 404);
    EXPECT_EQ(minimal.responses[0].status_of(dav("nothing")), 0);
    EXPECT_EQ(brief.responses[0].status_of(dav("nothing")), 0);
}

TEST_F(CalendarMultiget, MoreHrefsThanTheLimitAreRefused) {
    const Names hrefs(5001, calendar + "a.ics");

    const auto refused = server.send("REPORT", calendar, {}, multiget(hrefs));

    EXPECT_EQ(refused.status, 403);
    ASSERT_TRUE(read_error(refused));
    EXPECT_EQ(read_error(refused)->condition, dav("number-of-matches-within-limits"));
}

TEST_F(CalendarMultiget, AnObjectAnswersForItselfOnly) {
    put("a.ics", simple_event("a"));
    put("b.ics", simple_event("b"));

    const auto answer =
        server.report(calendar + "a.ics", multiget({calendar + "a.ics", calendar + "b.ics"}));

    ASSERT_EQ(answer.responses.size(), 2U);
    EXPECT_EQ(answer.find(calendar + "a.ics")->status_of(cal("calendar-data")), 200);
    EXPECT_EQ(answer.find(calendar + "b.ics")->status, 404);
}

TEST_F(CalendarMultiget, TheInboxHoldsNothing) {
    const auto answer =
        server.report("/calendars/anna/inbox/", multiget({"/calendars/anna/inbox/a.ics"}));

    ASSERT_EQ(answer.responses.size(), 1U);
    EXPECT_EQ(answer.responses[0].status, 404);
}

// R-E4: what a client sees by a query, by sync and by names is the same.
TEST_F(Report, EveryWayToListACalendarAgrees) {
    for (int at = 0; at < 20; ++at) {
        put(std::to_string(at) + "%20x.ics", simple_event(std::to_string(at), at % 24));
    }
    const auto by_query = server.report(calendar, query(everything));
    const auto by_range = server.report(calendar, query(in_range("start=\"20200101T000000Z\"")));
    const auto by_sync = server.report(
        calendar, "<D:sync-collection" + name_spaces
                      + "><D:sync-token/><D:prop><D:getetag/></D:prop></D:sync-collection>");
    const auto by_name = server.report(calendar, multiget(by_query.hrefs(), "<D:getetag/>"));

    ASSERT_EQ(by_query.responses.size(), 20U);
    for (const auto* other : {&by_range, &by_sync, &by_name}) {
        EXPECT_EQ(other->responses.size(), 20U);
        for (const auto& member : by_query.responses) {
            ASSERT_NE(other->find(member.href), nullptr) << member.href;
            EXPECT_EQ(other->find(member.href)->text(dav("getetag")), member.text(dav("getetag")));
        }
    }
}

} // namespace

} // namespace report_test
