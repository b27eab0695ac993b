#include "bench/calendars.h"

#include "core/time.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace bench {

namespace {

constexpr std::int64_t week_days = 7;
// A Monday; where the calendars begin.
constexpr std::int64_t first_day = 20'458; // 2026-01-05
constexpr std::size_t fold_at = 74;

enum class Kind { single, endless, finite, moved, all_day };

// Of twenty events in a row.
constexpr std::array<Kind, 20> kinds{Kind::endless, Kind::finite, Kind::moved,  Kind::all_day,
                                     Kind::single,  Kind::single, Kind::single, Kind::single,
                                     Kind::single,  Kind::single, Kind::single, Kind::single,
                                     Kind::single,  Kind::single, Kind::single, Kind::single,
                                     Kind::single,  Kind::single, Kind::single, Kind::single};

// Zones in which a working day lies within one day of UTC, so that no event straddles two weeks.
struct Zone {
    std::string_view name;
    std::string_view standard;
    std::string_view daylight; // empty: there is none
    std::string_view standard_begins;
    std::string_view daylight_begins;
    std::string_view standard_rule;
    std::string_view daylight_rule;
};

constexpr std::string_view europe_winter = "BYMONTH=10;BYDAY=-1SU";
constexpr std::string_view europe_summer = "BYMONTH=3;BYDAY=-1SU";
constexpr std::string_view america_winter = "BYMONTH=11;BYDAY=1SU";
constexpr std::string_view america_summer = "BYMONTH=3;BYDAY=2SU";

constexpr std::array<Zone, 6> zones{
    Zone{"Europe/Berlin", "+0100", "+0200", "19701025T030000", "19700329T020000", europe_winter,
         europe_summer},
    Zone{"Europe/London", "+0000", "+0100", "19701025T020000", "19700329T010000", europe_winter,
         europe_summer},
    Zone{"Europe/Athens", "+0200", "+0300", "19701025T040000", "19700329T030000", europe_winter,
         europe_summer},
    Zone{"America/New_York", "-0500", "-0400", "20071104T020000", "20070311T020000", america_winter,
         america_summer},
    Zone{"America/Chicago", "-0600", "-0500", "20071104T020000", "20070311T020000", america_winter,
         america_summer},
    Zone{"Asia/Kolkata", "+0530", "", "19700101T000000", "", "", ""}};

constexpr std::array<std::string_view, 8> titles{
    "Initial consultation", "Follow-up",         "Team meeting",    "Supervision",
    "Physiotherapy",        "Medication review", "Couples session", "Case conference"};

constexpr std::array<std::string_view, 6> sentences{
    "Please bring the results of the last examination and the list of current medication. ",
    "The room is on the second floor; the lift is beside the reception. ",
    "Agenda: what went well since last time, open questions, next steps. ",
    "If you cannot come, please tell us a day before, so that somebody else can have the time. ",
    "Discussed on the phone: the referral is on its way, the insurance has agreed. ",
    "Follow the exercises twice a day and note how it went. "};

constexpr std::array<std::string_view, 5> places{"Room 1", "Room 2", "Consulting room, first floor",
                                                 "Home visit", ""};

// splitmix64
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::size_t roll(std::size_t sides) {
        state_ += 0x9e3779b97f4a7c15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return static_cast<std::size_t>((z ^ (z >> 31U)) % sides);
    }
    template <class Table>
    auto one_of(const Table& table) {
        return table.at(roll(table.size()));
    }

private:
    std::uint64_t state_;
};

void add_line(std::string& out, std::string_view line) {
    while (line.size() > fold_at) {
        out += line.substr(0, fold_at);
        out += "\r\n ";
        line.remove_prefix(fold_at);
    }
    out += line;
    out += "\r\n";
}

void add_observance(std::string& out, std::string_view kind, std::string_view from,
                    std::string_view to, std::string_view begins, std::string_view rule) {
    add_line(out, "BEGIN:" + std::string(kind));
    add_line(out, "TZOFFSETFROM:" + std::string(from));
    add_line(out, "TZOFFSETTO:" + std::string(to));
    add_line(out, "DTSTART:" + std::string(begins));
    if (!rule.empty()) {
        add_line(out, "RRULE:FREQ=YEARLY;" + std::string(rule));
    }
    add_line(out, "END:" + std::string(kind));
}

