#include "core/limits.h"
#include "domain/occurrence_index.h"
#include "src/app/care.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <gtest/gtest.h>

namespace {

using support::afternoon;
using support::event;

constexpr std::int64_t day = 86'400;

class ServerCare : public testing::Test, public support::Practice {
protected:
    void SetUp() override {
        ASSERT_TRUE(put("series.ics", event(afternoon + "RRULE:FREQ=WEEKLY\n")));
        clock.advance((core::limits::tombstone_days + 1) * day);
    }
    [[nodiscard]] bool is_ahead() {
        return object("series.ics").index.complete.end > clock.now() + 700 * day;
    }
};

TEST_F(ServerCare, DoesAllThatIsDue) {
    const std::atomic<bool> stopping = false;
    for (int i = 0; i < 2; ++i) {
        std::string text = event(afternoon);
        text.replace(text.find("one@test"), 8, "gone");
        ASSERT_TRUE(put("gone.ics", text));
        remove("gone.ics");
        clock.advance((core::limits::tombstone_days + 1) * day);
    }

    app::care_once(*store, clock, policy, stopping);

    EXPECT_TRUE(is_ahead());
    EXPECT_EQ(collection().revision_floor, collection().revision);
    store->read([](const storage::ReadTransaction& transaction) {
        EXPECT_TRUE(transaction.versions().list("anna", "", "", 10).empty());
    });
}

TEST_F(ServerCare, ForgetsNothingForGoodWhenTheClockJumps) {
    const std::atomic<bool> stopping = false;
    app::care_once(*store, clock, policy, stopping);
    remove("series.ics");

    clock.advance((core::limits::tombstone_days + 1) * day);
    app::care_once(*store, clock, policy, stopping);

    EXPECT_LT(collection().revision_floor, collection().revision);
    store->read([](const storage::ReadTransaction& transaction) {
        EXPECT_EQ(transaction.versions().list("anna", "", "", 10).size(), 1U);
    });
}

TEST_F(ServerCare, EndsWhereItIsToldTo) {
    const std::atomic<bool> stopping = true;

    app::care_once(*store, clock, policy, stopping);

    EXPECT_FALSE(is_ahead());
}

// The interval is far longer than a test may take: its end must not be waited for.
TEST_F(ServerCare, BeginsAtOnceAndEndsAtOnce) {
    {
        const app::Care care(*store, clock, policy, std::chrono::hours(24));
        while (!is_ahead()) {
            std::this_thread::yield();
        }
    }
    EXPECT_TRUE(is_ahead());
}

} // namespace
