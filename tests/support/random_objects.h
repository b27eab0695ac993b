// Calendar objects of every kind that clients make, and some that none should, for tests that
// compare two ways to the same answer. The same seed makes the same objects.
#pragma once

#include "core/time.h"
#include "ical/value.h"

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace support {

// The seeds of a random test: one that is always the same, and one of each run, to be printed.
inline std::vector<std::uint32_t> test_seeds() {
    return {20'261'122U, std::random_device()()};
}

class RandomObjects {
public:
    explicit RandomObjects(std::uint32_t seed) : random_(seed) {}

    std::int64_t below(std::int64_t bound) {
        return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(bound));
    }
    bool chance(int percent) { return below(100) < percent; }

    std::string zone() {
        static const std::vector<std::string> zones = {
            "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Pacific/Kiritimati",
            "Etc/GMT+12",    "Asia/Kolkata",     "Africa/Casablanca"};
        return zones.at(static_cast<std::size_t>(below(static_cast<std::int64_t>(zones.size()))));
    }

    // Short ones mostly, and of two years around 2026; some far away or open.
    core::Interval range() {
        constexpr std::int64_t hour = 3'600;
        core::Instant start{first + below(800 * day / 900) * 900};
        if (chance(5)) {
            start = start + (chance(50) ? -100 : 7'000) * 365 * day;
        }
        const std::int64_t lengths[] = {1, hour, day, 7 * day, 31 * day, 400 * day};
        core::Interval range{start, start + lengths[below(6)]};
        if (chance(4)) {
            range.start = core::beginning_of_time;
        } else if (chance(4)) {
            range.end = core::end_of_time;
        }
        return range;
    }

    // One VCALENDAR with the components of one UID.
    std::string object(const std::string& uid) {
        const std::int64_t kind = below(10);
        std::string components;
        if (kind < 7) {
            components = event(uid);
        } else if (kind < 9) {
            components = todo(uid);
        } else {
            components = chance(50) ? journal(uid) : freebusy(uid);
        }
        return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n" + components
               + "END:VCALENDAR\r\n";
    }

private:
    static constexpr std::int64_t day = 86'400;
    static constexpr std::int64_t first = 1'767'225'600; // 2026-01-01T00:00:00Z

    enum class Style { utc, zoned, floating, date };

    struct Time {
        Style style;
        std::string zone;
        std::int64_t wall;
    };

    Style style() {
        const std::int64_t number = below(100);
        return number < 25   ? Style::utc
               : number < 60 ? Style::zoned
               : number < 75 ? Style::floating
                             : Style::date;
    }

    Time time() {
        std::int64_t wall = first + below(700 * day / 900) * 900;
        if (chance(4)) {
            wall += (chance(50) ? -120 : 7'900) * 365 * day;
        }
        return {style(), zone(), wall};
    }

    static std::string line(const std::string& name, const Time& time) {
        const std::int64_t midnight = time.wall - time.wall % day;
        switch (time.style) {
        case Style::utc:
            return name + ":" + ical::to_ical_wall({time.wall}, false) + "Z\r\n";
        case Style::zoned:
            return name + ";TZID=" + time.zone + ":" + ical::to_ical_wall({time.wall}, false)
                   + "\r\n";
        case Style::floating:
            return name + ":" + ical::to_ical_wall({time.wall}, false) + "\r\n";
        case Style::date:
            break;
        }
        return name + ";VALUE=DATE:" + ical::to_ical_wall({midnight}, true) + "\r\n";
    }

    static Time later(Time time, std::int64_t seconds) {
        time.wall += seconds;
        return time;
    }
    // Now and then as another client would write it.
    Time restyled(Time time, int percent) {
        if (chance(percent)) {
            time.style = style();
        }
        return time;
    }

    std::string end(const Time& start, const std::string& name) {
        const bool is_date = start.style == Style::date;
        const std::int64_t seconds = is_date || chance(10) ? (1 + below(4)) * day : below(40) * 900;
        switch (below(5)) {
        case 0:
            return "";
        case 1:
            return is_date ? "DURATION:P2D\r\n"
                           : "DURATION:PT" + std::to_string(below(40) * 15) + "M\r\n";
        default:
            return line(name, restyled(later(start, seconds), 3));
        }
    }

    std::string rule(const Time& start) {
        static const char* const frequencies[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
        std::string rule = std::string("RRULE:FREQ=") + frequencies[below(4)];
        if (chance(40)) {
            rule += ";INTERVAL=" + std::to_string(1 + below(3));
        }
        if (rule.find("WEEKLY") != std::string::npos && chance(50)) {
            rule += ";BYDAY=MO,WE,FR";
        }
        if (chance(35)) {
            rule += ";COUNT=" + std::to_string(1 + below(60));
        } else if (chance(40)) {
            const std::int64_t until = start.wall + below(300) * day;
            const bool is_date = start.style == Style::date || chance(10);
            const bool is_utc = !is_date && (start.style != Style::floating || chance(30));
            rule += ";UNTIL=" + ical::to_ical_wall({until - (is_date ? until % day : 0)}, is_date)
                    + (is_utc ? "Z" : "");
        }
        return rule + "\r\n";
    }

    std::string repetition(const Time& start) {
        std::string lines = rule(start);
        while (chance(30)) {
            lines += line("EXDATE", restyled(later(start, below(60) * day), 20));
        }
        while (chance(20)) {
            lines += line("RDATE", restyled(later(start, below(200) * day + 900), 20));
        }
        return lines;
    }

    std::string component(const std::string& name, const std::string& uid,
                          const std::string& lines) {
        return "BEGIN:" + name + "\r\nUID:" + uid + "\r\nDTSTAMP:20260101T000000Z\r\n" + lines
               + "END:" + name + "\r\n";
    }

    std::string series(const std::string& name, const std::string& uid,
                       const std::string& end_name) {
        const Time start = time();
        std::string lines = line("DTSTART", start) + end(start, end_name);
        if (chance(45)) {
            return component(name, uid, lines);
        }
        std::string all = component(name, uid, lines + repetition(start));
        while (chance(35)) {
            const Time slot = later(start, below(20) * 7 * day);
            const Time moved = restyled(later(slot, (below(200) - 100) * 3'600), 20);
            const std::string id =
                chance(15) ? "RECURRENCE-ID;RANGE=THISANDFUTURE" : "RECURRENCE-ID";
            all += component(name, uid,
                             line(id, restyled(slot, 15)) + line("DTSTART", moved)
                                 + end(moved, end_name));
        }
        return all;
    }

    std::string event(const std::string& uid) { return series("VEVENT", uid, "DTEND"); }

    std::string todo(const std::string& uid) {
        if (chance(50)) {
            return series("VTODO", uid, "DUE");
        }
        std::string lines;
        if (chance(40)) {
            lines += line("DUE", time());
        }
        if (chance(40)) {
            lines += line("CREATED", {Style::utc, "", first + below(400 * day)});
        }
        if (chance(40)) {
            lines += line("COMPLETED", restyled({Style::utc, "", first + below(400 * day)}, 5));
        }
        return component("VTODO", uid, lines);
    }

    std::string journal(const std::string& uid) {
        return component("VJOURNAL", uid, chance(80) ? line("DTSTART", time()) : "");
    }

    std::string freebusy(const std::string& uid) {
        const std::int64_t start = first + below(400 * day);
        std::string lines;
        for (std::int64_t i = below(4); i > 0; --i) {
            const std::int64_t at = start + i * 7'200;
            lines += "FREEBUSY:" + ical::to_ical_wall({at}, false) + "Z/PT1H\r\n";
        }
        if (chance(40)) {
            lines += line("DTSTART", {Style::utc, "", start})
                     + line("DTEND", {Style::utc, "", start + 30 * day});
        }
        return component("VFREEBUSY", uid, lines);
    }

    std::mt19937_64 random_;
};

} // namespace support
