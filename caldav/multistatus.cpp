#include "caldav/multistatus.h"

#include "caldav/errors.h"

#include <algorithm>

namespace caldav {

namespace {

constexpr std::string_view propstat_open = "<D:propstat><D:prop>";
constexpr std::string_view found_close =
    "</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>";
constexpr std::string_view missing_close =
    "</D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>";

// The reason phrase always follows: a client of ours looks for "404 " with the blank (client rule
// 14).
std::string status_line(int status) {
    return "HTTP/1.1 " + std::to_string(status) + " " + std::string(core::reason_phrase(status));
}

void write_condition(XmlWriter& writer, core::Condition condition) {
    if (const auto element = element_of(condition)) {
        writer.open(dav("error"));
        writer.empty(*element);
        writer.close();
    }
}

using Group = std::pair<int, core::Condition>;

Group group_of(const PropertyAnswer& answer) {
    return {answer.status, answer.condition};
}

// RFC 4918 section 14.22: (prop, status, error?, responsedescription?)
void write_propstat(XmlWriter& writer, const std::vector<PropertyAnswer>& answers, Group group) {
    writer.open(dav("propstat"));
    writer.open(dav("prop"));
    for (const PropertyAnswer& answer : answers) {
        if (group_of(answer) != group) {
            continue;
        }
        if (answer.status == 200 && !answer.xml.empty()) {
            writer.raw(answer.xml);
        } else {
            writer.empty(answer.name);
        }
    }
    writer.close();
    writer.element(dav("status"), status_line(group.first));
    write_condition(writer, group.second);
    writer.close();
}

} // namespace

void write_propstats(XmlWriter& writer, const std::vector<PropertyAnswer>& answers) {
    std::vector<Group> groups;
    for (const PropertyAnswer& answer : answers) {
        if (std::find(groups.begin(), groups.end(), group_of(answer)) == groups.end()) {
            groups.push_back(group_of(answer));
        }
    }
    if (groups.empty()) { // RFC 4918 section 14.24 wants a propstat or a status
        groups.emplace_back(200, core::Condition::none);
    }
    std::sort(groups.begin(), groups.end());
    for (const Group& group : groups) {
        write_propstat(writer, answers, group);
    }
}

Multistatus::Multistatus() : writer_(dav("multistatus")) {}

void Multistatus::add(std::string_view href, const std::vector<PropertyAnswer>& answers,
                      bool minimal) {
    writer_.open(dav("response"));
    writer_.element(dav("href"), href);
    if (minimal) {
        std::vector<PropertyAnswer> kept;
        std::copy_if(answers.begin(), answers.end(), std::back_inserter(kept),
                     [](const PropertyAnswer& answer) { return answer.status != 404; });
        write_propstats(writer_, kept);
    } else {
        write_propstats(writer_, answers);
    }
    writer_.close();
}

void Multistatus::add_rendered(std::string_view href, std::string_view found,
                               std::string_view missing) {
    writer_.raw("<D:response><D:href>");
    writer_.raw(href); // percent-encoded: there is nothing to escape
    writer_.raw("</D:href>");
    // RFC 8144 section 2.1: a response left without a propstat gets an empty one with 200.
    if (!found.empty() || missing.empty()) {
        writer_.raw(propstat_open);
        writer_.raw(found);
        writer_.raw(found_close);
    }
    if (!missing.empty()) {
        writer_.raw(propstat_open);
        writer_.raw(missing);
        writer_.raw(missing_close);
    }
    writer_.raw("</D:response>");
}

void Multistatus::add_status(std::string_view href, int status, core::Condition condition) {
    writer_.open(dav("response"));
    writer_.element(dav("href"), href);
    writer_.element(dav("status"), status_line(status));
    write_condition(writer_, condition);
    writer_.close();
}

void Multistatus::sync_token(std::string_view token) {
    writer_.element(dav("sync-token"), token);
}

core::Response Multistatus::finish() {
    core::Response response;
    response.status = 207;
    response.headers.set("Content-Type", "application/xml; charset=utf-8");
    response.body = writer_.finish();
    return response;
}

} // namespace caldav
