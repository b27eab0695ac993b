// Zones and VTIMEZONEs for the tests of ical/zone.h and ical/vtimezone.h.
#pragma once

#include "ical/value.h"
#include "ical/zone.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace ical::test {

inline constexpr core::Instant now{1'795'359'600}; // 2026-11-22T15:00:00Z

inline WallTime wall(std::string_view text) {
    return ical::parse_date_time(text, "", false, ZoneTable(ical::utc())).value().wall;
}

inline ZonePtr zone(std::string_view name) {
    const auto found = ical::find_zone(name);
    EXPECT_TRUE(found) << name;
    return found ? *found : ical::utc();
}

inline Component vtimezone(std::string_view lines, std::string_view tzid = "Customized Time Zone") {
    const auto parsed = ical::parse("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:" + std::string(tzid)
                                    + "\n" + std::string(lines) + "END:VTIMEZONE\nEND:VCALENDAR\n");
    EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().detail);
    return parsed ? parsed->components.at(0) : Component{};
}

inline std::string observance(std::string_view name, std::string_view start, std::string_view from,
                              std::string_view to, std::string_view more = "") {
    return "BEGIN:" + std::string(name) + "\nDTSTART:" + std::string(start)
           + "\nTZOFFSETFROM:" + std::string(from) + "\nTZOFFSETTO:" + std::string(to) + "\n"
           + std::string(more) + "END:" + std::string(name) + "\n";
}

inline ZonePtr observed(std::string_view lines) {
    const auto made = ical::zone_from_component(vtimezone(lines));
    EXPECT_TRUE(made) << (made ? "" : made.error().detail);
    return made ? *made : ical::utc();
}

inline std::string utc_of(const ZonePtr& in, std::string_view local) {
    return core::to_ical_utc(in->to_instant(wall(local)));
}

// What Outlook sends for Berlin.
inline const std::string outlook =
    observance("STANDARD", "16010101T030000", "+0200", "+0100",
               "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\n")
    + observance("DAYLIGHT", "16010101T020000", "+0100", "+0200",
                 "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\n");

} // namespace ical::test
