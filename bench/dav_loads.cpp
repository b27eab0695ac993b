#include "bench/dav_loads.h"

#include <array>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace bench {

namespace {

constexpr std::size_t multiget_hrefs = 50;
constexpr std::size_t changes = 10;
constexpr std::size_t endless = 1'000'000; // more events than are ever put

std::string wrong_count(std::string_view what, std::size_t found, std::size_t expected) {
    return std::to_string(found) + " instead of " + std::to_string(expected) + " "
           + std::string(what);
}

// Closing tags of DAV:response, whatever the prefix.
std::size_t count_responses(std::string_view xml) {
    constexpr std::string_view tag_end = "response>";
    std::size_t found = 0;
    for (auto at = xml.find(tag_end); at != std::string_view::npos;
         at = xml.find(tag_end, at + tag_end.size())) {
        const auto open = xml.rfind('<', at);
        found += open != std::string_view::npos && xml.substr(open).starts_with("</") ? 1 : 0;
    }
    return found;
}

std::function<std::string(const Answer&)> expect_responses(std::size_t expected) {
    return [=](const Answer& answer) -> std::string {
        if (answer.status != 207) {
            return "status " + std::to_string(answer.status);
        }
        const std::size_t found = count_responses(answer.body);
        return found == expected ? "" : wrong_count("resources", found, expected);
    };
}

Request xml_request(const Subject& subject, std::string method, std::string path, const char* depth,
                    const std::string& xml) {
    Request request = subject.request(std::move(method), std::move(path),
                                      "<?xml version=\"1.0\" encoding=\"utf-8\"?>" + xml);
    request.headers.emplace_back("Content-Type", "application/xml; charset=utf-8");
    request.headers.emplace_back("Depth", depth);
    return request;
}

std::string sync_body(const std::string& token) {
    return "<D:sync-collection xmlns:D=\"DAV:\"><D:sync-token>" + token
           + "</D:sync-token><D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop>"
             "</D:sync-collection>";
}

std::string current_token(Subject& subject, const std::string& path) {
    const OneAnswer answer =
        ask(subject.port(), xml_request(subject, "PROPFIND", path, "0",
                                        "<D:propfind xmlns:D=\"DAV:\"><D:prop><D:sync-token/>"
                                        "</D:prop></D:propfind>"));
    std::string token(between(answer.body, "sync-token>", "<"));
    if (token.empty()) {
        throw std::runtime_error("no sync token");
    }
    return token;
}

} // namespace

Load constant_load(const Subject& subject, const Request& request,
                   std::function<std::string(const Answer&)> check) {
    Load load;
    load.port = subject.port();
    load.request = [bytes = to_bytes(request)](std::size_t) { return bytes; };
    load.check = std::move(check);
    return load;
}

std::function<std::string(const Answer&)> expect_status(int status) {
    return [=](const Answer& answer) {
        return answer.status == status ? "" : "status " + std::to_string(answer.status);
    };
}

Load get_events(Subject& subject, std::size_t size, std::size_t connections) {
    const std::string path = subject.path(subject.filled(size));
    const Calendar calendar(seed, size);
    std::vector<std::string> requests;
    for (std::size_t i = 0; i < size; ++i) {
        requests.push_back(to_bytes(subject.request("GET", path + calendar.name(i))));
    }
    Load load;
    load.port = subject.port();
    load.connections = connections;
    load.request = [requests = std::move(requests)](std::size_t number) {
        constexpr std::size_t stride = 617; // here and there in the calendar
        return requests.at(number * stride % requests.size());
    };
    load.check = [](const Answer& answer) -> std::string {
        if (answer.status != 200) {
            return "status " + std::to_string(answer.status);
        }
        return count(answer.body, "UID:bench-") > 0 ? "" : "that is not the event";
    };
    return load;
}

