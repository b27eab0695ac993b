#include "domain/export.h"

#include "core/limits.h"
#include "core/log.h"
#include "ical/parts.h"
#include "ical/zone.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace domain {

namespace {

constexpr std::string_view export_end = "END:VCALENDAR\r\n";

// Everything but the components. X-WR-CALNAME and the like are what clients read; NAME and
// DESCRIPTION are RFC 7986's for the same.
std::string heading_of(const storage::Collection& collection) {
    ical::Component calendar{"VCALENDAR", {{"VERSION", "2.0"}, {"PRODID", "-//Appointed//EN"}}, {}};
    const auto add = [&](const char* name, const std::string& text) {
        ical::Property property(name, "");
        property.set_text(text);
        calendar.properties.push_back(std::move(property));
    };
    const std::string title = collection.display_name.value_or(collection.name);
    add("NAME", title);
    add("X-WR-CALNAME", title);
    if (collection.description) {
        add("DESCRIPTION", *collection.description);
        add("X-WR-CALDESC", *collection.description);
    }
    if (collection.color) {
        add("X-APPLE-CALENDAR-COLOR", *collection.color);
    }
    std::string text = ical::print(calendar);
    text.resize(text.size() - export_end.size());
    return text;
}

void rename_zone(ical::Component& component, const std::string& from, const std::string& to) {
    for (ical::Property& property : component.properties) {
        if (property.parameter("TZID") == from) {
            property.set_parameter("TZID", to);
        }
        if (component.name == "VTIMEZONE" && property.is("TZID") && property.value() == from) {
            property.set_value(to);
        }
    }
    for (ical::Component& child : component.components) {
        rename_zone(child, from, to);
    }
}

class Export {
public:
    Export(const Calendars& calendars, Links links) : calendars_(calendars), links_(links) {}

    void add(const storage::Object& object) {
        const std::string spliced =
            object.links.empty() ? std::string() : calendars_.body(object, links_);
        const std::string& text = object.links.empty() ? object.text : spliced;
        const auto parts = ical::parts_of(text);
        if (!parts || !add_parts(*parts)) {
            add_parsed(object, text);
        }
    }

    [[nodiscard]] std::size_t size() const { return zones_text_.size() + text_.size(); }

    std::string finish(const storage::Collection& collection) {
        std::string whole = heading_of(collection);
        whole.reserve(whole.size() + size() + export_end.size());
        whole.append(zones_text_).append(text_).append(export_end);
        return whole;
    }

private:
    // Whether the zone's name means here what it meant before, or nothing yet. Of zones that the
    // system knows the name decides, whatever the text says (ical/zone.h).
    [[nodiscard]] bool is_clear(const ical::Part& zone) const {
        const auto known = zones_.find(ical::tzid_of(zone));
        return known == zones_.end() || known->second == zone.text
               || ical::find_zone(known->first).has_value();
    }

    // False: a zone of the sender's own has the name of another one.
    bool add_parts(const std::vector<ical::Part>& parts) {
        for (const ical::Part& part : parts) {
            if (part.name == "VTIMEZONE" && !is_clear(part)) {
                return false;
            }
        }
        for (const ical::Part& part : parts) {
            if (part.name != "VTIMEZONE") {
                text_ += part.text;
            } else if (zones_.emplace(ical::tzid_of(part), part.text).second) {
                zones_text_ += part.text;
            }
        }
        return true;
    }

    // The long way: line ends that are not ours, or names of zones that clash.
    void add_parsed(const storage::Object& object, const std::string& text) {
        auto calendar = ical::parse(text);
        const std::string printed = calendar ? ical::print(*calendar) : "";
        const auto parts = ical::parts_of(printed);
        if (!parts) {
            core::log(core::LogLevel::warning, "export_left_out",
                      {{"object", std::to_string(object.head.id)}, {"name", object.head.name}});
            return;
        }
        for (const ical::Part& part : *parts) {
            if (part.name == "VTIMEZONE" && !is_clear(part)) {
                const std::string name(ical::tzid_of(part));
                rename_zone(*calendar, name, free_name(name));
            }
        }
        const std::string renamed = ical::print(*calendar);
        if (const auto again = ical::parts_of(renamed)) {
            static_cast<void>(add_parts(*again));
        }
    }

    [[nodiscard]] std::string free_name(const std::string& name) const {
        for (std::size_t number = 2;; ++number) {
            std::string candidate = name + " " + std::to_string(number);
            if (!zones_.contains(candidate)) {
                return candidate;
            }
        }
    }

    const Calendars& calendars_;
    Links links_;
    std::map<std::string, std::string, std::less<>> zones_; // their texts by TZID
    std::string zones_text_;
    std::string text_;
};

} // namespace

core::Result<std::string> export_text(const storage::ReadTransaction& transaction,
                                      const Calendars& calendars,
                                      const storage::Collection& collection, Links links) {
    Export whole(calendars, links);
    transaction.objects().for_each_object(collection.id, "", [&](const storage::Object& object) {
        whole.add(object);
        return whole.size() <= core::limits::response_bytes;
    });
    if (whole.size() > core::limits::response_bytes) {
        return core::fail(core::Errc::insufficient_storage, "The calendar is too large for a file.",
                          core::Condition::number_of_matches_within_limits);
    }
    return whole.finish(collection);
}

} // namespace domain
