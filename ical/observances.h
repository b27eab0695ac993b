// Yearly rules as VTIMEZONE observances have them (RFC 5545 sections 3.3.10 and 3.6.5): a small
// evaluator that answers for any year without walking there. What it does not understand it
// refuses.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ical {

// The error of a VTIMEZONE that is not understood: valid_calendar_data.
tl::unexpected<core::Error> refuse_zone(std::string detail);

class YearlyRule {
public:
    // `start` is the DTSTART that the rule belongs to, in seconds on the local clock, `offset` the
    // offset in force before each onset. Errors: valid_calendar_data.
    static core::Result<YearlyRule> parse(std::string_view rule, std::int64_t start,
                                          std::int32_t offset);

    // Onsets of one year after the start, within UNTIL, ascending, as instants.
    [[nodiscard]] std::vector<std::int64_t> onsets(int year) const;
    // Looked for in the years around `instant`; nothing if the rule gives none near it.
    [[nodiscard]] std::optional<std::int64_t> latest_until(std::int64_t instant) const;
    [[nodiscard]] std::optional<std::int64_t> first_after(std::int64_t instant) const;

    // All onsets after the start of a rule that ends; the work is taken from `budget`, in days
    // looked at. Errors: valid_calendar_data when it is used up.
    [[nodiscard]] core::Result<std::vector<std::int64_t>> expand(std::int64_t& budget) const;
    [[nodiscard]] bool ends() const { return until_.has_value() || count_ > 0; }
    // Days looked at to evaluate one year.
    [[nodiscard]] std::int64_t cost() const;

private:
    struct Weekday {
        int ordinal = 0; // 0: every one of the month
        int weekday = 0; // 0 is Sunday

        friend auto operator<=>(const Weekday&, const Weekday&) = default;
    };

    core::Done add_part(std::string_view name, std::string_view value);
    core::Done add_until(std::string_view value);
    core::Done add_weekday(std::string_view item);
    core::Done add_numbers(std::vector<int>& list, std::string_view value, int least, int most);
    void fill_defaults();
    void append_days(int year, int month, std::vector<int>& days) const;
    [[nodiscard]] bool weekday_fits(int day, int first_weekday, int length) const;

    std::int64_t start_ = 0;
    std::int32_t offset_ = 0;
    int start_year_ = 0;
    std::vector<int> months_;
    std::vector<int> month_days_;
    std::vector<Weekday> weekdays_;
    int interval_ = 1;
    int count_ = 0;                     // 0: not given
    std::optional<std::int64_t> until_; // an instant
};

} // namespace ical
