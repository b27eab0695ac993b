#include "ical/observances.h"

#include "core/limits.h"
#include "core/strings.h"
#include "core/time.h"
#include "ical/tzif.h"
#include "ical/value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace ical {

namespace {

constexpr int years_between_max = 100;
constexpr int onsets_max = 10'000;
// The longest pause of a rule that means something: 29 February, past a century.
constexpr int years_without_onset = 9;
constexpr std::size_t weeks_in_month = 5;

std::optional<int> integer(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole ? std::optional(value) : std::nullopt;
}

int length_of_month(int year, int month) {
    constexpr std::array<int, 12> lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = core::is_valid({.year = year, .month = 2, .day = 29});
    return month == 2 && leap ? 29 : lengths.at(static_cast<std::size_t>(month - 1));
}

template <class T>
void sort_unique(std::vector<T>& list) {
    std::ranges::sort(list);
    const auto tail = std::ranges::unique(list);
    list.erase(tail.begin(), tail.end());
}

} // namespace

tl::unexpected<core::Error> refuse_zone(std::string detail) {
    return core::fail(core::Errc::forbidden, "time zone: " + std::move(detail),
                      core::Condition::valid_calendar_data);
}

core::Result<YearlyRule> YearlyRule::parse(std::string_view rule, std::int64_t start,
                                           std::int32_t offset) {
    YearlyRule parsed;
    parsed.start_ = start;
    parsed.offset_ = offset;
    parsed.start_year_ = year_of(start);
    bool yearly = false;
    for (const std::string_view part : core::split(core::trim(rule), ';')) {
        const std::size_t equals = part.find('=');
        const std::string name = core::to_upper(core::trim(part.substr(0, equals)));
        const std::string_view value =
            equals == std::string_view::npos ? "" : core::trim(part.substr(equals + 1));
        if (name.empty() && equals == std::string_view::npos) {
            continue; // a semicolon too many
        }
        if (name == "FREQ") {
            yearly = core::iequals(value, "YEARLY");
        } else {
            TRYV(parsed.add_part(name, value));
        }
    }
    if (!yearly) {
        return refuse_zone("only yearly rules are understood");
    }
    parsed.fill_defaults();
    return parsed;
}

core::Done YearlyRule::add_part(std::string_view name, std::string_view value) {
    if (name == "INTERVAL" || name == "COUNT") {
        const auto number = integer(value);
        const int most = name == "COUNT" ? onsets_max : years_between_max;
        if (!number || *number < 0 || *number > most) {
            return refuse_zone(std::string(name) + " is malformed or too large");
        }
        // Non-standard: an old Outlook plug-in writes INTERVAL=0.
        (name == "COUNT" ? count_ : interval_) = std::max(*number, 1);
        return {};
    }
    if (name == "UNTIL") {
        return add_until(value);
    }
    if (name == "BYMONTH") {
        return add_numbers(months_, value, 1, 12);
    }
    if (name == "BYMONTHDAY") {
        return add_numbers(month_days_, value, -31, 31);
    }
    if (name == "BYDAY") {
        for (const std::string_view item : core::split(value, ',')) {
            TRYV(add_weekday(core::trim(item)));
        }
        sort_unique(weekdays_);
        return {};
    }
    if (name == "WKST") {
        return {}; // says nothing about the parts above
    }
    return refuse_zone("the rule part " + std::string(name.substr(0, 20)) + " is not understood");
}

core::Done YearlyRule::add_until(std::string_view value) {
    const DateTime until = TRY(parse_date_time(value, "", false, ZoneTable(utc())));
    // RFC 5545 section 3.3.10 wants UTC here; older senders wrote the local time, or a date.
    const std::int64_t end_of_day = until.is_date ? core::day_seconds - 1 : 0;
    until_ = until.wall.seconds + end_of_day - (until.is_utc ? 0 : offset_);
    return {};
}

