#include "core/limits.h"
#include "ical/object.h"
#include "tests/ical/objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ical::object_test {

namespace {

using namespace testing_support;
using core::Condition;

constexpr const char* start = "DTSTART;TZID=Europe/Berlin:20261122T100000\n";

TEST(Object, KnowsItsMasterAndItsOverrides) {
    const Object object =
        parsed(event("RECURRENCE-ID;TZID=Europe/Berlin:20261123T100000\n"
                     "DTSTART;TZID=Europe/Berlin:20261123T110000\nSUMMARY:moved\n")
               + event(std::string(start) + "RRULE:FREQ=DAILY\nSUMMARY:series\n"));

    EXPECT_EQ(object.kind, Kind::event);
    EXPECT_EQ(object.uid, "1@example.com");
    ASSERT_NE(object.master(), nullptr);
    EXPECT_EQ(object.master()->value("SUMMARY"), "series");
    ASSERT_EQ(object.overrides().size(), 1U);
    EXPECT_EQ(object.main_components().front(), object.master());
    EXPECT_TRUE(object.recurs());
}

TEST(Object, MayHoldOverridesAlone) {
    const Object object =
        parsed(event("RECURRENCE-ID:20261123T100000Z\nDTSTART:20261123T110000Z\n"));

    EXPECT_EQ(object.master(), nullptr);
    EXPECT_TRUE(object.recurs());
}

TEST(Object, NamesEveryKind) {
    for (const Kind kind :
         {Kind::event, Kind::todo, Kind::journal, Kind::freebusy, Kind::availability}) {
        EXPECT_EQ(kind_from_name(component_name(kind)), kind);
    }
    EXPECT_EQ(kind_from_name("vevent"), Kind::event);
    EXPECT_EQ(kind_from_name("VTIMEZONE"), std::nullopt);
}

struct Refusal {
    const char* name;
    std::string components;
    Condition condition;
};

class ParseObjectRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(ParseObjectRefuses, WithTheRfcsCondition) {
    EXPECT_EQ(refusal(GetParam().components), GetParam().condition) << GetParam().components;
}

std::string repeated(int count, const std::string& line) {
    std::string text;
    for (int i = 0; i < count; ++i) {
        text += line;
    }
    return text;
}

const std::string zone_only = "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\n"
                              "DTSTART:19701025T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
                              "END:STANDARD\nEND:VTIMEZONE\n";

INSTANTIATE_TEST_SUITE_P(
    Structure, ParseObjectRefuses,
    testing::Values(
        Refusal{"NothingInIt", "", Condition::valid_calendar_object_resource},
        Refusal{"OnlyAZone", zone_only, Condition::valid_calendar_object_resource},
        Refusal{"AMethod", "METHOD:REQUEST\n" + event(start),
                Condition::valid_calendar_object_resource},
        Refusal{"NoUid", "BEGIN:VEVENT\nDTSTART:20261122T100000Z\nEND:VEVENT\n",
                Condition::valid_calendar_object_resource},
        Refusal{"AnEmptyUid", "BEGIN:VEVENT\nUID: \nDTSTART:20261122T100000Z\nEND:VEVENT\n",
                Condition::valid_calendar_object_resource},
        Refusal{"AUidTooLongToBeFoundBy",
                "BEGIN:VEVENT\nUID:" + std::string(core::limits::uid_bytes + 1, 'u')
                    + "\nDTSTART:20261122T100000Z\nEND:VEVENT\n",
                Condition::valid_calendar_object_resource},
        Refusal{"AnAttendeeTooLongToBeFoundBy",
                event(std::string(start) + "ATTENDEE:mailto:"
                      + std::string(core::limits::address_bytes, 'a') + "@example.com\n"),
                Condition::valid_calendar_data},
        Refusal{"AnOrganizerTooLongToBeFoundBy",
                event(std::string(start) + "ORGANIZER:mailto:"
                      + std::string(core::limits::address_bytes, 'a') + "@example.com\n"),
                Condition::valid_calendar_data},
        Refusal{"TwoUids",
                event(start) + "BEGIN:VEVENT\nUID:2\nDTSTART:20261122T100000Z\nEND:VEVENT\n",
                Condition::valid_calendar_object_resource},
        Refusal{"TwoKinds", event(start) + todo(""), Condition::valid_calendar_object_resource},
        Refusal{"TwoMasters", event(start) + event(start),
                Condition::valid_calendar_object_resource},
        Refusal{"TwoOverridesOfOneSlotInDifferentZones",
                event(std::string(start) + "RRULE:FREQ=DAILY\n")
                    + event("RECURRENCE-ID;TZID=Europe/Berlin:20261123T100000\n"
                            "DTSTART:20261123T100000Z\n")
                    + event("RECURRENCE-ID:20261123T090000Z\nDTSTART:20261123T100000Z\n"),
                Condition::valid_calendar_object_resource},
        Refusal{"AKindThatNoCalendarHolds", "BEGIN:VPOLL\nUID:1\nEND:VPOLL\n",
                Condition::supported_calendar_component},
        Refusal{"TwoOrganizers",
                event(std::string(start) + "RRULE:FREQ=DAILY\nORGANIZER:mailto:a@example.com\n")
                    + event("RECURRENCE-ID;TZID=Europe/Berlin:20261123T100000\n"
                            "DTSTART:20261123T100000Z\nORGANIZER:mailto:b@example.com\n"),
                Condition::same_organizer_in_all_components},
        Refusal{"TooManyAttendees",
                event(start
                      + repeated(static_cast<int>(core::limits::attendees) + 1,
                                 "ATTENDEE:mailto:a@example.com\n")),
                Condition::max_attendees_per_instance}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Times, ParseObjectRefuses,
    testing::Values(
        Refusal{"AnEventWithoutStart", event("SUMMARY:x\n"), Condition::valid_calendar_data},
        Refusal{"AnEmptyStart", event("DTSTART:\n"), Condition::valid_calendar_data},
        Refusal{"AStartThatIsNoTime", event("DTSTART:tomorrow\n"), Condition::valid_calendar_data},
        Refusal{"ADayThatDoesNotExist", event("DTSTART:20260230T100000Z\n"),
                Condition::valid_calendar_data},
        Refusal{"AnEndThatIsNoTime", event(std::string(start) + "DTEND:later\n"),
                Condition::valid_calendar_data},
        Refusal{"AnEndBeforeTheStart", event(std::string(start) + "DTEND:20261122T085959Z\n"),
                Condition::valid_calendar_data},
        Refusal{"AnEndingDayBeforeTheStart",
                event("DTSTART;VALUE=DATE:20261122\nDTEND;VALUE=DATE:20261121\n"),
                Condition::valid_calendar_data},
        Refusal{"ADurationThatIsNone", event(std::string(start) + "DURATION:an hour\n"),
                Condition::valid_calendar_data},
        Refusal{"AZoneThatNothingExplains", event("DTSTART;TZID=Nowhere:20261122T100000\n"),
                Condition::valid_calendar_data},
        Refusal{"AnExcludedTimeThatIsNone", event(std::string(start) + "EXDATE:never\n"),
                Condition::valid_calendar_data},
        Refusal{"TheYearZero", event("DTSTART:00001231T100000Z\n"), Condition::min_date_time},
        Refusal{"TheYear10000", event("DTSTART:100000101T100000Z\n"), Condition::max_date_time},
        Refusal{"AnEndAfterTheYear9999", event("DTSTART:99991231T100000Z\nDURATION:P30D\n"),
                Condition::max_date_time}),
    [](const auto& row) { return row.param.name; });

std::string series(const std::string& rule) {
    return event(start + ("RRULE:" + rule) + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    Recurrence, ParseObjectRefuses,
    testing::Values(
        Refusal{"ARuleWithoutFrequency", series("COUNT=3"), Condition::valid_calendar_data},
        Refusal{"ARuleWithABadPart", series("FREQ=DAILY;BYHOUR=25"),
                Condition::valid_calendar_data},
        Refusal{"ADayThatRecursByTheHour",
                event("DTSTART;VALUE=DATE:20261122\nRRULE:FREQ=HOURLY\n"),
                Condition::valid_calendar_data},
        Refusal{"ACountTooHigh", series("FREQ=DAILY;COUNT=10001"), Condition::max_instances},
        Refusal{"TooManyRules", event(start + repeated(17, "RRULE:FREQ=YEARLY\n")),
                Condition::max_instances},
        Refusal{"EverySecond", series("FREQ=SECONDLY"), Condition::max_instances},
        Refusal{"EveryMinuteABit", series("FREQ=MINUTELY;COUNT=100"), Condition::max_instances},
        Refusal{"AComb", series("FREQ=YEARLY;BYHOUR=1,2,3,4,5,6,7,8,9,10;BYMINUTE=0,10,20,30,40"),
                Condition::max_instances},
        Refusal{"ADenseDayFarAway", series("FREQ=MINUTELY;BYMONTH=7;BYMONTHDAY=4;COUNT=1000"),
                Condition::max_instances},
        Refusal{"ASearchWithoutEnd", series("FREQ=SECONDLY;INTERVAL=2;BYSECOND=1"),
                Condition::max_instances},
        Refusal{"ASearchThroughAllSeconds", series("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"),
                Condition::max_instances}),
    [](const auto& row) { return row.param.name; });

struct Leniency {
    const char* name;
    std::string components;
};

class ParseObjectAccepts : public testing::TestWithParam<Leniency> {};

TEST_P(ParseObjectAccepts, WhatClientsSend) {
    const auto object = try_parse(GetParam().components);

    EXPECT_TRUE(object.has_value()) << (object ? "" : object.error().detail);
}

INSTANTIATE_TEST_SUITE_P(
    Clients, ParseObjectAccepts,
    testing::Values(
        Leniency{"AnEmptyLocation", event(std::string(start) + "LOCATION:\nX-FOO;X-BAR=1:baz\n")},
        Leniency{"EmptyTimes", event(std::string(start) + "DTEND:\nDURATION:\nEXDATE:\nRRULE:\n")},
        Leniency{"AnEndBesideADurationOfZero",
                 event(std::string(start) + "DTEND:20261122T100000Z\nDURATION:PT0S\n")},
        Leniency{"AnEndBesideADuration",
                 event(std::string(start) + "DTEND:20261122T100000Z\nDURATION:PT2H\n")},
        Leniency{"AnEndAtTheStart", event(std::string(start) + "DTEND:20261122T090000Z\n")},
        Leniency{"ADayThatEndsOnItself",
                 event("DTSTART;VALUE=DATE:20261122\nDTEND;VALUE=DATE:20261122\n")},
        Leniency{"AnExcludedDayInATimedSeries",
                 event(std::string(start) + "RRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:20261124\n")},
        Leniency{"UntilTheEndOfTheCalendar", series("FREQ=DAILY;UNTIL=99991231T235959Z")},
        Leniency{"UntilOnADate", series("FREQ=DAILY;UNTIL=20261231")},
        Leniency{"UntilInLocalTime", series("FREQ=DAILY;UNTIL=20261231T100000")},
        Leniency{"UntilAtATimeInAnAllDaySeries",
                 event("DTSTART;VALUE=DATE:20261122\nRRULE:FREQ=DAILY;UNTIL=20261231T000000Z\n")},
        Leniency{"AnIntervalOfZero", series("FREQ=DAILY;INTERVAL=0;COUNT=3")},
        Leniency{"AnUnknownPartOfARule", series("FREQ=DAILY;X-EVOLUTION-ENDDATE=20261231")},
        Leniency{"TwoRules", event(std::string(start) + "RRULE:FREQ=MONTHLY\nRRULE:FREQ=YEARLY\n")},
        Leniency{"ARuleThatEndsBeforeTheStart", series("FREQ=DAILY;UNTIL=20200101T000000Z")},
        Leniency{"ARuleThatNeverMatches", series("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")},
        Leniency{"ASeriesWithNothingLeft",
                 event(std::string(start) + "RRULE:FREQ=DAILY;COUNT=1\nEXDATE:20261122T090000Z\n")},
        Leniency{"ASeriesWithoutEnd", series("FREQ=HOURLY")},
        Leniency{"AnOverrideBeforeTheSeries",
                 event(std::string(start) + "RRULE:FREQ=DAILY\n")
                     + event("RECURRENCE-ID:20261101T090000Z\nDTSTART:20261101T090000Z\n")},
        Leniency{"AnOverrideWithoutOrganizer",
                 event(std::string(start) + "RRULE:FREQ=DAILY\nORGANIZER:mailto:A@example.com\n")
                     + event("RECURRENCE-ID:20261123T090000Z\nDTSTART:20261123T090000Z\n")},
        Leniency{"OrganizersThatDifferInCase",
                 event(std::string(start) + "RRULE:FREQ=DAILY\nORGANIZER:MAILTO:A@example.com\n")
                     + event("RECURRENCE-ID:20261123T090000Z\nDTSTART:20261123T090000Z\n"
                             "ORGANIZER:mailto:a@example.com\n")},
        Leniency{"AnUnknownComponentBeside", event(start) + "BEGIN:X-NOTE\nX-A:1\nEND:X-NOTE\n"},
        Leniency{"AnUndatedTodo", todo("SUMMARY:x\n")},
        Leniency{"ATodoDueBeforeItStarts",
                 todo("DTSTART:20261122T100000Z\nDUE:20261121T100000Z\n")},
        Leniency{"AJournalWithoutStart", "BEGIN:VJOURNAL\nUID:1\nEND:VJOURNAL\n"},
        Leniency{"FreeBusy", "BEGIN:VFREEBUSY\nUID:1\nFREEBUSY:20261122T100000Z/PT1H\n"
                             "END:VFREEBUSY\n"},
        Leniency{"Availability", "BEGIN:VAVAILABILITY\nUID:1\nBEGIN:AVAILABLE\nUID:2\n"
                                 "DTSTART:20261122T100000Z\nDTEND:20261122T110000Z\n"
                                 "END:AVAILABLE\nEND:VAVAILABILITY\n"},
        Leniency{"AZoneThatIsWellKnown", event("DTSTART;TZID=Europe/Berlin:20261122T100000\n")},
        Leniency{"AWindowsZone", event("DTSTART;TZID=W. Europe Standard Time:20261122T100000\n")}),
    [](const auto& row) { return row.param.name; });

TEST(ReadObject, DoesNotJudgeWhatIsStored) {
    const auto object = read_object(calendar("METHOD:REQUEST\n" + event("SUMMARY:no start\n")),
                                    zone("Europe/Berlin"));

    ASSERT_TRUE(object.has_value());
    EXPECT_EQ(object->kind, Kind::event);
    EXPECT_EQ(object->uid, "1@example.com");
}

TEST(ReadObject, RefusesBrokenText) {
    EXPECT_FALSE(read_object("BEGIN:VCALENDAR\n", zone("Europe/Berlin")).has_value());
    EXPECT_FALSE(read_object(calendar(""), zone("Europe/Berlin")).has_value());
}

} // namespace

} // namespace ical::object_test
