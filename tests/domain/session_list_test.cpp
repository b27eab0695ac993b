#include "core/strings.h"
#include "domain/session_list.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <gtest/gtest.h>

namespace {

using support::afternoon;
using support::calendar_of;
using support::event_of;
using support::invited;
using support::session_event;

class SessionList : public testing::Test, public support::Practice {
protected:
    std::vector<domain::ListedSession> list(std::optional<std::string> host = std::nullopt) {
        return store->read([&](const storage::ReadTransaction& transaction) {
            return domain::list_sessions(
                transaction, {host, clock.now(), clock.now() + 30 * 86'400, 100}, policy, keys);
        });
    }
};

TEST_F(SessionList, GivesEveryParticipantsLinkHostsFirst) {
    ASSERT_TRUE(put("a.ics", session_event()));

    const auto sessions = list();

    ASSERT_EQ(sessions.size(), 1U);
    EXPECT_EQ(sessions[0].title, "Follow-up");
    EXPECT_EQ(sessions[0].host_login, "anna");
    EXPECT_EQ(sessions[0].time_zone, "Europe/Berlin");
    ASSERT_EQ(sessions[0].participants.size(), 2U);
    EXPECT_EQ(sessions[0].participants[0].name, "Dr Anna Chen");
    EXPECT_EQ(sessions[0].participants[1].link,
              domain::join_url(policy.public_url,
                               support::attendee_token(body("a.ics"), "paul@mail.example")));
}

TEST_F(SessionList, SaysWhoseSubscribedCalendarIsBehind) {
    const std::string other = core::replace_all(session_event(), "one@test", "two@test");
    ASSERT_TRUE(put("a.ics", session_event()));
    ASSERT_TRUE(put("b.ics", other));
    const auto fetch = [&] {
        (void)store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            TRY(domain::feed_url(transaction, "paul@mail.example", clock.now(), policy, keys));
            const auto feed = transaction.feeds().find_by_subject("address:paul@mail.example");
            transaction.feeds().note_fetched(*feed, clock.now());
            return {};
        });
    };
    const auto copies = [&] {
        std::vector<domain::FeedCopy> all;
        for (const auto& session : list()) {
            all.push_back(session.participants.at(1).feed);
        }
        return all;
    };
    using enum domain::FeedCopy;
    EXPECT_EQ(copies(), (std::vector{none, none}));

    clock.advance(10);
    fetch();
    EXPECT_EQ(copies(), (std::vector{current, current}));

    clock.advance(10);
    ASSERT_TRUE(put("b.ics", core::replace_all(other, "Follow-up", "Talk")));
    EXPECT_EQ(copies(), (std::vector{current, behind}));

    fetch();
    EXPECT_EQ(copies(), (std::vector{current, current}));
}

TEST_F(SessionList, IsInOrderOfStartWithEachOccurrenceOfASeries) {
    ASSERT_TRUE(put("a.ics", calendar_of(event_of(afternoon + "RRULE:FREQ=WEEKLY\n" + invited))));
    ASSERT_TRUE(
        put("b.ics", core::replace_all(core::replace_all(session_event(), "20261123", "20261125"),
                                       "one@test", "two@test")));

    const auto sessions = list();

    ASSERT_EQ(sessions.size(), 6U);
    for (std::size_t i = 1; i < sessions.size(); ++i) {
        EXPECT_LT(sessions[i - 1].time.start, sessions[i].time.start);
        EXPECT_NE(sessions[i - 1].participants[1].link, sessions[i].participants[1].link);
    }
}

TEST_F(SessionList, OfAHostHasNobodyElsesSessions) {
    add_account("ben", "Ben", "ben@clinic.example");
    ASSERT_TRUE(put("a.ics", session_event()));

    EXPECT_EQ(list("anna").size(), 1U);
    EXPECT_TRUE(list("ben").empty());
    EXPECT_TRUE(list("nobody").empty());
}

} // namespace
