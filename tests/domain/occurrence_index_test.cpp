// The index of occurrences as the door writes it, and its care.
#include "core/limits.h"
#include "domain/occurrence_index.h"
#include "ical/occurrence_index.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"
#include "tests/support/random_objects.h"

#include <gtest/gtest.h>

#include <thread>

namespace occurrence_index_test {

namespace {

using core::Interval;
using storage::IndexedOccurrence;
using support::afternoon;
using support::event;
using support::session_event;

constexpr std::int64_t day = 86'400;

class OccurrenceCare : public testing::Test, public support::Practice {
protected:
    std::vector<IndexedOccurrence> rows(const std::string& name,
                                        const std::string& calendar = "calendar") {
        const std::int64_t id = object(name, calendar).head.id;
        return store->read([&](const storage::ReadTransaction& transaction) {
            return transaction.objects().occurrences(id);
        });
    }
    std::size_t refresh(std::size_t batch = 100) {
        return domain::refresh_due_indexes(*store, clock.now(), batch);
    }
    // As a program that knew no index stored it.
    void forget_index(const std::string& name) {
        auto row = object(name);
        row.index = {};
        ASSERT_TRUE(store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            transaction.objects().update(row);
            transaction.objects().set_occurrences(row.head, {});
            return {};
        }));
    }
};

const Interval hour_on_monday{{1'795'438'800}, {1'795'441'800}}; // `afternoon`

TEST_F(OccurrenceCare, TheDoorKeepsTheIndexWithTheObject) {
    ASSERT_TRUE(put("a.ics", session_event()));
    EXPECT_EQ(rows("a.ics"),
              (std::vector<IndexedOccurrence>{{hour_on_monday, 0, storage::TimeTaken::busy}}));
    EXPECT_EQ(object("a.ics").index,
              (storage::IndexReach{hour_on_monday, Interval{}, core::end_of_time}));

    ASSERT_TRUE(put("a.ics", event(afternoon + "RRULE:FREQ=WEEKLY;COUNT=3\n")));
    EXPECT_EQ(rows("a.ics").size(), 3U);

    add_calendar("other");
    ASSERT_TRUE(store->write([&](storage::WriteTransaction& transaction) {
        const auto other = transaction.collections().find("anna", "other");
        const auto row = transaction.objects().find(collection().id, "a.ics");
        return calendars.move(transaction, *row, *other, "b.ics");
    }));
    EXPECT_EQ(rows("b.ics", "other").size(), 3U);
    EXPECT_EQ(object("b.ics", "other").index.complete, Interval{});
}

TEST_F(OccurrenceCare, AnEndlessSeriesIsIndexedAheadOfTheClock) {
    ASSERT_TRUE(put("weekly.ics", event(afternoon + "RRULE:FREQ=WEEKLY\n")));
    add_calendar("other");
    ASSERT_TRUE(put("daily.ics", event("DTSTART:20100101T100000Z\nRRULE:FREQ=DAILY\n"), "other"));

    for (const auto& [name, calendar] :
         {std::pair{"weekly.ics", "calendar"}, std::pair{"daily.ics", "other"}}) {
        const auto index = object(name, calendar).index;
        EXPECT_GE(index.complete.end, clock.now() + 365 * day) << name;
        EXPECT_GT(index.due, clock.now()) << name;
        EXPECT_LT(index.due, index.complete.end) << name;
        EXPECT_LE(rows(name, calendar).size(), core::limits::indexed_occurrences) << name;
    }
    EXPECT_EQ(object("weekly.ics").index.complete.start, core::beginning_of_time);
    EXPECT_EQ(object("daily.ics", "other").index.complete.start, clock.now() - 31 * day);
}

