#include "ical/vtimezone.h"

#include "core/limits.h"
#include "core/strings.h"
#include "core/time.h"
#include "ical/observances.h"
#include "ical/offset_zone.h"
#include "ical/value.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

namespace ical {

namespace {

// What one VTIMEZONE may cost. The longest ones that clients send list some 200 onsets; a rule is
// looked up for each time that is converted, so those without end are kept few.
constexpr std::int64_t expansion_budget = 50'000;
constexpr std::int64_t open_rules_cost_max = 64;
constexpr std::size_t open_rules_max = 8;

// +hhmm or +hhmmss (RFC 5545 section 3.3.14)
core::Result<std::int32_t> parse_offset(std::string_view value) {
    const std::string_view text = core::trim(value);
    const bool digits = std::ranges::all_of(text.substr(std::min<std::size_t>(text.size(), 1)),
                                            [](char c) { return c >= '0' && c <= '9'; });
    const bool sign = text.starts_with('+') || text.starts_with('-');
    if (!sign || !digits || (text.size() != 5 && text.size() != 7)) {
        return refuse_zone("an offset is malformed");
    }
    const auto pair = [text](std::size_t at) {
        return at < text.size() ? (text[at] - '0') * 10 + (text[at + 1] - '0') : 0;
    };
    const std::int32_t seconds = pair(1) * 3600 + pair(3) * 60 + pair(5);
    if (pair(1) > 23 || pair(3) > 59 || pair(5) > 59) {
        return refuse_zone("an offset is out of range");
    }
    return text.front() == '-' ? -seconds : seconds;
}

// An onset with the offset before it, which holds before the first of all.
struct Onset {
    Transition transition;
    std::int32_t offset_before = 0;
};

struct OpenRule {
    YearlyRule rule;
    std::int32_t offset = 0;
};

class ObservedZone final : public OffsetZone {
public:
    ObservedZone(const Component& component, const std::vector<Onset>& onsets,
                 std::vector<OpenRule> rules)
        : name_(core::trim(component.text("TZID"))), component_(component),
          before_(onsets.front().offset_before), rules_(std::move(rules)) {
        for (const Onset& onset : onsets) {
            onsets_.push_back(onset.transition);
        }
    }

    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] const Component& component() const { return component_; }

    [[nodiscard]] std::int32_t offset_at(std::int64_t instant) const override {
        const auto after = std::ranges::upper_bound(onsets_, instant, {}, &Transition::at);
        if (after == onsets_.begin()) {
            return before_;
        }
        Transition latest = *std::prev(after);
        for (const OpenRule& open : rules_) {
            const auto onset = open.rule.latest_until(instant);
            if (onset && *onset >= latest.at) {
                latest = {.at = *onset, .offset = open.offset};
            }
        }
        return latest.offset;
    }

    [[nodiscard]] std::optional<Transition> next(std::int64_t instant) const override {
        std::optional<Transition> first;
        const auto after = std::ranges::upper_bound(onsets_, instant, {}, &Transition::at);
        if (after != onsets_.end()) {
            first = *after;
        }
        for (const OpenRule& open : rules_) {
            const auto onset = open.rule.first_after(instant);
            if (onset && (!first || *onset < first->at)) {
                first = Transition{.at = *onset, .offset = open.offset};
            }
        }
        if (first) {
            first->offset = offset_at(first->at); // of several at one instant
        }
        return first;
    }

private:
    std::string name_;
    Component component_;
    std::int32_t before_;
    std::vector<Transition> onsets_; // never empty: every DTSTART is one
    std::vector<OpenRule> rules_;
};

// Collects the onsets of a VTIMEZONE's observances.
class ObservanceReader {
public:
    core::Done add(const Component& observance) {
        from_ = TRY(parse_offset(observance.value("TZOFFSETFROM")));
        to_ = TRY(parse_offset(observance.value("TZOFFSETTO")));
        const DateTime start =
            TRY(parse_date_time(observance.value("DTSTART"), "", false, floating_));
        add_wall(start.wall.seconds);
        for (const Property* property : observance.find_all("RDATE")) {
            TRYV(add_dates(*property));
        }
        for (const Property* property : observance.find_all("RRULE")) {
            TRYV(add_rule(property->value(), start.wall.seconds));
        }
        return {};
    }

