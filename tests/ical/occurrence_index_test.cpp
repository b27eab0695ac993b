// The index of an object against the engine: it may say less, but never anything else.
#include "ical/filter.h"
#include "ical/occurrence_index.h"
#include "tests/ical/objects.h"
#include "tests/support/random_objects.h"

#include <gtest/gtest.h>

#include <array>

namespace ical {
namespace {

using core::Interval;
using testing_support::at;
using testing_support::event;
using testing_support::parsed;
using testing_support::range;
using testing_support::todo;
using testing_support::zone;

constexpr std::int64_t hour = 3'600;
constexpr std::int64_t day = 24 * hour;
constexpr std::size_t many = 400;

OccurrenceIndex index_of(const Object& object, std::span<const Interval> windows = {},
                         std::size_t count_max = many) {
    auto index = occurrence_index(object, windows, count_max);
    EXPECT_TRUE(index) << (index ? "" : index.error().detail);
    return index ? *index : OccurrenceIndex{};
}

bool overlap(Interval a, Interval b) {
    return a.start < b.end && a.end > b.start;
}

enum class Answer { yes, no, unknown };

// What a store makes of an index.
Answer ask(const OccurrenceIndex& index, Interval range) {
    if (!overlap(index.span, range)) {
        return Answer::no;
    }
    bool touched = false;
    for (const IndexedOccurrence& row : index.occurrences) {
        const Interval sure{row.reach.start + row.doubt_seconds, row.reach.end - row.doubt_seconds};
        if (sure.start < range.end && sure.end > range.start) {
            return Answer::yes;
        }
        touched = touched || overlap(row.reach, range);
    }
    const bool known = index.complete.start <= range.start && index.complete.end >= range.end;
    return known && !touched ? Answer::no : Answer::unknown;
}

core::Result<bool> engine(const Object& object, Interval range) {
    ComponentFilter inner;
    inner.name = component_name(object.kind);
    inner.time_range = range;
    ComponentFilter filter;
    filter.name = "VCALENDAR";
    filter.components.push_back(inner);
    return matches(filter, object);
}

TEST(OccurrenceIndex, OfOneEventIsItsTime) {
    const auto index =
        index_of(parsed(event("DTSTART:20261122T100000Z\nDTEND:20261122T110000Z\n")));

    ASSERT_EQ(index.occurrences.size(), 1U);
    EXPECT_EQ(index.occurrences[0].reach, range("20261122T100000Z", "20261122T110000Z"));
    EXPECT_EQ(index.occurrences[0].doubt_seconds, 0);
    EXPECT_EQ(index.span, index.occurrences[0].reach);
    EXPECT_EQ(index.complete, Interval{});
}

TEST(OccurrenceIndex, SaysWhatTimeIsTakenWhereThatDependsOnNobody) {
    const auto taken = [](const std::string& lines) {
        const auto index = index_of(parsed(event(lines)));
        EXPECT_EQ(index.occurrences.size(), 1U) << lines;
        return index.occurrences.at(0).taken;
    };
    const std::string hour_at_ten = "DTSTART:20261122T100000Z\nDTEND:20261122T110000Z\n";
    const std::string people = "ORGANIZER:mailto:a@x.example\nATTENDEE;PARTSTAT=";

    EXPECT_EQ(taken(hour_at_ten), TimeTaken::busy);
    EXPECT_EQ(taken(hour_at_ten + "STATUS:TENTATIVE\n"), TimeTaken::tentative);
    EXPECT_EQ(taken(hour_at_ten + "STATUS:CANCELLED\n"), TimeTaken::none);
    EXPECT_EQ(taken(hour_at_ten + "TRANSP:TRANSPARENT\n"), TimeTaken::none);
    EXPECT_EQ(taken("DTSTART:20261122T100000Z\n"), TimeTaken::none);
    EXPECT_EQ(taken(hour_at_ten + people + "ACCEPTED:mailto:b@x.example\n"), TimeTaken::busy);
    EXPECT_EQ(taken(hour_at_ten + people + "DECLINED:mailto:b@x.example\n"), TimeTaken::depends);
    EXPECT_EQ(taken(hour_at_ten + people + "TENTATIVE:mailto:b@x.example\n"), TimeTaken::depends);
    // The day is another one in every zone.
    EXPECT_EQ(taken("DTSTART;VALUE=DATE:20261122\n"), TimeTaken::depends);
    EXPECT_EQ(taken("DTSTART;VALUE=DATE:20261122\nTRANSP:TRANSPARENT\n"), TimeTaken::none);
    EXPECT_EQ(taken("DTSTART:20261122T100000\nDTEND:20261122T110000\n"), TimeTaken::depends);
}

TEST(OccurrenceIndex, TwoAtOneTimeThatDifferAreOneThatDepends) {
    const auto index = index_of(
        parsed(event("DTSTART:20261122T100000Z\nDTEND:20261122T110000Z\nRRULE:FREQ=DAILY;COUNT=2\n")
               + event("RECURRENCE-ID:20261123T100000Z\nDTSTART:20261122T100000Z\n"
                       "DTEND:20261122T110000Z\nTRANSP:TRANSPARENT\n")));

    ASSERT_EQ(index.occurrences.size(), 1U);
    EXPECT_EQ(index.occurrences[0].taken, TimeTaken::depends);
}

TEST(OccurrenceIndex, HoldsOverridesWhereTheyMovedTo) {
    const auto index = index_of(parsed(
        event("DTSTART:20261122T100000Z\nDTEND:20261122T110000Z\nRRULE:FREQ=DAILY;COUNT=5\n")
        + event("RECURRENCE-ID:20261123T100000Z\nDTSTART:20260101T100000Z\n")
        + event("RECURRENCE-ID:20261124T100000Z\nDTSTART:20270601T100000Z\nDURATION:PT2H\n")));

    EXPECT_EQ(index.span, range("20260101T100000Z", "20270601T120000Z"));
    ASSERT_EQ(index.occurrences.size(), 5U);
    EXPECT_EQ(index.occurrences[0].reach, range("20260101T100000Z", "20260101T100001Z"));
    EXPECT_EQ(index.occurrences[2].reach, range("20261125T100000Z", "20261125T110000Z"));
    EXPECT_EQ(index.complete, Interval{});
}

TEST(OccurrenceIndex, HoldsRecurrenceDatesBeforeAndAfter) {
    const auto index = index_of(parsed(event("DTSTART:20261122T100000Z\nDURATION:PT1H\n"
                                             "RDATE:20250101T100000Z,20280101T100000Z\n")));

    EXPECT_EQ(index.span, range("20250101T100000Z", "20280101T110000Z"));
    EXPECT_EQ(index.occurrences.size(), 3U);
}

TEST(OccurrenceIndex, HoldsNoOccurrenceTwice) {
    const auto index =
        index_of(parsed(event("DTSTART:20261122T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\n")
                        + event("RECURRENCE-ID:20261122T100000Z\nDTSTART:20261123T100000Z\n"
                                "DURATION:PT1H\n")));

    EXPECT_EQ(index.occurrences.size(), 1U);
}

TEST(OccurrenceIndex, OfASeriesWithoutEndReachesToTheEndOfTheWindow) {
    const Object object =
        parsed(event("DTSTART:20261122T100000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\n"));
    const std::array windows{Interval{core::beginning_of_time, at("20271122T000000Z")}};

    const auto index = index_of(object, windows);

    EXPECT_EQ(index.span.end, core::end_of_time);
    EXPECT_EQ(index.complete, windows[0]);
    EXPECT_EQ(index.occurrences.size(), 53U);
    EXPECT_EQ(ask(index, range("20271101T000000Z", "20271108T000000Z")), Answer::yes);
    EXPECT_EQ(ask(index, range("20271102T000000Z", "20271103T000000Z")), Answer::no);
    EXPECT_EQ(ask(index, range("20271123T000000Z", "20271124T000000Z")), Answer::unknown);
    EXPECT_EQ(ask(index, range("20200101T000000Z", "20201231T000000Z")), Answer::no);
}

TEST(OccurrenceIndex, OfALongSeriesIsTheFirstWindowThatItFitsIn) {
    const Object object =
        parsed(event("DTSTART:19000101T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\n"));
    const std::array windows{Interval{core::beginning_of_time, at("20271122T000000Z")},
                             range("20251122T000000Z", "20271122T000000Z"),
                             range("20261022T000000Z", "20271022T000000Z"),
                             range("20261122T000000Z", "20261123T000000Z")};

    const auto index = index_of(object, windows);

    EXPECT_EQ(index.complete, windows[2]);
    EXPECT_EQ(index.occurrences.size(), 365U);
    EXPECT_EQ(ask(index, range("20270322T000000Z", "20270323T000000Z")), Answer::yes);
    EXPECT_EQ(ask(index, range("20270322T113000Z", "20270322T120000Z")), Answer::no);
    EXPECT_EQ(ask(index, range("20250322T113000Z", "20250322T120000Z")), Answer::unknown);
    EXPECT_EQ(ask(index, range("18990322T113000Z", "18990322T120000Z")), Answer::no);
}

TEST(OccurrenceIndex, OfALongSeriesThatIsOverKnowsAllThatFollows) {
    const Object object =
        parsed(event("DTSTART:20200101T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=1000\n"));
    const std::array windows{range("20220901T000000Z", "20230901T000000Z")};

    const auto index = index_of(object, windows);

    EXPECT_EQ(index.complete, (Interval{windows[0].start, core::end_of_time}));
    EXPECT_EQ(index.occurrences.size(), 26U);
    EXPECT_EQ(index.span, range("20200101T100000Z", "20220926T110000Z"));
}

TEST(OccurrenceIndex, OfASeriesThatFitsNowhereSaysNothing) {
    const Object object =
        parsed(event("DTSTART:20260101T100000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY\n"));
    const std::array windows{range("20260101T000000Z", "20270101T000000Z")};

    const auto index = index_of(object, windows);

    EXPECT_TRUE(index.occurrences.empty());
    EXPECT_EQ(ask(index, range("20260601T000000Z", "20260602T000000Z")), Answer::unknown);
    EXPECT_EQ(ask(index, range("20250601T000000Z", "20250602T000000Z")), Answer::no);
}

TEST(OccurrenceIndex, OfADayIsInDoubtForADayAtEitherEnd) {
    const auto index = index_of(parsed(event("DTSTART;VALUE=DATE:20261122\n")));

    EXPECT_EQ(ask(index, range("20261121T000000Z", "20261124T000000Z")), Answer::yes);
    EXPECT_EQ(ask(index, range("20261121T000000Z", "20261122T120000Z")), Answer::unknown);
    EXPECT_EQ(ask(index, range("20261122T130000Z", "20261122T140000Z")), Answer::unknown);
    EXPECT_EQ(ask(index, range("20261122T000000Z", "20261123T235959Z")), Answer::unknown);
    EXPECT_EQ(ask(index, range("20261124T000000Z", "20261125T000000Z")), Answer::no);
}

TEST(OccurrenceIndex, IsTheSameInEveryZone) {
    const std::string text =
        testing_support::calendar(event("DTSTART:20261122T100000\nDURATION:PT1H\n"));

    const auto in_berlin = index_of(read_object(text, zone("Europe/Berlin")).value());
    const auto in_auckland = index_of(read_object(text, zone("Pacific/Auckland")).value());

    EXPECT_EQ(in_berlin.occurrences, in_auckland.occurrences);
    EXPECT_EQ(in_berlin.span, in_auckland.span);
}

// Which occurrences a floating series has depends on the zone, where its UNTIL is in UTC.
TEST(OccurrenceIndex, OfAFloatingSeriesSaysNothing) {
    const auto index = index_of(
        parsed(event("DTSTART:20261122T100000\nRRULE:FREQ=WEEKLY;UNTIL=20261129T110000Z\n")));

    EXPECT_TRUE(index.occurrences.empty());
    EXPECT_EQ(index.complete, nowhere);
    EXPECT_EQ(index.span, Interval{});
}

// Not what RFC 5545 section 3.8.2.1 wants.
TEST(OccurrenceIndex, OfATodoThatWasCompletedInNoZoneIsTheSameInEveryZone) {
    const std::string text = testing_support::calendar(todo("COMPLETED:20261122T100000\n"));

    const auto in_berlin = index_of(read_object(text, zone("Europe/Berlin")).value());
    const auto in_auckland = index_of(read_object(text, zone("Pacific/Auckland")).value());

    EXPECT_EQ(in_berlin.occurrences, in_auckland.occurrences);
    EXPECT_EQ(ask(in_berlin, range("20261121T220000Z", "20261121T230000Z")), Answer::unknown);
}

TEST(OccurrenceIndex, OfAnUndatedTodoIsAllTime) {
    const auto index = index_of(parsed(todo("SUMMARY:x\n")));

    EXPECT_EQ(index.span, Interval{});
    EXPECT_EQ(ask(index, range("00010101T000000Z", "00010102T000000Z")), Answer::yes);
}

TEST(OccurrenceIndex, OfACreatedTodoIsOpen) {
    const auto index = index_of(parsed(todo("CREATED:20261122T100000Z\n")));

    EXPECT_EQ(index.span, (Interval{at("20261122T100000Z"), core::end_of_time}));
}

TEST(OccurrenceIndex, OfAnObjectWithoutTimesIsEmpty) {
    const auto index =
        index_of(parsed("BEGIN:VJOURNAL\nUID:1\nDTSTAMP:20260101T000000Z\nEND:VJOURNAL\n"));

    EXPECT_TRUE(index.occurrences.empty());
    EXPECT_EQ(index.complete, Interval{});
    EXPECT_EQ(ask(index, {}), Answer::no);
}

// RFC 4791 section 9.9, whatever the object, the range, and the zone in which somebody reads it.
TEST(OccurrenceIndex, NeverContradictsTheEngine) {
    const core::Instant now = at("20261001T000000Z");
    const std::array windows{Interval{core::beginning_of_time, now + 200 * day},
                             Interval{now - 100 * day, now + 200 * day},
                             Interval{now - 10 * day, now + 20 * day}};
    for (const std::uint32_t seed : support::test_seeds()) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        support::RandomObjects random(seed);
        int decided = 0;
        int asked = 0;
        for (int i = 0; i < 600; ++i) {
            const std::string text = random.object("1@test");
            const auto object = read_object(text, zone(random.zone()));
            const auto index = occurrence_index(*object, windows, 40);
            const auto reader = read_object(text, zone(random.zone()));
            for (int question = 0; index && question < 8; ++question) {
                const Interval asked_for = random.range();
                const auto truth = engine(*reader, asked_for);
                if (!truth) {
                    continue;
                }
                const Answer answer = ask(*index, asked_for);
                ++asked;
                decided += answer == Answer::unknown ? 0 : 1;
                ASSERT_TRUE(answer == Answer::unknown || (answer == Answer::yes) == *truth)
                    << text << core::to_ical_utc(asked_for.start) << "/"
                    << core::to_ical_utc(asked_for.end) << " in "
                    << reader->zones.floating()->name() << ": " << *truth;
            }
        }
        EXPECT_GT(decided, asked * 6 / 10);
        EXPECT_GT(asked, 3'000);
    }
}

} // namespace
} // namespace ical
