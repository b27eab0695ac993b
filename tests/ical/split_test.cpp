#include "core/strings.h"
#include "ical/object.h"
#include "ical/split.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace split_test {

namespace {

using core::Condition;
using testing::HasSubstr;
using testing::Not;

std::string event(const std::string& uid, const std::string& more = "") {
    return "BEGIN:VEVENT\n" + (uid.empty() ? "" : "UID:" + uid + "\n")
           + "DTSTAMP:20261101T000000Z\nDTSTART:20261123T140000Z\n" + more + "END:VEVENT\n";
}

std::string zone(const std::string& name) {
    return "BEGIN:VTIMEZONE\nTZID:" + name + "\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
           + "TZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n";
}

std::string file(const std::string& components) {
    return "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Old//Server//EN\nMETHOD:PUBLISH\n"
           "X-WR-CALNAME:Practice\n"
           + components + "END:VCALENDAR\n";
}

std::vector<ical::SplitObject> split(const std::string& text) {
    const auto objects = ical::split_calendar(text);
    EXPECT_TRUE(objects) << objects.error().detail;
    return objects.value_or(std::vector<ical::SplitObject>());
}

TEST(SplitCalendar, MakesAnObjectOfEachUid) {
    const auto objects = split(file(
        event("1") + event("2") + event("1", "RECURRENCE-ID:20261130T140000Z\nSUMMARY:Moved\n")));

    ASSERT_EQ(objects.size(), 2U);
    EXPECT_EQ(objects[0].uid, "1");
    EXPECT_EQ(objects[0].line, 6U);
    EXPECT_THAT(objects[0].text, HasSubstr("SUMMARY:Moved\r\n"));
    EXPECT_EQ(objects[1].uid, "2");
    EXPECT_EQ(objects[1].line, 11U);
    for (const auto& object : objects) {
        const auto parsed = ical::parse_object(object.text, ical::utc());
        EXPECT_TRUE(parsed) << parsed.error().detail;
    }
}

TEST(SplitCalendar, LeavesOutWhatDescribesTheFile) {
    const std::string text = split(file(event("1"))).front().text;

    EXPECT_THAT(text, HasSubstr("PRODID:-//Old//Server//EN\r\n"));
    EXPECT_THAT(text, Not(HasSubstr("METHOD")));
    EXPECT_THAT(text, Not(HasSubstr("X-WR-CALNAME")));
}

TEST(SplitCalendar, GivesEachObjectTheZonesThatItNames) {
    const auto objects = split(
        file(event("1", "DTEND;TZID=\"A:B\":20261123T150000\n") + zone("A:B") + zone("Elsewhere")
             + event("2", "RDATE;VALUE=DATE-TIME;tzid=Else\n where:20261124T150000\n")
             + event("3", "DESCRIPTION:say ;TZID=Elsewhere\n")));

    ASSERT_EQ(objects.size(), 3U);
    EXPECT_THAT(objects[0].text, HasSubstr("TZID:A:B\r\n"));
    EXPECT_THAT(objects[0].text, Not(HasSubstr("TZID:Elsewhere")));
    EXPECT_THAT(objects[1].text, HasSubstr("TZID:Elsewhere\r\n"));
    EXPECT_THAT(objects[2].text, Not(HasSubstr("VTIMEZONE")));
}

TEST(SplitCalendar, KeepsLinesAndWhatIsWithinComponentsAsTheyCame) {
    const std::string alarm = "BEGIN:VALARM\r\nUID:alarm\r\nACTION:DISPLAY\r\nEND:VALARM\r\n";
    const std::string folded = "SUMMARY:One\r\n  and two\r\n";

    const auto objects = split(file(event("1", alarm + folded)));

    ASSERT_EQ(objects.size(), 1U);
    EXPECT_EQ(objects[0].uid, "1");
    EXPECT_THAT(objects[0].text, HasSubstr(alarm + folded));
}

TEST(SplitCalendar, ReadsSeveralCalendarsOneAfterTheOther) {
    const auto objects = split("\xEF\xBB\xBF" + file(event("1")) + "\r\n" + file(event("1")));

    EXPECT_EQ(objects.size(), 2U); // whose UID is whose is for the calendar to say
}

TEST(SplitCalendar, ComponentsWithoutAUidStandAlone) {
    const auto objects = split(file(event("") + event("")));

    ASSERT_EQ(objects.size(), 2U);
    EXPECT_EQ(objects[0].uid, "");
}

TEST(SplitCalendar, AFileMayBeLargerThanAnObject) {
    std::string events;
    for (int i = 0; i < 20'000; ++i) {
        events += event(std::to_string(i));
    }

    const auto objects = split(file(events));

    ASSERT_EQ(objects.size(), 20'000U);
    EXPECT_EQ(objects.back().uid, "19999");
}

struct BadFile {
    std::string name;
    std::string text;
    std::string place;
};

class SplitCalendarRefuses : public testing::TestWithParam<BadFile> {};

TEST_P(SplitCalendarRefuses, WhatIsNoSequenceOfComponents) {
    const auto objects = ical::split_calendar(GetParam().text);

    ASSERT_FALSE(objects);
    EXPECT_THAT(objects.error().detail, testing::StartsWith(GetParam().place));
}

INSTANTIATE_TEST_SUITE_P(
    Files, SplitCalendarRefuses,
    testing::Values(
        BadFile{"Nothing", "", "line 1:"}, BadFile{"NoCalendar", "hello\n", "line 1:"},
        BadFile{"AnEventAlone", event("1"), "line 1:"},
        BadFile{"AnEndThatIsMissing", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "line 2:"},
        BadFile{"AnEndOfSomethingElse", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VTODO\n", "line 3:"},
        BadFile{"AnEndTooMany", file("") + "END:VCALENDAR\n", "line 7:"},
        BadFile{"AnAbyss",
                "BEGIN:VCALENDAR\n" + core::replace_all("xxxxxxxx", "x", "BEGIN:VEVENT\n"),
                "line 5:"}),
    [](const auto& row) { return row.param.name; });

} // namespace

} // namespace split_test
