#include "core/clock.h"
#include "tests/support/manual_clock.h"

#include <gtest/gtest.h>

TEST(SystemClock, TellsAPlausibleTimeThatNeverNeedsAnEra) {
    const core::SystemClock clock;

    const std::string now = core::to_rfc3339(clock.now());

    EXPECT_GE(now, "2026-01-01T00:00:00Z");
    EXPECT_LT(now, "9999-12-31T23:59:59Z");
}

TEST(ManualClock, StandsStillUntilItIsMoved) {
    support::ManualClock clock(core::Instant{100});

    EXPECT_EQ(clock.now(), core::Instant{100});
    clock.advance(-30);
    EXPECT_EQ(clock.now(), core::Instant{70});
    clock.set(core::Instant{5});
    EXPECT_EQ(clock.now(), core::Instant{5});
}
