#include "ical/recurrence.h"
#include "tests/ical/objects.h"

#include <gtest/gtest.h>

#include <string>

namespace ical::occurrence_lookup_test {

namespace {

using namespace testing_support;

WallTime wall(std::string_view text) {
    return {at(std::string(text) + "Z").seconds};
}

TEST(FindOccurrence, KnowsTheSeriesTheExcludedAndTheRest) {
    const Object object = parsed(
        event("DTSTART;TZID=Europe/Berlin:20261122T100000\nRRULE:FREQ=DAILY;COUNT=5\n"
              "EXDATE:20261124T090000Z\n")
        + event("RECURRENCE-ID:20261123T090000Z\nDTSTART:20261201T090000Z\nSUMMARY:moved\n"));
    const auto look = [&](std::string_view text) {
        return find_occurrence(object, wall(text)).value();
    };

    EXPECT_EQ(look("20261122T100000").found, Found::yes);
    EXPECT_EQ(look("20261123T100000").found, Found::yes);
    EXPECT_EQ(look("20261123T100000").occurrence->component->value("SUMMARY"), "moved");
    EXPECT_EQ(look("20261124T100000").found, Found::excluded);
    EXPECT_EQ(look("20261126T100000").found, Found::yes);
    EXPECT_EQ(look("20261127T100000").found, Found::never); // counted out
    EXPECT_EQ(look("20261125T090000").found, Found::never);
}

TEST(FindOccurrence, OfASingleEventIsItsOnlyOne) {
    const Object object = parsed(event("DTSTART:20261122T100000Z\n"));

    const Lookup lookup = find_occurrence(object, wall("20300101T000000")).value();

    EXPECT_EQ(lookup.found, Found::yes);
    EXPECT_EQ(lookup.occurrence->start, at("20261122T100000Z"));
}

std::string next_start(const Object& object, std::string_view from) {
    const auto found = next_occurrence(object, at(from)).value();
    return found ? core::to_ical_utc(found->start) : "none";
}

std::string last_start(const Object& object, std::string_view from) {
    const auto found = last_occurrence(object, at(from)).value();
    return found ? core::to_ical_utc(found->start) : "none";
}

TEST(NextOccurrence, IsTheFirstThatIsNotOver) {
    const Object object = parsed(event("DTSTART:20261122T100000Z\nDTEND:20261122T110000Z\n"
                                       "RRULE:FREQ=WEEKLY;COUNT=3\n"));

    EXPECT_EQ(next_start(object, "20200101T000000Z"), "20261122T100000Z");
    EXPECT_EQ(next_start(object, "20261122T105959Z"), "20261122T100000Z");
    EXPECT_EQ(next_start(object, "20261122T110000Z"), "20261129T100000Z");
    EXPECT_EQ(next_start(object, "20261206T110000Z"), "none");
}

TEST(NextOccurrence, CostsTheSameHoweverFarItIsAndHoweverManyFollow) {
    constexpr std::size_t few_steps = 1'000;
    const auto next_of = [](std::string_view lines, std::string_view from) {
        const auto found = next_occurrence(parsed(event(lines)), at(from), few_steps);
        return !found ? "out of steps" : *found ? core::to_ical_utc((*found)->start) : "none";
    };

    const std::string daily = "DTSTART:20990101T100000Z\nDTEND:20990101T110000Z\nRRULE:FREQ=DAILY";
    EXPECT_EQ(next_of(daily + "\n", "20200101T000000Z"), "20990101T100000Z");
    EXPECT_EQ(next_of(daily + ";UNTIL=29990101T000000Z\n", "20200101T000000Z"), "20990101T100000Z");
    EXPECT_EQ(next_of(daily + ";UNTIL=22000101T000000Z\n", "30000101T000000Z"), "none");
    EXPECT_EQ(
        next_of("DTSTART:20200101T100000Z\nDURATION:PT1M\nRRULE:FREQ=HOURLY\n", "20990101T000000Z"),
        "20990101T000000Z");
}

TEST(NextOccurrence, IsFoundAmongThoseThatALaterSplitMovedToBefore) {
    const Object object = parsed(
        event("DTSTART:20261201T100000Z\nDTEND:20261201T110000Z\nRRULE:FREQ=WEEKLY;COUNT=8\n")
        + event("RECURRENCE-ID;RANGE=THISANDFUTURE:20261222T100000Z\nDTSTART:20261130T090000Z\n"
                "DTEND:20261130T100000Z\n"));

    EXPECT_EQ(next_start(object, "20261101T000000Z"), "20261130T090000Z");
    EXPECT_EQ(next_start(object, "20261130T100000Z"), "20261201T100000Z");
    EXPECT_EQ(next_start(object, "20261201T110000Z"), "20261207T090000Z");
}

TEST(NextOccurrence, MayBeCenturiesAway) {
    // 2100 is no leap year, 2176 is one.
    const Object object =
        parsed(event("DTSTART:20240229T100000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;INTERVAL=76\n"));

    EXPECT_EQ(next_start(object, "20250101T000000Z"), "21760229T100000Z");
}

TEST(NextOccurrence, PrefersTheOverrideThatMovedAhead) {
    const Object object = parsed(
        event("DTSTART:20261122T100000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY\n")
        + event("RECURRENCE-ID:20271122T100000Z\nDTSTART:20261123T100000Z\nDURATION:PT1H\n"));

    EXPECT_EQ(next_start(object, "20261122T120000Z"), "20261123T100000Z");
}

TEST(LastOccurrence, IsTheLastThatHasBegun) {
    const Object object = parsed(event("DTSTART:20261122T100000Z\nDTEND:20261122T110000Z\n"
                                       "RRULE:FREQ=YEARLY;COUNT=3\n"));

    EXPECT_EQ(last_start(object, "20261122T100000Z"), "none");
    EXPECT_EQ(last_start(object, "20261122T100001Z"), "20261122T100000Z");
    EXPECT_EQ(last_start(object, "20281122T100000Z"), "20271122T100000Z");
    EXPECT_EQ(last_start(object, "99990101T000000Z"), "20281122T100000Z");
}

TEST(LastOccurrence, IsNotALongOneThatBeganBefore) {
    const Object object = parsed(
        event("DTSTART:20260101T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=10\n")
        + event("RECURRENCE-ID:20260102T100000Z\nDTSTART:20260102T100000Z\nDURATION:P200D\n"));

    EXPECT_EQ(last_start(object, "20260601T000000Z"), "20260110T100000Z");
}

} // namespace

} // namespace ical::occurrence_lookup_test
