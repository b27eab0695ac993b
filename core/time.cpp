#include "core/time.h"

#include "core/limits.h"

#include <algorithm>
#include <array>

namespace core {

namespace {

constexpr std::array<std::string_view, 7> day_names{"Sun", "Mon", "Tue", "Wed",
                                                    "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool is_leap_year(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_in_month(int year, int month) {
    constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

struct Moment {
    Date date;
    int hour = 0;
    int minute = 0;
    int second = 0;
};

// None of the spellings has room for a fifth digit of the year or a sign, so what lies outside the
// years 1 to 9999 (an open end of an Interval) is shown as their first or last second.
Moment moment_of(Instant at) {
    static const std::int64_t first = days_from_date({limits::year_min, 1, 1}) * day_seconds;
    static const std::int64_t last =
        (days_from_date({limits::year_max, 12, 31}) + 1) * day_seconds - 1;
    const std::int64_t seconds = std::clamp(at.seconds, first, last);
    const std::int64_t days = floor_divide(seconds, day_seconds);
    const int in_day = static_cast<int>(seconds - days * day_seconds);
    return {date_from_days(days), in_day / 3600, in_day / 60 % 60, in_day % 60};
}

std::optional<Instant> instant_of(const Moment& moment) {
    const bool in_range =
        is_valid(moment.date) && moment.hour <= 23 && moment.minute <= 59 && moment.second <= 60;
    if (!in_range) {
        return std::nullopt;
    }
    // RFC 5545 section 3.3.12: without support for leap seconds, second 60 means second 59.
    const int second = std::min(moment.second, 59);
    return Instant{days_from_date(moment.date) * day_seconds + moment.hour * 3600
                   + moment.minute * 60 + second};
}

std::string padded(int value, std::size_t width) {
    std::string digits = std::to_string(value);
    if (digits.size() < width) {
        digits.insert(0, width - digits.size(), '0');
    }
    return digits;
}

// The number that the digits at `at` spell, or -1 if one of them is no digit.
int number(std::string_view text, std::size_t at, std::size_t width) {
    int value = 0;
    for (const char c : text.substr(at, width)) {
        if (c < '0' || c > '9') {
            return -1;
        }
        value = value * 10 + (c - '0');
    }
    return value;
}

// Whether `text` has the shape of `pattern`, in which '0' stands for a digit and '?' for anything.
bool has_shape(std::string_view text, std::string_view pattern) {
    return std::equal(text.begin(), text.end(), pattern.begin(), pattern.end(), [](char c, char p) {
        return p == '?' || (p == '0' ? c >= '0' && c <= '9' : c == p);
    });
}

template <std::size_t N>
int index_of(const std::array<std::string_view, N>& names, std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

} // namespace

// The two conversions count years from 1 March, so that the leap day is the last of its year, in
// eras of 400 years, which all have 146,097 days.
std::int64_t days_from_date(Date date) {
    const std::int64_t year = std::int64_t{date.year} - (date.month <= 2 ? 1 : 0);
    const std::int64_t era = floor_divide(year, 400);
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t month_from_march = (date.month + 9) % 12;
    const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    constexpr std::int64_t epoch = 719'468; // days from 0000-03-01 to 1970-01-01
    return era * 146'097 + day_of_era - epoch;
}

Date date_from_days(std::int64_t days) {
    constexpr std::int64_t furthest = 700'000'000'000; // the year still fits an int
    const std::int64_t from_march_0 = std::clamp(days, -furthest, furthest) + 719'468;
    const std::int64_t era = floor_divide(from_march_0, 146'097);
    const std::int64_t day_of_era = from_march_0 - era * 146'097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
    const std::int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    const std::int64_t year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
    return {static_cast<int>(year), static_cast<int>(month), static_cast<int>(day)};
}

bool is_valid(Date date) {
    return date.year >= limits::year_min && date.year <= limits::year_max && date.month >= 1
           && date.month <= 12 && date.day >= 1 && date.day <= days_in_month(date.year, date.month);
}

int weekday(Date date) {
    const std::int64_t days = days_from_date(date) + 4; // 1970-01-01 was a Thursday
    return static_cast<int>(days - floor_divide(days, 7) * 7);
}

std::string to_rfc3339(Instant at) {
    const Moment m = moment_of(at);
    return padded(m.date.year, 4) + '-' + padded(m.date.month, 2) + '-' + padded(m.date.day, 2)
           + 'T' + padded(m.hour, 2) + ':' + padded(m.minute, 2) + ':' + padded(m.second, 2) + 'Z';
}

std::string to_ical_utc(Instant at) {
    const Moment m = moment_of(at);
    return padded(m.date.year, 4) + padded(m.date.month, 2) + padded(m.date.day, 2) + 'T'
           + padded(m.hour, 2) + padded(m.minute, 2) + padded(m.second, 2) + 'Z';
}

std::string to_http_date(Instant at) {
    const Moment m = moment_of(at);
    std::string text(day_names[static_cast<std::size_t>(weekday(m.date))]);
    text += ", " + padded(m.date.day, 2) + ' ';
    text += month_names[static_cast<std::size_t>(m.date.month - 1)];
    text += ' ' + padded(m.date.year, 4) + ' ' + padded(m.hour, 2) + ':' + padded(m.minute, 2) + ':'
            + padded(m.second, 2) + " GMT";
    return text;
}

std::optional<Instant> from_ical_utc(std::string_view text) {
    if (!has_shape(text, "00000000T000000Z")) {
        return std::nullopt;
    }
    const Date date{number(text, 0, 4), number(text, 4, 2), number(text, 6, 2)};
    return instant_of({date, number(text, 9, 2), number(text, 11, 2), number(text, 13, 2)});
}

std::optional<Instant> from_http_date(std::string_view text) {
    if (!has_shape(text, "???, 00 ??? 0000 00:00:00 GMT")) {
        return std::nullopt;
    }
    const Date date{number(text, 12, 4), index_of(month_names, text.substr(8, 3)) + 1,
                    number(text, 5, 2)};
    if (!is_valid(date) || weekday(date) != index_of(day_names, text.substr(0, 3))) {
        return std::nullopt;
    }
    return instant_of({date, number(text, 17, 2), number(text, 20, 2), number(text, 23, 2)});
}

} // namespace core
