#include "ical/value.h"

#include "core/limits.h"
#include "core/strings.h"
#include "core/time.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

namespace ical {

namespace {

constexpr std::int64_t duration_days_max = 36'525; // a hundred years

tl::unexpected<core::Error> refuse(std::string detail) {
    return core::fail(core::Errc::forbidden, std::move(detail),
                      core::Condition::valid_calendar_data);
}

// A value in an error message: clients send anything, of any length.
std::string quoted(std::string_view value) {
    constexpr std::size_t shown = 40;
    return "\"" + std::string(value.substr(0, shown)) + (value.size() > shown ? "...\"" : "\"");
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

int number(std::string_view digits) {
    int value = 0;
    for (const char c : digits) {
        value = value * 10 + (c - '0');
    }
    return value;
}

bool equals_letter(char c, char upper) {
    return c == upper || c == static_cast<char>(upper - 'A' + 'a');
}

// What a value says by itself, before any zone.
struct Written {
    std::int64_t midnight = 0;
    std::int64_t time_of_day = 0;
    bool has_time = false;
    bool utc = false;
};

std::optional<std::int64_t> read_date(std::string_view digits) {
    if (digits.size() != 8 || !all_digits(digits)) {
        return std::nullopt;
    }
    const core::Date date{.year = number(digits.substr(0, 4)),
                          .month = number(digits.substr(4, 2)),
                          .day = number(digits.substr(6, 2))};
    if (date.year < core::limits::year_min || !core::is_valid(date)) {
        return std::nullopt;
    }
    return core::days_from_date(date) * core::day_seconds;
}

std::optional<std::int64_t> read_time(std::string_view digits) {
    if (digits.size() != 6 || !all_digits(digits)) {
        return std::nullopt;
    }
    const int hour = number(digits.substr(0, 2));
    const int minute = number(digits.substr(2, 2));
    const int second = number(digits.substr(4, 2));
    if (hour > 23 || minute > 59 || second > 60) {
        return std::nullopt;
    }
    // RFC 5545 section 3.3.12: where leap seconds are unknown, 60 is read as 59.
    return hour * 3600 + minute * 60 + std::min(second, 59);
}

std::optional<Written> read_written(std::string_view value) {
    Written written;
    const auto midnight = read_date(value.substr(0, 8));
    if (!midnight) {
        return std::nullopt;
    }
    written.midnight = *midnight;
    value.remove_prefix(8);
    if (value.empty()) {
        return written;
    }
    if (!equals_letter(value.front(), 'T')) {
        return std::nullopt;
    }
    value.remove_prefix(1);
    if (!value.empty() && equals_letter(value.back(), 'Z')) {
        written.utc = true;
        value.remove_suffix(1);
    }
    const auto time = read_time(value);
    if (!time) {
        return std::nullopt;
    }
    written.time_of_day = *time;
    written.has_time = true;
    return written;
}

core::Result<core::Instant> end_of_period(std::string_view value, const DateTime& start,
                                          std::string_view tzid, const ZoneTable& zones) {
    const std::string_view trimmed = core::trim(value);
    if (trimmed.find_first_of("Pp") == std::string_view::npos) {
        return TRY(parse_date_time(trimmed, tzid, false, zones)).instant();
    }
    const Duration duration = TRY(parse_duration(trimmed));
    if (duration.negative) {
        return refuse("a period's duration is negative");
    }
    // RFC 5545 section 3.3.6: days are nominal, hours and less are exact.
    const WallTime wall{start.wall.seconds + duration.days * core::day_seconds};
    return start.zone->to_instant(wall) + duration.seconds;
}

core::Result<DateTimeItem> read_item(std::string_view item, std::string_view tzid, bool is_date,
                                     const ZoneTable& zones) {
    const std::size_t slash = item.find('/');
    DateTimeItem read{.start = TRY(parse_date_time(item.substr(0, slash), tzid, is_date, zones)),
                      .end = std::nullopt};
    if (slash != std::string_view::npos) {
        read.end = TRY(end_of_period(item.substr(slash + 1), read.start, tzid, zones));
        if (*read.end < read.start.instant()) {
            return refuse("the period " + quoted(item) + " ends before it starts");
        }
    }
    return read;
}

// The units of a duration in the order in which they may stand (RFC 5545 section 3.3.6).
struct Unit {
    char letter;
    bool after_t;
    std::int64_t days;
    std::int64_t seconds;
};
constexpr std::array<Unit, 5> units{{{'W', false, 7, 0},
                                     {'D', false, 1, 0},
                                     {'H', true, 0, 3600},
                                     {'M', true, 0, 60},
                                     {'S', true, 0, 1}}};

// Adds "3H" and the like to `duration`; nothing if it is malformed or absurd.
bool add_amount(std::string_view digits, const Unit& unit, Duration& duration) {
    // Ten digits hold a hundred years of seconds and cannot overflow 64 bits when multiplied.
    if (!all_digits(digits) || digits.size() > 10) {
        return false;
    }
    std::int64_t amount = 0;
    for (const char c : digits) {
        amount = amount * 10 + (c - '0');
    }
    duration.days += amount * unit.days;
    duration.seconds += amount * unit.seconds;
    return duration.days + duration.seconds / core::day_seconds <= duration_days_max;
}

// What follows the P.
bool read_amounts(std::string_view rest, Duration& duration) {
    bool after_t = false;
    std::size_t unit = 0;
    bool complete = false; // an amount was read, and one after the T if there is one
    while (!rest.empty()) {
        if (!after_t && equals_letter(rest.front(), 'T')) {
            after_t = true;
            complete = false;
            rest.remove_prefix(1);
            continue;
        }
        const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        if (digits == rest.size()) {
            return false;
        }
        const auto* const found =
            std::find_if(units.begin() + unit, units.end(), [&](const Unit& candidate) {
                return candidate.after_t == after_t
                       && equals_letter(rest[digits], candidate.letter);
            });
        if (found == units.end() || !add_amount(rest.substr(0, digits), *found, duration)) {
            return false;
        }
        unit = static_cast<std::size_t>(found - units.begin()) + 1;
        complete = true;
        rest.remove_prefix(digits + 1);
    }
    return complete;
}

} // namespace

core::Result<DateTime> parse_date_time(std::string_view value, std::string_view tzid, bool is_date,
                                       const ZoneTable& zones) {
    const std::string_view trimmed = core::trim(value);
    const auto written = read_written(trimmed);
    if (!written) {
        return refuse(quoted(trimmed) + " is not a date or a date-time");
    }
    const std::string_view zone_name = core::trim(tzid);
    DateTime result{.wall = {written->midnight}, .zone = zones.floating()};
    if (is_date || !written->has_time) {
        result.is_date = true;
        return result;
    }
    result.wall.seconds += written->time_of_day;
    if (written->utc) {
        result.is_utc = true;
        result.zone = utc();
    } else if (zone_name.empty()) {
        result.is_floating = true;
    } else {
        result.zone = TRY(zones.find(zone_name));
    }
    return result;
}

core::Result<DateTime> date_time(const Property& property, const ZoneTable& zones) {
    return parse_date_time(property.value(), property.parameter("TZID"),
                           core::iequals(core::trim(property.parameter("VALUE")), "DATE"), zones);
}

core::Result<std::vector<DateTimeItem>> date_times(const Property& property,
                                                   const ZoneTable& zones) {
    const bool is_date = core::iequals(core::trim(property.parameter("VALUE")), "DATE");
    std::vector<DateTimeItem> items;
    for (const std::string_view item : core::split(property.value(), ',')) {
        // Non-standard: a comma too many, or an EXDATE that was emptied rather than removed.
        if (!core::trim(item).empty()) {
            items.push_back(TRY(read_item(item, property.parameter("TZID"), is_date, zones)));
        }
    }
    return items;
}

core::Result<Duration> parse_duration(std::string_view value) {
    std::string_view rest = core::trim(value);
    Duration duration;
    if (rest.starts_with('-') || rest.starts_with('+')) {
        duration.negative = rest.front() == '-';
        rest.remove_prefix(1);
    }
    if (rest.empty() || !equals_letter(rest.front(), 'P')
        || !read_amounts(rest.substr(1), duration)) {
        return refuse(quoted(core::trim(value)) + " is not a duration, or an absurd one");
    }
    return duration;
}

std::string to_ical_wall(WallTime wall, bool is_date) {
    // A zone's offset can push a wall time out of the years that RFC 5545 can write.
    static const std::int64_t first =
        core::days_from_date({.year = core::limits::year_min, .month = 1, .day = 1})
        * core::day_seconds;
    static const std::int64_t last =
        core::days_from_date({.year = core::limits::year_max, .month = 12, .day = 31})
            * core::day_seconds
        + core::day_seconds - 1;
    const std::int64_t seconds = std::clamp(wall.seconds, first, last);
    const std::int64_t time = core::time_of_day(seconds);
    const core::Date date = core::date_from_days(core::day_of(seconds));
    std::array<char, 64> text{};
    if (is_date) {
        std::snprintf(text.data(), text.size(), "%04d%02d%02d", date.year, date.month, date.day);
    } else {
        std::snprintf(text.data(), text.size(), "%04d%02d%02dT%02d%02d%02d", date.year, date.month,
                      date.day, static_cast<int>(time / 3600), static_cast<int>(time / 60 % 60),
                      static_cast<int>(time % 60));
    }
    return text.data();
}

} // namespace ical
