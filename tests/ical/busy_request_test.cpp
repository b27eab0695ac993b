#include "core/strings.h"
#include "ical/busy_request.h"

#include <gmock/gmock.h>

#include <string>

namespace busy_request_test {

namespace {

using core::Condition;
using testing::HasSubstr;
using testing::Not;

const std::string question =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nMETHOD:REQUEST\r\nBEGIN:VFREEBUSY\r\n"
    "UID:q1\r\nDTSTAMP:20261122T080000Z\r\nDTSTART:20261201T000000Z\r\nDTEND:20261202T000000Z\r\n"
    "ORGANIZER;CN=Anna:mailto:anna@example.org\r\nATTENDEE;CN=\"B, B\":mailto:bert@example.org\r\n"
    "ATTENDEE:mailto:carl@example.org\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n";

Condition refusal(const std::string& from, const std::string& to) {
    const std::string text = core::replace_all(question, from, to);
    EXPECT_NE(text, question) << from;
    const auto request = ical::read_busy_request(text);
    return request ? Condition::none : request.error().condition;
}

TEST(BusyRequest, SaysWhoAsksWhomAboutWhen) {
    const auto request = ical::read_busy_request(
        core::replace_all(question, "UID:q1\r\n", "UID:q1\r\nX-CALENDARSERVER-MASK-UID:moved\r\n"));

    ASSERT_TRUE(request) << request.error().detail;
    EXPECT_EQ(core::to_ical_utc(request->range.start), "20261201T000000Z");
    EXPECT_EQ(core::to_ical_utc(request->range.end), "20261202T000000Z");
    EXPECT_EQ(request->uid, "q1");
    EXPECT_EQ(request->organizer.value(), "mailto:anna@example.org");
    ASSERT_EQ(request->attendees.size(), 2U);
    EXPECT_EQ(request->attendees[1].value(), "mailto:carl@example.org");
    EXPECT_EQ(request->masked_uid, "moved");
}

// RFC 5546 section 3.3.2
TEST(BusyRequest, WhatIsNoneNamesItsCondition) {
    using enum Condition;
    EXPECT_EQ(refusal("METHOD:REQUEST\r\n", ""), valid_scheduling_message);
    EXPECT_EQ(refusal("METHOD:REQUEST", "METHOD:REPLY"), valid_scheduling_message);
    EXPECT_EQ(refusal("VFREEBUSY", "VEVENT"), valid_scheduling_message);
    EXPECT_EQ(refusal("END:VFREEBUSY\r\n", "END:VFREEBUSY\r\nBEGIN:VFREEBUSY\r\nUID:2\r\n"
                                           "END:VFREEBUSY\r\n"),
              valid_scheduling_message);
    EXPECT_EQ(refusal("UID:q1\r\n", ""), valid_scheduling_message);
    EXPECT_EQ(refusal("DTEND:20261202T000000Z\r\n", ""), valid_scheduling_message);
    EXPECT_EQ(refusal("DTEND:20261202T", "DTEND:20261130T"), valid_scheduling_message);
    EXPECT_EQ(refusal("ORGANIZER;CN=Anna:mailto:anna@example.org\r\n", ""),
              valid_scheduling_message);
    EXPECT_EQ(refusal("ATTENDEE", "X-NOBODY"), valid_scheduling_message);
    EXPECT_EQ(refusal("DTSTART:20261201T000000Z", "DTSTART:soon"), valid_calendar_data);
    EXPECT_EQ(refusal("END:VFREEBUSY\r\n", ""), valid_calendar_data);
}

TEST(BusyReply, AnswersForOneAttendeeAlone) {
    const auto request = ical::read_busy_request(question).value();
    const core::Instant ten = request.range.start + 10 * 3'600;

    const std::string text = ical::print(
        ical::busy_reply(request, request.attendees.front(),
                         {{{ten, ten + 3'600}, ical::BusyType::busy}}, {1'795'334'400}));

    EXPECT_THAT(text, HasSubstr("METHOD:REPLY\r\n"));
    EXPECT_THAT(text, HasSubstr("UID:q1\r\n"));
    EXPECT_THAT(text, HasSubstr("ORGANIZER;CN=Anna:mailto:anna@example.org\r\n"));
    EXPECT_THAT(text, HasSubstr("ATTENDEE;CN=\"B, B\":mailto:bert@example.org\r\n"));
    EXPECT_THAT(text, Not(HasSubstr("carl")));
    EXPECT_THAT(text, HasSubstr("FREEBUSY;FBTYPE=BUSY:20261201T100000Z/20261201T110000Z\r\n"));
}

} // namespace

} // namespace busy_request_test
