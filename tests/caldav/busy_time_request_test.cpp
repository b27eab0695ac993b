// Requests for busy time (RFC 6638 section 5).
#include "core/strings.h"
#include "domain/accounts.h"
#include "tests/support/dav_fixture.h"

#include <gmock/gmock.h>

#include <map>
#include <string>

namespace busy_time_request_test {

namespace {

using caldav::cal;
using caldav::dav;
using support::condition_of;
using support::HeaderList;
using support::simple_event;
using testing::HasSubstr;
using testing::Not;

const std::string outbox = "/calendars/anna/outbox/";
const HeaderList is_calendar{{"Content-Type", "text/calendar"}};

std::string question(const std::string& attendees, const std::string& more = "",
                     const std::string& organizer = "mailto:anna@example.org") {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nMETHOD:REQUEST\r\n"
           "BEGIN:VFREEBUSY\r\nUID:q1\r\nDTSTAMP:20261122T080000Z\r\nDTSTART:20261201T000000Z\r\n"
           "DTEND:20261202T000000Z\r\nORGANIZER:"
           + organizer + "\r\n" + attendees + more + "END:VFREEBUSY\r\nEND:VCALENDAR\r\n";
}

std::string attendee(const std::string& address) {
    return "ATTENDEE:" + address + "\r\n";
}

struct Answer {
    std::string status;
    std::string data; // empty: none
};

class BusyTimeRequest : public support::DavFixture {
protected:
    // By recipient, as the client wrote them.
    std::map<std::string, Answer> ask(const std::string& body, const std::string& target = outbox,
                                      const std::string& account = "anna") {
        const auto response = server.send("POST", target, is_calendar, body, account);
        EXPECT_EQ(response.status, 200) << response.body;
        const auto root = caldav::read_xml(response.body);
        EXPECT_TRUE(root && root->is(cal("schedule-response"))) << response.body;
        std::map<std::string, Answer> answers;
        for (const caldav::Element& each : root->children) {
            EXPECT_TRUE(each.is(cal("response")));
            const caldav::Element* data = each.find(cal("calendar-data"));
            answers[each.find(cal("recipient"))->find(dav("href"))->text] = {
                each.find(cal("request-status"))->text, data == nullptr ? "" : data->text};
        }
        return answers;
    }
    void put(const std::string& owner, const std::string& name, const std::string& body) {
        const auto answer = server.send("PUT", "/calendars/" + owner + "/calendar/" + name,
                                        is_calendar, body, owner);
        EXPECT_EQ(answer.status, 201) << answer.body;
    }
};

TEST_F(BusyTimeRequest, TellsWhenEachIsBusyAndNothingElse) {
    put("anna", "a.ics", simple_event("a", 10, "A secret"));
    put("bert", "b.ics", simple_event("b", 14, "Another"));

    auto answers =
        ask(question(attendee("mailto:anna@example.org") + attendee("MAILTO:Bert@example.org")));

    ASSERT_EQ(answers.size(), 2U);
    const Answer& bert = answers["MAILTO:Bert@example.org"];
    EXPECT_EQ(bert.status, "2.0;Success");
    EXPECT_THAT(bert.data, HasSubstr("METHOD:REPLY"));
    EXPECT_THAT(bert.data, HasSubstr("ATTENDEE:MAILTO:Bert@example.org"));
    EXPECT_THAT(bert.data, HasSubstr("FREEBUSY;FBTYPE=BUSY:20261201T140000Z/20261201T150000Z"));
    EXPECT_THAT(bert.data, Not(HasSubstr("Another")));
    EXPECT_THAT(bert.data, Not(HasSubstr("20261201T100000Z")));
    EXPECT_THAT(answers["mailto:anna@example.org"].data, HasSubstr("20261201T100000Z/"));
}

TEST_F(BusyTimeRequest, PrincipalsAreCalendarUsersToo) {
    put("bert", "b.ics", simple_event("b", 14));

    auto answers = ask(question(attendee("/principals/bert/")
                                + attendee("https://cal.example.org/principals/bert/")));

    for (const char* address : {"/principals/bert/", "https://cal.example.org/principals/bert/"}) {
        EXPECT_THAT(answers[address].data, HasSubstr("20261201T140000Z/")) << address;
    }
}

TEST_F(BusyTimeRequest, OfStrangersAndClosedAccountsNothingIsKnown) {
    EXPECT_TRUE(server.store->write([&](storage::WriteTransaction& transaction) {
        return domain::set_disabled(transaction, "bert", true);
    }));

    auto answers = ask(question(attendee("mailto:paul@mail.example")
                                + attendee("mailto:bert@example.org") + attendee("/calendars/anna/")
                                + attendee("/principals/%zz/") + attendee("urn:uuid:1")));

    EXPECT_EQ(answers.size(), 5U);
    for (const auto& [address, answer] : answers) {
        EXPECT_EQ(answer.status, "3.7;Invalid calendar user") << address;
        EXPECT_EQ(answer.data, "") << address;
    }
}

// Apple's availability panel while an event is being moved.
TEST_F(BusyTimeRequest, R_A10_TheEventThatIsMovedTakesNoTime) {
    put("bert", "b.ics", simple_event("moved", 14));
    put("bert", "c.ics", simple_event("other", 16));

    auto answers =
        ask(question(attendee("mailto:bert@example.org"), "X-CALENDARSERVER-MASK-UID:moved\r\n"));

    const Answer& bert = answers["mailto:bert@example.org"];
    EXPECT_THAT(bert.data, HasSubstr("20261201T160000Z/"));
    EXPECT_THAT(bert.data, Not(HasSubstr("20261201T140000Z/")));
}

TEST_F(BusyTimeRequest, OnlyTheOwnerOfTheOutboxAsks) {
    const auto forged =
        server.send("POST", outbox, is_calendar,
                    question(attendee("mailto:bert@example.org"), "", "mailto:bert@example.org"));
    EXPECT_EQ(forged.status, 403);
    EXPECT_EQ(condition_of(forged), cal("organizer-allowed"));

    const auto foreign = server.send("POST", outbox, is_calendar,
                                     question(attendee("mailto:bert@example.org")), "bert");
    EXPECT_EQ(foreign.status, 403);
    EXPECT_EQ(condition_of(foreign), dav("need-privileges"));
}

TEST_F(BusyTimeRequest, WhatIsNoQuestionIsRefusedWithItsCondition) {
    const auto refused = [&](const HeaderList& headers, const std::string& body) {
        const auto answer = server.send("POST", outbox, headers, body);
        EXPECT_EQ(answer.status, 403) << answer.body;
        return condition_of(answer);
    };
    EXPECT_EQ(refused(is_calendar, "nonsense"), cal("valid-calendar-data"));
    EXPECT_EQ(refused(is_calendar, ""), cal("valid-calendar-object-resource"));
    EXPECT_EQ(refused(is_calendar, simple_event("a")), cal("valid-scheduling-message"));
    EXPECT_EQ(
        refused({{"Content-Type", "text/plain"}}, question(attendee("mailto:bert@example.org"))),
        cal("supported-calendar-data"));
}

TEST_F(BusyTimeRequest, AnInboxTakesNoneAndSaysSo) {
    const auto answer = server.send("POST", "/calendars/anna/inbox/", is_calendar,
                                    question(attendee("mailto:bert@example.org")));

    EXPECT_EQ(answer.status, 405);
    EXPECT_THAT(std::string(answer.headers.get("Allow").value_or("")), Not(HasSubstr("POST")));
    EXPECT_THAT(std::string(server.send("OPTIONS", outbox).headers.get("Allow").value_or("")),
                HasSubstr("POST"));
}

// A few busy years are too many to be told; the others are answered all the same.
TEST_F(BusyTimeRequest, WhoIsTooBusyToTellIsNotCalledFree) {
    put("bert", "b.ics",
        core::replace_all(simple_event("b"), "SUMMARY:", "RRULE:FREQ=HOURLY\r\nSUMMARY:"));

    auto answers = ask(core::replace_all(
        question(attendee("mailto:bert@example.org") + attendee("mailto:anna@example.org")),
        "DTEND:2026", "DTEND:2036"));

    EXPECT_THAT(answers["mailto:bert@example.org"].status, HasSubstr("5.1;"));
    EXPECT_EQ(answers["mailto:bert@example.org"].data, "");
    EXPECT_EQ(answers["mailto:anna@example.org"].status, "2.0;Success");
}

} // namespace

} // namespace busy_time_request_test
