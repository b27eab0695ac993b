#include "core/strings.h"
#include "domain/joining.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <gtest/gtest.h>

namespace {

using core::Instant;
using domain::JoinState;
using support::afternoon;
using support::attendee_token;
using support::event;
using support::invited;
using support::session_event;

// Monday 2026-11-23, 13:00 to 13:50 UTC
constexpr Instant start{1'795'438'800};
constexpr Instant end{1'795'441'800};

class Joining : public testing::Test, public support::Practice {
protected:
    std::string paul() { return attendee_token(body("a.ics"), "paul@mail.example"); }
    std::string host() {
        const auto calendar = *ical::parse(body("a.ics"));
        const std::string url(calendar.components[0].value("URL"));
        return url.substr(url.rfind('/') + 1);
    }
    JoinState state_at(const std::string& token, Instant at) {
        clock.set(at);
        return look(token).state;
    }
};

TEST_F(Joining, OpensForAGuestFiveMinutesBeforeTheStartUntilTheEnd) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = paul();

    EXPECT_EQ(state_at(token, start - 301), JoinState::early);
    EXPECT_EQ(state_at(token, start - 300), JoinState::open);
    EXPECT_EQ(state_at(token, end - 1), JoinState::open);
    EXPECT_EQ(state_at(token, end), JoinState::over);
}

TEST_F(Joining, OpensForTheHostHalfAnHourBeforeTheStart) {
    ASSERT_TRUE(put("a.ics", session_event()));

    EXPECT_EQ(state_at(host(), start - 1'801), JoinState::early);
    EXPECT_EQ(state_at(host(), start - 1'800), JoinState::open);
    EXPECT_EQ(look(host()).participant.role, storage::Role::host);
}

TEST_F(Joining, FollowsTheEventWhenItIsDragged) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = paul();
    const std::string dragged =
        core::replace_all(core::replace_all(session_event(), "T14", "T17"), "23T17", "24T17");

    ASSERT_TRUE(put("a.ics", dragged));

    EXPECT_EQ(paul(), token);
    EXPECT_EQ(state_at(token, start), JoinState::early);
    EXPECT_EQ(state_at(token, start + 27 * 3600), JoinState::open);
}

TEST_F(Joining, FollowsAChangeOfTheEventsZone) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = paul();

    ASSERT_TRUE(
        put("a.ics", core::replace_all(session_event(), "Europe/Berlin", "America/New_York")));

    EXPECT_EQ(paul(), token);
    EXPECT_EQ(state_at(token, start), JoinState::early);
    EXPECT_EQ(state_at(token, start + 6 * 3600), JoinState::open);
    EXPECT_EQ(look(token).time_zone, "America/New_York");
}

TEST_F(Joining, LengtheningTheEventExtendsTheSession) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = paul();
    ASSERT_EQ(state_at(token, end), JoinState::over);

    ASSERT_TRUE(put("a.ics", core::replace_all(session_event(), "T145000", "T153000")));

    EXPECT_EQ(look(token).state, JoinState::open);
}

TEST_F(Joining, OfACancelledEventSaysSo) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = paul();

    ASSERT_TRUE(put("a.ics", session_event("STATUS:CANCELLED\n")));

    EXPECT_EQ(state_at(token, start), JoinState::cancelled);
    EXPECT_EQ(look(token).with, std::vector<std::string>{"Dr Anna Chen"});
}

TEST_F(Joining, OfADeletedEventSaysCancelledAndWhenItWas) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = paul();

    remove("a.ics");

    EXPECT_EQ(state_at(token, start), JoinState::cancelled);
    ASSERT_TRUE(look(token).time);
    EXPECT_EQ(look(token).time->start, start);
}

TEST_F(Joining, OfARemovedParticipantSaysRemovedAndTellsNothing) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = paul();

    ASSERT_TRUE(put("a.ics", core::replace_all(session_event(), "paul@", "eva@")));

    const auto view = look(token);
    EXPECT_EQ(view.state, JoinState::removed);
    EXPECT_FALSE(view.time);
    EXPECT_TRUE(view.title.empty());
    EXPECT_EQ(look(paul().empty() ? attendee_token(body("a.ics"), "eva@mail.example") : "").state,
              JoinState::early);
}

TEST_F(Joining, WithARevokedLinkSaysRemoved) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = paul();
    ASSERT_TRUE(store->write([&](storage::WriteTransaction& transaction) -> core::Done {
        auto participant = *transaction.sessions().participant(look(token).participant.id);
        ++participant.generation;
        transaction.sessions().update(participant);
        return {};
    }));

    EXPECT_EQ(look(token).state, JoinState::removed);

    ASSERT_TRUE(put("a.ics", session_event()));
    EXPECT_NE(paul(), token);
    EXPECT_EQ(look(paul()).state, JoinState::early);
}

