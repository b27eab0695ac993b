#include "ical/free_busy.h"
#include "ical/select.h"
#include "tests/ical/objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace ical {
namespace {

using namespace testing_support;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const core::Interval december = range("20261201T000000Z", "20270101T000000Z");

bool is_anna(std::string_view address) {
    return address == "mailto:anna@example.org";
}

std::vector<BusyPeriod> busy(const std::string& components, core::Interval within = december) {
    const auto periods = busy_periods(parsed(components), within, is_anna);
    EXPECT_TRUE(periods) << components;
    return periods.value_or(std::vector<BusyPeriod>{});
}

BusyPeriod period(std::string_view start, std::string_view end, BusyType type = BusyType::busy) {
    return {range(start, end), type};
}

const std::string morning = "DTSTART:20261201T100000Z\nDTEND:20261201T110000Z\n";

// RFC 4791 section 7.10
TEST(FreeBusy, AnEventIsBusyByItsTransparencyAndItsStatus) {
    const auto confirmed = period("20261201T100000Z", "20261201T110000Z");
    const auto tentative = period("20261201T100000Z", "20261201T110000Z", BusyType::tentative);

    EXPECT_THAT(busy(event(morning)), ElementsAre(confirmed));
    EXPECT_THAT(busy(event(morning + "TRANSP:OPAQUE\nSTATUS:CONFIRMED\n")), ElementsAre(confirmed));
    EXPECT_THAT(busy(event(morning + "STATUS:tentative\n")), ElementsAre(tentative));
    EXPECT_THAT(busy(event(morning + "TRANSP:TRANSPARENT\n")), IsEmpty());
    EXPECT_THAT(busy(event(morning + "STATUS:CANCELLED\n")), IsEmpty());
    EXPECT_THAT(busy(todo("DTSTART:20261201T100000Z\nDUE:20261201T110000Z\n")), IsEmpty());
}

TEST(FreeBusy, WhatAPersonDeclinedLeavesThemFree) {
    const auto attended = [](const std::string& person, const std::string& answer) {
        return event(morning + "ORGANIZER:mailto:host@example.org\nATTENDEE;PARTSTAT=" + answer
                     + ":mailto:" + person + "@example.org\n");
    };

    EXPECT_THAT(busy(attended("anna", "DECLINED")), IsEmpty());
    EXPECT_THAT(busy(attended("bert", "DECLINED")), testing::SizeIs(1));
    EXPECT_THAT(busy(attended("anna", "TENTATIVE")),
                ElementsAre(period("20261201T100000Z", "20261201T110000Z", BusyType::tentative)));
    EXPECT_THAT(busy(attended("anna", "NEEDS-ACTION")), testing::SizeIs(1));
}

TEST(FreeBusy, ASeriesIsBusyAsItsOccurrencesAre) {
    const std::string series =
        event("DTSTART:20261130T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\n"
              "EXDATE:20261202T100000Z\n")
        + event("RECURRENCE-ID:20261203T100000Z\nDTSTART:20261203T150000Z\nDURATION:PT30M\n")
        + event("RECURRENCE-ID:20261204T100000Z\nDTSTART:20261204T100000Z\nDURATION:PT1H\n"
                "STATUS:CANCELLED\n");

    EXPECT_THAT(coalesced(busy(series, range("20261201T000000Z", "20261206T000000Z"))),
                ElementsAre(period("20261201T100000Z", "20261201T110000Z"),
                            period("20261203T150000Z", "20261203T153000Z"),
                            period("20261205T100000Z", "20261205T110000Z")));
}

TEST(FreeBusy, AllDayAndFloatingTimesAreThoseOfTheCalendarsZone) { // Berlin: UTC+1 in winter
    EXPECT_THAT(busy(event("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261226\n")),
                ElementsAre(period("20261223T230000Z", "20261225T230000Z")));
    EXPECT_THAT(busy(event("DTSTART;VALUE=DATE:20261224\n")),
                ElementsAre(period("20261223T230000Z", "20261224T230000Z")));
    EXPECT_THAT(busy(event("DTSTART:20261224T100000\nDURATION:PT1H\n")),
                ElementsAre(period("20261224T090000Z", "20261224T100000Z")));
}

TEST(FreeBusy, PeriodsAreCutToTheRangeAndAnInstantTakesNoTime) {
    EXPECT_THAT(busy(event(morning), range("20261201T103000Z", "20261201T104500Z")),
                ElementsAre(period("20261201T103000Z", "20261201T104500Z")));
    EXPECT_THAT(busy(event(morning), range("20261201T110000Z", "20261201T120000Z")), IsEmpty());
    EXPECT_THAT(busy(event("DTSTART:20261201T100000Z\n")), IsEmpty());
}

TEST(FreeBusy, AFreeBusyComponentGivesItsPeriodsByTheirTypes) {
    const std::string stated =
        "BEGIN:VFREEBUSY\nUID:f\nDTSTAMP:20260101T000000Z\nDTSTART:20261201T000000Z\n"
        "DTEND:20261202T000000Z\nFREEBUSY:20261201T080000Z/PT1H,20261201T120000Z/PT1H\n"
        "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261201T180000Z/20261201T200000Z\n"
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261201T160000Z/PT1H\n"
        "FREEBUSY;FBTYPE=X-OTHER:20261201T210000Z/PT1H\n"
        "FREEBUSY;FBTYPE=FREE:20261201T140000Z/PT1H\nEND:VFREEBUSY\n";

    EXPECT_THAT(coalesced(busy(stated)),
                ElementsAre(period("20261201T080000Z", "20261201T090000Z"),
                            period("20261201T120000Z", "20261201T130000Z"),
                            period("20261201T160000Z", "20261201T170000Z", BusyType::tentative),
                            period("20261201T180000Z", "20261201T200000Z", BusyType::unavailable),
                            period("20261201T210000Z", "20261201T220000Z")));
}

TEST(FreeBusy, PeriodsOfOneTypeThatTouchOrOverlapBecomeOne) {
    EXPECT_THAT(coalesced({period("20261201T110000Z", "20261201T120000Z"),
                           period("20261201T100000Z", "20261201T110000Z"),
                           period("20261201T103000Z", "20261201T104500Z", BusyType::tentative),
                           period("20261201T130000Z", "20261201T140000Z"),
                           period("20261201T131000Z", "20261201T132000Z")}),
                ElementsAre(period("20261201T100000Z", "20261201T120000Z"),
                            period("20261201T103000Z", "20261201T104500Z", BusyType::tentative),
                            period("20261201T130000Z", "20261201T140000Z")));
    EXPECT_THAT(coalesced({}), IsEmpty());
}

TEST(FreeBusy, ASeriesWithoutEndInARangeWithoutEndIsRefused) {
    const Object object = parsed(event("DTSTART:20261130T100000Z\nRRULE:FREQ=DAILY\n"
                                       "DURATION:PT1H\n"));
    const Object free = parsed(event("DTSTART:20261130T100000Z\nRRULE:FREQ=DAILY\n"
                                     "DURATION:PT1H\nTRANSP:TRANSPARENT\n"));
    const core::Interval open{at("20261201T000000Z"), core::end_of_time};

    const auto refused = busy_periods(object, open, is_anna);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().condition, core::Condition::max_instances);
    EXPECT_TRUE(busy_periods(free, open, is_anna));
}

