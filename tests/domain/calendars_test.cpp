#include "core/strings.h"
#include "domain/calendars.h"
#include "domain/links.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <gtest/gtest.h>

namespace {

using support::afternoon;
using support::attendee_token;
using support::calendar_of;
using support::event;
using support::event_of;
using support::session_event;

class CalendarDoor : public testing::Test, public support::Practice {};

TEST_F(CalendarDoor, StoresAnOrdinaryEventByteForByte) {
    const std::string text = event(afternoon + "X-UNKNOWN;P=q:kept\n");

    const auto stored = put("a.ics", text);

    ASSERT_TRUE(stored);
    EXPECT_TRUE(stored->created);
    EXPECT_TRUE(stored->verbatim);
    EXPECT_EQ(body("a.ics"), text);
}

TEST_F(CalendarDoor, AddsLinksToASessionAndSaysThatItDid) {
    const auto stored = put("a.ics", session_event());

    ASSERT_TRUE(stored);
    EXPECT_FALSE(stored->verbatim);
    EXPECT_FALSE(attendee_token(body("a.ics"), "paul@mail.example").empty());
    EXPECT_NE(body("a.ics").find("URL:https://clinic.example/j/"), std::string::npos);
}

TEST_F(CalendarDoor, KeepsNoTokenInTheStore) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = attendee_token(body("a.ics"), "paul@mail.example");

    EXPECT_EQ(object("a.ics").text.find(token), std::string::npos);
    EXPECT_EQ(object("a.ics").head.size, static_cast<std::int64_t>(body("a.ics").size()));
}

TEST_F(CalendarDoor, GivesTheSameTextAgainWhenAClientSavesWhatItRead) {
    ASSERT_TRUE(put("a.ics", session_event("DESCRIPTION:Notes\n")));
    const std::string once = body("a.ics");

    ASSERT_TRUE(put("a.ics", once));

    EXPECT_EQ(body("a.ics"), once);
}

TEST_F(CalendarDoor, KeepsLinksThroughMoveToAnotherCalendarAndBack) {
    add_calendar("other");
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = attendee_token(body("a.ics"), "paul@mail.example");

    const auto moved = store->write([&](storage::WriteTransaction& transaction) {
        return calendars.move(transaction, object("a.ics"), collection("other"), "b.ics");
    });

    ASSERT_TRUE(moved);
    EXPECT_EQ(attendee_token(body("b.ics", "other"), "paul@mail.example"), token);
    EXPECT_EQ(look(token).state, domain::JoinState::early);
}

TEST_F(CalendarDoor, KeepsLinksWhenAClientMovesByPutAndDelete) {
    add_calendar("other");
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = attendee_token(body("a.ics"), "paul@mail.example");

    ASSERT_TRUE(put("a.ics", session_event(), "other"));
    remove("a.ics");

    EXPECT_EQ(attendee_token(body("a.ics", "other"), "paul@mail.example"), token);
    EXPECT_EQ(look(token).state, domain::JoinState::early);
}

TEST_F(CalendarDoor, KeepsLinksWhenAClientDeletesFirstAndPutsThen) {
    add_calendar("other");
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = attendee_token(body("a.ics"), "paul@mail.example");

    remove("a.ics");
    EXPECT_EQ(look(token).state, domain::JoinState::cancelled);
    ASSERT_TRUE(put("a.ics", session_event(), "other"));

    EXPECT_EQ(look(token).state, domain::JoinState::early);
    EXPECT_EQ(attendee_token(body("a.ics", "other"), "paul@mail.example"), token);
}

TEST_F(CalendarDoor, GoesOnWithTheOtherCopyWhenOneIsDeleted) {
    add_calendar("other");
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = attendee_token(body("a.ics"), "paul@mail.example");
    ASSERT_TRUE(put("a.ics", session_event(), "other"));

    remove("a.ics", "other");

    EXPECT_EQ(look(token).state, domain::JoinState::early);
}

TEST_F(CalendarDoor, TakesLinksOutWhenAnEventIsNoSessionAnyMore) {
    ASSERT_TRUE(put("a.ics", session_event()));
    std::string text = body("a.ics");
    const std::string token = attendee_token(text, "paul@mail.example");
    auto calendar = *ical::parse(text);
    calendar.components[0].remove("ATTENDEE");

    ASSERT_TRUE(put("a.ics", ical::print(calendar)));

    EXPECT_EQ(body("a.ics").find("/j/"), std::string::npos);
    EXPECT_EQ(look(token).state, domain::JoinState::removed);
}

TEST_F(CalendarDoor, GivesACopiedEventLinksOfItsOwn) {
    ASSERT_TRUE(put("a.ics", session_event()));
    std::string text = body("a.ics");
    const std::string token = attendee_token(text, "paul@mail.example");

    ASSERT_TRUE(put("b.ics", core::replace_all(text, "one@test", "two@test")));

    const std::string copied = attendee_token(body("b.ics"), "paul@mail.example");
    EXPECT_NE(copied, token);
    EXPECT_EQ(core::replace_all(body("b.ics"), "\r\n ", "").find(token), std::string::npos);
}