void add_zone(std::string& out, const Zone& zone) {
    const bool fixed = zone.daylight.empty();
    add_line(out, "BEGIN:VTIMEZONE");
    add_line(out, "TZID:" + std::string(zone.name));
    add_observance(out, "STANDARD", fixed ? zone.standard : zone.daylight, zone.standard,
                   zone.standard_begins, zone.standard_rule);
    if (!fixed) {
        add_observance(out, "DAYLIGHT", zone.standard, zone.daylight, zone.daylight_begins,
                       zone.daylight_rule);
    }
    add_line(out, "END:VTIMEZONE");
}

core::Instant at_minute(std::int64_t day, std::int64_t minute) {
    return {day * core::day_seconds + minute * 60};
}

std::string wall(core::Instant at) {
    std::string text = core::to_ical_utc(at);
    text.pop_back(); // its Z: this is a wall clock
    return text;
}

std::string date_text(std::int64_t day) {
    return core::to_ical_utc({day * core::day_seconds}).substr(0, 8);
}

} // namespace

struct Calendar::Plan {
    Kind kind = Kind::single;
    std::int64_t day = 0;    // since 1970
    std::int64_t minute = 0; // of the day, on the zone's clock
    std::int64_t length = 0; // minutes
    int occurrences = 1;     // 0: no end
    const Zone* zone = nullptr;
    std::size_t moved = 0; // the occurrence that was moved to another hour
    bool invitation = false;
    bool alarm = false;
    Dice words{0};

    [[nodiscard]] std::string time(std::string_view property, std::int64_t days,
                                   std::int64_t minutes) const {
        const std::string name(property);
        if (kind == Kind::all_day) {
            return name + ";VALUE=DATE:" + date_text(day + days + (minutes > 0 ? 1 : 0));
        }
        return name + ";TZID=" + std::string(zone->name) + ":"
               + wall(at_minute(day + days, minute + minutes));
    }
    void add_event(std::string& out, const std::string& uid, int edits, bool override_of_series);
};

Calendar::Calendar(std::uint64_t seed, std::size_t size) : seed_(seed), size_(size) {}

int Calendar::weeks() const {
    return static_cast<int>((size_ + events_per_week - 1) / events_per_week);
}

core::Interval Calendar::week(int number) const {
    const std::int64_t day = first_day + number * week_days;
    return {{day * core::day_seconds}, {(day + week_days) * core::day_seconds}};
}

Calendar::Plan Calendar::plan(std::size_t number) const {
    Dice dice(seed_ * 1'000'003 + number);
    Plan plan;
    plan.kind = kinds.at(number % kinds.size());
    const auto week = static_cast<std::int64_t>(dice.roll(static_cast<std::size_t>(weeks())));
    plan.day = first_day + week * week_days + static_cast<std::int64_t>(dice.roll(5));
    plan.minute = 8 * 60 + 15 * static_cast<std::int64_t>(dice.roll(33)); // 08:00 to 16:00
    plan.length = 15 * static_cast<std::int64_t>(1 + dice.roll(4));
    plan.zone = dice.roll(2) == 0 ? &zones.front() : &zones.at(dice.roll(zones.size()));
    if (plan.kind == Kind::endless) {
        plan.occurrences = 0;
    } else if (plan.kind == Kind::finite || plan.kind == Kind::moved) {
        plan.occurrences = static_cast<int>(4 + dice.roll(9));
        plan.moved = 1 + dice.roll(3);
    }
    plan.invitation = dice.roll(8) == 0;
    plan.alarm = dice.roll(3) == 0;
    plan.words = dice;
    return plan;
}

std::size_t Calendar::objects_in_week(int number) const {
    const std::int64_t monday = first_day + number * week_days;
    std::size_t count = 0;
    for (std::size_t i = 0; i < size_; ++i) {
        const Plan one = plan(i);
        const std::int64_t week = (one.day - first_day) / week_days;
        const bool begun = one.day < monday + week_days;
        const bool goes_on = one.occurrences == 0 || week + one.occurrences > number;
        count += begun && goes_on ? 1 : 0;
    }
    return count;
}

std::string Calendar::name(std::size_t number) const {
    return "e" + std::to_string(number) + ".ics";
}

