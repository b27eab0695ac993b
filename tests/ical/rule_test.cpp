#include "core/time.h"
#include "ical/libical.h"
#include "ical/rule.h"
#include "ical/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

namespace ical::rule_test {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t plenty_of_steps = 2'000'000;

WallTime wall(const std::string& text) {
    const auto at = core::from_ical_utc(text.size() == 8 ? text + "T000000Z" : text + "Z");
    EXPECT_TRUE(at.has_value()) << text;
    return {at.value_or(core::Instant{}).seconds};
}

std::vector<std::string> spelled(const std::vector<WallTime>& walls, bool is_date) {
    std::vector<std::string> texts;
    for (const WallTime time : walls) {
        texts.push_back(to_ical_wall(time, is_date));
    }
    return texts;
}

std::vector<WallTime> take(RuleIterator& times, std::size_t count) {
    std::vector<WallTime> taken;
    while (taken.size() < count) {
        const auto next = times.next();
        if (!next) {
            break;
        }
        taken.push_back(*next);
    }
    return taken;
}

std::vector<std::string> first_times(const std::string& text, const std::string& start,
                                     std::size_t count) {
    const Rule rule = parse_rule(text).value();
    StepBudget budget{plenty_of_steps};
    const bool is_date = start.size() == 8;
    const auto times = make_rule_iterator(rule, wall(start), is_date, budget);
    return spelled(take(*times, count), is_date);
}

// The examples of RFC 5545 section 3.8.5.3, with dates as the RFC prints them; the hour is always
// nine unless said otherwise.
struct Example {
    const char* rule;
    const char* start;
    std::vector<std::string> times;
};

class Rfc5545Examples : public testing::TestWithParam<Example> {};

TEST_P(Rfc5545Examples, GiveTheTimesThatTheRfcPrints) {
    const Example& example = GetParam();

    const auto times = first_times(example.rule, example.start, example.times.size());

    EXPECT_EQ(times, example.times) << example.rule;
}

INSTANTIATE_TEST_SUITE_P(
    Section3_8_5_3, Rfc5545Examples,
    testing::Values(
        Example{"FREQ=DAILY;INTERVAL=2", "19970902", {"19970902", "19970904", "19970906"}},
        Example{"FREQ=DAILY;BYMONTH=1", "19980101", {"19980101", "19980102", "19980103"}},
        Example{"FREQ=YEARLY;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
                "19980131",
                {"19980131", "19990101", "19990102"}},
        Example{"FREQ=WEEKLY;INTERVAL=2;WKST=SU",
                "19970902",
                {"19970902", "19970916", "19970930", "19971014"}},
        Example{
            "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE,FR",
            "19970901",
            {"19970901", "19970903", "19970905", "19970915", "19970917", "19970919", "19970929"}},
        Example{"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO",
                "19970805",
                {"19970805", "19970810", "19970819", "19970824"}},
        Example{"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
                "19970805",
                {"19970805", "19970817", "19970819", "19970831"}},
        Example{"FREQ=MONTHLY;BYDAY=1FR",
                "19970905",
                {"19970905", "19971003", "19971107", "19971205", "19980102"}},
        Example{"FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU",
                "19970907",
                {"19970907", "19970928", "19971102", "19971130", "19980104", "19980125"}},
        Example{"FREQ=MONTHLY;BYDAY=-2MO",
                "19970922",
                {"19970922", "19971020", "19971117", "19971222"}},
        Example{"FREQ=MONTHLY;BYMONTHDAY=-3",
                "19970928",
                {"19970928", "19971029", "19971128", "19971229", "19980129", "19980226"}},
        Example{"FREQ=MONTHLY;BYMONTHDAY=1,-1",
                "19970930",
                {"19970930", "19971001", "19971031", "19971101", "19971130"}},
        Example{
            "FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=10,11,12,13,14,15",
            "19970910",
            {"19970910", "19970911", "19970912", "19970913", "19970914", "19970915", "19990310"}},
        Example{"FREQ=YEARLY;BYMONTH=6,7", "19970610", {"19970610", "19970710", "19980610"}},
        Example{"FREQ=YEARLY;INTERVAL=2;BYMONTH=1,2,3",
                "19970310",
                {"19970310", "19990110", "19990210", "19990310", "20010110"}},
        Example{"FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,100,200",
                "19970101",
                {"19970101", "19970410", "19970719", "20000101", "20000409", "20000718"}},
        Example{"FREQ=YEARLY;BYDAY=20MO", "19970519", {"19970519", "19980518", "19990517"}},
        Example{
            "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "19970512", {"19970512", "19980511", "19990517"}},
        Example{"FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
                "19970313",
                {"19970313", "19970320", "19970327", "19980305"}},
        Example{"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
                "19980213",
                {"19980213", "19980313", "19981113", "19990813", "20001013"}},
        Example{"FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
                "19970913",
                {"19970913", "19971011", "19971108", "19971213", "19980110"}},
        Example{"FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
                "19961105",
                {"19961105", "20001107", "20041102"}},
        Example{"FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3",
                "19970904",
                {"19970904", "19971007", "19971106"}},
        Example{"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
                "19970929",
                {"19970929", "19971030", "19971127", "19971230", "19980129"}},
        Example{"FREQ=HOURLY;INTERVAL=3",
                "19970902T090000",
                {"19970902T090000", "19970902T120000", "19970902T150000"}},
        Example{"FREQ=MINUTELY;INTERVAL=90",
                "19970902T090000",
                {"19970902T090000", "19970902T103000", "19970902T120000"}},
        Example{"FREQ=DAILY;BYHOUR=9,10,16;BYMINUTE=0,40",
                "19970902T090000",
                {"19970902T090000", "19970902T094000", "19970902T100000", "19970902T104000",
                 "19970902T160000", "19970902T164000", "19970903T090000"}},
        Example{"FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,16",
                "19970902T090000",
                {"19970902T090000", "19970902T092000", "19970902T094000", "19970902T160000",
                 "19970902T162000", "19970902T164000", "19970903T090000"}},
        Example{"FREQ=MONTHLY;BYMONTHDAY=15,30",
                "20070115",
                {"20070115", "20070130", "20070215", "20070315", "20070330"}}));

// What the RFC says in words, and where expanders go wrong.
INSTANTIATE_TEST_SUITE_P(
    Corners, Rfc5545Examples,
    testing::Values(
        // A date that a month or a year has not is left out, not moved.
        Example{"FREQ=MONTHLY", "20260131", {"20260131", "20260331", "20260531"}},
        Example{"FREQ=YEARLY", "20240229", {"20240229", "20280229", "20320229"}},
        Example{"FREQ=YEARLY", "18960229", {"18960229", "19040229"}},
        // Week one may begin in the year before, week 53 end in the year after.
        Example{"FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO",
                "20260101",
                {"20270104", "20280103", "20290101", "20291231", "20301230"}},
        Example{"FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU", "20200101", {"20210103", "20270103"}},
        Example{"FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO", "20200601", {"20201228", "20211227"}},
        Example{"FREQ=YEARLY;BYYEARDAY=-1,366", "20230601", {"20231231", "20241231", "20251231"}},
        Example{"FREQ=YEARLY;BYDAY=-1SU", "20260101", {"20261227", "20271226"}},
        Example{"FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
                "20260101",
                {"20260329", "20261025", "20270328"}},
        Example{"FREQ=DAILY;BYSETPOS=-1;BYHOUR=9,17",
                "20260101T090000",
                {"20260101T170000", "20260102T170000"}},
        Example{"FREQ=SECONDLY;INTERVAL=7;BYHOUR=23;BYMINUTE=59;BYSECOND=50,51,52,53,54,55,56",
                "20260101T235950",
                {"20260101T235950", "20260102T235951", "20260103T235952"}},
        Example{"FREQ=HOURLY;INTERVAL=25;BYMONTH=1,12;BYMONTHDAY=31",
                "20260131T000000",
                {"20260131T000000", "20261231T090000"}},
        // What the last year has is the end.
        Example{"FREQ=YEARLY", "99980601", {"99980601", "99990601"}}));

TEST(Rule, GoesOnToTheYear9999) {
    const Rule rule = parse_rule("FREQ=WEEKLY;INTERVAL=3").value();
    StepBudget budget{1'000};
    const auto times = make_rule_iterator(rule, wall("20260105"), true, budget);

    times->seek(wall("99991201"), end_of_clock);

    EXPECT_THAT(spelled(take(*times, 10), true), ElementsAre("99991220"));
    EXPECT_FALSE(budget.exhausted());
}

TEST(Rule, SeeksAtACostThatDoesNotDependOnTheDistance) {
    for (const char* text : {"FREQ=SECONDLY;INTERVAL=7", "FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2",
                             "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=YEARLY;INTERVAL=3"}) {
        const Rule rule = parse_rule(text).value();
        StepBudget budget{200};
        const auto times = make_rule_iterator(rule, wall("19900101T090000"), false, budget);

        times->seek(wall("20900101T000000"), end_of_clock);

        EXPECT_EQ(take(*times, 5).size(), 5U) << text;
        EXPECT_FALSE(budget.exhausted()) << text;
    }
}

TEST(Rule, ThatNeverMatchesEndsBySteps) {
    struct Row {
        const char* rule;
        std::size_t steps;
    };
    for (const Row& row : {Row{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 40'000},
                           Row{"FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", 120'000},
                           Row{"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", 400'000},
                           Row{"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", 400'000}}) {
        const Rule rule = parse_rule(row.rule).value();
        StepBudget budget{row.steps};
        const auto times = make_rule_iterator(rule, wall("20260101T000000"), false, budget);

        EXPECT_EQ(times->next(), std::nullopt) << row.rule;

        EXPECT_FALSE(budget.exhausted()) << row.rule;
    }
}

TEST(Rule, ThatNeverMatchesCostsNothingInABoundedWindow) {
    const Rule rule = parse_rule("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30").value();
    StepBudget budget{200};
    const auto times = make_rule_iterator(rule, wall("20260101T000000"), false, budget);

    times->seek(wall("21000101T000000"), wall("21000301T000000"));

    EXPECT_EQ(times->next(), std::nullopt);
    EXPECT_FALSE(budget.exhausted());
}

TEST(Rule, RunsOutOfStepsInsteadOfTime) {
    const Rule rule = parse_rule("FREQ=SECONDLY;INTERVAL=2;BYSECOND=1").value();
    StepBudget budget{10'000};
    const auto times = make_rule_iterator(rule, wall("20260101T000000"), false, budget);

    EXPECT_EQ(times->next(), std::nullopt);
    EXPECT_TRUE(budget.exhausted());
}

std::string comb(int values) {
    std::string text;
    for (int value = 0; value < values; ++value) {
        text += (value == 0 ? "" : ",") + std::to_string(value);
    }
    return text;
}

TEST(Rule, PicksFromASetOfAWholeYearsSecondsWithoutWritingItOut) {
    const std::string text = "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=" + comb(24)
                             + ";BYMINUTE=" + comb(60) + ";BYSECOND=" + comb(60) + ";BYSETPOS=-1";

    const auto times = first_times(text, "20260101T000000", 2);

    EXPECT_THAT(times, ElementsAre("20261231T235959", "20271231T235959"));
}

TEST(Rule, ReadsWhatClientsSend) {
    struct Row {
        const char* text;
        std::int64_t interval;
    };
    for (const Row& row :
         {Row{"FREQ=DAILY;INTERVAL=0", 1}, Row{"freq=daily;interval=2", 2},
          Row{" FREQ = DAILY ; INTERVAL = 3 ;", 3}, Row{"INTERVAL=4;FREQ=DAILY;X-FOO=BAR", 4},
          Row{"FREQ=DAILY;INTERVAL=99999999999999999999", 1'000'000'000}}) {
        const auto rule = parse_rule(row.text);

        ASSERT_TRUE(rule.has_value()) << row.text;
        EXPECT_EQ(rule->frequency, Frequency::daily) << row.text;
        EXPECT_EQ(rule->interval, row.interval) << row.text;
    }
}

TEST(Rule, RefusesWhatHasNoMeaning) {
    for (const char* text : {"",
                             "DAILY",
                             "INTERVAL=2",
                             "FREQ=FORTNIGHTLY",
                             "FREQ=DAILY;INTERVAL=-1",
                             "FREQ=DAILY;INTERVAL=x",
                             "FREQ=DAILY;COUNT=0",
                             "FREQ=DAILY;COUNT=",
                             "FREQ=DAILY;UNTIL=soon",
                             "FREQ=DAILY;UNTIL=20261301",
                             "FREQ=MONTHLY;BYMONTHDAY=0",
                             "FREQ=MONTHLY;BYMONTHDAY=32",
                             "FREQ=MONTHLY;BYMONTHDAY=-99999999999999999999",
                             "FREQ=WEEKLY;BYDAY=XX",
                             "FREQ=MONTHLY;BYDAY=54MO",
                             "FREQ=YEARLY;BYMONTH=13",
                             "FREQ=YEARLY;BYMONTH=-1",
                             "FREQ=DAILY;BYHOUR=24",
                             "FREQ=YEARLY;BYSETPOS=0",
                             "FREQ=WEEKLY;WKST=1",
                             "RSCALE=KLINGON;FREQ=YEARLY",
                             "RSCALE=HEBREW;FREQ=DAILY"}) {
        const auto rule = parse_rule(text);

        ASSERT_FALSE(rule.has_value()) << text;
        EXPECT_EQ(rule.error().condition, core::Condition::valid_calendar_data) << text;
    }
}

TEST(Rule, UntilOnADateIncludesThatDay) {
    const Rule rule = parse_rule("FREQ=DAILY;UNTIL=20261231").value();

    ASSERT_TRUE(rule.until.has_value());
    EXPECT_EQ(to_ical_wall(rule.until->wall, false), "20261231T235959");
}

// RFC 7529 section 4.2: the Chinese New Year.
TEST(Rule, InAnotherCalendarIsExpandedByItsScale) {
    EXPECT_THAT(first_times("RSCALE=CHINESE;FREQ=YEARLY", "20130210", 4),
                ElementsAre("20130210", "20140131", "20150219", "20160208"));
}

// RFC 7529 section 4.2: every last day of a month, or the day before.
TEST(Rule, WithSkipMovesDatesThatDoNotExist) {
    EXPECT_THAT(first_times("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD", "20140131", 3),
                ElementsAre("20140131", "20140228", "20140331"));
}

// Random rules, expanded by libical as well: two engines that share no line agree.
class RandomRules {
public:
    explicit RandomRules(unsigned seed) : random_(seed) {}

    int below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }

    // In ascending order: libical gives BYHOUR's times in the order of the list.
    std::string list(int count, int least, int bound) {
        std::set<int> values;
        while (static_cast<int>(values.size()) < count) {
            values.insert(least + below(bound));
        }
        std::string text;
        for (const int value : values) {
            text += (text.empty() ? "" : ",") + std::to_string(value);
        }
        return text;
    }

    std::string weekdays(bool ordinals) {
        static const char* const names[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
        std::string text;
        const int first = below(7);
        for (int i = 0; i < 1 + below(3); ++i) {
            const int ordinal = ordinals ? below(9) - 4 : 0;
            text += i == 0 ? "" : ",";
            text += ordinal == 0 ? "" : std::to_string(ordinal);
            text += names[(first + i) % 7];
        }
        return text;
    }

    std::string rule(bool for_libical) {
        static const char* const frequencies[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
        const int frequency = below(4);
        // libical counts FREQ=WEEKLY;INTERVAL=2 from the wrong week if DTSTART does not match.
        const int interval = frequency == 1 && for_libical ? 1 : 1 + below(4);
        std::string text =
            std::string("FREQ=") + frequencies[frequency] + ";INTERVAL=" + std::to_string(interval);
        if (below(3) == 0) {
            text += ";BYMONTH=" + list(1 + below(3), 1, 12);
        }
        const bool has_month_day = frequency >= 2 && below(3) == 0;
        if (has_month_day) {
            text += ";BYMONTHDAY=" + list(1 + below(3), 1, 28);
        }
        if (below(2) == 0) {
            // libical refuses ordinals beside BYMONTHDAY.
            text += ";BYDAY=" + weekdays(frequency >= 2 && !has_month_day);
        }
        if (below(4) == 0) {
            text += ";BYHOUR=" + list(1 + below(3), 0, 24);
        }
        return text;
    }

private:
    std::mt19937 random_;
};

TEST(Rule, AgreesWithLibicalOnRandomRules) {
    RandomRules random(20261122);
    const WallTime start = wall("20260307T093000");
    for (int round = 0; round < 200; ++round) {
        const std::string text = random.rule(true);
        const Rule rule = parse_rule(text).value();
        StepBudget budget{plenty_of_steps};
        const auto ours = make_rule_iterator(rule, start, false, budget);
        const auto theirs = make_libical_iterator(text, start, false, budget);

        EXPECT_EQ(spelled(take(*ours, 15), false), spelled(take(*theirs, 15), false)) << text;
    }
}

TEST(Rule, SeekGivesTheSameAsWalking) {
    RandomRules random(4791);
    const WallTime start = wall("20260307T093000");
    for (int round = 0; round < 300; ++round) {
        const std::string text = random.rule(false);
        const Rule rule = parse_rule(text).value();
        StepBudget budget{plenty_of_steps};
        const auto walking = make_rule_iterator(rule, start, false, budget);
        const WallTime from{start.seconds + std::int64_t{random.below(3'000)} * 86'400};
        const WallTime to{from.seconds + 400 * std::int64_t{86'400}};
        walking->seek(start, to);
        std::vector<WallTime> expected;
        for (auto next = walking->next(); next && *next <= to; next = walking->next()) {
            if (*next >= from) {
                expected.push_back(*next);
            }
        }

        const auto seeking = make_rule_iterator(rule, start, false, budget);
        seeking->seek(from, to);

        EXPECT_EQ(spelled(take(*seeking, 10'000), false), spelled(expected, false)) << text;
    }
}

} // namespace

} // namespace ical::rule_test
