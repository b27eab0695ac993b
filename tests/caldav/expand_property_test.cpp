#include "tests/support/dav_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace {

using caldav::cal;
using caldav::dav;
using support::read_error;

std::string property(const std::string& name, const std::string& inner = "",
                     const std::string& name_space = "DAV:") {
    return "<D:property name=\"" + name + "\" namespace=\"" + name_space + "\">" + inner
           + "</D:property>";
}

std::string expand(const std::string& wishes) {
    return "<D:expand-property xmlns:D=\"DAV:\">" + wishes + "</D:expand-property>";
}

class ExpandProperty : public support::DavFixture {};

// RFC 3253 section 3.8
TEST_F(ExpandProperty, AnHrefBecomesWhatItNames) {
    const auto answer = server.report(
        "/calendars/anna/calendar/",
        expand(property("displayname")
               + property("owner", property("displayname")
                                       + property("calendar-home-set", property("resourcetype"),
                                                  "urn:ietf:params:xml:ns:caldav"))));

    ASSERT_EQ(answer.responses.size(), 1U);
    EXPECT_EQ(answer.responses[0].href, "/calendars/anna/calendar/");
    EXPECT_EQ(answer.responses[0].text(dav("displayname")), "calendar");
    const auto* owner = answer.responses[0].find(dav("owner"));
    ASSERT_NE(owner, nullptr);
    ASSERT_EQ(owner->children.size(), 1U);
    const auto principal = support::read_response(owner->children[0]);
    EXPECT_EQ(principal.href, "/principals/anna/");
    EXPECT_EQ(principal.text(dav("displayname")), "anna");
    const auto* homes = principal.find(cal("calendar-home-set"));
    ASSERT_NE(homes, nullptr);
    const auto home = support::read_response(homes->children.at(0));
    EXPECT_EQ(home.href, "/calendars/anna/");
    EXPECT_NE(home.find(dav("resourcetype")), nullptr);
}

// The DAV namespace is the default of the attribute; what is not there is a 404 (R-C11).
TEST_F(ExpandProperty, R_A8_WhoIsNobodysDelegateIsToldSo) {
    const auto answer =
        server.report("/principals/anna/",
                      expand("<D:property name=\"displayname\"/>"
                             + property("calendar-proxy-write-for", property("displayname"),
                                        "http://calendarserver.org/ns/")
                             + property("dropbox-home-URL", "", "http://calendarserver.org/ns/")
                             + property("current-user-principal", property("getetag"))));

    ASSERT_EQ(answer.responses.size(), 1U);
    EXPECT_EQ(answer.responses[0].text(dav("displayname")), "anna");
    EXPECT_EQ(answer.responses[0].status_of(caldav::cs("dropbox-home-URL")), 404);
    const auto* trusting = answer.responses[0].find(caldav::cs("calendar-proxy-write-for"));
    ASSERT_NE(trusting, nullptr);
    EXPECT_TRUE(trusting->children.empty());
    const auto* self = answer.responses[0].find(dav("current-user-principal"));
    ASSERT_NE(self, nullptr);
    EXPECT_EQ(support::read_response(self->children.at(0)).status_of(dav("getetag")), 404);
}

TEST_F(ExpandProperty, AnAddressThatIsNoResourceIsNotFound) {
    const auto answer = server.report(
        "/principals/anna/", expand(property("calendar-user-address-set", property("displayname"),
                                             "urn:ietf:params:xml:ns:caldav")));

    const auto* addresses = answer.responses.at(0).find(cal("calendar-user-address-set"));
    ASSERT_NE(addresses, nullptr);
    ASSERT_GE(addresses->children.size(), 2U);
    const auto mail = support::read_response(addresses->children[0]);
    EXPECT_EQ(mail.href, "mailto:anna@example.org");
    EXPECT_EQ(mail.status, 404);
    EXPECT_EQ(support::read_response(addresses->children[1]).text(dav("displayname")), "anna");
}

TEST_F(ExpandProperty, NestingIsBounded) {
    std::string wishes = property("displayname");
    for (int depth = 0; depth < 40; ++depth) {
        wishes = property("current-user-principal", wishes);
    }
    EXPECT_EQ(server.send("REPORT", "/principals/anna/", {}, expand(wishes)).status, 207);

    std::string wide;
    for (int count = 0; count < 1'001; ++count) {
        wide += property("p" + std::to_string(count));
    }
    EXPECT_EQ(server.send("REPORT", "/principals/anna/", {}, expand(wide)).status, 413);

    std::string leads = property("current-user-principal", property("displayname"));
    std::string many;
    for (int count = 0; count < 6'000; ++count) {
        many += property("p" + std::to_string(count), leads);
    }
    EXPECT_EQ(server.send("REPORT", "/principals/anna/", {}, expand(many)).status, 413);
}

TEST_F(ExpandProperty, APropertyNeedsAName) {
    EXPECT_EQ(server.send("REPORT", "/principals/anna/", {}, expand("<D:property/>")).status, 400);
    EXPECT_EQ(server.send("REPORT", "/principals/anna/", {}, expand("")).status, 207);
}

} // namespace
