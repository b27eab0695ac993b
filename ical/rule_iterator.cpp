#include "core/limits.h"
#include "core/time.h"
#include "ical/libical.h"
#include "ical/rule.h"

#include <algorithm>

namespace ical {

namespace {

using core::Date;
using core::floor_divide;

constexpr std::int64_t seconds_per_hour = 3'600;
constexpr std::int64_t seconds_per_minute = 60;
// A year is searched day by day, so it costs more than a month or a day.
constexpr std::size_t steps_per_year = 4;

std::int64_t ceil_divide(std::int64_t value, std::int64_t divisor) {
    return -floor_divide(-value, divisor);
}

std::int64_t month_index_of(Date date) {
    return std::int64_t{date.year} * 12 + date.month - 1;
}

int weekday_of(std::int64_t day) {
    return static_cast<int>(((day + 4) % 7 + 7) % 7); // 1970-01-01 was a Thursday
}

std::int64_t first_of_month(std::int64_t month_index) { // months since year 0
    return core::days_from_date({static_cast<int>(floor_divide(month_index, 12)),
                                 static_cast<int>(month_index % 12) + 1, 1});
}

bool contains(const std::vector<int>& values, int value) {
    return std::binary_search(values.begin(), values.end(), value);
}

// A day as the BY parts look at it.
struct Day {
    std::int64_t number; // since 1970-01-01
    Date date;

    [[nodiscard]] std::int64_t month_start() const { return number - date.day + 1; }
    [[nodiscard]] std::int64_t month_end() const { // first day of the next month
        return first_of_month(month_index_of(date) + 1);
    }
    [[nodiscard]] std::int64_t year_start() const {
        return core::days_from_date({date.year, 1, 1});
    }
    [[nodiscard]] std::int64_t year_end() const {
        return core::days_from_date({date.year + 1, 1, 1});
    }
};

Day day_of(std::int64_t number) {
    return {number, core::date_from_days(number)};
}

// `first` is 1-based from the front, `last` from the back: BYMONTHDAY=-1 is the last day.
bool has_position(const std::vector<int>& positions, std::int64_t number, std::int64_t first,
                  std::int64_t end) {
    return contains(positions, static_cast<int>(number - first + 1))
           || contains(positions, static_cast<int>(number - end));
}

bool is_nth_weekday(int ordinal, std::int64_t number, std::int64_t first, std::int64_t end) {
    return ordinal > 0 ? (number - first) / 7 + 1 == ordinal
                       : (end - 1 - number) / 7 + 1 == -ordinal;
}

class GregorianIterator final : public RuleIterator {
public:
    GregorianIterator(const Rule& rule, WallTime start, bool is_date, StepBudget& budget);

    void seek(WallTime from, WallTime to) override;
    std::optional<WallTime> next() override;

private:
    void fill_in_defaults(bool is_date);
    void make_offsets(bool is_date);
    [[nodiscard]] bool is_sub_daily() const { return rule_.frequency < Frequency::daily; }
    [[nodiscard]] std::int64_t period_at(std::int64_t wall) const;
    [[nodiscard]] std::int64_t period_start(std::int64_t period) const;
    void load(std::int64_t period);
    void load_slot();
    void load_days();
    void load_days_of_year(int year);
    void add_month(std::int64_t month_index);
    void add_if_matching(const Day& day);
    [[nodiscard]] bool day_matches(const Day& day) const;
    [[nodiscard]] bool weekday_matches(const Day& day) const;
    [[nodiscard]] bool week_matches(const Day& day) const;
    [[nodiscard]] std::int64_t first_week_of(int year) const;
    void pick_positions();
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] std::int64_t at(std::size_t index) const;

    Rule rule_; // with the defaults that DTSTART gives
    std::int64_t start_;
    Day start_day_;
    Day day_; // of the last slot: most are on the same day as the one before
    StepBudget& budget_;
    std::int64_t unit_ = 1;             // seconds of one interval of a sub-daily rule
    std::vector<std::int64_t> offsets_; // times within a day, hour or minute

