#include "ical/recurrence.h"
#include "tests/ical/objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace ical::recurrence_test {

namespace {

using namespace testing_support;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> starts(const std::vector<Occurrence>& found) {
    std::vector<std::string> texts;
    for (const Occurrence& occurrence : found) {
        texts.push_back(core::to_ical_utc(occurrence.start));
    }
    return texts;
}

std::vector<std::string> starts_in(const Object& object, std::string_view start,
                                   std::string_view end) {
    return starts(occurrences(object, range(start, end)).value());
}

WallTime wall(std::string_view text) {
    return {at(std::string(text) + "Z").seconds};
}

TEST(Recurrence, FollowsTheWallClockAcrossDaylightSaving) {
    const Object object = parsed(event("DTSTART;TZID=Europe/Berlin:20261023T100000\n"
                                       "DTEND;TZID=Europe/Berlin:20261023T110000\n"
                                       "RRULE:FREQ=DAILY\n"));

    EXPECT_THAT(starts_in(object, "20261023T000000Z", "20261027T000000Z"),
                ElementsAre("20261023T080000Z", "20261024T080000Z", "20261025T090000Z",
                            "20261026T090000Z"));
}

// RFC 5545 section 3.3.5: a time in the gap is read with the offset before it.
TEST(Recurrence, InTheGapTakesTheOffsetBefore) {
    const Object object =
        parsed(event("DTSTART;TZID=America/New_York:20260307T023000\nRRULE:FREQ=DAILY;COUNT=3\n"));

    EXPECT_THAT(starts_in(object, "20260301T000000Z", "20260401T000000Z"),
                ElementsAre("20260307T073000Z", "20260308T073000Z", "20260309T063000Z"));
}

TEST(Recurrence, GivesEveryOccurrenceItsPlaceInTheSeries) {
    const Object object = parsed(event("DTSTART;TZID=Europe/Berlin:20261122T100000\n"
                                       "DURATION:PT50M\nRRULE:FREQ=WEEKLY\n"));

    const auto found = occurrences(object, range("20261129T000000Z", "20261130T000000Z")).value();

    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].end - found[0].start, 50 * 60);
    ASSERT_TRUE(found[0].recurrence_id.has_value());
    EXPECT_EQ(found[0].recurrence_id->wall, wall("20261129T100000"));
    EXPECT_EQ(found[0].recurrence_id->zone->name(), "Europe/Berlin");
    EXPECT_EQ(found[0].component, object.master());
    EXPECT_FALSE(found[0].all_day);
}

TEST(Recurrence, OfASingleEventHasNoRecurrenceId) {
    const Object object = parsed(event("DTSTART:20261122T100000Z\n"));

    const auto found = occurrences(object, range("20261122T000000Z", "20261123T000000Z")).value();

    ASSERT_EQ(found.size(), 1U);
    EXPECT_FALSE(found[0].recurrence_id.has_value());
}

struct Overlap {
    const char* name;
    const char* lines;
    const char* start;
    const char* end;
    bool expected;
};

class EventOverlap : public testing::TestWithParam<Overlap> {};

// RFC 4791 section 9.9, the table for VEVENT. Floating times and dates are in Berlin, UTC+1.
TEST_P(EventOverlap, FollowsTheTable) {
    const Object object = parsed(event(GetParam().lines));

    const auto found = occurrences(object, range(GetParam().start, GetParam().end)).value();

    EXPECT_EQ(!found.empty(), GetParam().expected);
}

constexpr const char* one_hour = "DTSTART:20261122T100000Z\nDTEND:20261122T110000Z\n";
constexpr const char* no_time = "DTSTART:20261122T100000Z\n";
constexpr const char* one_day = "DTSTART;VALUE=DATE:20261122\n";

