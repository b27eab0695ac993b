#include "ical/zone.h"

#include "core/strings.h"
#include "core/unavailable.h"
#include "ical/offset_zone.h"
#include "ical/tzif.h"
#include "ical/vtimezone.h"
#include "ical/windows_zones.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <span>
#include <utility>

namespace ical {

namespace {

constexpr const char* database_path = "/usr/share/zoneinfo";
// Files may list their transitions only up to the last change of the rules. Those up to here are
// worked out once, so that what is asked for a million times is a binary search.
constexpr int listed_year_last = 2100;
// How far ahead a VTIMEZONE lists changes one by one.
constexpr std::int64_t foreseen_seconds = std::int64_t{5} * 366 * 86'400;
// VTIMEZONEs of one object that no IANA zone stands for: each costs work, nobody sends more than
// two.
constexpr std::size_t own_zones_max = 50;

class IanaZone final : public OffsetZone {
public:
    IanaZone(std::string name, TimeZoneFile file) : name_(std::move(name)), file_(std::move(file)) {
        list_transitions();
    }

    [[nodiscard]] const std::string& name() const override { return name_; }

    [[nodiscard]] std::int32_t offset_at(std::int64_t instant) const override {
        const auto after =
            std::ranges::upper_bound(file_.transitions, instant, {}, &Transition::at);
        if (after == file_.transitions.end() && file_.rules) {
            return file_.rules->offset_at(instant);
        }
        return after == file_.transitions.begin() ? file_.first.offset : std::prev(after)->offset;
    }

    [[nodiscard]] std::optional<Transition> next(std::int64_t instant) const override {
        const auto after =
            std::ranges::upper_bound(file_.transitions, instant, {}, &Transition::at);
        if (after != file_.transitions.end()) {
            return *after;
        }
        return file_.rules ? file_.rules->next(instant) : std::nullopt;
    }

    // The rules after the last transition that the database foresees.
    [[nodiscard]] PosixRules lasting_rules() const {
        return file_.rules ? *file_.rules
                           : PosixRules{.standard = file_.last, .daylight = std::nullopt};
    }

    // When the lasting rules begin to hold; nothing if they do from `instant` on. Looks ahead only
    // so far: Palestine's clocks are guessed for each Ramadan up to 2086.
    [[nodiscard]] std::optional<std::int64_t> rules_hold_since(std::int64_t instant) const {
        const PosixRules rules = lasting_rules();
        const std::int64_t end = std::min(database_end_, instant + foreseen_seconds);
        std::optional<std::int64_t> since;
        while (instant < end) {
            const auto listed = next(instant);
            const auto expected = rules.next(instant);
            std::int64_t following = listed ? listed->at : database_end_;
            following = expected ? std::min(following, expected->at) : following;
            if (offset_at(instant) != rules.offset_at(instant)) {
                since = following;
            }
            instant = following;
        }
        return since;
    }

    // The transitions that the database lists, from the one in force at `instant` to `end`.
    [[nodiscard]] std::span<const Transition> listed(std::int64_t instant, std::int64_t end) const {
        const std::span<const Transition> all = file_.transitions;
        const auto after = std::ranges::upper_bound(all, instant, {}, &Transition::at);
        return {after == all.begin() ? after : std::prev(after),
                std::ranges::lower_bound(all, end, {}, &Transition::at)};
    }

private:
    void list_transitions() {
        std::vector<Transition>& list = file_.transitions;
        database_end_ = list.empty() ? 0 : list.back().at;
        while (file_.rules && !list.empty() && year_of(list.back().at) < listed_year_last) {
            const auto following = file_.rules->next(list.back().at);
            if (!following) {
                break;
            }
            list.push_back(*following);
        }
    }

    std::string name_;
    TimeZoneFile file_;
    std::int64_t database_end_ = 0; // the last transition before those that were worked out
};

// The system's tz database: names are indexed once, zones are read when they are asked for. A name
// from outside is only ever compared with the index, so it cannot lead out of the folder.
class Database {
public:
    static Database& instance() {
        static Database database;
        return database;
    }

