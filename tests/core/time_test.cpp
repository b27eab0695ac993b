#include "core/time.h"

#include <gtest/gtest.h>

#include <ostream>

using core::Date;
using core::Instant;

namespace core {

void PrintTo(Date date, std::ostream* out) {
    *out << date.year << '-' << date.month << '-' << date.day;
}

void PrintTo(Instant at, std::ostream* out) {
    *out << at.seconds;
}

} // namespace core

namespace {

constexpr std::int64_t first_second = -62'135'596'800; // 0001-01-01T00:00:00Z
constexpr std::int64_t last_second = 253'402'300'799;  // 9999-12-31T23:59:59Z

struct Spelling {
    std::int64_t seconds;
    std::string_view rfc3339;
    std::string_view ical;
    std::string_view http;
};

class Spellings : public testing::TestWithParam<Spelling> {};

} // namespace

TEST_P(Spellings, AreWrittenAndReadBack) {
    const Spelling& row = GetParam();
    const Instant at{row.seconds};

    EXPECT_EQ(core::to_rfc3339(at), row.rfc3339);
    EXPECT_EQ(core::to_ical_utc(at), row.ical);
    EXPECT_EQ(core::to_http_date(at), row.http);
    EXPECT_EQ(core::from_ical_utc(row.ical), at);
    EXPECT_EQ(core::from_http_date(row.http), at);
}

INSTANTIATE_TEST_SUITE_P(
    Instants, Spellings,
    testing::Values(
        Spelling{0, "1970-01-01T00:00:00Z", "19700101T000000Z", "Thu, 01 Jan 1970 00:00:00 GMT"},
        Spelling{-1, "1969-12-31T23:59:59Z", "19691231T235959Z", "Wed, 31 Dec 1969 23:59:59 GMT"},
        Spelling{784'111'777, "1994-11-06T08:49:37Z", "19941106T084937Z",
                 "Sun, 06 Nov 1994 08:49:37 GMT"}, // the example of RFC 9110 section 5.6.7
        Spelling{951'782'400, "2000-02-29T00:00:00Z", "20000229T000000Z",
                 "Tue, 29 Feb 2000 00:00:00 GMT"},
        Spelling{1'709'251'199, "2024-02-29T23:59:59Z", "20240229T235959Z",
                 "Thu, 29 Feb 2024 23:59:59 GMT"},
        Spelling{4'107'542'400, "2100-03-01T00:00:00Z", "21000301T000000Z",
                 "Mon, 01 Mar 2100 00:00:00 GMT"},
        Spelling{first_second, "0001-01-01T00:00:00Z", "00010101T000000Z",
                 "Mon, 01 Jan 0001 00:00:00 GMT"},
        Spelling{last_second, "9999-12-31T23:59:59Z", "99991231T235959Z",
                 "Fri, 31 Dec 9999 23:59:59 GMT"}));

TEST(Instant, OutsideTheYearsIsShownAsTheFirstOrLastSecond) {
    EXPECT_EQ(core::to_rfc3339(Instant{first_second - 1}), "0001-01-01T00:00:00Z");
    EXPECT_EQ(core::to_ical_utc(core::beginning_of_time), "00010101T000000Z");
    EXPECT_EQ(core::to_http_date(Instant{last_second + 1}), "Fri, 31 Dec 9999 23:59:59 GMT");
    EXPECT_EQ(core::to_rfc3339(core::end_of_time), "9999-12-31T23:59:59Z");
}

TEST(Instant, SurvivesARoundTripInEveryYear) {
    std::int64_t step = 31'556'952 + 86'399; // a mean year and nearly a day: every time of day
    for (std::int64_t seconds = first_second; seconds <= last_second; seconds += step) {
        ASSERT_EQ(core::from_ical_utc(core::to_ical_utc(Instant{seconds})), Instant{seconds});
        ASSERT_EQ(core::from_http_date(core::to_http_date(Instant{seconds})), Instant{seconds});
    }
}

TEST(Instant, LeapSecondIsReadAsTheSecondBefore) {
    EXPECT_EQ(core::from_ical_utc("20161231T235960Z"), core::from_ical_utc("20161231T235959Z"));
    EXPECT_EQ(core::from_http_date("Sat, 31 Dec 2016 23:59:60 GMT"),
              core::from_ical_utc("20161231T235959Z"));
}

