#include "core/strings.h"
#include "domain/busy_time.h"
#include "tests/support/dav_fixture.h"
#include "tests/support/random_objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace free_busy_test {

namespace {

using caldav::cal;
using caldav::dav;
using support::read_error;
using support::simple_event;
using testing::HasSubstr;
using testing::Not;

const std::string home = "/calendars/anna/";
const std::string calendar = home + "calendar/";

std::string free_busy(const std::string& range = "start=\"20261201T000000Z\" "
                                                 "end=\"20261202T000000Z\"") {
    return "<C:free-busy-query xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><C:time-range " + range
           + "/></C:free-busy-query>";
}

class FreeBusyQuery : public support::DavFixture {
protected:
    std::string ask(const std::string& target, const std::string& body = free_busy()) {
        const auto answer = server.send("REPORT", target, {{"Depth", "1"}}, body);
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(answer.headers.get("Content-Type").value_or(""), "text/calendar; charset=utf-8");
        return answer.body;
    }
    using Periods = std::optional<std::vector<ical::BusyPeriod>>; // nothing: too many

    Periods by_index(core::Interval range) {
        return server.store->read([&](const storage::ReadTransaction& transaction) {
            domain::BusyTime busy(transaction, server.calendars, range, "anna@example.org");
            busy.add(*transaction.collections().find("anna", "calendar"));
            const auto found = busy.finish();
            return found ? Periods(*found) : std::nullopt;
        });
    }
    Periods by_expansion(core::Interval range) {
        return server.store->read([&](const storage::ReadTransaction& transaction) {
            const auto mine = *transaction.collections().find("anna", "calendar");
            domain::BusyTime busy(transaction, server.calendars, range, "anna@example.org");
            transaction.objects().for_each_object(mine.id, "", [&](const storage::Object& object) {
                busy.add(object, mine);
                return true;
            });
            const auto found = busy.finish();
            return found ? Periods(*found) : std::nullopt;
        });
    }
    void put(const std::string& target, const std::string& body) {
        EXPECT_EQ(server.put(target, body).status, 201) << body;
    }
};

// RFC 4791 section 7.10.1
TEST_F(FreeBusyQuery, AnswersWithAVfreebusyAndNothingElse) {
    put(calendar + "a.ics", simple_event("a", 10, "A secret"));
    put(calendar + "b.ics", simple_event("b", 11, "Another"));
    put(calendar + "c.ics",
        core::replace_all(simple_event("c", 15), "SUMMARY:", "STATUS:TENTATIVE\r\nSUMMARY:"));

    const std::string body = ask(calendar);

    EXPECT_THAT(body, HasSubstr("BEGIN:VFREEBUSY\r\n"));
    EXPECT_THAT(body, HasSubstr("DTSTAMP:20261122T080000Z\r\n"));
    EXPECT_THAT(body, HasSubstr("DTSTART:20261201T000000Z\r\nDTEND:20261202T000000Z\r\n"));
    EXPECT_THAT(body, HasSubstr("FREEBUSY;FBTYPE=BUSY:20261201T100000Z/20261201T120000Z\r\n"));
    EXPECT_THAT(body,
                HasSubstr("FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261201T150000Z/20261201T160000Z\r\n"));
    EXPECT_THAT(body, Not(HasSubstr("SUMMARY")));
    EXPECT_THAT(body, Not(HasSubstr("secret")));
    EXPECT_EQ(ask(calendar), body);
}

TEST_F(FreeBusyQuery, NothingBusyIsAnAnswerToo) {
    EXPECT_THAT(ask(calendar), Not(HasSubstr("FREEBUSY;")));
    EXPECT_THAT(ask(calendar), HasSubstr("BEGIN:VFREEBUSY\r\n"));
}

TEST_F(FreeBusyQuery, ASeriesThatBeganLongAgoIsFoundByTheIndexAndBeyondIt) {
    put(calendar + "a.ics",
        core::replace_all(core::replace_all(simple_event("a"), "20261201T", "20161201T"),
                          "SUMMARY:", "RRULE:FREQ=WEEKLY\r\nSUMMARY:"));

    EXPECT_THAT(ask(calendar, free_busy("start=\"20261202T000000Z\" end=\"20261204T000000Z\"")),
                HasSubstr("20261203T100000Z/20261203T110000Z"));
    EXPECT_THAT(ask(calendar, free_busy("start=\"20991201T000000Z\" end=\"20991208T000000Z\"")),
                HasSubstr("FREEBUSY;FBTYPE=BUSY:20991203T100000Z/"));
}

TEST_F(FreeBusyQuery, AllDayEventsAreDaysOfTheCalendarsZone) {
    const std::string zone =
        "<D:propertyupdate xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><D:set>"
        "<D:prop><C:calendar-timezone-id>America/New_York</C:calendar-timezone-id></D:prop>"
        "</D:set></D:propertyupdate>";
    EXPECT_EQ(server.send("PROPPATCH", calendar, {}, zone).status, 207);
    put(calendar + "a.ics",
        core::replace_all(simple_event("a"), "DTSTART:20261201T100000Z\r\nDURATION:PT1H",
                          "DTSTART;VALUE=DATE:20261201"));

    EXPECT_THAT(ask(calendar, free_busy("start=\"20261130T000000Z\" end=\"20261205T000000Z\"")),
                HasSubstr("FREEBUSY;FBTYPE=BUSY:20261201T050000Z/20261202T050000Z"));
}

TEST_F(FreeBusyQuery, TheHomeAnswersForItsOpaqueCalendars) {
    server.make_collection("anna", "more", true);
    server.make_collection("anna", "files", false);
    put(calendar + "a.ics", simple_event("a", 10));
    put(home + "more/b.ics", simple_event("b", 14));
    put(home + "files/c.ics", simple_event("c", 18));

    EXPECT_THAT(ask(home), HasSubstr("20261201T140000Z/20261201T150000Z"));
    EXPECT_THAT(ask(home), HasSubstr("20261201T100000Z/20261201T110000Z"));
    EXPECT_THAT(ask(home), Not(HasSubstr("20261201T180000Z")));

    const std::string transparent =
        "<D:propertyupdate xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><D:set>"
        "<D:prop><C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp></D:prop>"
        "</D:set></D:propertyupdate>";
    EXPECT_EQ(server.send("PROPPATCH", home + "more/", {}, transparent).status, 207);
    EXPECT_THAT(ask(home), Not(HasSubstr("20261201T140000Z")));
}

TEST_F(FreeBusyQuery, OneObjectAnswersForItself) {
    put(calendar + "a.ics", simple_event("a", 10));
    put(calendar + "b.ics", simple_event("b", 14));

    EXPECT_THAT(ask(calendar + "a.ics"), HasSubstr("20261201T100000Z/"));
    EXPECT_THAT(ask(calendar + "a.ics"), Not(HasSubstr("20261201T140000Z")));
}

TEST_F(FreeBusyQuery, WhatTheOwnerDeclinedIsFree) {
    put(calendar + "a.ics",
        core::replace_all(simple_event("a"), "SUMMARY:",
                          "ORGANIZER:mailto:host@example.org\r\n"
                          "ATTENDEE;PARTSTAT=DECLINED:MAILTO:Anna@Example.org\r\nSUMMARY:"));

    EXPECT_THAT(ask(calendar), Not(HasSubstr("FREEBUSY;")));
}

TEST_F(FreeBusyQuery, R_A15_OneBadObjectFailsNoAnswer) {
    put(calendar + "a.ics", simple_event("a", 10));
    put(calendar + "b.ics", simple_event("b", 14));
    EXPECT_TRUE(server.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
        const auto row = transaction.collections().find("anna", "calendar");
        auto object = transaction.objects().find(row->id, "a.ics");
        object->text = "damaged";
        transaction.objects().update(*object);
        return {};
    }));

    EXPECT_THAT(ask(calendar), HasSubstr("20261201T140000Z/"));
}

