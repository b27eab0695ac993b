#include "src/routes/display.h"

#include "core/strings.h"
#include "core/time.h"

#include <algorithm>
#include <array>

namespace routes {

namespace {

constexpr std::array<std::string_view, 7> day_names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> month_names{
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

// The length of the UTF-8 character at the front of valid UTF-8.
std::size_t character_length(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

// Characters without a look of their own that change how others are shown: bidirectional
// embeddings, overrides and isolates (Unicode TR 36 section 2.5), line and paragraph separators, C1
// controls, the byte order mark.
bool is_invisible(std::string_view character) {
    const bool c1 = character.size() == 2 && character[0] == '\xC2'
                    && static_cast<unsigned char>(character[1]) < 0xA0;
    const bool separator_or_embedding =
        character >= "\xE2\x80\xA8" && character <= "\xE2\x80\xAE" && character.size() == 3;
    const bool isolate =
        character >= "\xE2\x81\xA6" && character <= "\xE2\x81\xAF" && character.size() == 3;
    return c1 || separator_or_embedding || isolate || character == "\xEF\xBB\xBF";
}

bool is_blank(std::string_view character) {
    const auto lead = static_cast<unsigned char>(character.front());
    return character.size() == 1 && (lead <= 0x20 || lead == 0x7F);
}

core::Date date_of(ical::WallTime wall) {
    const std::int64_t days = core::day_of(wall.seconds);
    return core::date_from_days(days);
}

std::string short_date(core::Date date) {
    return std::to_string(date.day) + ' '
           + std::string(month_names[static_cast<std::size_t>(date.month - 1)]) + ' '
           + std::to_string(date.year);
}

std::string long_date(core::Date date) {
    return std::string(day_names[static_cast<std::size_t>(core::weekday(date))]) + ", "
           + short_date(date);
}

std::string count_of(std::int64_t count, std::string_view unit) {
    return std::to_string(count) + ' ' + std::string(unit) + (count == 1 ? "" : "s");
}

} // namespace

std::string display_text(std::string_view text, std::size_t characters_max) {
    std::string out;
    std::size_t characters = 0;
    bool gap = false;
    while (!text.empty()) {
        const std::size_t length = std::min(character_length(text), text.size());
        const std::string_view character = text.substr(0, length);
        if (!core::is_valid_utf8(character)) {
            text.remove_prefix(1);
            continue;
        }
        text.remove_prefix(length);
        if (is_blank(character)) {
            gap = !out.empty();
            continue;
        }
        if (is_invisible(character)) {
            continue;
        }
        if (++characters > characters_max) {
            return out + "…";
        }
        out += gap ? " " : "";
        gap = false;
        out += character;
    }
    return out;
}

std::string display_names(const std::vector<std::string>& names) {
    constexpr std::size_t shown_max = 6;
    std::vector<std::string> shown;
    for (const std::string& name : names) {
        std::string text = display_text(name, 60);
        if (!text.empty()) {
            shown.push_back(std::move(text));
        }
    }
    if (shown.size() > shown_max) {
        const auto others = static_cast<std::int64_t>(shown.size() - shown_max + 1);
        shown.resize(shown_max - 1);
        shown.push_back(count_of(others, "other"));
    }
    std::string out;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        out += i == 0 ? "" : i + 1 == shown.size() ? " and " : ", ";
        out += shown[i];
    }
    return out;
}

std::string display_date(core::Instant at, const ical::Zone& zone) {
    return long_date(date_of(zone.to_wall(at)));
}

std::string display_time(core::Instant at, const ical::Zone& zone) {
    const std::int64_t in_day = core::time_of_day(zone.to_wall(at).seconds);
    const std::string hour = std::to_string(in_day / 3600);
    const std::string minute = std::to_string(in_day / 60 % 60);
    return std::string(2 - hour.size(), '0') + hour + ':' + std::string(2 - minute.size(), '0')
           + minute;
}

std::string display_times(core::Interval time, const ical::Zone& zone) {
    const core::Date first = date_of(zone.to_wall(time.start));
    const core::Date last = date_of(zone.to_wall(time.end));
    std::string out = display_time(time.start, zone) + " – " + display_time(time.end, zone);
    return first == last ? out : out + " on " + long_date(last);
}

std::string display_days(core::Interval time, const ical::Zone& zone) {
    const core::Date first = date_of(zone.to_wall(time.start));
    const core::Date last = date_of(zone.to_wall(std::max(time.start, time.end - 1)));
    return first == last ? long_date(first) : short_date(first) + " – " + short_date(last);
}

DayLeaf day_leaf(core::Instant at, const ical::Zone& zone) {
    const core::Date date = date_of(zone.to_wall(at));
    const auto month = static_cast<std::size_t>(date.month - 1);
    const auto weekday = static_cast<std::size_t>(core::weekday(date));
    return {std::string(month_names[month].substr(0, 3)), std::to_string(date.day),
            std::string(day_names[weekday].substr(0, 3))};
}

std::string display_duration(std::int64_t seconds) {
    const std::int64_t minutes = std::max<std::int64_t>(seconds, 0) / 60;
    const std::int64_t days = minutes / (24 * 60);
    const std::int64_t hours = minutes / 60 % 24;
    if (days > 1) {
        return count_of(days, "day");
    }
    if (minutes == 0) {
        return "less than a minute";
    }
    std::string out = days == 1 ? count_of(days, "day") : "";
    for (const auto& [count, unit] :
         {std::pair{hours, "hour"}, std::pair{days == 1 ? 0 : minutes % 60, "minute"}}) {
        if (count > 0) {
            out += (out.empty() ? "" : " ") + count_of(count, unit);
        }
    }
    return out;
}

} // namespace routes
