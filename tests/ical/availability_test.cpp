// RFC 7953: when somebody is not to be had.
#include "core/strings.h"
#include "ical/availability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ical::availability_test {

namespace {

using testing::ElementsAre;

// "20261123T090000Z/20261123T100000Z BUSY", of that week
std::vector<std::string> blocked(const std::vector<std::string>& blocks,
                                 const char* start = "20261123T000000Z",
                                 const char* end = "20261125T000000Z") {
    std::string text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//T//EN\r\n";
    int number = 0;
    for (const std::string& block : blocks) {
        text += "BEGIN:VAVAILABILITY\r\nUID:block-" + std::to_string(++number)
                + "\r\nDTSTAMP:20261101T000000Z\r\n" + core::replace_all(block, "\n", "\r\n")
                + "END:VAVAILABILITY\r\n";
    }
    text += "END:VCALENDAR\r\n";
    const auto calendar = parse_availability(text, utc());
    EXPECT_TRUE(calendar) << text << (calendar ? "" : calendar.error().detail);
    std::vector<std::string> found;
    if (!calendar) {
        return found;
    }
    const auto periods = unavailable_periods(
        {*calendar}, {*core::from_ical_utc(start), *core::from_ical_utc(end)}, utc());
    EXPECT_TRUE(periods);
    for (const BusyPeriod& period : *periods) {
        found.push_back(core::to_ical_utc(period.time.start) + "/"
                        + core::to_ical_utc(period.time.end)
                        + (period.type == BusyType::busy        ? " BUSY"
                           : period.type == BusyType::tentative ? " TENTATIVE"
                                                                : ""));
    }
    return found;
}

const std::string mornings = "BEGIN:AVAILABLE\nUID:morning\nDTSTAMP:20261101T000000Z\n"
                             "DTSTART:20261102T090000Z\nDTEND:20261102T120000Z\n"
                             "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR\nEND:AVAILABLE\n";

bool is_refused(const std::string& inside) {
    const auto refused =
        parse_availability(core::replace_all("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//T//EN\n"
                                                 + inside + "END:VCALENDAR\n",
                                             "\n", "\r\n"),
                           utc());
    return !refused && refused.error().condition == core::Condition::valid_calendar_data;
}

TEST(Availability, BlocksEverythingButWhatIsAvailable) {
    EXPECT_THAT(blocked({mornings}), ElementsAre("20261123T000000Z/20261123T090000Z",
                                                 "20261123T120000Z/20261124T090000Z",
                                                 "20261124T120000Z/20261125T000000Z"));
}

TEST(Availability, BlocksItsOwnTimeOnlyAndAsItSays) {
    EXPECT_THAT(blocked({"DTSTART:20261123T100000Z\nDTEND:20261123T110000Z\nBUSYTYPE:BUSY\n"}),
                ElementsAre("20261123T100000Z/20261123T110000Z BUSY"));
    EXPECT_THAT(blocked({"DTSTART:20261123T100000Z\nDURATION:PT1H\nBUSYTYPE:BUSY-TENTATIVE\n"}),
                ElementsAre("20261123T100000Z/20261123T110000Z TENTATIVE"));
    EXPECT_THAT(blocked({"DTSTART:20261124T100000Z\n"}),
                ElementsAre("20261124T100000Z/20261125T000000Z"));
    EXPECT_THAT(blocked({"DTEND:20261123T010000Z\n"}),
                ElementsAre("20261123T000000Z/20261123T010000Z"));
    EXPECT_THAT(blocked({"DTSTART:20270101T000000Z\n"}), ElementsAre());
}

TEST(Availability, AHigherPriorityHasTheLastWord) { // RFC 7953 section 4
    const std::string holiday =
        "PRIORITY:1\nDTSTART:20261123T000000Z\nDTEND:20261124T000000Z\nBUSYTYPE:BUSY\n";
    const std::string always_free = "PRIORITY:2\nBEGIN:AVAILABLE\nUID:a\nDTSTAMP:20261101T000000Z\n"
                                    "DTSTART:20261123T080000Z\nDTEND:20261124T180000Z\n"
                                    "END:AVAILABLE\n";
    const std::vector<std::string> expected{"20261123T000000Z/20261124T000000Z BUSY",
                                            "20261124T180000Z/20261125T000000Z"};

    EXPECT_EQ(blocked({holiday, always_free}), expected);
    EXPECT_EQ(blocked({always_free, holiday}), expected);
}

TEST(Availability, AnOverrideMovesOneOccurrence) {
    const std::string moved = mornings
                              + "BEGIN:AVAILABLE\nUID:morning\nDTSTAMP:20261101T000000Z\n"
                                "RECURRENCE-ID:20261123T090000Z\nDTSTART:20261123T140000Z\n"
                                "DTEND:20261123T150000Z\nEND:AVAILABLE\n";

    EXPECT_THAT(
        blocked({moved}, "20261123T000000Z", "20261124T000000Z"),
        ElementsAre("20261123T000000Z/20261123T140000Z", "20261123T150000Z/20261124T000000Z"));
}

TEST(Availability, WhatMakesNoSenseIsRefused) {
    const std::string head = "BEGIN:VAVAILABILITY\nUID:a\nDTSTAMP:20261101T000000Z\n";
    const std::string tail = "END:VAVAILABILITY\n";
    ASSERT_FALSE(is_refused(head + tail));
    for (const std::string& bad :
         {std::string(),
          std::string("BEGIN:VEVENT\nUID:a\nDTSTAMP:20261101T000000Z\n"
                      "DTSTART:20261101T000000Z\nEND:VEVENT\n"),
          std::string("BEGIN:VAVAILABILITY\nDTSTAMP:20261101T000000Z\nEND:VAVAILABILITY\n"),
          head + "BUSYTYPE:FREE\n" + tail, head + "PRIORITY:10\n" + tail,
          head + "PRIORITY:-1\n" + tail, head + "DTSTART:tomorrow\n" + tail,
          head + "BEGIN:AVAILABLE\nUID:b\nDTSTAMP:20261101T000000Z\nEND:AVAILABLE\n" + tail,
          head
              + "BEGIN:AVAILABLE\nUID:b\nDTSTAMP:20261101T000000Z\nDTSTART:20261123T080000Z\n"
                "RRULE:FREQ=SOMETIMES\nEND:AVAILABLE\n"
              + tail}) {
        EXPECT_TRUE(is_refused(bad)) << bad;
    }
    std::string many;
    for (int i = 0; i < 51; ++i) {
        many += head + tail;
    }
    EXPECT_TRUE(is_refused(many));
}

} // namespace

} // namespace ical::availability_test
