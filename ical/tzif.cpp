#include "ical/tzif.h"

#include "core/time.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ical {

namespace {

constexpr std::int64_t hour_seconds = 3'600;

// Years past these ends look like them; nothing in a calendar lies there.
constexpr int year_first = -2;
constexpr int year_last = 10'002;

int days_in_month(int year, int month) {
    const int next_year = month == 12 ? year + 1 : year;
    const int next_month = month == 12 ? 1 : month + 1;
    return static_cast<int>(core::days_from_date({.year = next_year, .month = next_month, .day = 1})
                            - core::days_from_date({.year = year, .month = month, .day = 1}));
}

// Reads a POSIX TZ string from its front (POSIX.1-2017 section 8.3; RFC 8536 section 3.3.1).
class RuleReader {
public:
    explicit RuleReader(std::string_view text) : rest_(text) {}

    std::optional<PosixRules> read() {
        PosixRules rules;
        const auto standard = take_name();
        const auto west = standard ? take_time(24) : std::nullopt;
        if (!west) {
            return std::nullopt;
        }
        rules.standard = {.offset = static_cast<std::int32_t>(-*west), .abbreviation = *standard};
        if (!rest_.empty()) {
            rules.daylight = take_daylight(rules.standard.offset);
            if (!rules.daylight || !rest_.empty()) {
                return std::nullopt;
            }
        }
        return rules;
    }

private:
    std::optional<PosixRules::Daylight> take_daylight(std::int32_t standard_offset) {
        PosixRules::Daylight daylight;
        const auto name = take_name();
        if (!name) {
            return std::nullopt;
        }
        daylight.type = {.offset = static_cast<std::int32_t>(standard_offset + hour_seconds),
                         .abbreviation = *name};
        if (!rest_.empty() && rest_.front() != ',') {
            const auto west = take_time(24);
            if (!west) {
                return std::nullopt;
            }
            daylight.type.offset = static_cast<std::int32_t>(-*west);
        }
        if (rest_.empty()) {
            rest_ = ",M3.2.0,M11.1.0"; // what every implementation takes where POSIX leaves it open
        }
        const auto start = take(',') ? take_day() : std::nullopt;
        const auto end = start && take(',') ? take_day() : std::nullopt;
        if (!end) {
            return std::nullopt;
        }
        daylight.start = *start;
        daylight.end = *end;
        return daylight;
    }

    bool take(char c) {
        if (!rest_.starts_with(c)) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }

    std::optional<std::string> take_name() {
        const bool quoted = take('<');
        const auto in_name = [quoted](char c) {
            const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            return letter || (quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-'));
        };
        const auto size =
            static_cast<std::size_t>(std::ranges::find_if_not(rest_, in_name) - rest_.begin());
        std::string name(rest_.substr(0, size));
        rest_.remove_prefix(size);
        if (size < 3 || (quoted && !take('>'))) {
            return std::nullopt;
        }
        return name;
    }

    std::optional<int> take_number(int least, int most) {
        int value = 0;
        std::size_t size = 0;
        while (size < rest_.size() && size < 4 && rest_[size] >= '0' && rest_[size] <= '9') {
            value = value * 10 + (rest_[size] - '0');
            ++size;
        }
        rest_.remove_prefix(size);
        return size > 0 && value >= least && value <= most ? std::optional(value) : std::nullopt;
    }

    // [+-]hh[:mm[:ss]]
    std::optional<std::int64_t> take_time(int hours_max) {
        const bool negative = take('-');
        if (!negative) {
            take('+');
        }
        const auto hours = take_number(0, hours_max);
        const auto minutes = hours && take(':') ? take_number(0, 59) : std::optional(0);
        const auto seconds = hours && minutes && take(':') ? take_number(0, 59) : std::optional(0);
        if (!hours || !minutes || !seconds) {
            return std::nullopt;
        }
        const std::int64_t time = *hours * hour_seconds + *minutes * 60 + *seconds;
        return negative ? -time : time;
    }

    std::optional<YearlyDay> take_day() {
        YearlyDay day{.time = 2 * hour_seconds};
        if (take('M')) {
            const auto month = take_number(1, 12);
            const auto week = month && take('.') ? take_number(1, 5) : std::nullopt;
            const auto weekday = week && take('.') ? take_number(0, 6) : std::nullopt;
            if (!weekday) {
                return std::nullopt;
            }
            day.month = *month;
            day.week = *week;
            day.weekday = *weekday;
        } else {
            const bool julian = take('J');
            const auto number = take_number(julian ? 1 : 0, 365);
            if (!number) {
                return std::nullopt;
            }
            day.form = julian ? YearlyDay::Form::julian : YearlyDay::Form::zero_based;
            day.day = *number;
        }
        if (take('/')) {
            const auto time = take_time(167); // RFC 8536 section 3.3.1: up to a week either way
            if (!time) {
                return std::nullopt;
            }
            day.time = *time;
        }
        return day;
    }

    std::string_view rest_;
};

// Changes of the years around an instant, in order. Year by year, so that one that begins where
// another ends (daylight saving time all year, RFC 8536 section 3.3.1) comes after it.
std::array<Transition, 8> transitions_around(const PosixRules& rules, std::int64_t instant) {
    std::array<Transition, 8> changes;
    const int year = year_of(instant + rules.standard.offset);
    for (std::size_t i = 0; i < changes.size() / 2; ++i) {
        const int this_year = year - 2 + static_cast<int>(i);
        const PosixRules::Daylight& daylight = *rules.daylight;
        changes[2 * i] = {.at = daylight.start.in_year(this_year) - rules.standard.offset,
                          .offset = daylight.type.offset};
        changes[2 * i + 1] = {.at = daylight.end.in_year(this_year) - daylight.type.offset,
                              .offset = rules.standard.offset};
    }
    std::ranges::stable_sort(changes, {}, &Transition::at);
    return changes;
}

// Big-endian numbers from the front of a file; `bad` once it was too short.
class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