TEST(FreeBusy, TheAnswerIsACalendarThatCanBeReadAgain) {
    const std::string text = print(
        free_busy_calendar(december,
                           {period("20261201T100000Z", "20261201T110000Z"),
                            period("20261202T100000Z", "20261202T110000Z", BusyType::unavailable)},
                           "uid-1", at("20261122T080000Z")));
    const auto object = parse_object(text, zone("Europe/Berlin"));

    ASSERT_TRUE(object) << object.error().detail << text;
    EXPECT_EQ(object->kind, Kind::freebusy);
    EXPECT_THAT(busy_periods(*object, december, is_anna).value(), testing::SizeIs(2));
    EXPECT_THAT(text, HasSubstr("FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261202T100000Z/"));
}

// RFC 4791 section 9.6.7
TEST(FreeBusy, LimitFreebusySetKeepsThePeriodsOfTheRange) {
    const Object object = parsed("BEGIN:VFREEBUSY\nUID:f\nDTSTAMP:20260101T000000Z\n"
                                 "FREEBUSY:20261201T080000Z/PT1H,20261205T080000Z/PT1H\n"
                                 "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261209T080000Z/PT1H\n"
                                 "END:VFREEBUSY\n");
    DataSelection selection;
    selection.limit_freebusy_set = range("20261205T000000Z", "20261206T000000Z");

    EXPECT_FALSE(selection.whole());
    const std::string text = print(select(object, selection).value());
    EXPECT_THAT(text, HasSubstr("FREEBUSY:20261205T080000Z/PT1H\r\n"));
    EXPECT_THAT(text, Not(HasSubstr("20261201T")));
    EXPECT_THAT(text, Not(HasSubstr("TENTATIVE")));
}

} // namespace
} // namespace ical