Load put_events(Subject& subject, const std::string& name, std::size_t writers,
                std::size_t calendars) {
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < calendars; ++i) {
        const std::string calendar = name + "-into-" + std::to_string(i);
        subject.make_calendar(calendar);
        paths.push_back(subject.path(calendar));
    }
    Load load;
    load.port = subject.port();
    load.connections = writers;
    load.request = [&subject, paths = std::move(paths),
                    events = Calendar(seed, endless)](std::size_t number) {
        const std::string path = paths.at(number % paths.size()) + events.name(number);
        return to_bytes(subject.put_request(path, events.text(number)));
    };
    load.check = expect_status(201);
    return load;
}

Load list_etags(Subject& subject, std::size_t size) {
    const std::string path = subject.path(subject.filled(size));
    return constant_load(subject,
                         xml_request(subject, "PROPFIND", path, "1",
                                     "<D:propfind xmlns:D=\"DAV:\"><D:prop><D:getetag/></D:prop>"
                                     "</D:propfind>"),
                         expect_responses(size + 1));
}

Load query_week(Subject& subject, std::size_t size, int week) {
    const std::string path = subject.path(subject.filled(size));
    const Calendar calendar(seed, size);
    const core::Interval range = calendar.week(week);
    const std::string xml =
        "<C:calendar-query xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><D:prop>"
        "<D:getetag/><C:calendar-data/></D:prop><C:filter><C:comp-filter name=\"VCALENDAR\">"
        "<C:comp-filter name=\"VEVENT\"><C:time-range start=\""
        + core::to_ical_utc(range.start) + "\" end=\"" + core::to_ical_utc(range.end)
        + "\"/></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>";
    return constant_load(subject, xml_request(subject, "REPORT", path, "1", xml),
                         expect_responses(calendar.objects_in_week(week)));
}

Load multiget(Subject& subject, std::size_t size) {
    const std::string path = subject.path(subject.filled(size));
    Load load;
    load.port = subject.port();
    load.request = [&subject, path, calendar = Calendar(seed, size)](std::size_t number) {
        constexpr std::size_t stride = 617;
        std::string xml = "<C:calendar-multiget xmlns:D=\"DAV:\" "
                          "xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><D:prop><D:getetag/>"
                          "<C:calendar-data/></D:prop>";
        for (std::size_t i = 0; i < multiget_hrefs; ++i) {
            const std::size_t event = (number * multiget_hrefs + i) * stride % calendar.size();
            xml += "<D:href>" + path + calendar.name(event) + "</D:href>";
        }
        return to_bytes(xml_request(subject, "REPORT", path, "1", xml + "</C:calendar-multiget>"));
    };
    load.check = [](const Answer& answer) -> std::string {
        const std::size_t found = count(answer.body, "BEGIN:VCALENDAR");
        return answer.status == 207 && found == multiget_hrefs
                   ? ""
                   : wrong_count("events", found, multiget_hrefs);
    };
    return load;
}

Load sync_first(Subject& subject, std::size_t size) {
    const std::string path = subject.path(subject.filled(size));
    return constant_load(subject, xml_request(subject, "REPORT", path, "0", sync_body("")),
                         expect_responses(size));
}

Load sync_changes(Subject& subject, std::size_t size) {
    const std::string path = subject.path(subject.filled(size));
    const Calendar calendar(seed, size);
    const std::string token = current_token(subject, path);
    constexpr std::size_t stride = 41;
    for (std::size_t i = 0; i < changes; ++i) {
        const std::size_t event = i * stride % size;
        const OneAnswer answer =
            ask(subject.port(),
                subject.put_request(path + calendar.name(event), calendar.text(event, 1)));
        if (answer.status / 100 != 2) {
            throw std::runtime_error("a change is refused: " + std::to_string(answer.status));
        }
    }
    return constant_load(subject, xml_request(subject, "REPORT", path, "0", sync_body(token)),
                         expect_responses(changes));
}

} // namespace bench