    std::string_view take(std::uint64_t size) {
        if (size > rest_.size()) {
            bad_ = true;
            return {};
        }
        const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(size));
        rest_.remove_prefix(taken.size());
        return taken;
    }
    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (const char c : take(size)) {
            value = value << 8U | static_cast<unsigned char>(c);
        }
        return value;
    }
    [[nodiscard]] bool bad() const { return bad_; }
    [[nodiscard]] std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
    bool bad_ = false;
};

// RFC 8536 section 3.1
struct Header {
    char version = 0;
    std::uint64_t utc_count = 0;
    std::uint64_t standard_count = 0;
    std::uint64_t leap_count = 0;
    std::uint64_t time_count = 0;
    std::uint64_t type_count = 0;
    std::uint64_t character_count = 0;

    [[nodiscard]] std::uint64_t data_size(std::uint64_t time_size) const {
        return time_count * (time_size + 1) + type_count * 6 + character_count
               + leap_count * (time_size + 4) + standard_count + utc_count;
    }
};

std::optional<Header> take_header(ByteReader& reader) {
    if (reader.take(4) != "TZif") {
        return std::nullopt;
    }
    Header header;
    header.version = static_cast<char>(reader.number(1));
    reader.take(15);
    header.utc_count = reader.number(4);
    header.standard_count = reader.number(4);
    header.leap_count = reader.number(4);
    header.time_count = reader.number(4);
    header.type_count = reader.number(4);
    header.character_count = reader.number(4);
    if (reader.bad() || header.type_count == 0 || header.leap_count != 0) {
        return std::nullopt;
    }
    return header;
}

std::vector<LocalTimeType> take_types(ByteReader& reader, const Header& header) {
    struct Raw {
        std::int32_t offset;
        std::size_t name_at;
    };
    std::vector<Raw> raw;
    for (std::uint64_t i = 0; i < header.type_count; ++i) {
        const auto offset = static_cast<std::int32_t>(reader.number(4));
        reader.take(1); // whether it is daylight saving time: the rules tell
        raw.push_back({offset, static_cast<std::size_t>(reader.number(1))});
    }
    const std::string_view names = reader.take(header.character_count);
    std::vector<LocalTimeType> types;
    for (const Raw& type : raw) {
        constexpr std::int32_t offset_max = 26 * 3'600;
        if (type.name_at >= names.size() || type.offset <= -offset_max
            || type.offset >= offset_max) {
            return {};
        }
        const std::string_view name = names.substr(type.name_at);
        types.push_back(
            {.offset = type.offset, .abbreviation = std::string(name.substr(0, name.find('\0')))});
    }
    return types;
}