void Calendar::Plan::add_event(std::string& out, const std::string& uid, int edits,
                               bool override_of_series) {
    const std::int64_t days = override_of_series ? static_cast<std::int64_t>(moved) * week_days : 0;
    const std::int64_t later = override_of_series ? 45 : 0;
    add_line(out, "BEGIN:VEVENT");
    add_line(out, "UID:" + uid);
    const std::string made = core::to_ical_utc(at_minute(first_day - 30, minute));
    add_line(out, "DTSTAMP:" + made);
    add_line(out, "CREATED:" + made);
    add_line(out, "LAST-MODIFIED:" + made);
    add_line(out, "SEQUENCE:" + std::to_string(edits));
    if (override_of_series) {
        add_line(out, time("RECURRENCE-ID", days, 0));
    }
    add_line(out, time("DTSTART", days, later));
    add_line(out, time("DTEND", days, later + length));
    if (occurrences != 1 && !override_of_series) {
        add_line(out, "RRULE:FREQ=WEEKLY"
                          + (occurrences == 0 ? "" : ";COUNT=" + std::to_string(occurrences)));
    }
    add_line(out, "SUMMARY:" + std::string(words.one_of(titles)));
    if (const std::string_view place = words.one_of(places); !place.empty()) {
        add_line(out, "LOCATION:" + std::string(place));
    }
    std::string notes = "DESCRIPTION:";
    for (std::size_t i = words.roll(7); i > 0; --i) {
        notes += words.one_of(sentences);
    }
    add_line(out, notes);
    add_line(out, kind == Kind::all_day ? "TRANSP:TRANSPARENT" : "TRANSP:OPAQUE");
    if (invitation) { // somebody else's meeting
        add_line(out, "ORGANIZER;CN=Dr Grace Example:mailto:grace@elsewhere.example");
        add_line(out, "ATTENDEE;CN=Bench;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:mailto:"
                      "bench@practice.example");
        add_line(out, "ATTENDEE;CN=Alan Example;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;"
                      "RSVP=TRUE:mailto:alan@elsewhere.example");
    }
    if (alarm) {
        for (const std::string_view line :
             {"BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Reminder", "TRIGGER:-PT15M",
              "END:VALARM"}) {
            add_line(out, line);
        }
    }
    add_line(out, "END:VEVENT");
}

std::string Calendar::text(std::size_t number, int edits) const {
    Plan one = plan(number);
    const std::string uid =
        "bench-" + std::to_string(seed_) + "-" + std::to_string(number) + "@practice.example";
    std::string out;
    out.reserve(2048);
    add_line(out, "BEGIN:VCALENDAR");
    add_line(out, "VERSION:2.0");
    add_line(out, "PRODID:-//Appointed//Bench//EN");
    if (one.kind != Kind::all_day) {
        add_zone(out, *one.zone);
    }
    one.add_event(out, uid, edits, false);
    if (one.kind == Kind::moved) {
        one.add_event(out, uid, edits, true);
    }
    add_line(out, "END:VCALENDAR");
    return out;
}

std::string session_text(const SessionPlan& plan) {
    std::string out;
    for (const std::string_view line :
         {"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Appointed//Bench//EN", "BEGIN:VEVENT"}) {
        add_line(out, line);
    }
    add_line(out, "UID:" + plan.uid);
    add_line(out, "DTSTAMP:" + core::to_ical_utc(plan.start - 30 * core::day_seconds));
    add_line(out, "DTSTART:" + core::to_ical_utc(plan.start));
    add_line(out, "DTEND:" + core::to_ical_utc(plan.start + 1800));
    add_line(out, "SUMMARY:Consultation");
    add_line(out, "DESCRIPTION:" + std::string(sentences.at(0)) + std::string(sentences.at(3)));
    add_line(out, "ORGANIZER;CN=Dr Bench:mailto:" + plan.host);
    for (std::size_t i = 0; i < plan.guests; ++i) {
        const std::string guest = "guest" + std::to_string(i);
        std::string line = "ATTENDEE;CN=" + guest;
        line += ";PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:";
        line.append(guest).append("@").append(plan.name).append(".example");
        add_line(out, line);
    }
    add_line(out, "END:VEVENT");
    add_line(out, "END:VCALENDAR");
    return out;
}

} // namespace bench
