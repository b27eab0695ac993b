#include "ical/rule.h"

#include "core/strings.h"
#include "core/time.h"
#include "ical/libical.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace ical {

namespace {

using core::Condition;
using core::Errc;

// RFC 5545 allows more values than any calendar has; a longer list only repeats itself.
constexpr std::size_t values_max = 1'000;
// Long enough for every period within the years 1 to 9999, short enough for sums not to overflow.
constexpr std::int64_t interval_max = 1'000'000'000;
constexpr std::int64_t count_max = 1'000'000'000;

tl::unexpected<core::Error> bad(std::string_view part) {
    return core::fail(Errc::forbidden, "The recurrence rule has a bad " + std::string(part) + ".",
                      Condition::valid_calendar_data);
}

std::optional<std::int64_t> to_number(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range && end == text.data() + text.size()) {
        return text.starts_with('-') ? std::numeric_limits<std::int64_t>::min()
                                     : std::numeric_limits<std::int64_t>::max();
    }
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

// A list of numbers, sorted and without repetitions. Zero is no position, day or week.
struct NumberRange {
    int smallest;
    int greatest;
    bool signed_positions;
};

std::optional<std::vector<int>> to_numbers(std::string_view text, NumberRange range) {
    std::vector<int> numbers;
    for (const std::string_view item : core::split(text, ',')) {
        const std::optional<std::int64_t> number = to_number(core::trim(item));
        if (!number || numbers.size() >= values_max) {
            return std::nullopt;
        }
        const std::int64_t magnitude =
            range.signed_positions && *number < 0 && *number > -interval_max ? -*number : *number;
        if (magnitude < range.smallest || magnitude > range.greatest) {
            return std::nullopt;
        }
        numbers.push_back(static_cast<int>(*number));
    }
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
}

std::optional<int> to_weekday(std::string_view name) {
    constexpr std::array<std::string_view, 7> names{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    const auto found = std::find_if(names.begin(), names.end(), [&](std::string_view candidate) {
        return core::iequals(candidate, name);
    });
    if (found == names.end()) {
        return std::nullopt;
    }
    return static_cast<int>(found - names.begin());
}

std::optional<std::vector<WeekdayNumber>> to_weekdays(std::string_view text) {
    std::vector<WeekdayNumber> days;
    for (const std::string_view untrimmed : core::split(text, ',')) {
        const std::string_view item = core::trim(untrimmed);
        if (item.size() < 2 || days.size() >= values_max) {
            return std::nullopt;
        }
        const std::string_view digits = item.substr(0, item.size() - 2);
        const std::optional<int> weekday = to_weekday(item.substr(item.size() - 2));
        const std::optional<std::int64_t> ordinal = digits.empty() ? 0 : to_number(digits);
        if (!weekday || !ordinal || *ordinal < -53 || *ordinal > 53) {
            return std::nullopt;
        }
        days.push_back({static_cast<int>(*ordinal), *weekday});
    }
    return days;
}

std::optional<Frequency> to_frequency(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, Frequency>, 7> names{{
        {"SECONDLY", Frequency::secondly},
        {"MINUTELY", Frequency::minutely},
        {"HOURLY", Frequency::hourly},
        {"DAILY", Frequency::daily},
        {"WEEKLY", Frequency::weekly},
        {"MONTHLY", Frequency::monthly},
        {"YEARLY", Frequency::yearly},
    }};
    for (const auto& [candidate, frequency] : names) {
        if (core::iequals(candidate, name)) {
            return frequency;
        }
    }
    return std::nullopt;
}

// 20261231, 20261231T120000 or 20261231T120000Z
std::optional<RuleUntil> to_until(std::string_view text) {
    if (text.size() == 8) {
        const auto midnight = core::from_ical_utc(std::string(text) + "T000000Z");
        return midnight ? std::optional(RuleUntil{{midnight->seconds}, true, false}) : std::nullopt;
    }
    const bool is_utc = text.ends_with('Z') || text.ends_with('z');
    const std::string spelled =
        core::to_upper(is_utc ? std::string(text) : std::string(text) + "Z");
    const auto at = core::from_ical_utc(spelled);
    return at ? std::optional(RuleUntil{{at->seconds}, false, is_utc}) : std::nullopt;
}

struct RulePart {
    std::string name; // upper case
    std::string_view value;
};

std::vector<RulePart> to_parts(std::string_view text) {
    std::vector<RulePart> parts;
    for (const std::string_view item : core::split(text, ';')) {
        const std::size_t equals = item.find('=');
        if (equals != std::string_view::npos) {
            parts.push_back({core::to_upper(core::trim(item.substr(0, equals))),
                             core::trim(item.substr(equals + 1))});
        }
    }
    return parts;
}

// The parts that a list of numbers follows, with what RFC 5545 allows in it.
struct NumberPart {
    std::string_view name;
    std::vector<int> Rule::*member;
    NumberRange range;
};

const std::array<NumberPart, 8> number_parts{{
    {"BYSECOND", &Rule::by_second, {0, 60, false}},
    {"BYMINUTE", &Rule::by_minute, {0, 59, false}},
    {"BYHOUR", &Rule::by_hour, {0, 23, false}},
    {"BYMONTHDAY", &Rule::by_month_day, {1, 31, true}},
    {"BYYEARDAY", &Rule::by_year_day, {1, 366, true}},
    {"BYWEEKNO", &Rule::by_week_number, {1, 53, true}},
    {"BYMONTH", &Rule::by_month, {1, 12, false}},
    {"BYSETPOS", &Rule::by_set_position, {1, 366, true}},
}};

core::Done read_general_part(Rule& rule, const RulePart& part) {
    if (part.name == "FREQ") {
        const auto frequency = to_frequency(part.value);
        if (!frequency) {
            return bad("FREQ");
        }
        rule.frequency = *frequency;
    } else if (part.name == "INTERVAL") {
        const auto interval = to_number(part.value);
        if (!interval || *interval < 0) {
            return bad("INTERVAL");
        }
        rule.interval = std::clamp<std::int64_t>(*interval, 1, interval_max);
    } else if (part.name == "COUNT") {
        const auto count = to_number(part.value);
        if (!count || *count < 1) {
            return bad("COUNT");
        }
        rule.count = std::min(*count, count_max);
    } else if (part.name == "UNTIL") {
        rule.until = to_until(part.value);
        if (!rule.until) {
            return bad("UNTIL");
        }
    } else if (part.name == "WKST") {
        const auto weekday = to_weekday(part.value);
        if (!weekday) {
            return bad("WKST");
        }
        rule.week_start = *weekday;
    }
    return {};
}

core::Done read_by_part(Rule& rule, const RulePart& part) {
    if (part.name == "BYDAY") {
        auto days = to_weekdays(part.value);
        if (!days) {
            return bad("BYDAY");
        }
        rule.by_day = *std::move(days);
    }
    for (const NumberPart& row : number_parts) {
        if (part.name == row.name) {
            auto numbers = to_numbers(part.value, row.range);
            if (!numbers) {
                return bad(part.name);
            }
            rule.*row.member = *std::move(numbers);
        }
    }
    return {};
}

// RFC 7529: a rule in another calendar, or one that moves invalid dates instead of leaving them
// out.
bool is_foreign(const std::vector<RulePart>& parts) {
    return std::any_of(parts.begin(), parts.end(), [](const RulePart& part) {
        return (part.name == "RSCALE" && !core::iequals(part.value, "GREGORIAN"))
               || (part.name == "SKIP" && !core::iequals(part.value, "OMIT"));
    });
}

core::Done read_foreign(Rule& rule, const std::vector<RulePart>& parts) {
    for (const RulePart& part : parts) {
        if (part.name == "COUNT" || part.name == "UNTIL") {
            continue;
        }
        const std::string value =
            part.name == "INTERVAL" ? std::to_string(std::min<std::int64_t>(rule.interval, 32'767))
                                    : core::to_upper(part.value);
        rule.foreign_scale += (rule.foreign_scale.empty() ? "" : ";") + part.name + "=" + value;
    }
    // In shorter rhythms one call of libical may search through all its years, day by day; nobody
    // keeps a calendar of another scale by the day.
    const bool bounded =
        rule.frequency == Frequency::monthly || rule.frequency == Frequency::yearly;
    if (!bounded || !libical_accepts_rule(rule.foreign_scale)) {
        return bad("RSCALE or SKIP");
    }
    return {};
}

} // namespace

core::Result<Rule> parse_rule(std::string_view text) {
    const std::vector<RulePart> parts = to_parts(text);
    Rule rule;
    const bool has_frequency = std::any_of(
        parts.begin(), parts.end(), [](const RulePart& part) { return part.name == "FREQ"; });
    if (!has_frequency) {
        return bad("FREQ");
    }
    for (const RulePart& part : parts) {
        TRYV(read_general_part(rule, part));
    }
    if (rule.until && rule.until->is_date) {
        // The whole of the last day belongs to the series (R-C15).
        rule.until->wall.seconds += core::day_seconds - 1;
    }
    if (is_foreign(parts)) {
        TRYV(read_foreign(rule, parts));
        return rule;
    }
    for (const RulePart& part : parts) {
        TRYV(read_by_part(rule, part));
    }
    // RFC 5545 section 3.3.12: without leap seconds, second 60 is second 59.
    std::replace(rule.by_second.begin(), rule.by_second.end(), 60, 59);
    rule.by_second.erase(std::unique(rule.by_second.begin(), rule.by_second.end()),
                         rule.by_second.end());
    return rule;
}

} // namespace ical