// Walks every day of the calendar, against a plain count of days.
TEST(Date, ConvertsEveryDayOfTheYears1To9999) {
    std::int64_t days = first_second / 86'400;
    int day_of_week = 1; // 0001-01-01 was a Monday
    constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int year = 1; year <= 9999; ++year) {
        const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; ++month) {
            const int length = lengths[month - 1] + (month == 2 && leap ? 1 : 0);
            for (int day = 1; day <= length; ++day) {
                const Date date{year, month, day};
                ASSERT_EQ(core::days_from_date(date), days) << year << '-' << month << '-' << day;
                ASSERT_EQ(core::date_from_days(days), date) << days;
                ASSERT_EQ(core::weekday(date), day_of_week) << days;
                ++days;
                day_of_week = (day_of_week + 1) % 7;
            }
        }
    }
    EXPECT_EQ(days - 1, last_second / 86'400);
}

TEST(Date, GoesOnOutsideTheYears) {
    EXPECT_EQ(core::date_from_days(core::days_from_date({1, 1, 1}) - 1), (Date{0, 12, 31}));
    EXPECT_EQ(core::date_from_days(core::days_from_date({9999, 12, 31}) + 1), (Date{10000, 1, 1}));
    for (const Date date :
         {Date{0, 2, 29}, Date{-1, 3, 1}, Date{-400, 2, 29}, Date{123'456, 7, 8}}) {
        EXPECT_EQ(core::date_from_days(core::days_from_date(date)), date);
    }
}

TEST(Date, CountsADayOutsideItsMonthOn) {
    EXPECT_EQ(core::days_from_date({2026, 2, 29}), core::days_from_date({2026, 3, 1}));
    EXPECT_EQ(core::days_from_date({2026, 1, 0}), core::days_from_date({2025, 12, 31}));
}

TEST(Date, DoesNotOverflowAtTheEndsOfTime) {
    EXPECT_GT(core::date_from_days(std::numeric_limits<std::int64_t>::max()).year, 9999);
    EXPECT_LT(core::date_from_days(std::numeric_limits<std::int64_t>::min()).year, 1);
}

TEST(Date, IsValidOnlyIfItExists) {
    for (const Date good : {Date{1, 1, 1}, Date{9999, 12, 31}, Date{2024, 2, 29}, Date{2000, 2, 29},
                            Date{2026, 4, 30}}) {
        EXPECT_TRUE(core::is_valid(good)) << testing::PrintToString(good);
    }
    for (const Date bad : {Date{0, 1, 1}, Date{10000, 1, 1}, Date{-4, 2, 1}, Date{2026, 0, 1},
                           Date{2026, 13, 1}, Date{2026, 1, 0}, Date{2026, 1, 32},
                           Date{2026, 2, 29}, Date{1900, 2, 29}, Date{2026, 4, 31}}) {
        EXPECT_FALSE(core::is_valid(bad)) << testing::PrintToString(bad);
    }
}

TEST(FromICalUtc, RefusesEverythingElse) {
    for (const std::string_view bad : {"",
                                       "20261122T132405",
                                       "20261122T132405z",
                                       "20261122t132405Z",
                                       "20261122",
                                       "2026112T132405Z",
                                       "20261122T132405Z ",
                                       " 20261122T132405Z",
                                       "20261122T132405+00",
                                       "+0261122T132405Z",
                                       "20260229T000000Z",
                                       "20261301T000000Z",
                                       "20260100T000000Z",
                                       "00000101T000000Z",
                                       "20261122T240000Z",
                                       "20261122T236000Z",
                                       "20261122T235961Z",
                                       "2026-11-22T13:24:05Z",
                                       "20261122T13240 Z",
                                       "TZID=UTC:20261122T132405Z"}) {
        EXPECT_EQ(core::from_ical_utc(bad), std::nullopt) << bad;
    }
    EXPECT_EQ(core::from_ical_utc(std::string_view("20261122T13240\0Z", 16)), std::nullopt);
}

TEST(FromHttpDate, RefusesEverythingButAnImfFixdate) {
    for (const std::string_view bad :
         {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
          "Mon, 06 Nov 1994 08:49:37 GMT", "sun, 06 Nov 1994 08:49:37 GMT",
          "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
          "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 6 Nov 1994 08:49:37 GMT",
          "Sun,  6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
          "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
          "Sun, 00 Nov 1994 08:49:37 GMT", "Thu, 31 Nov 1994 08:49:37 GMT",
          "Sun, 06 Xxx 1994 08:49:37 GMT", "Xxx, 06 Nov 1994 08:49:37 GMT",
          "Sat, 01 Jan 0000 00:00:00 GMT"}) {
        EXPECT_EQ(core::from_http_date(bad), std::nullopt) << bad;
    }
}