TEST_F(OccurrenceCare, CareMovesTheHorizonInBatches) {
    for (const char* uid : {"a", "b", "c"}) {
        std::string text = event(afternoon + "RRULE:FREQ=WEEKLY\n");
        text.replace(text.find("one@test"), 8, uid);
        ASSERT_TRUE(put(std::string(uid) + ".ics", text));
    }
    ASSERT_TRUE(put("once.ics", event(afternoon)));
    const auto before = object("a.ics");
    EXPECT_EQ(refresh(), 0U);

    clock.advance(100 * day);

    EXPECT_EQ(refresh(2), 2U);
    EXPECT_EQ(refresh(2), 1U);
    EXPECT_EQ(refresh(2), 0U);
    const auto after = object("a.ics");
    EXPECT_EQ(after.index.complete.end, before.index.complete.end + 100 * day);
    EXPECT_EQ(after.head.revision, before.head.revision); // nobody has to know
    EXPECT_EQ(rows("a.ics").back().reach.end > before.index.complete.end, true);
}

TEST_F(OccurrenceCare, WhatWasStoredBeforeThereWasAnIndexIsIndexed) {
    ASSERT_TRUE(put("a.ics", event(afternoon)));
    const auto before = object("a.ics");
    forget_index("a.ics");

    EXPECT_EQ(refresh(), 1U);

    EXPECT_EQ(object("a.ics").index, before.index);
    EXPECT_EQ(rows("a.ics").size(), 1U);
    EXPECT_EQ(refresh(), 0U);
}

TEST_F(OccurrenceCare, WhatCannotBeReadIsLeftToExpansionForGood) {
    ASSERT_TRUE(put("a.ics", event(afternoon)));
    auto row = object("a.ics");
    row.text = "damaged";
    row.index = {};
    ASSERT_TRUE(store->write([&](storage::WriteTransaction& transaction) -> core::Done {
        transaction.objects().update(row);
        return {};
    }));

    EXPECT_EQ(refresh(), 1U);
    EXPECT_EQ(refresh(), 0U);

    EXPECT_EQ(object("a.ics").index.complete, ical::nowhere);
    EXPECT_TRUE(rows("a.ics").empty());
}

TEST_F(OccurrenceCare, TwoThatCareAtOnceDoNoHarm) {
    ASSERT_TRUE(put("a.ics", event(afternoon + "RRULE:FREQ=WEEKLY\n")));
    clock.advance(100 * day);
    const auto other = storage.open();

    std::thread second([&] {
        while (domain::refresh_due_indexes(*other, clock.now(), 1) != 0) {
        }
    });
    while (refresh(1) != 0) {
    }
    second.join();

    const auto stored = object("a.ics");
    const auto read = ical::read_object(stored.text, ical::utc());
    EXPECT_EQ(rows("a.ics"), *domain::indexed_within(*read, stored.index.complete));
    EXPECT_GT(stored.index.complete.end, clock.now() + 700 * day);
}

// What a check of the database compares.
TEST_F(OccurrenceCare, AFreshComputationGivesTheStoredRows) {
    for (const std::uint32_t seed : support::test_seeds()) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        support::RandomObjects random(seed);
        for (int i = 0; i < 150; ++i) {
            const std::string text = random.object("1@test");
            const auto read = ical::read_object(text, *ical::find_zone(random.zone()));
            const auto again = ical::read_object(text, *ical::find_zone(random.zone()));
            const auto index = domain::index_of(*read, clock.now());
            if (index) {
                const auto fresh = domain::indexed_within(*again, index->reach.complete);
                ASSERT_TRUE(fresh) << text;
                EXPECT_EQ(*fresh, index->occurrences) << text;
            }
        }
    }
}

TEST_F(OccurrenceCare, RemovalsAreForgottenAfterHalfAYear) {
    ASSERT_TRUE(put("a.ics", event(afternoon)));
    remove("a.ics");
    const auto forget = [&] { return domain::forget_old_tombstones(*store, clock.now(), 10); };
    clock.advance(core::limits::tombstone_days * day);
    EXPECT_EQ(forget(), 0U);

    clock.advance(1);

    EXPECT_EQ(forget(), 1U);
    EXPECT_EQ(forget(), 0U);
    EXPECT_EQ(collection().revision_floor, collection().revision);
}

} // namespace

} // namespace occurrence_index_test
