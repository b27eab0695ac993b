#include "caldav/report.h"
#include "tests/support/dav_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using caldav::cal;
using caldav::cs;
using caldav::dav;
using support::read_error;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string name_spaces = " xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\" "
                                "xmlns:S=\"http://calendarserver.org/ns/\"";

std::string element(const std::string& name, const std::string& content,
                    const std::string& attributes = "") {
    return "<" + name + name_spaces + " " + attributes + ">" + content + "</" + name + ">";
}

std::string property_search(const std::string& property, const std::string& match) {
    return "<D:property-search><D:prop><" + property + "/></D:prop><D:match>" + match
           + "</D:match></D:property-search>";
}

const std::string wanted = "<D:prop><D:displayname/><S:email-address-set/></D:prop>";

class PrincipalReports : public support::DavFixture {
protected:
    std::vector<std::string> search(const std::string& terms, const std::string& attributes = "") {
        return server
            .report("/principals/",
                    element("D:principal-property-search", terms + wanted, attributes))
            .hrefs();
    }
    std::vector<std::string> complete(const std::string& content,
                                      const std::string& attributes = "context=\"attendee\"") {
        return server
            .report("/principals/",
                    element("S:calendarserver-principal-search", content + wanted, attributes))
            .hrefs();
    }
};

// RFC 3744 section 9.4
TEST_F(PrincipalReports, ASearchFindsWhoMayBeSeen) {
    EXPECT_THAT(search(property_search("D:displayname", "NN")), ElementsAre("/principals/anna/"));
    EXPECT_THAT(search(property_search("S:email-address-set", "anna@")),
                ElementsAre("/principals/anna/"));
    EXPECT_THAT(search(property_search("C:calendar-user-address-set", "mailto:anna@example.org")),
                ElementsAre("/principals/anna/"));
    EXPECT_THAT(search(""), ElementsAre("/principals/anna/"));
    EXPECT_THAT(search(property_search("D:displayname", "bert")), IsEmpty());
    EXPECT_THAT(search(property_search("D:getetag", "anna")), IsEmpty());
}

TEST_F(PrincipalReports, TermsAreJoinedByAndUnlessAnyIsEnough) {
    const std::string both =
        property_search("D:displayname", "anna") + property_search("D:displayname", "bert");

    EXPECT_THAT(search(both), IsEmpty());
    EXPECT_THAT(search(both, "test=\"anyof\""), ElementsAre("/principals/anna/"));
    EXPECT_THAT(search("<D:property-search><D:prop><D:displayname/></D:prop>"
                       "<D:match match-type=\"starts-with\">nna</D:match></D:property-search>"),
                IsEmpty());
    EXPECT_THAT(search("<D:property-search><D:prop><D:displayname/></D:prop>"
                       "<D:match match-type=\"equals\">Anna</D:match></D:property-search>"),
                ElementsAre("/principals/anna/"));
}

TEST_F(PrincipalReports, ASearchAnswersWithTheProperties) {
    const auto answer =
        server.report("/principals/", element("D:principal-property-search", wanted));

    ASSERT_EQ(answer.responses.size(), 1U);
    EXPECT_EQ(answer.responses[0].text(dav("displayname")), "anna");
    ASSERT_NE(answer.responses[0].find(cs("email-address-set")), nullptr);
}

// RFC 3744 section 9.5; macOS asks at set-up.
TEST_F(PrincipalReports, WhatCanBeSearchedIsNamedAndFound) {
    const auto answer = server.send("REPORT", "/principals/", {{"Depth", "0"}},
                                    element("D:principal-search-property-set", ""));

    EXPECT_EQ(answer.status, 200);
    const auto root = caldav::read_xml(answer.body);
    ASSERT_TRUE(root);
    EXPECT_TRUE(root->is(dav("principal-search-property-set")));
    std::vector<caldav::Name> names;
    for (const auto& property : root->children) {
        ASSERT_TRUE(property.is(dav("principal-search-property")));
        ASSERT_NE(property.find(dav("prop")), nullptr);
        names.push_back(property.find(dav("prop"))->children.at(0).name);
        ASSERT_NE(property.find(dav("description")), nullptr);
        EXPECT_FALSE(property.find(dav("description"))->text.empty());
    }
    EXPECT_THAT(names,
                UnorderedElementsAre(dav("displayname"), cs("email-address-set"),
                                     cal("calendar-user-address-set"), cal("calendar-user-type")));
}

