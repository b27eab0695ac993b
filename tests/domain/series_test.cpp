// A weekly series is one event; every occurrence is a session of its own.
#include "core/strings.h"
#include "domain/links.h"
#include "domain/sessions.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <gtest/gtest.h>

namespace {

using core::Instant;
using domain::JoinState;
using support::afternoon;
using support::attendee_token;
using support::calendar_of;
using support::event_of;
using support::invited;

constexpr Instant first_start{1'795'438'800}; // Monday 2026-11-23T13:00Z, 14:00 in Berlin
constexpr std::int64_t week = 7 * 86'400;
constexpr std::int64_t hour = 3'600;

const std::string weekly = event_of(afternoon + "RRULE:FREQ=WEEKLY;COUNT=10\n" + invited);

std::string override_of(const std::string& id, const std::string& lines) {
    return event_of("RECURRENCE-ID;TZID=Europe/Berlin:" + id + "\n" + lines);
}

class Series : public testing::Test, public support::Practice {
protected:
    std::string series_token() { return attendee_token(body("a.ics"), "paul@mail.example"); }
    // The token of the n-th occurrence, by way of the series link.
    std::string token_of(int n) {
        const Instant before = clock.now();
        clock.set(first_start + n * week - 2 * hour);
        const std::string token = look(series_token()).redirect.value_or("");
        clock.set(before);
        return token;
    }
    JoinState state_at(const std::string& token, Instant at) {
        clock.set(at);
        return look(token).state;
    }
    void put_series(const std::string& components) {
        const auto stored = put("a.ics", calendar_of(components));
        ASSERT_TRUE(stored) << stored.error().detail;
    }
};

TEST_F(Series, LinkLeadsToTheOccurrenceWhoseWindowIsOpenOrTheNext) {
    put_series(weekly);

    clock.set(first_start - hour);
    const auto first = look(series_token());
    clock.set(first_start + 49 * 60);
    const auto still_first = look(series_token());
    clock.set(first_start + 51 * 60);
    const auto second = look(series_token());

    EXPECT_EQ(first.redirect, still_first.redirect);
    EXPECT_NE(first.redirect, second.redirect);
    EXPECT_EQ(second.time->start, first_start + week);
}

TEST_F(Series, LinkLeadsToTheLastOccurrenceWhenAllAreOver) {
    put_series(weekly);

    clock.set(first_start + 20 * week);

    const auto view = look(series_token());
    ASSERT_TRUE(view.redirect);
    EXPECT_EQ(view.state, JoinState::over);
    EXPECT_EQ(view.time->start, first_start + 9 * week);
}

TEST_F(Series, OccurrencesHaveTheirOwnLinksAndWindows) {
    put_series(weekly);
    const std::string second = token_of(1);
    const std::string third = token_of(2);

    EXPECT_NE(second, third);
    EXPECT_EQ(state_at(second, first_start), JoinState::early);
    EXPECT_EQ(state_at(second, first_start + week), JoinState::open);
    EXPECT_EQ(state_at(third, first_start + week), JoinState::early);
    EXPECT_EQ(state_at(second, first_start + 2 * week), JoinState::over);
    EXPECT_NE(look(second).session_id, look(third).session_id);
}

TEST_F(Series, OccurrencesHaveRoomsOfTheirOwn) {
    put_series(weekly);
    const std::string first = token_of(0);
    const std::string second = token_of(1);

    clock.set(first_start);
    const auto room = enter(first).admission->call_url;
    clock.set(first_start + week);

    EXPECT_NE(enter(second).admission->call_url, room);
    EXPECT_FALSE(enter(first).admission);
}

TEST_F(Series, MovedOccurrenceKeepsItsLinkAndTakesItsWindowAlong) {
    put_series(weekly);
    const std::string second = token_of(1);

    put_series(weekly
               + override_of("20261130T140000", "DTSTART;TZID=Europe/Berlin:20261201T090000\n"
                                                "DTEND;TZID=Europe/Berlin:20261201T093000\n"
                                                    + invited));

    EXPECT_EQ(state_at(second, first_start + week), JoinState::early);
    EXPECT_EQ(state_at(second, first_start + week + 19 * hour), JoinState::open);
    EXPECT_EQ(attendee_token(body("a.ics"), "paul@mail.example", "20261130T140000"), second);
}

TEST_F(Series, CancelledOccurrenceLeavesTheOthersAlone) {
    put_series(weekly);
    const std::string second = token_of(1);
    const std::string third = token_of(2);

    put_series(weekly
               + override_of("20261130T140000", "DTSTART;TZID=Europe/Berlin:20261130T140000\n"
                                                "DTEND;TZID=Europe/Berlin:20261130T145000\n"
                                                "STATUS:CANCELLED\n"
                                                    + invited));

    EXPECT_EQ(state_at(second, first_start + week), JoinState::cancelled);
    EXPECT_EQ(state_at(third, first_start + 2 * week), JoinState::open);
    clock.set(first_start + week);
    EXPECT_EQ(look(series_token()).time->start, first_start + 2 * week);
}

TEST_F(Series, ExcludedOccurrenceIsCancelledWhateverZoneTheExdateIsIn) {
    put_series(weekly);
    const std::string second = token_of(1);
    const std::string third = token_of(2);

    put_series(core::replace_all(weekly, "RRULE", "EXDATE:20261130T130000Z\nRRULE"));

    EXPECT_EQ(state_at(second, first_start + week), JoinState::cancelled);
    EXPECT_EQ(state_at(third, first_start + 2 * week), JoinState::open);
}

TEST_F(Series, CutShortCancelsWhatIsCutOff) {
    put_series(weekly);
    const std::string fifth = token_of(4);

    put_series(core::replace_all(weekly, "COUNT=10", "COUNT=3"));

    EXPECT_EQ(state_at(fifth, first_start + 4 * week), JoinState::cancelled);
}

TEST_F(Series, DraggedAsAWholeKeepsEveryLink) {
    put_series(weekly);
    const std::string second = token_of(1);

    put_series(core::replace_all(weekly, "20261123T14", "20261124T16")); // Tuesdays at 16:00

    EXPECT_EQ(token_of(1), second);
    EXPECT_EQ(state_at(second, first_start + week), JoinState::early);
    EXPECT_EQ(state_at(second, first_start + week + 26 * hour), JoinState::open);
}

TEST_F(Series, DraggedTwiceAndBackKeepsEveryLink) {
    put_series(weekly);
    const std::string second = token_of(1);

    put_series(core::replace_all(weekly, "20261123T14", "20261124T16"));
    put_series(core::replace_all(weekly, "20261123T14", "20261125T08"));
    put_series(weekly);

    EXPECT_EQ(token_of(1), second);
    EXPECT_EQ(state_at(second, first_start + week), JoinState::open);
}

TEST_F(Series, CutAtTheFrontKeepsTheLinksOfTheRest) {
    put_series(weekly);
    const std::string third = token_of(2);

    put_series(core::replace_all(core::replace_all(weekly, "20261123T", "20261130T"), "COUNT=10",
                                 "COUNT=9"));

    EXPECT_EQ(state_at(third, first_start + 2 * week), JoinState::open);
}

TEST_F(Series, GuestOfOneOccurrenceHasNoPlaceInTheOthers) {
    put_series(weekly
               + override_of("20261130T140000",
                             "DTSTART;TZID=Europe/Berlin:20261130T140000\n"
                             "DTEND;TZID=Europe/Berlin:20261130T145000\n"
                                 + invited + "ATTENDEE:mailto:interpreter@mail.example\n"));
    const std::string theirs =
        attendee_token(body("a.ics"), "interpreter@mail.example", "20261130T140000");
    const auto id = look(theirs).participant.id;

    EXPECT_EQ(state_at(theirs, first_start + week), JoinState::open);
    const std::string elsewhere = domain::make_token(
        keys.join, {id, domain::OccurrenceKey::of({first_start.seconds + hour + 2 * week}, 0), 0});
    EXPECT_EQ(state_at(elsewhere, first_start + 2 * week), JoinState::removed);
}

TEST_F(Series, RemovedFromOneOccurrenceIsStillInTheOthers) {
    put_series(weekly);
    const std::string second = token_of(1);
    const std::string third = token_of(2);

    put_series(weekly
               + override_of("20261130T140000", "DTSTART;TZID=Europe/Berlin:20261130T140000\n"
                                                "DTEND;TZID=Europe/Berlin:20261130T145000\n"
                                                "ORGANIZER:mailto:anna@clinic.example\n"));

    EXPECT_EQ(state_at(second, first_start + week), JoinState::removed);
    EXPECT_EQ(state_at(third, first_start + 2 * week), JoinState::open);
}

TEST_F(Series, KeepsTheWallClockOverTheChangeOfTime) {
    put_series(core::replace_all(weekly, "COUNT=10", "COUNT=30"));
    const std::string summer = token_of(20); // 2027-04-12, UTC+2

    EXPECT_EQ(state_at(summer, first_start + 20 * week - hour), JoinState::open);
    EXPECT_EQ(look(summer).time->start, first_start + 20 * week - hour);
}

TEST_F(Series, MadeOfASingleEventKeepsTheLinkThatWasSent) {
    ASSERT_TRUE(put("a.ics", support::session_event()));
    const std::string sent = series_token();

    put_series(weekly);

    EXPECT_EQ(series_token(), sent);
    EXPECT_TRUE(look(sent).redirect);
}

TEST_F(Series, LinkOfACancelledSeriesSaysCancelled) {
    put_series(weekly);
    const std::string series = series_token();
    const std::string second = token_of(1);

    remove("a.ics");

    EXPECT_EQ(look(series).state, JoinState::cancelled);
    EXPECT_FALSE(look(series).redirect);
    EXPECT_EQ(look(second).state, JoinState::cancelled);
}

TEST(DraggedSeconds, AreZeroWhenTheNewStartWasAnOccurrence) {
    const auto object = [](const std::string& text) {
        return *ical::read_object(calendar_of(text), ical::utc());
    };
    const auto before = object(weekly);

    EXPECT_EQ(domain::dragged_seconds(before, before), 0);
    EXPECT_EQ(domain::dragged_seconds(before,
                                      object(core::replace_all(weekly, "20261123T", "20261207T"))),
              0);
    EXPECT_EQ(domain::dragged_seconds(
                  before, object(core::replace_all(weekly, "20261123T14", "20261123T15"))),
              hour);
}

} // namespace