INSTANTIATE_TEST_SUITE_P(
    Rfc4791_9_9, EventOverlap,
    testing::Values(
        Overlap{"EndsAtTheStart", one_hour, "20261122T110000Z", "20261122T120000Z", false},
        Overlap{"EndsAfterTheStart", one_hour, "20261122T105959Z", "20261122T120000Z", true},
        Overlap{"StartsAtTheEnd", one_hour, "20261122T090000Z", "20261122T100000Z", false},
        Overlap{"StartsBeforeTheEnd", one_hour, "20261122T090000Z", "20261122T100001Z", true},
        Overlap{"NoTimeAtTheStart", no_time, "20261122T100000Z", "20261122T110000Z", true},
        Overlap{"NoTimeAtTheEnd", no_time, "20261122T090000Z", "20261122T100000Z", false},
        Overlap{"NoTimeAfter", no_time, "20261122T100001Z", "20261122T110000Z", false},
        Overlap{"ZeroDuration", "DTSTART:20261122T100000Z\nDURATION:PT0S\n", "20261122T100000Z",
                "20261122T110000Z", true},
        Overlap{"ADayFromLocalMidnight", one_day, "20261121T220000Z", "20261121T230000Z", false},
        Overlap{"ADayAfterLocalMidnight", one_day, "20261121T220000Z", "20261121T230001Z", true},
        Overlap{"ADayUntilLocalMidnight", one_day, "20261122T225959Z", "20261122T235959Z", true},
        Overlap{"ADayIsOverAtLocalMidnight", one_day, "20261122T230000Z", "20261122T235959Z",
                false},
        Overlap{"Floating", "DTSTART:20261122T100000\nDURATION:PT1H\n", "20261122T090000Z",
                "20261122T093000Z", true},
        Overlap{"FloatingIsOver", "DTSTART:20261122T100000\nDURATION:PT1H\n", "20261122T100000Z",
                "20261122T110000Z", false}),
    [](const auto& row) { return row.param.name; });

TEST(Recurrence, AllDayStaysWholeDaysWhenTheClockChanges) {
    const Object object = parsed(event("DTSTART;VALUE=DATE:20261024\nDTEND;VALUE=DATE:20261025\n"
                                       "RRULE:FREQ=DAILY;COUNT=2\n"));

    const auto found = occurrences(object, range("20261020T000000Z", "20261030T000000Z")).value();

    ASSERT_EQ(found.size(), 2U);
    EXPECT_TRUE(found[1].all_day);
    EXPECT_EQ(core::to_ical_utc(found[1].start), "20261024T220000Z");
    EXPECT_EQ(core::to_ical_utc(found[1].end), "20261025T230000Z"); // 25 hours
}

TEST(Recurrence, DurationsOfDaysAreNominalAndThoseOfHoursExact) {
    const Object days = parsed(event("DTSTART;TZID=Europe/Berlin:20261024T120000\nDURATION:P1D\n"));
    const Object hours =
        parsed(event("DTSTART;TZID=Europe/Berlin:20261024T120000\nDURATION:PT24H\n"));

    EXPECT_EQ(core::to_ical_utc(next_occurrence(days, at("20261001T000000Z"))->value().end),
              "20261025T110000Z");
    EXPECT_EQ(core::to_ical_utc(next_occurrence(hours, at("20261001T000000Z"))->value().end),
              "20261025T100000Z");
}

// RFC 5545 section 3.8.5.3: DTSTART is the first instance, and counted.
TEST(Recurrence, StartsWithDtstartEvenIfTheRuleDoesNotMatchIt) {
    const Object object =
        parsed(event("DTSTART:20261122T100000Z\nRRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=3\n"));

    EXPECT_THAT(starts_in(object, "20260101T000000Z", "20280101T000000Z"),
                ElementsAre("20261122T100000Z", "20261124T100000Z", "20261201T100000Z"));
}

TEST(Recurrence, CountsExcludedInstances) {
    const Object object = parsed(event("DTSTART:20261122T100000Z\nRRULE:FREQ=DAILY;COUNT=3\n"
                                       "EXDATE:20261122T100000Z,20261123T100000Z\n"));

    EXPECT_THAT(starts_in(object, "20260101T000000Z", "20280101T000000Z"),
                ElementsAre("20261124T100000Z"));
}

struct Until {
    const char* name;
    const char* start;
    const char* until;
    std::size_t count;
};

class RecurrenceUntil : public testing::TestWithParam<Until> {};

