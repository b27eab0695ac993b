#include "ical/zone_list.h"

#include "core/strings.h"
#include "ical/offset_zone.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace ical {

namespace {

constexpr const char* rules_file = "/usr/share/zoneinfo/tzdata.zi";

// The lines of the compact form are "Z NAME ..." and "L TARGET ALIAS". A link may lead to a link.
std::vector<ListedZone> read_zones() {
    std::ifstream file(rules_file);
    std::map<std::string, std::vector<std::string>> zones;
    std::map<std::string, std::string> links;
    for (std::string line; std::getline(file, line);) {
        const auto words = core::split(line, ' ');
        if (words.size() >= 2 && words[0] == "Z") {
            zones.try_emplace(std::string(words[1]));
        } else if (words.size() == 3 && words[0] == "L") {
            links.emplace(words[2], words[1]);
        }
    }
    for (const auto& [alias, first] : links) {
        auto target = zones.find(first);
        const auto through = links.find(first);
        if (target == zones.end() && through != links.end()) {
            target = zones.find(through->second);
        }
        if (target != zones.end()) {
            target->second.push_back(alias);
        }
    }
    std::vector<ListedZone> list;
    for (auto& [name, aliases] : zones) {
        if (name != "Factory" && find_zone(name)) {
            list.push_back({name, std::move(aliases)});
        }
    }
    return list;
}

std::string offset_name(std::int64_t offset) {
    constexpr std::int64_t hour = 3'600;
    std::array<char, 16> text{};
    const std::int64_t size = std::abs(offset);
    std::snprintf(text.data(), text.size(), "%c%02d%02d", offset < 0 ? '-' : '+',
                  static_cast<int>(size / hour), static_cast<int>(size % hour / 60));
    return text.data();
}

// The names of the offsets that hold about a time.
std::map<std::int64_t, std::string> names_of_offsets(const Zone& zone, core::Instant at) {
    std::map<std::int64_t, std::string> names;
    for (const Component& observance : to_vtimezone(zone, at).components) {
        const std::string_view offset = observance.value("TZOFFSETTO");
        const std::string name = observance.text("TZNAME");
        if (name.empty()) {
            continue;
        }
        for (std::int64_t quarter = -15 * 4; quarter <= 15 * 4; ++quarter) {
            constexpr std::int64_t quarter_seconds = 900;
            if (offset_name(quarter * quarter_seconds) == offset) {
                names.emplace(quarter * quarter_seconds, name);
            }
        }
    }
    return names;
}

} // namespace

const std::vector<ListedZone>& listed_zones() {
    static const std::vector<ListedZone> zones = read_zones();
    return zones;
}

std::vector<Observance> observances_in(const Zone& zone, core::Interval range, std::size_t most) {
    const auto names = names_of_offsets(zone, range.start);
    const auto name_of = [&](std::int64_t offset) {
        const auto known = names.find(offset);
        return known == names.end() ? offset_name(offset) : known->second;
    };
    const std::int64_t first = zone.to_wall(range.start).seconds - range.start.seconds;
    std::vector<Observance> found{{name_of(first), range.start, first, first}};
    const auto* changing = dynamic_cast<const OffsetZone*>(&zone);
    std::optional<Transition> change =
        changing == nullptr ? std::nullopt : changing->next(range.start.seconds);
    while (change && change->at < range.end.seconds && found.size() < most) {
        const std::int64_t before = found.back().offset_to;
        if (change->offset != before) {
            found.push_back({name_of(change->offset), {change->at}, before, change->offset});
        }
        change = changing->next(change->at);
    }
    return found;
}

} // namespace ical