// RFC 8536 section 3.2, up to the time zone designations; what follows them is of no use here.
std::optional<TimeZoneFile> take_data(ByteReader& reader, const Header& header,
                                      std::size_t time_size) {
    if (header.data_size(time_size) > reader.rest().size()) {
        return std::nullopt;
    }
    TimeZoneFile file;
    for (std::uint64_t i = 0; i < header.time_count; ++i) {
        const std::uint64_t bits = reader.number(time_size);
        const std::int64_t at =
            time_size == 4 ? static_cast<std::int32_t>(bits) : static_cast<std::int64_t>(bits);
        if (!file.transitions.empty() && at <= file.transitions.back().at) {
            return std::nullopt;
        }
        file.transitions.push_back({.at = at});
    }
    const std::string_view indices = reader.take(header.time_count);
    const std::vector<LocalTimeType> types = take_types(reader, header);
    if (types.empty()) {
        return std::nullopt;
    }
    file.first = types.front();
    file.last = types.front();
    for (std::size_t i = 0; i < indices.size(); ++i) {
        const auto index = static_cast<unsigned char>(indices[i]);
        if (index >= types.size()) {
            return std::nullopt;
        }
        file.transitions[i].offset = types[index].offset;
        file.last = types[index];
    }
    reader.take(header.leap_count * (time_size + 4) + header.standard_count + header.utc_count);
    return file;
}

} // namespace

int year_of(std::int64_t local_seconds) {
    static const std::int64_t first =
        core::days_from_date({.year = year_first, .month = 1, .day = 1}) * core::day_seconds;
    static const std::int64_t last =
        core::days_from_date({.year = year_last, .month = 12, .day = 31}) * core::day_seconds;
    const std::int64_t seconds = std::clamp(local_seconds, first, last);
    const std::int64_t days = core::day_of(seconds);
    return core::date_from_days(days).year;
}

std::int64_t YearlyDay::in_year(int year) const {
    if (form != Form::nth_weekday) {
        const std::int64_t january = core::days_from_date({.year = year, .month = 1, .day = 1});
        const bool leap = days_in_month(year, 2) == 29;
        const int skipped = form == Form::zero_based ? 0 : day >= 60 && leap ? 0 : 1;
        return (january + day - skipped) * core::day_seconds + time;
    }
    const core::Date first{.year = year, .month = month, .day = 1};
    int in_month = 1 + (weekday - core::weekday(first) + 7) % 7 + (week - 1) * 7;
    if (in_month > days_in_month(year, month)) {
        in_month -= 7;
    }
    return (core::days_from_date(first) + in_month - 1) * core::day_seconds + time;
}

std::int32_t PosixRules::offset_at(std::int64_t instant) const {
    if (!daylight) {
        return standard.offset;
    }
    std::int32_t offset = standard.offset;
    for (const Transition& change : transitions_around(*this, instant)) {
        if (change.at <= instant) {
            offset = change.offset;
        }
    }
    return offset;
}

std::optional<Transition> PosixRules::next(std::int64_t instant) const {
    if (!daylight) {
        return std::nullopt;
    }
    const auto changes = transitions_around(*this, instant);
    const auto* found = std::ranges::upper_bound(changes, instant, {}, &Transition::at);
    if (found == changes.end()) {
        return std::nullopt;
    }
    // Of several at one instant, the last one holds.
    const auto* const last = std::ranges::upper_bound(changes, found->at, {}, &Transition::at) - 1;
    return *last;
}

std::optional<PosixRules> parse_posix_rules(std::string_view text) {
    return RuleReader(text).read();
}

std::optional<TimeZoneFile> parse_tzif(std::string_view bytes) {
    ByteReader reader(bytes);
    auto header = take_header(reader);
    if (!header) {
        return std::nullopt;
    }
    if (header->version == 0) {
        return take_data(reader, *header, 4);
    }
    reader.take(header->data_size(4)); // the same once more with 64 bits follows
    header = take_header(reader);
    auto file = header ? take_data(reader, *header, 8) : std::nullopt;
    if (!file) {
        return std::nullopt;
    }
    // RFC 8536 section 3.3: a line of its own; an empty one means that nothing is known.
    std::string_view footer = reader.rest();
    if (footer.size() > 2 && footer.front() == '\n') {
        footer.remove_prefix(1);
        file->rules = parse_posix_rules(footer.substr(0, footer.find('\n')));
    }
    return file;
}

} // namespace ical