core::Done YearlyRule::add_weekday(std::string_view item) {
    constexpr std::array<std::string_view, 7> names{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    if (item.size() < 2) {
        return refuse_zone("BYDAY is malformed");
    }
    const auto* const name = std::ranges::find_if(names, [&](std::string_view candidate) {
        return core::iequals(candidate, item.substr(item.size() - 2));
    });
    const std::string_view number = item.substr(0, item.size() - 2);
    const auto ordinal = number.empty() ? std::optional(0) : integer(number);
    const bool in_month = ordinal && *ordinal >= -5 && *ordinal <= 5;
    if (name == names.end() || !in_month || (*ordinal == 0 && !number.empty())) {
        return refuse_zone("BYDAY is malformed");
    }
    weekdays_.push_back({.ordinal = *ordinal, .weekday = static_cast<int>(name - names.begin())});
    return {};
}

core::Done YearlyRule::add_numbers(std::vector<int>& list, std::string_view value, int least,
                                   int most) {
    for (const std::string_view item : core::split(value, ',')) {
        const auto number = integer(core::trim(item));
        if (!number || *number < least || *number > most || *number == 0) {
            return refuse_zone("a list of numbers in a rule is malformed");
        }
        list.push_back(*number);
    }
    sort_unique(list);
    return {};
}

// RFC 5545 section 3.3.10: what the rule leaves open comes from DTSTART. (By the letter a BYDAY
// without BYMONTH would mean the whole year; in a time zone that is never meant.)
void YearlyRule::fill_defaults() {
    const core::Date date = core::date_from_days(core::day_of(start_));
    if (months_.empty()) {
        months_.push_back(date.month);
    }
    if (month_days_.empty() && weekdays_.empty()) {
        month_days_.push_back(date.day);
    }
}

std::int64_t YearlyRule::cost() const {
    std::size_t per_month = month_days_.size();
    if (month_days_.empty()) {
        for (const Weekday& wanted : weekdays_) {
            per_month += wanted.ordinal == 0 ? weeks_in_month : 1;
        }
    }
    return static_cast<std::int64_t>(months_.size() * per_month);
}

bool YearlyRule::weekday_fits(int day, int first_weekday, int length) const {
    return weekdays_.empty() || std::ranges::any_of(weekdays_, [&](const Weekday& wanted) {
               const int ordinal =
                   wanted.ordinal > 0 ? (day - 1) / 7 + 1 : -((length - day) / 7 + 1);
               return wanted.weekday == (first_weekday + day - 1) % 7
                      && (wanted.ordinal == 0 || wanted.ordinal == ordinal);
           });
}

void YearlyRule::append_days(int year, int month, std::vector<int>& days) const {
    const int length = length_of_month(year, month);
    const int first_weekday = core::weekday({.year = year, .month = month, .day = 1});
    const auto consider = [&](int day) {
        if (day >= 1 && day <= length) {
            days.push_back(day);
        }
    };
    for (const int written : month_days_) {
        const int day = written > 0 ? written : length + 1 + written;
        if (weekday_fits(day, first_weekday, length)) {
            consider(day);
        }
    }
    if (month_days_.empty()) {
        for (const Weekday& wanted : weekdays_) {
            const int first = 1 + (wanted.weekday - first_weekday + 7) % 7;
            const int last = first + (length - first) / 7 * 7;
            if (wanted.ordinal != 0) {
                consider(wanted.ordinal > 0 ? first + (wanted.ordinal - 1) * 7
                                            : last + (wanted.ordinal + 1) * 7);
                continue;
            }
            for (int day = first; day <= last; day += 7) {
                consider(day);
            }
        }
    }
    sort_unique(days);
}

std::vector<std::int64_t> YearlyRule::onsets(int year) const {
    std::vector<std::int64_t> found;
    if (year < start_year_ || (year - start_year_) % interval_ != 0) {
        return found;
    }
    const std::int64_t time = core::time_of_day(start_);
    std::vector<int> days;
    for (const int month : months_) {
        days.clear();
        append_days(year, month, days);
        const std::int64_t first = core::days_from_date({.year = year, .month = month, .day = 1});
        for (const int day : days) {
            const std::int64_t wall = (first + day - 1) * core::day_seconds + time;
            if (wall > start_ && (!until_ || wall - offset_ <= *until_)) {
                found.push_back(wall - offset_);
            }
        }
    }
    return found;
}

std::optional<std::int64_t> YearlyRule::latest_until(std::int64_t instant) const {
    const int year = year_of(instant + offset_);
    for (int back = 0; back <= years_without_onset; ++back) {
        const int aligned = year - (year - start_year_) % interval_ - back * interval_;
        if (aligned < start_year_) {
            break;
        }
        const auto found = onsets(aligned);
        const auto after = std::ranges::upper_bound(found, instant);
        if (after != found.begin()) {
            return *std::prev(after);
        }
    }
    return std::nullopt;
}

std::optional<std::int64_t> YearlyRule::first_after(std::int64_t instant) const {
    const int year = year_of(instant + offset_);
    for (int candidate = year; candidate <= year + 1; ++candidate) {
        const auto found = onsets(candidate);
        const auto after = std::ranges::upper_bound(found, instant);
        if (after != found.end()) {
            return *after;
        }
    }
    return std::nullopt;
}

core::Result<std::vector<std::int64_t>> YearlyRule::expand(std::int64_t& budget) const {
    std::vector<std::int64_t> all;
    const int last = until_ ? year_of(*until_ + offset_) : core::limits::year_max;
    for (int year = start_year_; year <= last; year += interval_) {
        budget -= cost();
        if (budget < 0) {
            return refuse_zone("the rules have too many onsets");
        }
        for (const std::int64_t onset : onsets(year)) {
            // RFC 5545 section 3.3.10: DTSTART is the first that COUNT counts.
            if (count_ > 0 && all.size() + 1 >= static_cast<std::size_t>(count_)) {
                return all;
            }
            all.push_back(onset);
        }
    }
    return all;
}

} // namespace ical