    core::Result<ZonePtr> finish(const Component& vtimezone) && {
        if (onsets_.empty()) {
            return refuse_zone("a VTIMEZONE has neither STANDARD nor DAYLIGHT");
        }
        std::ranges::stable_sort(onsets_, {},
                                 [](const Onset& onset) { return onset.transition.at; });
        return std::make_shared<ObservedZone>(vtimezone, onsets_, std::move(rules_));
    }

private:
    void add_wall(std::int64_t wall) {
        onsets_.push_back({{.at = wall - from_, .offset = to_}, from_});
    }

    core::Done add_dates(const Property& property) {
        const auto items = core::split(property.value(), ',');
        budget_ -= static_cast<std::int64_t>(items.size());
        if (budget_ < 0) {
            return refuse_zone("the rules have too many onsets");
        }
        for (const std::string_view item : items) {
            const std::string_view date = item.substr(0, item.find('/'));
            const DateTime at = TRY(parse_date_time(date, "", false, floating_));
            add_wall(at.wall.seconds + (at.is_utc ? from_ : 0));
        }
        return {};
    }

    core::Done add_rule(std::string_view value, std::int64_t start) {
        YearlyRule rule = TRY(YearlyRule::parse(value, start, from_));
        if (rule.ends()) {
            for (const std::int64_t onset : TRY(rule.expand(budget_))) {
                onsets_.push_back({{.at = onset, .offset = to_}, from_});
            }
            return {};
        }
        open_cost_ += rule.cost();
        if (open_cost_ > open_rules_cost_max || rules_.size() == open_rules_max) {
            return refuse_zone("there are too many rules without an end");
        }
        rules_.push_back({std::move(rule), to_});
        return {};
    }

    ZoneTable floating_{utc()};
    std::int32_t from_ = 0;
    std::int32_t to_ = 0;
    std::vector<Onset> onsets_;
    std::vector<OpenRule> rules_;
    std::int64_t budget_ = expansion_budget;
    std::int64_t open_cost_ = 0;
};

std::string offset_text(std::int32_t offset) {
    const int seconds = std::abs(offset);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%c%02d%02d", offset < 0 ? '-' : '+', seconds / 3600,
                  seconds / 60 % 60);
    std::string result = text.data();
    if (seconds % 60 != 0) {
        std::snprintf(text.data(), text.size(), "%02d", seconds % 60);
        result += text.data();
    }
    return result;
}

// A yearly onset as RFC 5545 can write it: the first one on the clock before it, and the rule.
struct WrittenOnset {
    std::int64_t first = 0;
    std::string rule;
};

