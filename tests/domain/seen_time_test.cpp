#include "domain/seen_time.h"
#include "tests/support/domain_fixture.h"

#include <gtest/gtest.h>

namespace seen_time_test {

namespace {

constexpr std::int64_t step = 1'200;
constexpr std::int64_t day = 86'400;

class SeenTime : public testing::Test, public support::Practice {
protected:
    // How far it is behind the clock, in seconds.
    std::int64_t lag() { return clock.now().seconds - seen().seconds; }
    core::Instant seen() { return domain::seen_time(*store, clock.now(), step); }
};

TEST_F(SeenTime, TrustsTheClockTheFirstTime) {
    EXPECT_EQ(lag(), 0);
}

TEST_F(SeenTime, FollowsAClockThatGoesRight) {
    for (int look = 0; look < 5; ++look) {
        clock.advance(step / 2);
        EXPECT_EQ(lag(), 0);
    }
}

TEST_F(SeenTime, GoesAheadByOneStepWhenTheClockJumps) {
    const core::Instant before = seen();

    clock.advance(40 * day);

    EXPECT_EQ(seen().seconds, before.seconds + step);
    EXPECT_EQ(seen().seconds, before.seconds + 2 * step);
}

TEST_F(SeenTime, GoesBackWithTheClock) {
    seen();
    clock.advance(40 * day);
    seen();

    clock.advance(-41 * day);

    EXPECT_EQ(lag(), 0);
}

} // namespace

} // namespace seen_time_test