    // The recurrence set of one period is `bases_` times `offsets_`, unless BYSETPOS picks from it:
    // it is never written out, since a year may have 31 million seconds.
    std::int64_t period_ = 0; // in intervals, 0 is DTSTART's
    std::int64_t following_ = 1;
    std::vector<std::int64_t> bases_;
    std::vector<std::size_t> picks_;
    std::size_t index_ = 0;
    std::int64_t from_;
    std::int64_t end_ = 0; // exclusive
};

GregorianIterator::GregorianIterator(const Rule& rule, WallTime start, bool is_date,
                                     StepBudget& budget)
    : rule_(rule), start_(start.seconds), start_day_(day_of(core::day_of(start.seconds))),
      day_(start_day_), budget_(budget), from_(start.seconds) {
    if (is_date && is_sub_daily()) {
        rule_.frequency = Frequency::daily;
        rule_.interval = 1;
    }
    fill_in_defaults(is_date);
    make_offsets(is_date);
    if (is_sub_daily()) {
        const std::int64_t unit = rule_.frequency == Frequency::hourly     ? seconds_per_hour
                                  : rule_.frequency == Frequency::minutely ? seconds_per_minute
                                                                           : 1;
        unit_ = unit * rule_.interval;
    }
    seek(start, end_of_clock);
}

// "Information, not contained in the rule, necessary to determine the various recurrence instance
// start time and dates are derived from the Start Time" (RFC 5545 section 3.3.10).
void GregorianIterator::fill_in_defaults(bool is_date) {
    const Date date = start_day_.date;
    const WeekdayNumber weekday{0, weekday_of(start_day_.number)};
    const bool no_day = rule_.by_month_day.empty() && rule_.by_day.empty();
    switch (rule_.frequency) {
    case Frequency::yearly:
        if (no_day && rule_.by_year_day.empty() && !rule_.by_week_number.empty()) {
            rule_.by_day = {weekday};
        } else if (no_day && rule_.by_year_day.empty()) {
            rule_.by_month_day = {date.day};
        }
        // Non-standard: BYMONTHDAY without BYMONTH means DTSTART's month and not every month, as
        // libical, ical.js and ical4j read it, and so what people see in their clients.
        if (rule_.by_month.empty() && !rule_.by_month_day.empty() && rule_.by_year_day.empty()
            && rule_.by_week_number.empty()) {
            rule_.by_month = {date.month};
        }
        break;
    case Frequency::monthly:
        if (no_day && rule_.by_year_day.empty()) {
            rule_.by_month_day = {date.day};
        }
        break;
    case Frequency::weekly:
        if (rule_.by_day.empty()) {
            rule_.by_day = {weekday};
        }
        break;
    default:
        break;
    }
    if (rule_.frequency != Frequency::yearly) {
        rule_.by_week_number.clear(); // MUST NOT be used there
    }
    if (is_date) {
        rule_.by_hour.clear();
        rule_.by_minute.clear();
        rule_.by_second.clear();
    }
}

void GregorianIterator::make_offsets(bool is_date) {
    if (is_date || rule_.frequency == Frequency::secondly) {
        offsets_ = {0};
        return;
    }
    const auto in_day = static_cast<int>(core::time_of_day(start_));
    const auto or_default = [](const std::vector<int>& values, int value) {
        return values.empty() ? std::vector<int>{value} : values;
    };
    const std::vector<int> none{0};
    const std::vector<int> hours =
        rule_.frequency >= Frequency::daily ? or_default(rule_.by_hour, in_day / 3600) : none;
    const std::vector<int> minutes =
        rule_.frequency >= Frequency::hourly ? or_default(rule_.by_minute, in_day / 60 % 60) : none;
    const std::vector<int> seconds = or_default(rule_.by_second, in_day % 60);
    for (const int hour : hours) {
        for (const int minute : minutes) {
            for (const int second : seconds) {
                offsets_.push_back(hour * seconds_per_hour + minute * seconds_per_minute + second);
            }
        }
    }
}

// The number of the interval that holds a time, counted from DTSTART's.
std::int64_t GregorianIterator::period_at(std::int64_t wall) const {
    const auto unit_of = [this](std::int64_t time) -> std::int64_t {
        const std::int64_t day = core::day_of(time);
        switch (rule_.frequency) {
        case Frequency::yearly:
            return core::date_from_days(day).year;
        case Frequency::monthly:
            return month_index_of(core::date_from_days(day));
        case Frequency::weekly:
            return floor_divide(day + 4 - rule_.week_start, 7);
        case Frequency::daily:
            return day;
        default:
            return floor_divide(time, unit_ / rule_.interval);
        }
    };
    return floor_divide(unit_of(wall) - unit_of(start_), rule_.interval);
}

std::int64_t GregorianIterator::period_start(std::int64_t period) const {
    constexpr std::int64_t year_end = core::limits::year_max + 2;
    const std::int64_t steps = period * rule_.interval;
    switch (rule_.frequency) {
    case Frequency::yearly: {
        const std::int64_t year = std::min(start_day_.date.year + steps, year_end);
        return core::days_from_date({static_cast<int>(year), 1, 1}) * core::day_seconds;
    }
    case Frequency::monthly:
        return first_of_month(std::min(month_index_of(start_day_.date) + steps, year_end * 12))
               * core::day_seconds;
    case Frequency::weekly:
        return (start_day_.number - (weekday_of(start_day_.number) - rule_.week_start + 7) % 7
                + 7 * steps)
               * core::day_seconds;
    case Frequency::daily:
        return (start_day_.number + steps) * core::day_seconds;
    default: {
        const std::int64_t unit = unit_ / rule_.interval;
        return floor_divide(start_, unit) * unit + period * unit_;
    }
    }
}

void GregorianIterator::seek(WallTime from, WallTime to) {
    const auto first = core::days_from_date({core::limits::year_min, 1, 1}) * core::day_seconds;
    const auto last = core::days_from_date({core::limits::year_max + 1, 1, 1}) * core::day_seconds;
    from_ = std::clamp(std::max(from.seconds, start_), first, last);
    end_ = std::min(to.seconds, last - 1) + 1;
    // One interval earlier, because the last week of a year may end in the next.
    load(std::max<std::int64_t>(period_at(from_) - 1, 0));
}

std::optional<WallTime> GregorianIterator::next() {
    while (!budget_.exhausted()) {
        if (index_ < size()) {
            const std::int64_t wall = at(index_++);
            if (wall >= end_) {
                return std::nullopt;
            }
            budget_.spend(1);
            return WallTime{wall};
        }
        // The first week of a year may begin in the year before.
        if (period_start(following_) >= end_ + 7 * core::day_seconds) {
            return std::nullopt;
        }
        load(following_);
    }
    return std::nullopt;
}

void GregorianIterator::load(std::int64_t period) {
    period_ = period;
    following_ = period + 1;
    bases_.clear();
    picks_.clear();
    budget_.spend(rule_.frequency == Frequency::yearly ? steps_per_year : 1);
    if (is_sub_daily()) {
        load_slot();
    } else {
        load_days();
    }
    pick_positions();
    // Everything before `from_` is left out by bisection: the set ascends.
    std::size_t low = 0;
    std::size_t high = size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (at(middle) < from_) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    index_ = low;
}

// One hour, minute or second: a limiting part that fails says where to go on.
void GregorianIterator::load_slot() {
    const std::int64_t slot = period_start(period_);
    const std::int64_t number = core::day_of(slot);
    if (day_.number != number) {
        day_ = day_of(number);
    }
    const Day& day = day_;
    const auto in_day = static_cast<int>(slot - day.number * core::day_seconds);
    const auto limited = [](const std::vector<int>& values, int value) {
        return !values.empty() && !contains(values, value);
    };
    std::int64_t resume = slot + unit_;
    if (limited(rule_.by_month, day.date.month)) {
        resume = day.month_end() * core::day_seconds;
    } else if (!day_matches(day)) {
        resume = (day.number + 1) * core::day_seconds;
    } else if (limited(rule_.by_hour, in_day / 3600)) {
        resume = (floor_divide(slot, seconds_per_hour) + 1) * seconds_per_hour;
    } else if (rule_.frequency <= Frequency::minutely
               && limited(rule_.by_minute, in_day / 60 % 60)) {
        resume = (floor_divide(slot, seconds_per_minute) + 1) * seconds_per_minute;
    } else if (rule_.frequency != Frequency::secondly || !limited(rule_.by_second, in_day % 60)) {
        bases_.push_back(slot);
    }
    following_ = std::max(period_ + 1, period_ + ceil_divide(resume - slot, unit_));
}

void GregorianIterator::load_days() {
    const std::int64_t first = core::day_of(period_start(period_));
    const Day day = day_of(first);
    switch (rule_.frequency) {
    case Frequency::yearly:
        load_days_of_year(day.date.year);
        break;
    case Frequency::monthly:
        add_month(month_index_of(day.date));
        break;
    case Frequency::weekly:
        for (std::int64_t number = first; number < first + 7; ++number) {
            add_if_matching(day_of(number));
        }
        break;
    default:
        add_if_matching(day);
        if (!rule_.by_month.empty() && !contains(rule_.by_month, day.date.month)) {
            following_ = period_ + ceil_divide(day.month_end() - first, rule_.interval);
        }
        break;
    }
}

void GregorianIterator::load_days_of_year(int year) {
    if (!rule_.by_week_number.empty()) {
        for (std::int64_t day = first_week_of(year); day < first_week_of(year + 1); ++day) {
            add_if_matching(day_of(day));
        }
        return;
    }
    for (std::int64_t month = 0; month < 12; ++month) {
        add_month(std::int64_t{year} * 12 + month);
    }
}

void GregorianIterator::add_month(std::int64_t month_index) {
    Date date{static_cast<int>(floor_divide(month_index, 12)),
              static_cast<int>(month_index % 12) + 1, 1};
    if (!rule_.by_month.empty() && !contains(rule_.by_month, date.month)) {
        return;
    }
    const std::int64_t end = first_of_month(month_index + 1);
    for (std::int64_t number = first_of_month(month_index); number < end; ++number, ++date.day) {
        add_if_matching({number, date});
    }
}

void GregorianIterator::add_if_matching(const Day& day) {
    if (day_matches(day)) {
        bases_.push_back(day.number * core::day_seconds);
    }
}

bool GregorianIterator::day_matches(const Day& day) const {
    return (rule_.by_month.empty() || contains(rule_.by_month, day.date.month))
           && (rule_.by_month_day.empty()
               || has_position(rule_.by_month_day, day.number, day.month_start(), day.month_end()))
           && (rule_.by_year_day.empty()
               || has_position(rule_.by_year_day, day.number, day.year_start(), day.year_end()))
           && weekday_matches(day) && week_matches(day);
}

// BYDAY's ordinals count within the month or the year (RFC 5545 section 3.3.10, notes 1 and 2);
// elsewhere they mean nothing.
bool GregorianIterator::weekday_matches(const Day& day) const {
    if (rule_.by_day.empty()) {
        return true;
    }
    const bool in_month = rule_.frequency == Frequency::monthly
                          || (rule_.frequency == Frequency::yearly && !rule_.by_month.empty());
    const bool counted =
        (in_month || rule_.frequency == Frequency::yearly) && rule_.by_week_number.empty();
    const int weekday = weekday_of(day.number);
    return std::any_of(rule_.by_day.begin(), rule_.by_day.end(), [&](const WeekdayNumber& wanted) {
        return wanted.weekday == weekday
               && (!counted || wanted.ordinal == 0
                   || is_nth_weekday(wanted.ordinal, day.number,
                                     in_month ? day.month_start() : day.year_start(),
                                     in_month ? day.month_end() : day.year_end()));
    });
}

// Week one is the first with at least four days in its year; a day late in December may belong to
// the next year's.
bool GregorianIterator::week_matches(const Day& day) const {
    if (rule_.by_week_number.empty()) {
        return true;
    }
    int year = day.date.year;
    if (day.number < first_week_of(year)) {
        --year;
    } else if (day.number >= first_week_of(year + 1)) {
        ++year;
    }
    const std::int64_t first = first_week_of(year);
    const std::int64_t weeks = (first_week_of(year + 1) - first) / 7;
    const std::int64_t week = (day.number - first) / 7;
    return has_position(rule_.by_week_number, week, 0, weeks);
}

std::int64_t GregorianIterator::first_week_of(int year) const {
    const std::int64_t january_4 = core::days_from_date({year, 1, 4});
    return january_4 - (weekday_of(january_4) - rule_.week_start + 7) % 7;
}

void GregorianIterator::pick_positions() {
    if (rule_.by_set_position.empty()) {
        return;
    }
    const auto total = static_cast<std::int64_t>(bases_.size() * offsets_.size());
    for (const int position : rule_.by_set_position) {
        const std::int64_t pick = position > 0 ? position - 1 : total + position;
        if (pick >= 0 && pick < total) {
            picks_.push_back(static_cast<std::size_t>(pick));
        }
    }
    std::sort(picks_.begin(), picks_.end());
    picks_.erase(std::unique(picks_.begin(), picks_.end()), picks_.end());
}

std::size_t GregorianIterator::size() const {
    return rule_.by_set_position.empty() ? bases_.size() * offsets_.size() : picks_.size();
}

std::int64_t GregorianIterator::at(std::size_t index) const {
    const std::size_t element = rule_.by_set_position.empty() ? index : picks_[index];
    return bases_[element / offsets_.size()] + offsets_[element % offsets_.size()];
}

} // namespace

std::unique_ptr<RuleIterator> make_rule_iterator(const Rule& rule, WallTime start, bool is_date,
                                                 StepBudget& budget) {
    if (!rule.foreign_scale.empty()) {
        return make_libical_iterator(rule.foreign_scale, start, is_date, budget);
    }
    return std::make_unique<GregorianIterator>(rule, start, is_date, budget);
}

} // namespace ical