// RFC 3744 section 9.3
TEST_F(PrincipalReports, AMatchFindsOneselfAndWhatOneOwns) {
    const auto match = [&](const std::string& target, const std::string& how) {
        return server
            .report(target, element("D:principal-match", how + "<D:prop><D:owner/></D:prop>"))
            .hrefs();
    };
    const std::string owner = "<D:principal-property><D:owner/></D:principal-property>";

    EXPECT_THAT(match("/principals/", "<D:self/>"), ElementsAre("/principals/anna/"));
    EXPECT_THAT(match("/calendars/anna/", "<D:self/>"), IsEmpty());
    EXPECT_THAT(match("/calendars/anna/", owner),
                ElementsAre("/calendars/anna/calendar/", "/calendars/anna/tasks/"));
    EXPECT_THAT(match("/calendars/", owner), ElementsAre("/calendars/anna/"));
    EXPECT_THAT(match("/calendars/anna/", "<D:principal-property><D:principal-URL/>"
                                          "</D:principal-property>"),
                IsEmpty());
    EXPECT_THAT(match("/calendars/anna/", "<D:principal-property><D:displayname/>"
                                          "</D:principal-property>"),
                IsEmpty());
}

// RFC 3744 section 9.2
TEST_F(PrincipalReports, ThePrincipalsOfAnAccessControlList) {
    const std::string body = element("D:acl-principal-prop-set", wanted);

    const auto answer = server.report("/calendars/anna/calendar/", body);
    ASSERT_EQ(answer.hrefs(), std::vector<std::string>{"/principals/anna/"});
    EXPECT_EQ(answer.responses[0].text(dav("displayname")), "anna");
    EXPECT_THAT(server.report("/calendars/", body).hrefs(), IsEmpty());
}

TEST_F(PrincipalReports, AppleCompletesAttendeesByWords) {
    const auto token = [](const std::string& word) {
        return "<S:search-token>" + word + "</S:search-token>";
    };

    EXPECT_THAT(complete(token("ann")), ElementsAre("/principals/anna/"));
    EXPECT_THAT(complete(token("ANN") + token("example.org")), ElementsAre("/principals/anna/"));
    EXPECT_THAT(complete(token("ann") + token("bert")), IsEmpty());
    EXPECT_THAT(complete(token("bert")), IsEmpty());
    EXPECT_THAT(complete(token("ann"), "context=\"location\""), IsEmpty());
    EXPECT_THAT(complete(token("ann") + "<S:limit><S:nresults>1</S:nresults></S:limit>"),
                ElementsAre("/principals/anna/"));
}

TEST_F(PrincipalReports, HostileBodiesAreRefused) {
    std::string many;
    for (int count = 0; count < 51; ++count) {
        many += property_search("D:displayname", "a");
    }
    const auto refused =
        server.send("REPORT", "/principals/", {}, element("D:principal-property-search", many));
    EXPECT_EQ(refused.status, 403);
    ASSERT_TRUE(read_error(refused));
    EXPECT_EQ(read_error(refused)->condition, dav("number-of-matches-within-limits"));
    for (const std::string& body : std::vector<std::string>{
             element("D:principal-property-search", "<D:property-search/>"),
             element("D:principal-property-search",
                     "<D:property-search><D:prop/><D:match>a</D:match></D:property-search>"),
             element("D:principal-match", ""),
             element("D:principal-match", "<D:self/><D:principal-property><D:owner/>"
                                          "</D:principal-property>"),
             element("D:principal-match", "<D:principal-property/>"),
             element("S:calendarserver-principal-search", ""),
             element("S:calendarserver-principal-search", "<S:search-token> </S:search-token>"),
             element("S:calendarserver-principal-search",
                     "<S:search-token>a</S:search-token><S:limit><S:nresults>0</S:nresults>"
                     "</S:limit>"),
         }) {
        EXPECT_EQ(server.send("REPORT", "/principals/", {}, body).status, 400) << body;
    }
}

TEST_F(PrincipalReports, R_C20_TheWrongPersonLearnsNothing) {
    for (const char* report : {"D:acl-principal-prop-set", "D:principal-match",
                               "D:principal-property-search", "D:principal-search-property-set",
                               "S:calendarserver-principal-search", "D:expand-property"}) {
        for (const char* target : {"/principals/anna/", "/calendars/anna/",
                                   "/calendars/anna/calendar/", "/principals/nobody/"}) {
            for (const std::string& account : {std::string("bert"), std::string()}) {
                const auto refused =
                    server.send("REPORT", target, {}, element(report, wanted), account);
                EXPECT_EQ(refused.status, 403) << report << target;
                ASSERT_TRUE(read_error(refused)) << report << target;
                EXPECT_EQ(read_error(refused)->condition, dav("need-privileges"));
            }
        }
    }
    const auto as_nobody = server.send("REPORT", "/principals/", {},
                                       element("D:principal-property-search", wanted), "");
    EXPECT_THAT(support::read_multistatus(as_nobody).hrefs(), IsEmpty());
}

} // namespace
