// RRULE (RFC 5545 section 3.3.10): the parsed rule, and an iterator over the wall-clock times that
// it gives.
//
// Gregorian rules are expanded here and not by libical, because its iterator (3.0.16) has no bound:
// one call may search for minutes (FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30), it ends in the year
// 2582, and it cannot begin in the middle of a series with an interval. Rules in other calendars
// (RSCALE, RFC 7529) are expanded by libical, which knows those calendars.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/zone.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ical {

enum class Frequency { secondly, minutely, hourly, daily, weekly, monthly, yearly };

struct WeekdayNumber {
    int ordinal = 0; // 0: every such weekday
    int weekday = 0; // 0 is Sunday
};

struct RuleUntil {
    WallTime wall; // inclusive; the last second of the day for a DATE
    bool is_date = false;
    bool is_utc = false;
};

struct Rule {
    Frequency frequency = Frequency::daily;
    std::int64_t interval = 1;
    std::optional<std::int64_t> count;
    std::optional<RuleUntil> until;
    std::vector<int> by_second;
    std::vector<int> by_minute;
    std::vector<int> by_hour;
    std::vector<WeekdayNumber> by_day;
    std::vector<int> by_month_day;
    std::vector<int> by_year_day;
    std::vector<int> by_week_number;
    std::vector<int> by_month;
    std::vector<int> by_set_position;
    int week_start = 1;        // Monday
    std::string foreign_scale; // the rule for libical, without COUNT and UNTIL; else empty

    [[nodiscard]] bool endless() const { return !count && !until; }
};

// Lenient (R-C15): any case, blanks, empty and unknown parts, INTERVAL=0 read as 1.
// Errors: valid_calendar_data.
core::Result<Rule> parse_rule(std::string_view text);

// What one question may cost; shared by every iterator that works on it.
struct StepBudget {
    std::size_t left = 0;

    // False once nothing is left.
    bool spend(std::size_t steps) {
        left = left > steps ? left - steps : 0;
        return left > 0;
    }
    [[nodiscard]] bool exhausted() const { return left == 0; }
};

// The times of one rule, ascending, by the alarm clock on the wall: zones are the caller's matter.
// COUNT and UNTIL are the caller's too, since both need more than the rule (DTSTART counts, UNTIL
// is an instant). The last year is 9999. When the budget is exhausted the iterator ends, and the
// caller looks at the budget.
class RuleIterator {
public:
    virtual ~RuleIterator() = default;
    // Continues with the first time at or after `from`, forwards or backwards, at a cost that does
    // not depend on the distance. Ends after `to`, so that a rule that never matches again is not
    // followed to the end of time.
    virtual void seek(WallTime from, WallTime to) = 0;
    virtual std::optional<WallTime> next() = 0;
};

constexpr WallTime end_of_clock{core::end_of_time.seconds};

// `start` is DTSTART's wall time; the budget outlives the iterator. Starts at DTSTART, without an
// end other than the calendar's.
std::unique_ptr<RuleIterator> make_rule_iterator(const Rule& rule, WallTime start, bool is_date,
                                                 StepBudget& budget);

} // namespace ical
