#include "caldav/free_busy.h"

#include "caldav/kept_properties.h"
#include "caldav/requests.h"
#include "core/crypto.h"
#include "core/strings.h"
#include "domain/busy_time.h"
#include "ical/free_busy.h"

#include <algorithm>
#include <string>

namespace caldav {

namespace {

// RFC 4791 section 9.11: one time-range and nothing else.
core::Result<core::Interval> parse_free_busy_query(const Element& root) {
    const auto is_range = [](const Element& child) { return child.is(cal("time-range")); };
    if (std::count_if(root.children.begin(), root.children.end(), is_range) != 1) {
        return core::fail(core::Errc::invalid_input, "free-busy-query needs one time-range");
    }
    return parse_time_range(*root.find(cal("time-range")));
}

// RFC 5545 section 3.6.4 wants one, and clients that keep answers want the same for the same.
std::string uid_of(const Resource& resource, core::Interval range) {
    const std::string question =
        resource.href + core::to_ical_utc(range.start) + core::to_ical_utc(range.end);
    return core::to_hex(core::sha256(question)).substr(0, 32);
}

} // namespace

// Depth is ignored: a client that gets it wrong must not read that somebody is free.
core::Result<core::Response> free_busy_query(const ReportCall& report, const Element& root) {
    const core::Interval range = TRY(parse_free_busy_query(root));
    const Resource& resource = report.resource;
    const auto account = report.transaction.accounts().find(resource.owner);
    domain::BusyTime busy(report.transaction, report.call.services.calendars, range,
                          account ? account->email : "");
    if (resource.kind == ResourceKind::object) {
        if (const auto object = report.transaction.objects().find(resource.object->id)) {
            busy.add(*object, *resource.collection);
        }
    } else if (resource.collection) {
        busy.add(*resource.collection);
    } else {
        busy.add_home(resource.owner);
        busy.add_unavailable(availability_of(report.transaction, resource.owner));
    }
    const auto periods = TRY(busy.finish());
    core::Response response;
    response.headers.set("Content-Type", "text/calendar; charset=utf-8");
    response.body = ical::print(ical::free_busy_calendar(range, periods, uid_of(resource, range),
                                                         report.call.services.clock.now()));
    return response;
}

} // namespace caldav