    std::optional<ZonePtr> find(std::string_view name) {
        const std::lock_guard lock(mutex_);
        const auto entry = zones_.find(core::to_lower(name));
        if (entry == zones_.end()) {
            return std::nullopt;
        }
        if (!entry->second.zone) {
            entry->second.zone = load(entry->second.name);
        }
        return entry->second.zone ? std::optional(ZonePtr(entry->second.zone)) : std::nullopt;
    }

private:
    struct Entry {
        std::string name;
        std::shared_ptr<const Zone> zone; // null until it is asked for
    };

    Database() {
        namespace fs = std::filesystem;
        std::error_code error;
        fs::recursive_directory_iterator file(database_path, error);
        for (; !error && file != fs::recursive_directory_iterator(); file.increment(error)) {
            const std::string name = file->path().lexically_relative(database_path).string();
            if (!is_zone_name(name)) {
                file.disable_recursion_pending();
            } else if (file->is_regular_file(error)) {
                zones_.emplace(core::to_lower(name), Entry{name, nullptr});
            }
        }
        if (zones_.empty()) {
            throw core::Unavailable("the time zone database is missing: "
                                    + std::string(database_path));
        }
    }

    static bool is_zone_name(std::string_view name) {
        // Copies with and without leap seconds, aliases for this machine's zone, and no zone at
        // all.
        constexpr std::array<std::string_view, 6> others{"posix",     "right",   "posixrules",
                                                         "localtime", "Factory", "leapseconds"};
        return std::ranges::find(others, name) == others.end()
               && std::ranges::all_of(name, [](char c) {
                      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
                             || (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-'
                             || c == '/';
                  });
    }

    static std::shared_ptr<const Zone> load(const std::string& name) {
        std::ifstream file(std::string(database_path) + "/" + name, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        auto parsed = parse_tzif(bytes);
        return parsed ? std::make_shared<IanaZone>(name, *std::move(parsed)) : nullptr;
    }

    std::mutex mutex_;
    std::map<std::string, Entry, std::less<>> zones_; // by the name in lower case
};

bool is_utc_name(std::string_view name) {
    constexpr std::array<std::string_view, 11> names{
        "UTC",     "Etc/UTC", "Z",        "GMT",       "Etc/GMT",      "UCT",
        "Etc/UCT", "Zulu",    "Etc/Zulu", "Universal", "Etc/Universal"};
    return std::ranges::any_of(
        names, [name](std::string_view candidate) { return core::iequals(name, candidate); });
}

std::optional<ZonePtr> find_iana(std::string_view name) {
    if (is_utc_name(name)) {
        return utc();
    }
    return Database::instance().find(name);
}

// "/freeassociation.sourceforge.net/Europe/Berlin", "/mozilla.org/20050126_1/America/Indiana/Knox":
// the last two or three parts are the name.
std::optional<ZonePtr> find_prefixed(std::string_view tzid) {
    std::size_t slash = tzid.size();
    for (int parts = 1; parts <= 3 && slash != 0; ++parts) {
        slash = tzid.rfind('/', slash - 1);
        if (slash == std::string_view::npos) {
            break;
        }
        const std::string_view name = tzid.substr(slash + 1);
        // One part alone is too short to be sure of, apart from these.
        if (auto zone = parts == 1 && !is_utc_name(name) ? std::nullopt : find_iana(name)) {
            return zone;
        }
    }
    return std::nullopt;
}

// "# version 2026f" begins the file that holds all the rules as text.
std::string read_release() {
    std::ifstream file(std::string(database_path) + "/tzdata.zi");
    std::string line;
    std::getline(file, line);
    constexpr std::string_view label = "# version ";
    return line.starts_with(label) ? line.substr(label.size()) : "";
}

} // namespace

const std::string& zone_data_release() {
    static const std::string release = read_release();
    return release;
}

ZonePtr utc() {
    static const ZonePtr zone = [] {
        const LocalTimeType type{.offset = 0, .abbreviation = "UTC"};
        return std::make_shared<IanaZone>(
            "UTC", TimeZoneFile{.first = type, .transitions = {}, .last = type, .rules = {}});
    }();
    return zone;
}

std::optional<ZonePtr> find_zone(std::string_view tzid) {
    constexpr std::size_t name_bytes_max = 255;
    const std::string_view name = core::trim(tzid);
    if (name.empty() || name.size() > name_bytes_max) {
        return std::nullopt;
    }
    if (auto zone = find_iana(name)) {
        return zone;
    }
    if (const auto iana_name = iana_name_of_windows_zone(name)) {
        return find_iana(*iana_name);
    }
    return name.starts_with('/') ? find_prefixed(name) : std::nullopt;
}

core::Result<ZonePtr> zone_from_component(const Component& vtimezone) {
    const std::string tzid = vtimezone.text("TZID");
    if (core::trim(tzid).empty()) {
        return core::fail(core::Errc::forbidden, "a VTIMEZONE has no TZID",
                          core::Condition::valid_calendar_data);
    }
    if (const auto zone = find_zone(tzid)) {
        return *zone;
    }
    if (const auto zone = find_iana(core::trim(vtimezone.text("X-LIC-LOCATION")))) {
        return *zone;
    }
    return zone_from_observances(vtimezone);
}

Component to_vtimezone(const Zone& zone, core::Instant from) {
    if (const Component* sent = sent_component(zone)) {
        return *sent;
    }
    const auto& iana = dynamic_cast<const IanaZone&>(zone); // there is no third kind
    const auto since = iana.rules_hold_since(from.seconds);
    if (!since) {
        return vtimezone_from_rules(iana.name(), iana.lasting_rules());
    }
    // Until then what the database lists holds, change by change.
    Component vtimezone = vtimezone_from_rules(iana.name(), iana.lasting_rules(), *since);
    for (const Transition& change : iana.listed(from.seconds, *since)) {
        const std::int32_t before = iana.offset_at(change.at - 1);
        if (before != change.offset) {
            vtimezone.components.push_back(single_observance(
                change.at + before, before, {.offset = change.offset, .abbreviation = {}}));
        }
    }
    return vtimezone;
}

core::Result<ZoneTable> ZoneTable::of(const Component& calendar, ZonePtr floating) {
    ZoneTable table(std::move(floating));
    std::size_t own_zones = 0;
    for (const Component& component : calendar.components) {
        if (component.name != "VTIMEZONE") {
            continue;
        }
        std::string tzid(core::trim(component.text("TZID")));
        const bool known =
            std::ranges::any_of(table.sent_, [&](const auto& sent) { return sent.first == tzid; });
        if (known) {
            continue;
        }
        if (!find_zone(tzid) && ++own_zones > own_zones_max) {
            return core::fail(core::Errc::forbidden, "the calendar defines too many time zones",
                              core::Condition::valid_calendar_data);
        }
        table.sent_.emplace_back(std::move(tzid), zone_from_component(component));
    }
    return table;
}

core::Result<ZonePtr> ZoneTable::find(std::string_view tzid) const {
    const std::string_view name = core::trim(tzid);
    const auto sent =
        std::ranges::find_if(sent_, [name](const auto& entry) { return entry.first == name; });
    if (sent != sent_.end()) {
        return sent->second;
    }
    if (const auto zone = find_zone(name)) {
        return *zone;
    }
    constexpr std::size_t shown = 60;
    return core::fail(core::Errc::forbidden,
                      "the time zone \"" + std::string(name.substr(0, shown))
                          + "\" is unknown and no VTIMEZONE defines it",
                      core::Condition::valid_calendar_data);
}

} // namespace ical
