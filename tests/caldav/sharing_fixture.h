// Calendars that anna shares with bert, by the requests of their calendar clients.
#pragma once

#include "tests/support/dav_fixture.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace caldav::sharing_test {

inline const std::string calendar = "/calendars/anna/calendar/";
inline const std::string home = "/calendars/bert/";
inline const std::string notifications = home + "notification/";
inline const support::HeaderList xml{{"Content-Type", "application/xml; charset=utf-8"}};

inline std::string document(const std::string& name, const std::string& content) {
    return "<S:" + name + " xmlns:S=\"http://calendarserver.org/ns/\" xmlns:D=\"DAV:\">" + content
           + "</S:" + name + ">";
}

inline std::string offer(const std::string& href, const std::string& access = "read-write") {
    return "<S:set><D:href>" + href + "</D:href><S:common-name>Bert B.</S:common-name>"
           + "<S:summary>Anna's work</S:summary><S:" + access + "/></S:set>";
}

inline std::string asking(const std::string& properties) {
    return "<D:propfind xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\" "
           "xmlns:S=\"http://calendarserver.org/ns/\" xmlns:A=\"http://apple.com/ns/ical/\">"
           "<D:prop>"
           + properties + "</D:prop></D:propfind>";
}

class Sharing : public support::DavFixture {
protected:
    core::Response as(const std::string& who, const std::string& method, const std::string& target,
                      std::string body = {}, const support::HeaderList& headers = {}) {
        return server.send(method, target, headers, std::move(body), who);
    }
    core::Response share(const std::string& content, const std::string& who = "anna",
                         const std::string& target = calendar) {
        return as(who, "POST", target, document("share", content), xml);
    }
    support::DavResponse find(const std::string& who, const std::string& target,
                              const std::string& properties) {
        const auto answer =
            support::read_multistatus(as(who, "PROPFIND", target, asking(properties)));
        return answer.responses.empty() ? support::DavResponse() : answer.responses.front();
    }
    std::vector<std::string> list(const std::string& who, const std::string& target) {
        return support::read_multistatus(as(who, "PROPFIND", target, "", {{"Depth", "1"}})).hrefs();
    }
    // The hrefs of what bert was invited to and has not dismissed.
    std::vector<std::string> invitations() {
        auto hrefs = list("bert", notifications);
        hrefs.erase(hrefs.begin());
        return hrefs;
    }
    std::string number_of(const std::string& notification) {
        const auto root = read_xml(as("bert", "GET", notification).body);
        return root ? root->find(cs("invite-notification"))->find(cs("uid"))->text : "";
    }
    core::Response reply(const std::string& answer, const std::string& number,
                         const std::string& who = "bert", const std::string& target = home) {
        return as(who, "POST", target,
                  document("invite-reply", "<D:href>mailto:bert@example.org</D:href><S:invite-"
                                               + answer + "/><S:in-reply-to>" + number
                                               + "</S:in-reply-to>"),
                  xml);
    }
    // The address of anna's calendar in bert's home.
    std::string shared(const std::string& access = "read-write") {
        EXPECT_EQ(share(offer("mailto:bert@example.org", access)).status, 200);
        const auto answer = reply("accepted", number_of(invitations().at(0)));
        EXPECT_EQ(answer.status, 200) << answer.body;
        const auto root = read_xml(answer.body);
        return root && root->is(cs("shared-as")) ? root->find(dav("href"))->text : "";
    }
    std::vector<std::string> types(const std::string& who, const std::string& target) {
        std::vector<std::string> names;
        const auto response = find(who, target, "<D:resourcetype/>");
        if (const Element* type = response.find(dav("resourcetype"))) {
            for (const Element& child : type->children) {
                names.push_back(child.name.local);
            }
        }
        return names;
    }
};

} // namespace caldav::sharing_test
