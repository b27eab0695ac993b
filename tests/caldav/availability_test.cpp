// RFC 7953 on the inbox, and the default alarms of Apple's clients: what is kept, and what counts.
#include "core/strings.h"
#include "tests/support/dav_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace availability_property_test {

namespace {

using caldav::cal;
using caldav::cs;
using testing::HasSubstr;
using testing::Not;

const std::string inbox = "/calendars/anna/inbox/";
const std::string home = "/calendars/anna/";
// Free from nine to twelve and busy else.
const std::string office_hours =
    "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//T//EN\nBEGIN:VAVAILABILITY\nUID:a\n"
    "DTSTAMP:20261101T000000Z\nBEGIN:AVAILABLE\nUID:b\nDTSTAMP:20261101T000000Z\n"
    "DTSTART:20261101T090000Z\nDTEND:20261101T120000Z\nRRULE:FREQ=DAILY\nEND:AVAILABLE\n"
    "END:VAVAILABILITY\nEND:VCALENDAR\n";

class AvailabilityProperty : public support::DavFixture {
protected:
    support::DavResponse set(const std::string& path, const std::string& name,
                             const std::string& value) {
        const std::string body =
            "<D:propertyupdate xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav' "
            "xmlns:CS='http://calendarserver.org/ns/'><D:set><D:prop><"
            + name + ">" + value + "</" + name + "></D:prop></D:set></D:propertyupdate>";
        return support::read_multistatus(server.send("PROPPATCH", path, {}, body)).responses.at(0);
    }
    std::string busy() {
        const auto answer = server.send(
            "REPORT", home, {},
            "<C:free-busy-query xmlns:C='urn:ietf:params:xml:ns:caldav'>"
            "<C:time-range start='20261201T000000Z' end='20261202T000000Z'/></C:free-busy-query>");
        EXPECT_EQ(answer.status, 200);
        return answer.body;
    }
};

TEST_F(AvailabilityProperty, CountsInBusyTime) {
    EXPECT_THAT(busy(), Not(HasSubstr("\nFREEBUSY")));
    server.put(home + "calendar/a.ics", support::simple_event("a"));

    EXPECT_EQ(
        set(inbox, "C:calendar-availability", office_hours).status_of(cal("calendar-availability")),
        200);

    EXPECT_THAT(busy(), HasSubstr("FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261201T000000Z"));
    EXPECT_THAT(busy(), HasSubstr("20261201T120000Z/20261202T000000Z"));
    EXPECT_THAT(busy(), HasSubstr("20261201T100000Z/20261201T110000Z"));
}

TEST_F(AvailabilityProperty, CountsInAnswersToOthersQuestions) {
    set(inbox, "CS:calendar-availability", office_hours); // as Apple's clients call it

    const auto answer = server.send(
        "POST", "/calendars/bert/outbox/", {{"Content-Type", "text/calendar"}},
        core::replace_all("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//T//EN\nMETHOD:REQUEST\n"
                          "BEGIN:VFREEBUSY\nUID:q\nDTSTAMP:20261122T080000Z\n"
                          "DTSTART:20261201T000000Z\nDTEND:20261202T000000Z\n"
                          "ORGANIZER:mailto:bert@example.org\nATTENDEE:mailto:anna@example.org\n"
                          "END:VFREEBUSY\nEND:VCALENDAR\n",
                          "\n", "\r\n"),
        "bert");

    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr("BUSY-UNAVAILABLE"));
}

TEST_F(AvailabilityProperty, AnObjectInACalendarCountsToo) {
    ASSERT_EQ(server
                  .send("MKCALENDAR", home + "office/", {},
                        "<C:mkcalendar xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'>"
                        "<D:set><D:prop><C:supported-calendar-component-set>"
                        "<C:comp name='VAVAILABILITY'/></C:supported-calendar-component-set>"
                        "</D:prop></D:set></C:mkcalendar>")
                  .status,
              201);
    const auto put =
        server.put(home + "office/a.ics", core::replace_all(office_hours, "\n", "\r\n"));
    ASSERT_EQ(put.status, 201) << put.body;

    EXPECT_THAT(busy(), HasSubstr("BUSY-UNAVAILABLE"));
}

TEST_F(AvailabilityProperty, WhatIsNoAvailabilityIsRefused) { // RFC 7953 section 7.2.4
    for (const std::string& bad : {std::string("x"), support::simple_event("a"), std::string()}) {
        EXPECT_EQ(
            set(inbox, "C:calendar-availability", bad).status_of(cal("calendar-availability")),
            403);
        EXPECT_EQ(
            set(inbox, "CS:calendar-availability", bad).status_of(cs("calendar-availability")),
            403);
    }
    EXPECT_THAT(busy(), Not(HasSubstr("UNAVAILABLE")));
}

TEST_F(AvailabilityProperty, OnlyTheOwnerSetsIt) {
    const auto refused = server.send(
        "PROPPATCH", inbox, {},
        "<D:propertyupdate xmlns:D='DAV:'><D:remove><D:prop><C:calendar-availability "
        "xmlns:C='urn:ietf:params:xml:ns:caldav'/></D:prop></D:remove></D:propertyupdate>",
        "bert");

    EXPECT_EQ(refused.status, 403);
}

TEST_F(AvailabilityProperty, DefaultAlarmsAreAlarmsOrNone) { // Non-standard: Apple
    const std::string alarm = "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT5M\nDESCRIPTION:x\n"
                              "END:VALARM\n";
    for (const char* name : {"default-alarm-vevent-datetime", "default-alarm-vevent-date",
                             "default-alarm-vtodo-datetime", "default-alarm-vtodo-date"}) {
        const std::string element = std::string("C:") + name;
        for (const std::string& path : {home, home + "calendar/"}) {
            EXPECT_EQ(set(path, element, alarm).status_of(cal(name)), 200) << name << path;
            EXPECT_EQ(set(path, element, "").status_of(cal(name)), 200) << name << path;
            EXPECT_EQ(set(path, element, "x").status_of(cal(name)), 403) << name << path;
            EXPECT_EQ(set(path, element, support::simple_event("a")).status_of(cal(name)), 403);
        }
    }
}

} // namespace

} // namespace availability_property_test