std::string weekday_name(int weekday) {
    constexpr std::array<const char*, 7> names{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    return names.at(static_cast<std::size_t>((weekday % 7 + 7) % 7));
}

// The weekday a number of days from the nth of a month, as the seven month days that it can fall
// on; empty if it can leave the month.
std::string shifted_rule(const YearlyDay& day, int shift) {
    constexpr std::array<int, 12> lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int length = lengths.at(static_cast<std::size_t>(day.month - 1));
    const int first = (day.week == 5 ? length - 6 : day.week * 7 - 6) + shift;
    if (first < 1 || first + 6 > length) {
        return {};
    }
    std::string days;
    for (int i = 0; i < 7; ++i) {
        days.append(i == 0 ? "" : ",").append(std::to_string(first + i));
    }
    return "BYMONTHDAY=" + days + ";BYDAY=" + weekday_name(day.weekday + shift);
}

// `offset` is the one before the onset; the first onset is not before `since`.
WrittenOnset write_onset(YearlyDay day, std::int32_t offset, std::int64_t since) {
    std::string days;
    if (day.form != YearlyDay::Form::nth_weekday) {
        const core::Date date = core::date_from_days(day.in_year(1970) / core::day_seconds);
        day.month = date.month;
        days = "BYMONTHDAY=" + std::to_string(date.day);
    } else if (day.time == core::day_seconds) {
        // Midnight at the end of the day, a second early: that keeps the plain "last Thursday"
        // form, the only one that Outlook reads (Windows itself writes these zones so).
        day.time = core::day_seconds - 1;
    } else if (day.time < 0 || day.time > core::day_seconds) {
        const std::int64_t shift = core::day_of(day.time);
        days = shifted_rule(day, static_cast<int>(shift));
        if (days.empty()) {
            day.time =
                day.time < 0 ? 0 : core::day_seconds - 1; // the nearest time that a rule can say
        }
    }
    if (days.empty()) {
        const int week = day.week == 5 ? -1 : day.week;
        days = "BYDAY=" + std::to_string(week) + weekday_name(day.weekday);
    }
    const int year = year_of(since + offset);
    const bool passed = day.in_year(year) - offset < since;
    return {day.in_year(passed ? year + 1 : year),
            "FREQ=YEARLY;BYMONTH=" + std::to_string(day.month) + ";" + days};
}

Component observance(std::string name, std::int64_t start, std::int32_t from,
                     const LocalTimeType& to, std::string rule) {
    Component component{.name = std::move(name), .properties = {}, .components = {}};
    component.set(Property("DTSTART", to_ical_wall({start}, false)));
    component.set(Property("TZOFFSETFROM", offset_text(from)));
    component.set(Property("TZOFFSETTO", offset_text(to.offset)));
    if (!to.abbreviation.empty()) {
        component.set(Property("TZNAME", escape_text(to.abbreviation)));
    }
    if (!rule.empty()) {
        component.set(Property("RRULE", std::move(rule)));
    }
    return component;
}

} // namespace

core::Result<ZonePtr> zone_from_observances(const Component& vtimezone) {
    ObservanceReader reader;
    for (const Component& component : vtimezone.components) {
        if (component.name == "STANDARD" || component.name == "DAYLIGHT") {
            TRYV(reader.add(component));
        }
    }
    return std::move(reader).finish(vtimezone);
}

const Component* sent_component(const Zone& zone) {
    const auto* observed = dynamic_cast<const ObservedZone*>(&zone);
    return observed == nullptr ? nullptr : &observed->component();
}

Component vtimezone_from_rules(std::string_view tzid, const PosixRules& rules, std::int64_t since) {
    Component zone{.name = "VTIMEZONE", .properties = {}, .components = {}};
    zone.set(Property("TZID", escape_text(tzid)));
    zone.set(Property("X-LIC-LOCATION", escape_text(tzid)));
    const LocalTimeType& standard = rules.standard;
    if (!rules.daylight) {
        zone.components.push_back(observance("STANDARD", since == 0 ? 0 : since + standard.offset,
                                             standard.offset, standard, ""));
        return zone;
    }
    const PosixRules::Daylight& daylight = *rules.daylight;
    // Ireland's summer time is its standard time by law; calendars mean the later clock by
    // DAYLIGHT.
    const bool negative = daylight.type.offset < standard.offset;
    WrittenOnset end = write_onset(daylight.end, daylight.type.offset, since);
    WrittenOnset start = write_onset(daylight.start, standard.offset, since);
    zone.components.push_back(observance(negative ? "DAYLIGHT" : "STANDARD", end.first,
                                         daylight.type.offset, standard, std::move(end.rule)));
    zone.components.push_back(observance(negative ? "STANDARD" : "DAYLIGHT", start.first,
                                         standard.offset, daylight.type, std::move(start.rule)));
    return zone;
}

Component single_observance(std::int64_t start, std::int32_t offset_before,
                            const LocalTimeType& type) {
    return observance(type.offset > offset_before ? "DAYLIGHT" : "STANDARD", start, offset_before,
                      type, "");
}

} // namespace ical
