#include "domain/check.h"
#include "domain/reindex.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <gmock/gmock.h>

#include <functional>

namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Reindex : public testing::Test {
protected:
    Reindex() {
        const std::string weekly = support::afternoon + "RRULE:FREQ=WEEKLY\n";
        EXPECT_TRUE(practice.put("a.ics", support::event(weekly)));
        practice.add_calendar("other");
        EXPECT_TRUE(practice.put("b.ics", support::session_event(), "other"));
    }
    std::vector<std::string> faults() {
        const auto collection = practice.collection();
        const auto object = practice.object("a.ics");
        return practice.store->read([&](const storage::ReadTransaction& transaction) {
            return domain::faults_of(transaction, collection, object, practice.policy);
        });
    }
    // Changes the index of a.ics behind the door's back.
    void damage(const std::function<void(storage::Object&,
                                         std::vector<storage::IndexedOccurrence>&)>& change) {
        auto object = practice.object("a.ics");
        ASSERT_TRUE(
            practice.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
                auto rows = transaction.objects().occurrences(object.head.id);
                change(object, rows);
                transaction.objects().update(object);
                transaction.objects().set_occurrences(object.head, rows);
                return {};
            }));
    }
    domain::Reindexed reindex() {
        return domain::reindex(*practice.store, practice.clock.now(),
                               [](std::int64_t, std::int64_t) { return true; });
    }
    bool follow(const std::string& release, bool goes_on = true) {
        return domain::follow_zone_data(*practice.store, release, practice.clock.now(),
                                        [&](std::int64_t, std::int64_t) { return goes_on; });
    }

    support::Practice practice;
};

TEST_F(Reindex, LeavesWhatIsRight) {
    const auto before = practice.object("a.ics");

    const auto result = reindex();

    EXPECT_EQ(result.objects, 2U);
    EXPECT_EQ(result.differed, 0U);
    EXPECT_EQ(practice.object("a.ics").index, before.index);
    EXPECT_EQ(practice.object("a.ics").head.revision, before.head.revision);
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Reindex, AnIndexThatReachesLessFarIsRightUntilItIsRenewed) {
    practice.clock.advance(std::int64_t{200} * 86'400);

    EXPECT_THAT(faults(), IsEmpty());
    EXPECT_EQ(reindex().differed, 0U);
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Reindex, RepairsEveryKindOfWrongIndex) {
    using Rows = std::vector<storage::IndexedOccurrence>;
    const std::vector<std::function<void(storage::Object&, Rows&)>> damages{
        [](storage::Object&, Rows& rows) { rows.pop_back(); },
        [](storage::Object&, Rows& rows) { rows.clear(); },
        [](storage::Object&, Rows& rows) { rows.front().reach.end = rows.front().reach.end + 1; },
        [](storage::Object&, Rows& rows) { rows.front().doubt_seconds = 7; },
        [](storage::Object&, Rows& rows) { rows.front().taken = storage::TimeTaken::none; },
        [](storage::Object& object, Rows&) {
            object.index.span.start = object.index.span.start + 1;
        },
        [](storage::Object& object, Rows&) {
            object.index.span = {core::beginning_of_time, core::beginning_of_time};
        },
        [](storage::Object& object, Rows&) {
            object.index.complete.end = object.index.complete.end + std::int64_t{86'400} * 30;
        },
    };
    for (const auto& change : damages) {
        damage(change);
        EXPECT_THAT(faults(), testing::ElementsAre(HasSubstr("reindex")));

        const auto result = reindex();

        EXPECT_EQ(result.differed, 1U);
        EXPECT_THAT(faults(), IsEmpty());
    }
}

TEST_F(Reindex, PassesOverWhatCannotBeRead) {
    damage([](storage::Object& object, auto&) { object.text = "nonsense"; });

    EXPECT_EQ(reindex().objects, 1U);
}

TEST_F(Reindex, FollowsAnUpdateOfTheTzDatabaseOnce) {
    EXPECT_TRUE(follow("2026e"));
    damage([](storage::Object&, auto& rows) { rows.pop_back(); });

    EXPECT_FALSE(follow("2026e"));
    EXPECT_FALSE(follow("2025b")); // the files of another server
    EXPECT_FALSE(faults().empty());
    EXPECT_TRUE(follow("2026f"));
    EXPECT_THAT(faults(), IsEmpty());
    EXPECT_FALSE(follow("2026f"));
}

TEST_F(Reindex, FollowsTheTzDatabaseAgainWhereItWasStopped) {
    EXPECT_TRUE(follow("2026f", false));
    EXPECT_TRUE(follow("2026f"));
    EXPECT_FALSE(follow("2026f"));
}

TEST_F(Reindex, TellsHowFarItIs) {
    std::int64_t last = 0;
    std::int64_t whole = 0;
    domain::reindex(*practice.store, practice.clock.now(),
                    [&](std::int64_t done, std::int64_t all) {
                        last = done;
                        whole = all;
                        return true;
                    });

    EXPECT_EQ(last, 2);
    EXPECT_EQ(whole, 2);
}

} // namespace
