#include "bench/client_loads.h"

#include "bench/dav_loads.h"
#include "core/strings.h"

#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

namespace {

constexpr std::string_view rare_word = "initial CONSULTATION";

constexpr std::string_view home_properties =
    "<D:propfind xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav' "
    "xmlns:S='http://calendarserver.org/ns/' xmlns:A='http://apple.com/ns/ical/' "
    "xmlns:M='http://me.com/_namespace/'><D:prop>"
    "<S:xmpp-uri/><A:calendar-color/><A:calendar-order/><C:calendar-description/>"
    "<C:calendar-timezone/><C:supported-calendar-component-set/>"
    "<C:supported-calendar-component-sets/><C:max-attendees-per-instance/>"
    "<C:calendar-free-busy-set/><C:default-alarm-vevent-date/><C:default-alarm-vevent-datetime/>"
    "<C:default-alarm-vtodo-date/><C:default-alarm-vtodo-datetime/>"
    "<C:schedule-calendar-transp/><C:schedule-default-calendar-URL/>"
    "<S:getctag/><S:pushkey/><S:push-transports/><S:invite/><S:allowed-sharing-modes/>"
    "<S:publish-url/><S:pre-publish-url/><S:source/><S:subscribed-strip-alarms/>"
    "<S:subscribed-strip-attachments/><S:subscribed-strip-todos/><A:refreshrate/>"
    "<D:add-member/><D:current-user-privilege-set/><D:displayname/><D:owner/>"
    "<D:quota-available-bytes/><D:quota-used-bytes/><D:resource-id/><D:resourcetype/>"
    "<D:supported-report-set/><D:sync-token/><M:bulk-requests/>"
    "<S:calendar-availability/></D:prop></D:propfind>";

// Somebody whose home holds these calendars and nothing else of the bench.
Request as_collector(const Subject& subject, std::string method, const std::string& path,
                     std::string body = {}) {
    Request request =
        subject.request(std::move(method), "/calendars/collector/" + path, std::move(body));
    request.headers.assign(
        {{"Authorization", "Basic " + core::to_base64("collector:correct horse battery staple")}});
    return request;
}

void collect(Subject& subject, std::size_t calendars) {
    subject.command({"user", "add", "collector", "--name", "Collector", "--email",
                     "collector@practice.example", "--password-stdin"},
                    "correct horse battery staple\n");
    for (std::size_t number = 1; number < calendars; ++number) { // one came with the account
        const Request request =
            as_collector(subject, "MKCALENDAR", "of-" + std::to_string(number) + "/");
        if (ask(subject.port(), request).status != 201) {
            throw std::runtime_error("a calendar cannot be made");
        }
    }
}

std::string expect_at_least(const Answer& answer, int status, std::size_t found,
                            std::size_t expected) {
    return answer.status == status && found >= expected
               ? ""
               : "status " + std::to_string(answer.status) + ", " + std::to_string(found)
                     + " instead of " + std::to_string(expected);
}

} // namespace

Load export_calendar(Subject& subject, std::size_t size) {
    const std::string path = subject.path(subject.filled(size)) + "?export";
    return constant_load(subject, subject.request("GET", path), [size](const Answer& answer) {
        return expect_at_least(answer, 200, count(answer.body, "BEGIN:VEVENT"), size);
    });
}

Load refresh_home(Subject& subject, std::size_t calendars) {
    collect(subject, calendars);
    Request request = as_collector(subject, "PROPFIND", "", std::string(home_properties));
    request.headers.emplace_back("Content-Type", "application/xml; charset=utf-8");
    request.headers.emplace_back("Depth", "1");
    return constant_load(subject, request, [calendars](const Answer& answer) {
        return expect_at_least(answer, 207, count(answer.body, "/calendars/collector/of-"),
                               calendars - 1);
    });
}

Load search_text(Subject& subject, std::size_t size) {
    const std::string path = subject.path(subject.filled(size));
    Request request = subject.request(
        "REPORT", path,
        "<C:calendar-query xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'><D:prop>"
        "<D:getetag/></D:prop><C:filter><C:comp-filter name='VCALENDAR'><C:comp-filter "
        "name='VEVENT'><C:prop-filter name='SUMMARY'><C:text-match collation='i;ascii-casemap'>"
            + std::string(rare_word)
            + "</C:text-match></C:prop-filter></C:comp-filter></C:comp-filter></C:filter>"
              "</C:calendar-query>");
    request.headers.emplace_back("Content-Type", "application/xml; charset=utf-8");
    request.headers.emplace_back("Depth", "1");
    return constant_load(subject, request, [size, path](const Answer& answer) {
        constexpr std::size_t titles = 8; // each as likely as the others, some series renamed
        return expect_at_least(answer, 207, count(answer.body, path), size / titles / 2);
    });
}

} // namespace bench
