// The time zone files of the IANA database: TZif versions 1 to 4 (RFC 8536, RFC 9636) with the
// POSIX TZ string in their footer, which says how the rules go on after the last listed transition.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ical {

struct LocalTimeType {
    std::int32_t offset = 0; // seconds east of UTC
    std::string abbreviation;

    friend bool operator==(const LocalTimeType&, const LocalTimeType&) = default;
};

// From `at` on, clocks are `offset` seconds ahead of UTC.
struct Transition {
    std::int64_t at = 0; // seconds since 1970-01-01T00:00:00Z
    std::int32_t offset = 0;

    friend bool operator==(const Transition&, const Transition&) = default;
};

// A day of every year, and a time on its clock, which may lie up to a week before or after it.
struct YearlyDay {
    enum class Form {
        nth_weekday, // Mm.w.d: week 5 is the last
        julian,      // Jn: 1 to 365, 29 February is not counted
        zero_based   // n: 0 to 365
    };
    Form form = Form::nth_weekday;
    int month = 1;
    int week = 1;
    int weekday = 0; // 0 is Sunday
    int day = 0;
    std::int64_t time = 0; // seconds after that day's midnight

    // Seconds since 1970-01-01T00:00:00 on the local clock.
    [[nodiscard]] std::int64_t in_year(int year) const;
};

// A POSIX TZ string: standard time, and daylight saving time between two days of the year.
struct PosixRules {
    struct Daylight {
        LocalTimeType type;
        YearlyDay start; // on the standard clock
        YearlyDay end;   // on the daylight clock
    };
    LocalTimeType standard;
    std::optional<Daylight> daylight;

    [[nodiscard]] std::int32_t offset_at(std::int64_t instant) const;
    // The first change after an instant; nothing for a zone without daylight saving time.
    [[nodiscard]] std::optional<Transition> next(std::int64_t instant) const;
};

// "CET-1CEST,M3.5.0,M10.5.0/3" and the like; nothing if it is malformed.
std::optional<PosixRules> parse_posix_rules(std::string_view text);

struct TimeZoneFile {
    LocalTimeType first;                 // before the first transition
    std::vector<Transition> transitions; // ascending
    LocalTimeType last;                  // after the last transition, when there are no rules
    std::optional<PosixRules> rules;     // after the last transition
};

// Nothing if it is no TZif file, or one with leap seconds.
std::optional<TimeZoneFile> parse_tzif(std::string_view bytes);

// The calendar year of a local time; far times are clamped to years that dates can be counted in.
int year_of(std::int64_t local_seconds);

} // namespace ical
