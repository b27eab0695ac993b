#include "bench/busy_loads.h"

#include "bench/dav_loads.h"
#include "core/time.h"

#include <string>

namespace bench {

namespace {

constexpr int first_week = 1; // a calendar of 1,000 events has six
constexpr std::size_t colleague_events = 1'000;

std::string colleague(std::size_t number) {
    return "colleague" + std::to_string(number);
}

std::string address_of(const std::string& login) {
    return login + "@practice.example";
}

// Makes those who are not there yet.
void employ(Subject& subject, std::size_t people) {
    const std::string list = subject.command({"user", "list"});
    for (std::size_t number = 0; number < people; ++number) {
        const std::string login = colleague(number);
        if (list.find(login + "@") != std::string::npos) {
            continue;
        }
        subject.command({"user", "add", login, "--name", "Colleague", "--email", address_of(login),
                         "--password-stdin"},
                        "correct horse battery staple\n");
        const Calendar calendar(seed + number, colleague_events);
        std::string events;
        for (std::size_t event = 0; event < calendar.size(); ++event) {
            events += calendar.text(event);
        }
        subject.command({"import", login, "/dev/stdin"}, events);
    }
}

core::Interval weeks_from_first(std::size_t size, int count) {
    const Calendar calendar(seed, size);
    return {calendar.week(first_week).start, calendar.week(first_week + count - 1).end};
}

std::string question(std::size_t people, int weeks) {
    const core::Interval range = weeks_from_first(colleague_events, weeks);
    std::string text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Bench//EN\r\nMETHOD:REQUEST\r\n"
                       "BEGIN:VFREEBUSY\r\nUID:question\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:"
                       + core::to_ical_utc(range.start)
                       + "\r\nDTEND:" + core::to_ical_utc(range.end)
                       + "\r\nORGANIZER:mailto:bench@practice.example\r\n";
    for (std::size_t number = 0; number < people; ++number) {
        text += "ATTENDEE:mailto:" + address_of(colleague(number)) + "\r\n";
    }
    return text + "END:VFREEBUSY\r\nEND:VCALENDAR\r\n";
}

} // namespace

Load ask_free_busy(Subject& subject, std::size_t size) {
    const core::Interval range = weeks_from_first(size, 1);
    Request request = subject.request(
        "REPORT", subject.path(subject.filled(size)),
        "<C:free-busy-query xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><C:time-range start=\""
            + core::to_ical_utc(range.start) + "\" end=\"" + core::to_ical_utc(range.end)
            + "\"/></C:free-busy-query>");
    request.headers.emplace_back("Content-Type", "application/xml; charset=utf-8");
    request.headers.emplace_back("Depth", "1");
    return constant_load(subject, request, [](const Answer& answer) -> std::string {
        if (answer.status != 200) {
            return "status " + std::to_string(answer.status);
        }
        return count(answer.body, "FREEBUSY;") > 0 ? "" : "nobody is busy";
    });
}

Load ask_colleagues(Subject& subject, std::size_t people, int weeks) {
    employ(subject, people);
    Request request = subject.request("POST", subject.path("outbox"), question(people, weeks));
    request.headers.emplace_back("Content-Type", "text/calendar; charset=utf-8");
    return constant_load(subject, request, [people](const Answer& answer) -> std::string {
        const std::size_t told = count(answer.body, "2.0;Success");
        return answer.status == 200 && told == people && count(answer.body, "FREEBUSY;") > people
                   ? ""
                   : "status " + std::to_string(answer.status) + ", " + std::to_string(told)
                         + " answers";
    });
}

} // namespace bench
