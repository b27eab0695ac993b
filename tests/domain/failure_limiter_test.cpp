#include "domain/failure_limiter.h"

#include <gtest/gtest.h>

namespace {

using core::Instant;
using domain::FailureLimiter;

TEST(FailureLimiter, BlocksAfterItsLimitAndForgetsAfterItsWindow) {
    FailureLimiter limiter({3, 60, 10});
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(limiter.is_blocked("a", Instant{100}));
        limiter.record_failure("a", Instant{100});
    }

    EXPECT_TRUE(limiter.is_blocked("a", Instant{159}));
    EXPECT_FALSE(limiter.is_blocked("a", Instant{160}));
    EXPECT_FALSE(limiter.is_blocked("b", Instant{100}));
}

TEST(FailureLimiter, AFailureAfterTheWindowBeginsANewOne) {
    FailureLimiter limiter({2, 60, 10});
    limiter.record_failure("a", Instant{0});
    limiter.record_failure("a", Instant{60});

    EXPECT_FALSE(limiter.is_blocked("a", Instant{61}));
}

TEST(FailureLimiter, WhenFullForgetsTheOldestKey) {
    FailureLimiter limiter({1, 1'000, 2});
    limiter.record_failure("old", Instant{0});
    limiter.record_failure("new", Instant{1});
    limiter.record_failure("newest", Instant{2});

    EXPECT_FALSE(limiter.is_blocked("old", Instant{3}));
    EXPECT_TRUE(limiter.is_blocked("new", Instant{3}));
    EXPECT_TRUE(limiter.is_blocked("newest", Instant{3}));
}

} // namespace