TEST_P(RecurrenceUntil, IncludesItsInstant) {
    const Object object = parsed(event(std::string("DTSTART") + GetParam().start
                                       + "\nRRULE:FREQ=DAILY;UNTIL=" + GetParam().until + "\n"));

    EXPECT_EQ(occurrences(object, {})->size(), GetParam().count);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, RecurrenceUntil,
    testing::Values(
        Until{"Utc", ";TZID=Europe/Berlin:20261122T100000", "20261124T090000Z", 3},
        Until{"UtcASecondEarly", ";TZID=Europe/Berlin:20261122T100000", "20261124T085959Z", 2},
        Until{"LocalTime", ";TZID=Europe/Berlin:20261122T100000", "20261124T100000", 3},
        Until{"ADateIncludesTheDay", ";TZID=Europe/Berlin:20261122T100000", "20261124", 3},
        Until{"ADateForDates", ";VALUE=DATE:20261122", "20261124", 3},
        Until{"UtcForDates", ";VALUE=DATE:20261122", "20261124T000000Z", 3},
        Until{"BeforeTheStart", ":20261122T100000Z", "20201124T000000Z", 1}),
    [](const auto& row) { return row.param.name; });

TEST(Recurrence, ExcludesInstantsWrittenInAnyForm) {
    for (const char* exdate : {"EXDATE:20261123T090000Z", // Evolution (client rule 22)
                               "EXDATE;TZID=Europe/Berlin:20261123T100000",
                               "EXDATE;TZID=America/New_York:20261123T040000",
                               "EXDATE:20261123T100000", "EXDATE;VALUE=DATE:20261123"}) {
        const Object object = parsed(event("DTSTART;TZID=Europe/Berlin:20261122T100000\n"
                                           "RRULE:FREQ=DAILY;COUNT=3\n"
                                           + std::string(exdate) + "\n"));

        EXPECT_THAT(starts_in(object, "20261101T000000Z", "20261201T000000Z"),
                    ElementsAre("20261122T090000Z", "20261124T090000Z"))
            << exdate;
    }
}

TEST(Recurrence, ExcludesDaysOfAnAllDaySeries) {
    for (const char* exdate :
         {"EXDATE;VALUE=DATE:20261123", "EXDATE:20261123T000000", "EXDATE:20261122T230000Z"}) {
        const Object object = parsed(event("DTSTART;VALUE=DATE:20261122\nRRULE:FREQ=DAILY;COUNT=3\n"
                                           + std::string(exdate) + "\n"));

        EXPECT_THAT(starts_in(object, "20261101T000000Z", "20261201T000000Z"),
                    ElementsAre("20261121T230000Z", "20261123T230000Z"))
            << exdate;
    }
}

