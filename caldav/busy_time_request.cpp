#include "caldav/busy_time_request.h"

#include "caldav/kept_properties.h"
#include "caldav/xml_writer.h"
#include "core/limits.h"
#include "domain/address_book.h"
#include "domain/busy_time.h"
#include "ical/busy_request.h"

#include <string>
#include <string_view>

namespace caldav {

namespace {

// Five hundred people who are always busy would fill the memory.
constexpr std::size_t answer_bytes_max = core::limits::response_bytes / 16;

core::Done check_organizer(const storage::ReadTransaction& transaction,
                           const ical::BusyRequest& request, const Call& call) {
    const auto organizer = domain::account_of_address(transaction, request.organizer.value(),
                                                      call.services.public_url);
    if (!organizer || organizer->id != call.target.segments.at(1)) {
        return core::fail(core::Errc::forbidden, "The organizer is not the owner of this outbox.",
                          core::Condition::organizer_allowed);
    }
    return {};
}

// The VFREEBUSY of one of them.
core::Result<std::string> busy_time_of(const storage::ReadTransaction& transaction,
                                       const storage::Account& account,
                                       const ical::BusyRequest& request,
                                       const ical::Property& attendee, const Services& services) {
    domain::BusyTime busy(transaction, services.calendars, request.range, account.email);
    busy.leave_out(request.masked_uid);
    busy.add_home(account.id);
    busy.add_unavailable(availability_of(transaction, account.id));
    return ical::print(
        ical::busy_reply(request, attendee, TRY(busy.finish()), services.clock.now()));
}

// RFC 6638 section 10.2; the statuses are those of RFC 5546 section 3.6.
void write_response(XmlWriter& writer, std::string_view address, std::string_view status,
                    const std::string* calendar_data) {
    writer.open(cal("response"));
    writer.open(cal("recipient"));
    writer.element(dav("href"), address);
    writer.close();
    writer.element(cal("request-status"), status);
    if (calendar_data != nullptr) {
        writer.element(cal("calendar-data"), *calendar_data);
    }
    writer.close();
}

} // namespace

core::Result<core::Response> request_busy_time(const Call& call) {
    const ical::BusyRequest request = TRY(ical::read_busy_request(call.request.body));
    XmlWriter writer(cal("schedule-response"));
    const core::Done answered =
        call.services.store.read([&](const storage::ReadTransaction& transaction) -> core::Done {
            TRYV(check_organizer(transaction, request, call));
            for (const ical::Property& attendee : request.attendees) {
                if (writer.size() > answer_bytes_max) {
                    return core::fail(core::Errc::forbidden, "Ask for fewer people or less time.",
                                      core::Condition::number_of_matches_within_limits);
                }
                const std::string& address = attendee.value();
                const auto account =
                    domain::account_of_address(transaction, address, call.services.public_url);
                if (!account || account->disabled) {
                    write_response(writer, address, "3.7;Invalid calendar user", nullptr);
                    continue;
                }
                const auto data =
                    busy_time_of(transaction, *account, request, attendee, call.services);
                write_response(writer, address,
                               data ? "2.0;Success" : "5.1;Too many busy times in this range",
                               data ? &*data : nullptr);
            }
            return {};
        });
    TRYV(answered);
    core::Response response;
    response.headers.set("Content-Type", "application/xml; charset=utf-8");
    response.headers.set("Cache-Control", "no-store");
    response.body = writer.finish();
    return response;
}

} // namespace caldav
