#include "caldav/free_busy.h"

#include "caldav/requests.h"
#include "core/crypto.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/strings.h"
#include "domain/addresses.h"
#include "ical/free_busy.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

// Adds up what takes time; the first error ends it.
class BusyTime {
public:
    BusyTime(const ReportCall& report, core::Interval range, std::string_view email)
        : report_(report), range_(range), email_(domain::normalise_address(email)) {}

    void add_collection(const storage::Collection& collection) {
        for (const char* component : {"VEVENT", "VFREEBUSY"}) {
            report_.transaction.objects().for_each_in_range(
                collection.id, component, range_, storage::Detail::text,
                [&](const storage::Object& object, storage::Certainty /*certainty*/) {
                    return add(object, collection);
                });
        }
    }

    bool add(const storage::Object& object, const storage::Collection& collection) {
        const auto parsed = report_.call.services.calendars.read(object, collection);
        if (!parsed) { // One bad object must not fail the report (R-A15).
            return skip(object);
        }
        const auto is_owner = [&](std::string_view address) {
            return !email_.empty() && domain::normalise_address(address) == email_;
        };
        ical::ExpansionLimits limits;
        limits.instances -= std::min(limits.instances, periods_.size());
        const auto found = ical::busy_periods(*parsed, range_, is_owner, limits);
        if (found) {
            periods_.insert(periods_.end(), found->begin(), found->end());
            return true;
        }
        if (found.error().condition != core::Condition::max_instances) {
            return skip(object);
        }
        // To leave some out would call a person free who is not.
        error_ = core::fail(core::Errc::forbidden, "There are too many busy times in this range.",
                            core::Condition::number_of_matches_within_limits)
                     .value();
        return false;
    }

    core::Result<std::vector<ical::BusyPeriod>> finish() {
        if (error_) {
            return tl::unexpected<core::Error>(*std::move(error_));
        }
        return ical::coalesced(std::move(periods_));
    }

private:
    static bool skip(const storage::Object& object) {
        core::log(core::LogLevel::warning, "calendar_object_not_searchable",
                  {{"object", std::to_string(object.head.id)}});
        return true;
    }

    const ReportCall& report_;
    core::Interval range_;
    std::string email_;
    std::vector<ical::BusyPeriod> periods_;
    std::optional<core::Error> error_;
};

// RFC 5545 section 3.6.4 wants one, and clients that keep answers want the same for the same.
std::string uid_of(const Resource& resource, core::Interval range) {
    const std::string question =
        resource.href + core::to_ical_utc(range.start) + core::to_ical_utc(range.end);
    return core::to_hex(core::sha256(question)).substr(0, 32);
}

} // namespace

// On a home it counts the calendars that schedule-calendar-transp (RFC 6638 section 9.1) calls
// opaque. Depth is ignored: a client that gets it wrong must not read that somebody is free.
core::Result<core::Response> free_busy_query(const ReportCall& report, const Element& root) {
    const core::Interval range = TRY(parse_free_busy_query(root));
    const Resource& resource = report.resource;
    const auto account = report.transaction.accounts().find(resource.owner);
    BusyTime busy(report, range, account ? account->email : "");
    if (resource.kind == ResourceKind::object) {
        if (const auto object = report.transaction.objects().find(resource.object->id)) {
            busy.add(*object, *resource.collection);
        }
    } else if (resource.collection) {
        busy.add_collection(*resource.collection);
    } else {
        for (const auto& collection : report.transaction.collections().list(resource.owner)) {
            if (collection.is_calendar && !collection.transparent) {
                busy.add_collection(collection);
            }
        }
    }
    const auto periods = TRY(busy.finish());
    core::Response response;
    response.headers.set("Content-Type", "text/calendar; charset=utf-8");
    response.body = ical::print(ical::free_busy_calendar(range, periods, uid_of(resource, range),
                                                         report.call.services.clock.now()));
    return response;
}

} // namespace caldav
