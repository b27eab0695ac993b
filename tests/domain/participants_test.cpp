#include "domain/participants.h"
#include "tests/support/events.h"

#include <gtest/gtest.h>

namespace participants_test {

namespace {

using storage::Role;
using support::afternoon;
using support::event;
using support::event_of;
using support::invited;
using support::session_event;

const domain::Owner anna{"anna", "anna@clinic.example", "Dr Anna Chen"};

ical::Object object_of(const std::string& text) {
    return *ical::read_object(text, ical::utc());
}

std::optional<std::string> no_account(const std::string&) {
    return std::nullopt;
}

struct Row {
    const char* name;
    std::string text;
    bool session;
};

class IsSession : public testing::TestWithParam<Row> {};

TEST_P(IsSession, AsTheDesignSays) {
    EXPECT_EQ(domain::is_session(object_of(GetParam().text), anna), GetParam().session);
}

const std::string guest = "ATTENDEE:mailto:paul@mail.example\n";

INSTANTIATE_TEST_SUITE_P(
    Events, IsSession,
    testing::Values(
        Row{"WithAnInvitedPatient", session_event(), true},
        Row{"WithoutAnOrganizer", event(afternoon + guest), true},
        Row{"WithoutAttendees", event(afternoon), false},
        Row{"WithTheOrganizerAsOnlyAttendee",
            event(afternoon + "ORGANIZER:mailto:anna@clinic.example\n"
                  + "ATTENDEE:MAILTO:Anna@Clinic.Example\n"),
            false},
        Row{"WithOnlyARoom",
            event(afternoon + "ATTENDEE;CUTYPE=ROOM:mailto:room1@clinic.example\n"), false},
        Row{"MarkedNo", session_event("X-APPOINTED-SESSION:NO\n"), false},
        Row{"WithAConferenceOfItsOwn",
            session_event("CONFERENCE;VALUE=URI:https://video.example/x\n"), false},
        Row{"WithAWebLinkAsLocation", session_event("LOCATION:https://video.example/x\n"), false},
        Row{"WithAWebLinkAsUrl", session_event("URL:https://zoom.us/j/123\n"), false},
        Row{"WithAVendorsConference",
            session_event("X-GOOGLE-CONFERENCE:https://meet.google.com/abc\n"), false},
        Row{"WithAVideoLinkInTheNotes",
            session_event("DESCRIPTION:Join at https://us02web.zoom.us/j/123?pwd=x\n"), false},
        Row{"WithAnOrdinaryLinkInTheNotes",
            session_event("DESCRIPTION:Read https://clinic.example/leaflet first\n"), true},
        Row{"WithAPlaceAsLocation", session_event("LOCATION:Room 4\n"), true},
        Row{"OfSomebodyElseThatTheOwnerAttends",
            event(afternoon + "ORGANIZER:mailto:boss@other.example\n"
                  + "ATTENDEE:mailto:anna@clinic.example\n" + guest),
            false},
        Row{"OrganizedUnderAnAlias",
            event(afternoon + "ORGANIZER:mailto:chen@clinic.example\n" + guest), true}),
    [](const auto& row) { return row.param.name; });

TEST(People, AreTheHostFirstAndEverybodyOnce) {
    const auto people = domain::people_of(
        object_of(session_event("ATTENDEE;CN=Anna:mailto:anna@clinic.example\n"
                                "ATTENDEE;CN=P:MAILTO:PAUL@mail.example\n"
                                "ATTENDEE;CUTYPE=RESOURCE:mailto:camera@clinic.example\n")),
        anna, no_account);

    ASSERT_EQ(people.size(), 2U);
    EXPECT_EQ(people[0].address, "anna@clinic.example");
    EXPECT_EQ(people[0].role, Role::host);
    EXPECT_EQ(people[1].address, "paul@mail.example");
    EXPECT_EQ(people[1].name, "Paul Patient");
    EXPECT_EQ(people[1].role, Role::guest);
}

TEST(People, WhoChairOrHaveAnAccountAreHosts) {
    const auto people =
        domain::people_of(object_of(session_event("ATTENDEE;ROLE=CHAIR:mailto:eva@mail.example\n"
                                                  "ATTENDEE:mailto:ben@clinic.example\n")),
                          anna, [](const std::string& address) -> std::optional<std::string> {
                              return address == "ben@clinic.example"
                                         ? std::optional<std::string>("ben")
                                         : std::nullopt;
                          });

    ASSERT_EQ(people.size(), 4U);
    EXPECT_EQ(people[1].role, Role::guest);
    EXPECT_EQ(people[2].role, Role::host);
    EXPECT_EQ(people[3].role, Role::host);
    EXPECT_EQ(people[3].account, "ben");
}

TEST(People, OfOverridesBelongToo) {
    const auto people =
        domain::people_of(object_of(support::calendar_of(
                              event_of(afternoon + "RRULE:FREQ=WEEKLY\n" + invited)
                              + event_of("RECURRENCE-ID;TZID=Europe/Berlin:20261130T140000\n"
                                         "DTSTART;TZID=Europe/Berlin:20261130T140000\n"
                                         "ATTENDEE:mailto:interpreter@mail.example\n"))),
                          anna, no_account);

    ASSERT_EQ(people.size(), 3U);
    EXPECT_EQ(people[2].address, "interpreter@mail.example");
}

} // namespace

} // namespace participants_test