TEST(Recurrence, AddsDatesAndPeriodsOnce) {
    const Object object = parsed(
        event("DTSTART:20261122T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\n"
              "RDATE:20261123T100000Z,20261201T080000Z\n"
              "RDATE;VALUE=PERIOD:20261202T080000Z/PT3H,20261203T080000Z/20261203T083000Z\n"));

    const auto found = occurrences(object, {}).value();

    EXPECT_THAT(starts(found),
                ElementsAre("20261122T100000Z", "20261123T100000Z", "20261201T080000Z",
                            "20261202T080000Z", "20261203T080000Z"));
    EXPECT_EQ(found[2].end - found[2].start, 3'600);
    EXPECT_EQ(found[3].end - found[3].start, 3 * 3'600);
    EXPECT_EQ(found[4].end - found[4].start, 1'800);
}

TEST(Recurrence, UnitesTwoRules) {
    const Object object = parsed(event("DTSTART:20260101T100000Z\nRRULE:FREQ=YEARLY;COUNT=2\n"
                                       "RRULE:FREQ=MONTHLY;COUNT=3\n"));

    EXPECT_THAT(starts_in(object, "20250101T000000Z", "20300101T000000Z"),
                ElementsAre("20260101T100000Z", "20260201T100000Z", "20260301T100000Z",
                            "20270101T100000Z"));
}

const std::string berlin_daily = event("DTSTART;TZID=Europe/Berlin:20261122T100000\n"
                                       "DTEND;TZID=Europe/Berlin:20261122T110000\n"
                                       "RRULE:FREQ=DAILY;COUNT=5\nSUMMARY:series\n");

TEST(Recurrence, OverrideTakesThePlaceOfItsInstance) {
    for (const char* id :
         {"RECURRENCE-ID;TZID=Europe/Berlin:20261123T100000", "RECURRENCE-ID:20261123T090000Z",
          "RECURRENCE-ID:20261123T100000", "RECURRENCE-ID;VALUE=DATE:20261123"}) {
        const Object object = parsed(
            berlin_daily + event(std::string(id) + "\nDTSTART:20261123T150000Z\nSUMMARY:moved\n"));

        const auto found =
            occurrences(object, range("20261123T000000Z", "20261124T000000Z")).value();

        ASSERT_EQ(found.size(), 1U) << id;
        EXPECT_EQ(core::to_ical_utc(found[0].start), "20261123T150000Z") << id;
        EXPECT_EQ(found[0].component->value("SUMMARY"), "moved") << id;
        EXPECT_EQ(found[0].recurrence_id->wall, wall("20261123T100000")) << id;
    }
}

TEST(Recurrence, OverrideThatNamesADayTakesTheSlotOfThatDay) {
    const Object object =
        parsed(event("DTSTART:20261122T100000Z\nRRULE:FREQ=DAILY;BYHOUR=8;COUNT=5\n")
               + event("RECURRENCE-ID;VALUE=DATE:20261124\nDTSTART:20261124T200000Z\n"));

    EXPECT_THAT(starts_in(object, "20261124T000000Z", "20261125T000000Z"),
                ElementsAre("20261124T200000Z"));
}

TEST(Recurrence, OverrideMovedBeforeTheSeriesIsFound) {
    const Object object =
        parsed(berlin_daily + event("RECURRENCE-ID:20261123T090000Z\nDTSTART:20260101T150000Z\n"));

    EXPECT_THAT(starts_in(object, "20260101T000000Z", "20260102T000000Z"),
                ElementsAre("20260101T150000Z"));
    EXPECT_THAT(starts_in(object, "20261123T000000Z", "20261124T000000Z"), IsEmpty());
}

TEST(Recurrence, OverrideOfNoInstanceIsAnInstance) {
    const Object object =
        parsed(berlin_daily + event("RECURRENCE-ID:20261001T090000Z\nDTSTART:20261001T090000Z\n"));

    EXPECT_THAT(starts_in(object, "20261001T000000Z", "20261101T000000Z"),
                ElementsAre("20261001T090000Z"));
}

TEST(Recurrence, CancelledOverrideIsStillAnOccurrence) {
    const Object object =
        parsed(berlin_daily
               + event("RECURRENCE-ID:20261123T090000Z\nDTSTART:20261123T090000Z\n"
                       "STATUS:CANCELLED\n"));

    const auto found = occurrences(object, range("20261123T000000Z", "20261124T000000Z")).value();

    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].component->value("STATUS"), "CANCELLED");
}

TEST(Recurrence, OverridesAloneAreOccurrences) {
    const Object object =
        parsed(event("RECURRENCE-ID:20261123T090000Z\nDTSTART:20261123T100000Z\n"));

    const auto found = occurrences(object, {}).value();

    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].recurrence_id->wall, wall("20261123T090000"));
}

TEST(Recurrence, ThisAndFutureDescribesAndMovesWhatFollows) {
    const Object object = parsed(
        berlin_daily
        + event("RECURRENCE-ID;RANGE=THISANDFUTURE:20261124T090000Z\n"
                "DTSTART;TZID=Europe/Berlin:20261124T113000\nDURATION:PT30M\nSUMMARY:later\n")
        + event("RECURRENCE-ID:20261125T090000Z\nDTSTART:20261125T200000Z\nSUMMARY:exact\n"));

    const auto found = occurrences(object, {}).value();

    EXPECT_THAT(starts(found),
                ElementsAre("20261122T090000Z", "20261123T090000Z", "20261124T103000Z",
                            "20261125T200000Z", "20261126T103000Z"));
    EXPECT_EQ(found[3].component->value("SUMMARY"), "exact");
    EXPECT_EQ(found[4].component->value("SUMMARY"), "later");
    EXPECT_EQ(found[4].end - found[4].start, 1'800);
    EXPECT_EQ(found[4].recurrence_id->wall, wall("20261126T100000"));
}

TEST(Recurrence, ThisAndFutureMovedByWeeksIsFoundInItsNewPlaceOnly) {
    const Object object =
        parsed(event("DTSTART:20260105T100000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\n")
               + event("RECURRENCE-ID;RANGE=THISANDFUTURE:20260202T100000Z\n"
                       "DTSTART:20260304T100000Z\nDURATION:PT1H\n"));

    EXPECT_THAT(starts_in(object, "20260126T000000Z", "20260312T000000Z"),
                ElementsAre("20260126T100000Z", "20260304T100000Z", "20260311T100000Z"));
}

TEST(Recurrence, OfATodoRunsFromStartToDue) {
    const Object object =
        parsed(todo("DTSTART:20261122T100000Z\nDUE:20261122T120000Z\nRRULE:FREQ=DAILY;COUNT=2\n"));

    const auto found = occurrences(object, {}).value();

    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[1].end - found[1].start, 7'200);
}

TEST(Recurrence, OfAnOldDailySeriesDoesNotWalkThroughTheDecades) {
    const Object object = parsed(event("DTSTART:19900101T100000Z\nRRULE:FREQ=DAILY\n"));

    const auto found =
        occurrences(object, range("20261122T000000Z", "20261129T000000Z"), {.steps = 100});

    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->size(), 7U);
}

