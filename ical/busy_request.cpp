#include "ical/busy_request.h"

#include "core/strings.h"
#include "ical/value.h"

#include <algorithm>
#include <utility>

namespace ical {

namespace {

tl::unexpected<core::Error> no_busy_request(std::string detail) {
    return core::fail(core::Errc::forbidden, std::move(detail),
                      core::Condition::valid_scheduling_message);
}

core::Result<const Component*> the_question(const Component& calendar) {
    const Component* found = nullptr;
    for (const Component& component : calendar.components) {
        if (component.name == "VTIMEZONE") {
            continue;
        }
        if (component.name != "VFREEBUSY" || found != nullptr) {
            return no_busy_request("A request for busy time has one VFREEBUSY and nothing else.");
        }
        found = &component;
    }
    if (found == nullptr || !core::iequals(core::trim(calendar.value("METHOD")), "REQUEST")) {
        return no_busy_request("This is no REQUEST with a VFREEBUSY.");
    }
    return found;
}

core::Result<core::Instant> instant_of(const Component& question, std::string_view name,
                                       const ZoneTable& zones) {
    const Property* property = question.find(name);
    if (property == nullptr) {
        return no_busy_request(std::string(name) + " is missing.");
    }
    return TRY(date_time(*property, zones)).instant();
}

} // namespace

core::Result<BusyRequest> read_busy_request(std::string_view text) {
    const Component calendar = TRY(parse(text));
    const Component& question = *TRY(the_question(calendar));
    const ZoneTable zones = TRY(ZoneTable::of(calendar, utc()));
    const core::Interval range{TRY(instant_of(question, "DTSTART", zones)),
                               TRY(instant_of(question, "DTEND", zones))};
    const auto organizers = question.find_all("ORGANIZER");
    const auto attendees = question.find_all("ATTENDEE");
    if (range.start >= range.end) {
        return no_busy_request("DTEND has to be later than DTSTART.");
    }
    if (question.value("UID").empty() || organizers.size() != 1 || attendees.empty()) {
        return no_busy_request("A UID, one ORGANIZER and an ATTENDEE are needed.");
    }
    BusyRequest request{range,
                        question.text("UID"),
                        *organizers.front(),
                        {},
                        question.text("X-CALENDARSERVER-MASK-UID")};
    for (const Property* attendee : attendees) {
        request.attendees.push_back(*attendee);
    }
    return request;
}

Component busy_reply(const BusyRequest& request, const Property& attendee,
                     const std::vector<BusyPeriod>& periods, core::Instant now) {
    Component calendar = free_busy_calendar(request.range, periods, request.uid, now);
    calendar.properties.emplace_back("METHOD", "REPLY");
    auto& properties = calendar.components.front().properties;
    properties.insert(properties.begin() + 1, {request.organizer, attendee});
    return calendar;
}

} // namespace ical
