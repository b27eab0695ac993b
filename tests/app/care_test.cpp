#include "core/limits.h"
#include "domain/attachments.h"
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
    support::TemporaryFolder files;
    storage::ContentFolder folder{files.file("attachments")};

    void forget_what_care_has_seen() {
        ASSERT_TRUE(store->write([](storage::WriteTransaction& transaction) -> core::Done {
            transaction.facts().set("seen_time", "");
            return {};
        }));
    }
    [[nodiscard]] bool is_ahead() {
        return object("series.ics").index.complete.end > clock.now() + 700 * day;
    }
};

TEST_F(ServerCare, RemovesFilesThatNoEventHasHadForAsLongAsHistoryIsKept) {
    const domain::Attachments attachments(calendars, folder, policy, clock);
    const auto file = attachments.keep("words", "text/plain", "a.txt");
    ASSERT_TRUE(file);
    const auto done = store->write([&](storage::WriteTransaction& transaction) {
        return attachments.add(transaction, collection(), object("series.ics"), *file, {});
    });
    ASSERT_TRUE(done) << done.error().detail;
    const auto care_after_days = [&](int days) {
        clock.advance(days * day);
        forget_what_care_has_seen();
        const std::atomic<bool> stopping = false;
        app::care_once(*store, folder, clock, policy, stopping);
        return folder.has(file->hash);
    };

    EXPECT_TRUE(care_after_days(2 * policy.history_days)) << "an event has it";
    remove("series.ics");
    EXPECT_TRUE(care_after_days(0));
    EXPECT_TRUE(care_after_days(policy.history_days)) << "an undelete would have lost it";
    EXPECT_FALSE(care_after_days(1));
}

TEST_F(ServerCare, RemovesFilesThatCameToNothing) {
    const std::string hash = storage::content_hash("words");
    folder.keep(hash, "words");

    domain::adopt_files(*store, folder, {0});
    EXPECT_EQ(domain::forget_attachments(*store, folder, clock.now(), policy, 10), 0U);
    EXPECT_TRUE(folder.has(hash)) << "it may be on its way into a row";
    domain::adopt_files(*store, folder, {std::int64_t{1} << 40});
    EXPECT_EQ(domain::forget_attachments(*store, folder, clock.now(), policy, 10), 1U);

    EXPECT_FALSE(folder.has(hash));
}

TEST_F(ServerCare, IsNoDangerToAFileThatIsBeingAttached) {
    const domain::Attachments attachments(calendars, folder, policy, clock);
    const auto file = attachments.keep("words", "text/plain", "a.txt");
    ASSERT_TRUE(file);
    // Between the file and its row, care finds content that nobody has.
    domain::adopt_files(*store, folder, {std::int64_t{1} << 40});
    ASSERT_EQ(domain::forget_attachments(*store, folder, clock.now(), policy, 10), 1U);
    ASSERT_FALSE(folder.has(file->hash));

    const auto done = store->write([&](storage::WriteTransaction& transaction) {
        return attachments.add(transaction, collection(), object("series.ics"), *file, {});
    });

    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_EQ(attachments.bytes(done->attachment), "words");
}

TEST_F(ServerCare, DoesAllThatIsDue) {
    const std::atomic<bool> stopping = false;
    for (int i = 0; i < 2; ++i) {
        std::string text = event(afternoon);
        text.replace(text.find("one@test"), 8, "gone");
        ASSERT_TRUE(put("gone.ics", text));
        remove("gone.ics");
        clock.advance((core::limits::tombstone_days + 1) * day);
    }

    app::care_once(*store, folder, clock, policy, stopping);

    EXPECT_TRUE(is_ahead());
    EXPECT_EQ(collection().revision_floor, collection().revision);
    store->read([](const storage::ReadTransaction& transaction) {
        EXPECT_TRUE(transaction.versions().list("anna", "", "", 10).empty());
    });
}

TEST_F(ServerCare, ForgetsNothingForGoodWhenTheClockJumps) {
    const std::atomic<bool> stopping = false;
    app::care_once(*store, folder, clock, policy, stopping);
    remove("series.ics");

    clock.advance((core::limits::tombstone_days + 1) * day);
    app::care_once(*store, folder, clock, policy, stopping);

    EXPECT_LT(collection().revision_floor, collection().revision);
    store->read([](const storage::ReadTransaction& transaction) {
        EXPECT_EQ(transaction.versions().list("anna", "", "", 10).size(), 1U);
    });
}

TEST_F(ServerCare, EndsWhereItIsToldTo) {
    const std::atomic<bool> stopping = true;

    app::care_once(*store, folder, clock, policy, stopping);

    EXPECT_FALSE(is_ahead());
}

// The interval is far longer than a test may take: its end must not be waited for.
TEST_F(ServerCare, BeginsAtOnceAndEndsAtOnce) {
    {
        const app::Care care(*store, folder, clock, policy, std::chrono::hours(24));
        while (!is_ahead()) {
            std::this_thread::yield();
        }
    }
    EXPECT_TRUE(is_ahead());
}

} // namespace