TEST_F(FreeBusyQuery, ARangeIsNeededAndHasToBeOne) {
    const std::string open = "<C:free-busy-query xmlns:C=\"urn:ietf:params:xml:ns:caldav\">";
    const std::string close = "</C:free-busy-query>";
    const std::string range = "<C:time-range start=\"20261201T000000Z\"/>";
    for (const std::string& body : {open + close, open + range + range + close}) {
        EXPECT_EQ(server.send("REPORT", calendar, {}, body).status, 400) << body;
    }
    for (const char* attributes :
         {"", "start=\"20261201\"", "start=\"x\" end=\"y\"",
          "start=\"20261202T000000Z\" end=\"20261201T000000Z\"", "start=\"20261201T000000\""}) {
        const auto refused = server.send("REPORT", calendar, {}, free_busy(attributes));
        EXPECT_EQ(refused.status, 403) << attributes;
        ASSERT_TRUE(read_error(refused)) << attributes;
        EXPECT_EQ(read_error(refused)->condition, cal("valid-filter"));
    }
}

TEST_F(FreeBusyQuery, MoreThanCanBeSaidIsRefusedAndNotLeftOut) {
    put(calendar + "a.ics",
        core::replace_all(simple_event("a"), "SUMMARY:", "RRULE:FREQ=DAILY\r\nSUMMARY:"));

    const auto refused =
        server.send("REPORT", calendar, {}, free_busy("start=\"20261201T000000Z\""));

    EXPECT_EQ(refused.status, 403);
    ASSERT_TRUE(read_error(refused));
    EXPECT_EQ(read_error(refused)->condition, dav("number-of-matches-within-limits"));
}