TEST_F(Joining, WithAGuessIsUnknown) {
    EXPECT_EQ(look("").state, JoinState::unknown);
    EXPECT_EQ(look(std::string(domain::token_length, 'A')).state, JoinState::unknown);
    EXPECT_EQ(look(domain::make_token(core::Key{}, {1, {}, 0})).state, JoinState::unknown);
    EXPECT_EQ(look(domain::make_token(keys.join, {4711, {}, 0})).state, JoinState::unknown);
}

TEST_F(Joining, ShowsAGuestTheHostAndNoOtherGuest) {
    ASSERT_TRUE(put("a.ics", session_event("ATTENDEE;CN=Eva:mailto:eva@mail.example\n")));

    EXPECT_EQ(look(paul()).with, std::vector<std::string>{"Dr Anna Chen"});
    EXPECT_EQ(look(paul()).title, "Video consultation with Dr Anna Chen");
    EXPECT_EQ(look(host()).with, (std::vector<std::string>{"Paul Patient", "Eva"}));
    EXPECT_EQ(look(host()).title, "Follow-up");
}

TEST_F(Joining, AdmitsInsideTheWindowToARoomThatIsTheSameForBoth) {
    ASSERT_TRUE(put("a.ics", session_event()));
    clock.set(start);

    const auto guest = enter(paul());
    const auto anna = enter(host());

    ASSERT_TRUE(guest.admission);
    ASSERT_TRUE(anna.admission);
    EXPECT_EQ(guest.admission->call_url, anna.admission->call_url);
    EXPECT_TRUE(guest.admission->call_url.starts_with("https://meet.example.org/"));
    EXPECT_GE(guest.admission->call_url.size(),
              std::string("https://meet.example.org/").size() + 22);
}

TEST_F(Joining, AdmitsNobodyOutsideTheWindow) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = paul();
    for (const Instant at : {start - 301, end, end + 86'400}) {
        clock.set(at);
        EXPECT_FALSE(enter(token).admission) << at.seconds;
    }
    clock.set(start);
    remove("a.ics");
    EXPECT_FALSE(enter(token).admission);
}

TEST_F(Joining, RecordsEveryAttemptAndNoLook) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = paul();
    const auto id = look(token).participant.id;
    const auto attempts = [&] {
        return store->read([&](const storage::ReadTransaction& transaction) {
            return transaction.sessions().attempts(id, 10);
        });
    };

    (void)look(token);
    EXPECT_TRUE(attempts().empty());

    enter(token);
    clock.set(start);
    enter(token);
    ASSERT_EQ(attempts().size(), 2U);
    EXPECT_EQ(attempts()[0].outcome, "admitted");
    EXPECT_EQ(attempts()[1].outcome, "early");
}

TEST_F(Joining, AttemptsByTheDozenWaitForAMinuteAndAreNotKept) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = paul();
    const auto try_to_enter = [&](const std::string& with) {
        return store->write([&](storage::WriteTransaction& transaction) {
            return domain::enter(transaction, with, clock.now(), "203.0.113.5", policy, keys);
        });
    };
    clock.set(start);
    for (int i = 0; i < 30; ++i) {
        ASSERT_TRUE(try_to_enter(token)->admission) << i;
    }

    const auto refused = try_to_enter(token);

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, core::Errc::rate_limited);
    EXPECT_TRUE(try_to_enter(host())->admission) << "others are not held up";
    clock.set(start + 61);
    EXPECT_TRUE(try_to_enter(token)->admission);
}

TEST_F(Joining, MakesAFileForTheCalendarWithThisLinkAndNobodyElse) {
    ASSERT_TRUE(put("a.ics", session_event("ATTENDEE:mailto:eva@mail.example\n"
                                           "DESCRIPTION:Clinical notes\n")));
    const std::string token = paul();

    const auto file = store->read([&](const storage::ReadTransaction& transaction) {
        return domain::invitation_file(transaction, token, clock.now(), policy, keys);
    });

    ASSERT_TRUE(file);
    const auto calendar = *ical::parse(*file);
    const auto& copy = calendar.components.at(0);
    EXPECT_EQ(copy.value("DTSTART"), "20261123T130000Z");
    EXPECT_EQ(copy.value("DTEND"), "20261123T135000Z");
    EXPECT_EQ(copy.value("URL"), domain::join_url(policy.public_url, token));
    EXPECT_EQ(copy.find("ATTENDEE"), nullptr);
    EXPECT_EQ(file->find("eva"), std::string::npos);
    EXPECT_EQ(file->find("Clinical"), std::string::npos);
}

} // namespace