TEST(Recurrence, InTheYear9998IsStillFound) {
    const Object object = parsed(event("DTSTART:19900103T100000Z\nRRULE:FREQ=WEEKLY;INTERVAL=2\n"));

    EXPECT_EQ(occurrences(object, range("99980101T000000Z", "99990101T000000Z"))->size(), 26U);
}

TEST(Recurrence, SaysWhenThereAreTooManyInstances) {
    const Object object = parsed(event("DTSTART:20260101T100000Z\nRRULE:FREQ=DAILY\n"));

    const auto found = occurrences(object, {}, {.instances = 100});

    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().condition, core::Condition::max_instances);
    EXPECT_EQ(found.error().code, core::Errc::insufficient_storage);
}

TEST(Recurrence, SaysWhenTheStepsRunOut) {
    const auto object = read_object(
        calendar(event("DTSTART:20260101T100000Z\nRRULE:FREQ=SECONDLY;COUNT=900000000\n")),
        zone("UTC"));

    const auto found =
        occurrences(*object, range("20500101T000000Z", "20500102T000000Z"), {.steps = 10'000});

    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().condition, core::Condition::max_instances);
}

// A window's occurrences are those of the whole series that meet it, for rules of any kind.
TEST(Recurrence, OfAWindowIsAFilterOfTheWhole) {
    std::mt19937 random(20260105);
    const auto below = [&](unsigned bound) { return static_cast<int>(random() % bound); };
    static const char* const rules[] = {
        "FREQ=DAILY;INTERVAL=2",           "FREQ=WEEKLY;BYDAY=MO,TH",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU", "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=MONTHLY;BYDAY=2TU,-1FR",     "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
        "FREQ=HOURLY;INTERVAL=7",          "FREQ=DAILY;BYHOUR=2,3;BYMINUTE=30",
        "FREQ=YEARLY;BYWEEKNO=1,53"};
    for (int round = 0; round < 60; ++round) {
        const std::string rule = rules[below(std::size(rules))];
        const Object object = parsed(
            event("DTSTART;TZID=Europe/Berlin:20260105T023000\nDURATION:PT"
                  + std::to_string(1 + below(60)) + "H\nRRULE:" + rule
                  + ";COUNT=150\n"
                    "EXDATE;VALUE=DATE:20260111,20260331,20260327\n")
            + event(
                "RECURRENCE-ID;VALUE=DATE:20260329\nDTSTART:20270101T000000Z\nDURATION:PT9H\n"));
        const auto all = occurrences(object, {}).value();
        const core::Instant from = at("20260101T000000Z") + below(400) * std::int64_t{86'400};
        const core::Interval window{from, from + below(40) * std::int64_t{86'400} + 1};

        const auto found = occurrences(object, window).value();

        std::vector<Occurrence> expected;
        for (const Occurrence& occurrence : all) {
            if (occurrence.start < window.end && occurrence.end > window.start) {
                expected.push_back(occurrence);
            }
        }
        EXPECT_EQ(starts(found), starts(expected)) << rule;
    }
}

} // namespace

} // namespace ical::recurrence_test
