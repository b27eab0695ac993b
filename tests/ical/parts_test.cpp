// The pieces of a calendar's text.
#include "core/strings.h"
#include "ical/parts.h"

#include <gtest/gtest.h>

#include <string>

namespace ical::parts_test {

namespace {

std::string crlf(std::string text) {
    return core::replace_all(text, "\n", "\r\n");
}

const std::string zone = crlf("BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nEND:STANDARD\n"
                              "END:VTIMEZONE\n");
const std::string event = crlf("BEGIN:VEVENT\nSUMMARY:a\n END:VEVENT\nBEGIN:VALARM\nEND:VALARM\n"
                               "END:VEVENT\n");

} // namespace

TEST(Parts, AreTheComponentsWithTheirText) {
    const std::string text =
        crlf("BEGIN:VCALENDAR\nVERSION:2.0\n") + zone + event + crlf("X-AFTER:1\nEND:VCALENDAR\n");

    const auto parts = parts_of(text);

    ASSERT_TRUE(parts);
    ASSERT_EQ(parts->size(), 2U);
    EXPECT_EQ(parts->at(0).name, "VTIMEZONE");
    EXPECT_EQ(parts->at(0).text, zone);
    EXPECT_EQ(tzid_of(parts->at(0)), "Europe/Berlin");
    EXPECT_EQ(parts->at(1).name, "VEVENT");
    EXPECT_EQ(parts->at(1).text, event);
    EXPECT_EQ(tzid_of(parts->at(1)), "");
}

TEST(Parts, AnythingButOneWholeCalendarHasNone) {
    const std::string whole = crlf("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n");
    ASSERT_TRUE(parts_of(whole));
    for (const std::string& bad :
         {std::string(), std::string("\n"), std::string("\r\n"), std::string("broken"),
          whole + whole, whole + "X:1\r\n", "X:1\r\n" + whole, core::replace_all(whole, "\r", ""),
          whole.substr(0, whole.size() - 2), core::replace_all(whole, "END:VEVENT\r\n", ""),
          core::replace_all(whole, "END:VEVENT", "END:VTODO"),
          core::replace_all(whole, "BEGIN:VEVENT\r\n", ""),
          core::replace_all(whole, "VCALENDAR", "VEVENT"),
          crlf("BEGIN:VCALENDAR\n" + std::string(100, 'x') + "\n")}) {
        EXPECT_FALSE(parts_of(bad)) << bad;
    }
}

TEST(Parts, ATzidWithParametersIsFound) {
    EXPECT_EQ(tzid_of({"VTIMEZONE", "BEGIN:VTIMEZONE\r\nTZID;X=1:Own\r\nEND:VTIMEZONE\r\n"}),
              "Own");
    EXPECT_EQ(tzid_of({"VTIMEZONE", "BEGIN:VTIMEZONE\r\nTZIDX:1\r\nEND:VTIMEZONE\r\n"}), "");
    EXPECT_EQ(tzid_of({"VTIMEZONE", "\r\nTZID"}), "");
    EXPECT_EQ(tzid_of({"VTIMEZONE", "\r\nTZID;X\r\nA:b"}), "");
}

} // namespace ical::parts_test
