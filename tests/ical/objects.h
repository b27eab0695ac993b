// Calendar objects for tests, written as the lines that matter.
#pragma once

#include "ical/object.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace ical::testing_support {

inline ZonePtr zone(std::string_view name) {
    return find_zone(name).value();
}

// `components` has bare line feeds, which the reader takes as it takes CRLF.
inline std::string calendar(std::string_view components) {
    return "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n" + std::string(components)
           + "END:VCALENDAR\n";
}

inline std::string event(std::string_view lines) {
    return "BEGIN:VEVENT\nUID:1@example.com\nDTSTAMP:20260101T000000Z\n" + std::string(lines)
           + "END:VEVENT\n";
}

inline std::string todo(std::string_view lines) {
    return "BEGIN:VTODO\nUID:1@example.com\nDTSTAMP:20260101T000000Z\n" + std::string(lines)
           + "END:VTODO\n";
}

// Floating times are by Berlin's clock.
inline core::Result<Object> try_parse(std::string_view components) {
    return parse_object(calendar(components), zone("Europe/Berlin"));
}

inline Object parsed(std::string_view components) {
    auto object = try_parse(components);
    EXPECT_TRUE(object.has_value()) << (object ? "" : object.error().detail) << components;
    return std::move(object).value();
}

inline core::Condition refusal(std::string_view components) {
    const auto object = try_parse(components);
    return object ? core::Condition::none : object.error().condition;
}

// 20261122T140000Z
inline core::Instant at(std::string_view text) {
    return core::from_ical_utc(text).value();
}

inline core::Interval range(std::string_view start, std::string_view end) {
    return {at(start), at(end)};
}

} // namespace ical::testing_support