TEST_F(FreeBusyQuery, R_C20_TheWrongPersonLearnsNothing) {
    put(calendar + "a.ics", simple_event("a"));
    for (const std::string& account : {std::string("bert"), std::string()}) {
        for (const std::string& target : {home, calendar, calendar + "a.ics"}) {
            const auto refused = server.send("REPORT", target, {}, free_busy(), account);
            EXPECT_EQ(refused.status, 403) << account << target;
            ASSERT_TRUE(read_error(refused));
            EXPECT_EQ(read_error(refused)->condition, dav("need-privileges"));
            EXPECT_THAT(refused.body, Not(HasSubstr("20261201")));
        }
    }
}

// What the index says is what reading every object says, whatever they are, and when it is old.
TEST_F(FreeBusyQuery, AnswersAsExpansionDoes) {
    for (const std::uint32_t seed : support::test_seeds()) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        support::RandomObjects random(seed);
        for (int i = 0; i < 80; ++i) {
            const std::string uid = std::to_string(seed) + "-" + std::to_string(i);
            server.put(calendar + uid + ".ics", random.object(uid));
        }
        for (int question = 0; question < 30; ++question) {
            if (question == 20) {
                server.clock.advance(200LL * core::day_seconds);
            }
            const core::Interval range = random.range();
            ASSERT_EQ(by_index(range), by_expansion(range))
                << core::to_ical_utc(range.start) << "/" << core::to_ical_utc(range.end);
        }
    }
}

// RFC 4791 section 9.6.7
TEST_F(FreeBusyQuery, LimitFreebusySetNeedsBothEnds) {
    const auto asked = [](const std::string& attributes) {
        return "<C:calendar-query xmlns:C=\"urn:ietf:params:xml:ns:caldav\" xmlns:D=\"DAV:\">"
               "<D:prop><C:calendar-data><C:limit-freebusy-set "
               + attributes
               + "/></C:calendar-data></D:prop><C:filter><C:comp-filter name=\"VCALENDAR\"/>"
                 "</C:filter></C:calendar-query>";
    };
    put(calendar + "a.ics", simple_event("a"));

    EXPECT_EQ(server.send("REPORT", calendar, {}, asked("start=\"20261201T000000Z\"")).status, 400);
    const auto whole =
        server.report(calendar, asked("start=\"20261201T000000Z\" end=\"20261202T000000Z\""));
    ASSERT_EQ(whole.responses.size(), 1U);
    EXPECT_THAT(whole.responses[0].text(cal("calendar-data")), HasSubstr("BEGIN:VEVENT"));
}

} // namespace

} // namespace free_busy_test
