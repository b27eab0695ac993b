// Instants and their spellings. An instant is UTC, in whole seconds, over the years 1 to 9999;
// a wall-clock time is a different thing and travels with its zone (ical/zone.h).
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace core {

struct Instant {
    std::int64_t seconds = 0; // since 1970-01-01T00:00:00Z, leap seconds not counted

    friend auto operator<=>(const Instant&, const Instant&) = default;
    friend Instant operator+(Instant at, std::int64_t later) { return {at.seconds + later}; }
    friend Instant operator-(Instant at, std::int64_t earlier) { return {at.seconds - earlier}; }
    friend std::int64_t operator-(Instant a, Instant b) { return a.seconds - b.seconds; }
};

constexpr std::int64_t day_seconds = 86'400; // a day without a change of the clock

// Rounded down, as days before 1970 want it; C++ rounds towards zero.
constexpr std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
    return value / by - (value % by < 0 ? 1 : 0);
}

// The day that holds a second, counted from 1970-01-01, and how far into that day it is.
constexpr std::int64_t day_of(std::int64_t seconds) {
    return floor_divide(seconds, day_seconds);
}
constexpr std::int64_t time_of_day(std::int64_t seconds) {
    return seconds - day_of(seconds) * day_seconds;
}

constexpr Instant beginning_of_time{std::numeric_limits<std::int64_t>::min() / 4};
constexpr Instant end_of_time{std::numeric_limits<std::int64_t>::max() / 4};

// Half open: start <= t < end.
struct Interval {
    Instant start = beginning_of_time;
    Instant end = end_of_time;

    friend bool operator==(const Interval&, const Interval&) = default;
};

// A date in the proleptic Gregorian calendar. Days count from 1970-01-01.
struct Date {
    int year = 1970;
    int month = 1; // 1 to 12
    int day = 1;   // 1 to 31

    friend auto operator<=>(const Date&, const Date&) = default;
};

// The month has to be 1 to 12; a day outside its month counts on into the neighbouring ones.
std::int64_t days_from_date(Date date);
Date date_from_days(std::int64_t days);
// A date that exists, in the years 1 to 9999.
bool is_valid(Date date);
// 0 is Sunday.
int weekday(Date date);

// The spellings below show an instant outside the years 1 to 9999 as their first or last second.

// 2026-11-22T13:24:05Z (RFC 3339)
std::string to_rfc3339(Instant at);
// 20261122T132405Z (RFC 5545 section 3.3.5, form 2)
std::string to_ical_utc(Instant at);
// Sun, 22 Nov 2026 13:24:05 GMT (RFC 9110 section 5.6.7)
std::string to_http_date(Instant at);
// Reads the form that to_ical_utc writes; nothing for anything else. A leap second, 60, is read as
// 59 (RFC 5545 section 3.3.12), here and below.
std::optional<Instant> from_ical_utc(std::string_view text);
// Reads an IMF-fixdate; nothing for anything else.
std::optional<Instant> from_http_date(std::string_view text);

} // namespace core