TEST_F(CalendarDoor, TurnsNoTypedPlaceholderIntoALink) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string placeholder = domain::make_placeholder({2, {}, 0});

    ASSERT_TRUE(put("b.ics", core::replace_all(event(afternoon + "COMMENT:https://clinic.example/j/"
                                                     + placeholder + "\nX-A:https://h.example/j/"
                                                     + placeholder + "\n"),
                                               "one@test", "two@test")));

    EXPECT_FALSE(domain::contains_join_link(body("b.ics")));
}

TEST_F(CalendarDoor, AddsNoLinksWhereSessionsAreOff) {
    add_calendar("private", false);

    const auto stored = put("a.ics", session_event(), "private");

    ASSERT_TRUE(stored);
    EXPECT_TRUE(stored->verbatim);
    EXPECT_EQ(body("a.ics", "private"), session_event());
}

TEST_F(CalendarDoor, RefusesASecondResourceOfTheSameUid) {
    ASSERT_TRUE(put("a.ics", event(afternoon)));

    const auto refused = put("b.ics", event(afternoon));

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().condition, core::Condition::no_uid_conflict);
    EXPECT_EQ(refused.error().href, "a.ics");
}

TEST_F(CalendarDoor, RefusesToChangeTheUidOfAResource) {
    ASSERT_TRUE(put("a.ics", event(afternoon)));

    const auto refused = put("a.ics", core::replace_all(event(afternoon), "one@test", "two@test"));

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().condition, core::Condition::no_uid_conflict);
    EXPECT_EQ(object("a.ics").head.uid, "one@test");
}

TEST_F(CalendarDoor, RefusesAKindThatTheCalendarDoesNotTake) {
    const auto refused = put("a.ics", event(afternoon), "tasks");

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().condition, core::Condition::supported_calendar_component);
}

TEST_F(CalendarDoor, RaisesTheRevisionWithEveryChange) {
    const auto before = collection().revision;
    ASSERT_TRUE(put("a.ics", event(afternoon)));
    const auto created = collection().revision;
    ASSERT_TRUE(put("a.ics", event(afternoon + "LOCATION:x\n")));
    const auto changed = collection().revision;
    remove("a.ics");

    EXPECT_GT(created, before);
    EXPECT_GT(changed, created);
    EXPECT_GT(collection().revision, changed);
}

TEST_F(CalendarDoor, GivesAScheduleTagOnlyToSchedulingObjects) {
    ASSERT_TRUE(put("a.ics", session_event()));
    ASSERT_TRUE(put("b.ics", core::replace_all(event(afternoon), "one@test", "two@test")));

    EXPECT_FALSE(object("a.ics").head.schedule_tag.empty());
    EXPECT_TRUE(object("b.ics").head.schedule_tag.empty());
}

TEST_F(CalendarDoor, CancelsTheSessionsOfARemovedCalendar) {
    const auto other = add_calendar("other");
    ASSERT_TRUE(put("a.ics", session_event(), "other"));
    const std::string token = attendee_token(body("a.ics", "other"), "paul@mail.example");

    ASSERT_TRUE(store->write([&](storage::WriteTransaction& transaction) -> core::Done {
        calendars.remove(transaction, other);
        return {};
    }));

    EXPECT_EQ(look(token).state, domain::JoinState::cancelled);
}

TEST_F(CalendarDoor, RendersLinksAgainWhenTheServerIsReachedElsewhere) {
    ASSERT_TRUE(calendars.follow_public_url(*store));
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = attendee_token(body("a.ics"), "paul@mail.example");
    const std::string etag = object("a.ics").head.etag;

    policy.public_url = "https://new.example";
    ASSERT_TRUE(calendars.follow_public_url(*store));

    EXPECT_EQ(attendee_token(body("a.ics"), "paul@mail.example"), token);
    EXPECT_EQ(body("a.ics").find("clinic.example/j/"), std::string::npos);
    EXPECT_NE(body("a.ics").find("https://new.example/j/"), std::string::npos);
    EXPECT_NE(object("a.ics").head.etag, etag);
}

TEST_F(CalendarDoor, KeepsThePatientsLinkWhenAnotherJoins) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = attendee_token(body("a.ics"), "paul@mail.example");

    ASSERT_TRUE(put("a.ics", session_event("ATTENDEE:mailto:eva@mail.example\n")));

    EXPECT_EQ(attendee_token(body("a.ics"), "paul@mail.example"), token);
    EXPECT_NE(attendee_token(body("a.ics"), "eva@mail.example"), token);
}

TEST_F(CalendarDoor, StoresTextWithoutControlCharacters) {
    const auto stored = put("a.ics", event(afternoon
                                           + "COMMENT:a\x01"
                                             "b\n"));

    ASSERT_TRUE(stored);
    EXPECT_FALSE(stored->verbatim);
    EXPECT_NE(body("a.ics").find("COMMENT:ab\r\n"), std::string::npos);
}

} // namespace
