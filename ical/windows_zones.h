// Names that Windows gives to time zones, and Outlook and Exchange to their TZIDs, with the IANA
// zone that the Unicode CLDR's windowsZones table has for the world (territory 001).
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace ical {

// Compares without case; nothing for any other name.
std::optional<std::string_view> iana_name_of_windows_zone(std::string_view name);

// The whole table: Windows name, IANA name.
std::span<const std::pair<std::string_view, std::string_view>> windows_zones();

} // namespace ical
