#include "caldav/kept_properties.h"

#include "core/strings.h"
#include "ical/availability.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace caldav {

namespace {

using Check = core::Done (*)(std::string_view text);

// RFC 7953 section 7.2.4: a calendar with one VAVAILABILITY or more.
core::Done check_availability(std::string_view text) {
    return ical::parse_availability(text, ical::utc()).map([](const ical::Component&) {});
}

// Non-standard: Apple. The VALARMs that clients give to new events, or nothing: none.
core::Done check_alarms(std::string_view text) {
    if (core::trim(text).empty()) {
        return {};
    }
    const auto calendar = ical::parse("BEGIN:VCALENDAR\r\n" + std::string(core::trim(text))
                                      + "\r\nEND:VCALENDAR\r\n");
    const bool alarms =
        calendar && calendar->properties.empty()
        && std::all_of(calendar->components.begin(), calendar->components.end(),
                       [](const ical::Component& each) { return each.name == "VALARM"; });
    if (!alarms) {
        return core::fail(core::Errc::forbidden, "a default alarm has to be a VALARM",
                          core::Condition::valid_calendar_data);
    }
    return {};
}

struct KeptRow {
    std::string_view name_space;
    std::string_view local;
    Kinds on;
    Check check;
};

constexpr Kinds inbox = kinds(ResourceKind::inbox);
constexpr Kinds alarmed = kinds(ResourceKind::home, ResourceKind::calendar);

// The first of the two names is the RFC's; Apple's clients know the other one.
constexpr std::array kept_rows{
    KeptRow{ns::caldav, "calendar-availability", inbox, check_availability},
    KeptRow{ns::calendarserver, "calendar-availability", inbox, check_availability},
    KeptRow{ns::caldav, "default-alarm-vevent-datetime", alarmed, check_alarms},
    KeptRow{ns::caldav, "default-alarm-vevent-date", alarmed, check_alarms},
    KeptRow{ns::caldav, "default-alarm-vtodo-datetime", alarmed, check_alarms},
    KeptRow{ns::caldav, "default-alarm-vtodo-date", alarmed, check_alarms},
};

} // namespace

core::Done check_kept(const Resource& resource, const Element& property) {
    for (const KeptRow& row : kept_rows) {
        if (contains(row.on, resource.kind) && row.name_space == property.name.name_space
            && row.local == property.name.local) {
            return row.check(property.text);
        }
    }
    return {};
}

std::vector<ical::Component> availability_of(const storage::ReadTransaction& transaction,
                                             const std::string& owner) {
    std::vector<ical::Component> found;
    const auto properties = transaction.properties().list("inbox:" + owner);
    for (const std::string_view name_space : {ns::caldav, ns::calendarserver}) {
        const auto property =
            std::find_if(properties.begin(), properties.end(), [&](const auto& candidate) {
                return candidate.name == "calendar-availability"
                       && candidate.name_space == name_space;
            });
        const auto element =
            property == properties.end() ? std::nullopt : std::optional(read_xml(property->xml));
        if (element && *element && found.empty()) {
            if (auto calendar = ical::parse((*element)->text)) {
                found.push_back(std::move(*calendar));
            }
        }
    }
    return found;
}

} // namespace caldav
