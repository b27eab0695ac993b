// Groups and calendar-proxy principals, and who finds whom.
#include "core/strings.h"
#include "tests/support/dav_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace caldav::principals_test {

namespace {

using storage::Level;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

const std::string anna = "/principals/anna/";
const std::string readers = anna + "calendar-proxy-read/";
const std::string writers = anna + "calendar-proxy-write/";

std::string asking(const std::string& properties) {
    return "<D:propfind xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\" "
           "xmlns:S=\"http://calendarserver.org/ns/\"><D:prop>"
           + properties + "</D:prop></D:propfind>";
}

std::string members(const std::vector<std::string>& hrefs) {
    std::string list;
    for (const std::string& href : hrefs) {
        list += "<D:href>" + href + "</D:href>";
    }
    return "<D:propertyupdate xmlns:D=\"DAV:\"><D:set><D:prop><D:group-member-set>" + list
           + "</D:group-member-set></D:prop></D:set></D:propertyupdate>";
}

class Principals : public support::DavFixture {
protected:
    Principals() {
        server.add_account("carl");
        const auto done =
            server.store->write([](storage::WriteTransaction& transaction) -> core::Done {
                transaction.grants().insert({"desk", "Front desk", {}});
                transaction.grants().add_member("desk", "bert");
                return {};
            });
        EXPECT_TRUE(done);
    }

    core::Response as(const std::string& who, const std::string& method, const std::string& target,
                      std::string body = {}) {
        return server.send(method, target, {}, std::move(body), who);
    }
    support::DavResponse find(const std::string& who, const std::string& target,
                              const std::string& properties) {
        const auto answer =
            support::read_multistatus(as(who, "PROPFIND", target, asking(properties)));
        return answer.responses.empty() ? support::DavResponse() : answer.responses.front();
    }
    std::vector<std::string> hrefs(const std::string& who, const std::string& target,
                                   const std::string& property) {
        std::vector<std::string> found;
        const auto response = find(who, target, "<D:" + property + "/>");
        if (const Element* set = response.find(dav(property))) {
            for (const Element& href : set->children) {
                found.push_back(href.text);
            }
        }
        return found;
    }
    int set(const std::string& who, const std::string& proxy,
            const std::vector<std::string>& hrefs) {
        const auto response = as(who, "PROPPATCH", proxy, members(hrefs));
        if (response.status != 207) {
            return response.status;
        }
        return support::read_multistatus(response).responses.at(0).status_of(
            dav("group-member-set"));
    }
};

std::vector<std::string> types(const support::DavResponse& response) {
    std::vector<std::string> names;
    if (const Element* type = response.find(dav("resourcetype"))) {
        for (const Element& child : type->children) {
            names.push_back(child.name.local);
        }
    }
    return names;
}

} // namespace

TEST_F(Principals, AGroupIsAPrincipalWithMembers) {
    const auto desk = find("bert", "/principals/desk/",
                           "<D:resourcetype/><D:displayname/><C:calendar-user-type/>"
                           "<D:principal-URL/>");
    EXPECT_THAT(types(desk), ElementsAre("principal"));
    EXPECT_EQ(desk.text(dav("displayname")), "Front desk");
    EXPECT_EQ(desk.text(cal("calendar-user-type")), "GROUP");
    EXPECT_EQ(desk.find(dav("principal-URL"))->children.at(0).text, "/principals/desk/");
    EXPECT_THAT(hrefs("bert", "/principals/desk/", "group-member-set"),
                ElementsAre("/principals/bert/"));
    EXPECT_THAT(hrefs("bert", "/principals/bert/", "group-membership"),
                ElementsAre("/principals/desk/"));
}

TEST_F(Principals, OnlyItsMembersFindAGroupUnlessEverybodyMay) {
    const std::string group = "/principals/desk/";
    EXPECT_EQ(as("carl", "PROPFIND", group).status, 403);
    EXPECT_EQ(as("carl", "PROPFIND", group).body.find("desk"),
              as("carl", "PROPFIND", "/principals/disk/").body.find("disk"));
    EXPECT_EQ(as("bert", "PROPPATCH", group, members({})).status, 403);
    for (const char* method : {"GET", "PUT", "DELETE", "MKCALENDAR", "ACL"}) {
        EXPECT_EQ(as("bert", method, group).status, 405) << method;
    }
    server.directory = true;
    EXPECT_EQ(as("carl", "PROPFIND", group).status, 207);
}

TEST_F(Principals, ProxiesAreFoundBelowTheirPrincipal) {
    EXPECT_THAT(types(find("anna", readers, "<D:resourcetype/>")),
                ElementsAre("principal", "calendar-proxy-read"));
    EXPECT_THAT(types(find("anna", writers, "<D:resourcetype/>")),
                ElementsAre("principal", "calendar-proxy-write"));
    const auto answer =
        support::read_multistatus(server.send("PROPFIND", anna, {{"Depth", "1"}}, ""));
    EXPECT_THAT(answer.hrefs(), ElementsAre(anna, readers, writers));
    EXPECT_EQ(as("anna", "PROPFIND", anna + "calendar-proxy/").status, 404);
    EXPECT_EQ(as("bert", "PROPFIND", writers).status, 403);
    EXPECT_EQ(as("anna", "DELETE", writers).status, 405);
    EXPECT_THAT(std::string(*as("anna", "OPTIONS", writers).headers.get("DAV")),
                HasSubstr("calendar-proxy"));
}

TEST_F(Principals, AnOwnerChoosesWhoActsForThem) {
    ASSERT_EQ(as("bert", "PROPFIND", "/calendars/anna/").status, 403);
    ASSERT_EQ(set("anna", writers, {"/principals/bert/", "mailto:carl@example.org"}), 200);
    EXPECT_THAT(hrefs("anna", writers, "group-member-set"),
                ElementsAre("/principals/bert/", "/principals/carl/"));
    EXPECT_EQ(as("bert", "PROPFIND", "/calendars/anna/").status, 207);
    EXPECT_THAT(hrefs("bert", "/principals/bert/", "group-membership"),
                ElementsAre("/principals/desk/", writers));

    ASSERT_EQ(set("anna", writers, {"/principals/bert/"}), 200); // the whole set
    EXPECT_EQ(as("carl", "PROPFIND", "/calendars/anna/").status, 403);
    ASSERT_EQ(set("anna", readers, {"/principals/bert/", "/principals/desk/"}), 200);
    EXPECT_THAT(hrefs("anna", writers, "group-member-set"), IsEmpty()); // the last word counts
    EXPECT_EQ(as("bert", "DELETE", "/calendars/anna/tasks/").status, 403);
    EXPECT_THAT(hrefs("bert", "/principals/desk/", "group-membership"), ElementsAre(readers));
}

TEST_F(Principals, AProxyIsFoundByExpandProperty) {
    ASSERT_EQ(set("anna", writers, {"/principals/bert/"}), 200);
    const auto body = [](const std::string& property, const std::string& name_space) {
        return "<D:expand-property xmlns:D=\"DAV:\"><D:property name=\"" + property
               + "\" namespace=\"" + name_space
               + "\"><D:property name=\"displayname\"/></D:property></D:expand-property>";
    };
    EXPECT_THAT(as("bert", "REPORT", "/principals/bert/",
                   body("calendar-proxy-write-for", "http://calendarserver.org/ns/"))
                    .body,
                HasSubstr("<D:displayname>anna</D:displayname>"));
    EXPECT_THAT(as("bert", "REPORT", "/principals/bert/", body("group-membership", "DAV:")).body,
                HasSubstr("<D:href>" + writers + "</D:href>"));
    // Who chose a delegate may know the name.
    EXPECT_THAT(as("anna", "REPORT", writers, body("group-member-set", "DAV:")).body,
                HasSubstr("<D:displayname>bert</D:displayname>"));
}

TEST_F(Principals, WhoIsNotThereIsNoDelegateAndNothingChanges) {
    ASSERT_EQ(set("anna", writers, {"/principals/carl/"}), 200);
    for (const std::string& href :
         {std::string("/principals/nobody/"), std::string("mailto:nobody@example.org"),
          std::string(""), std::string("mailto:%00"), std::string("mailto:%ff"),
          std::string("/calendars/bert/"), anna, readers}) {
        const auto answer = as("anna", "PROPPATCH", writers, members({"/principals/bert/", href}));
        EXPECT_THAT(answer.body, HasSubstr("<D:recognized-principal/>")) << href;
        EXPECT_THAT(hrefs("anna", writers, "group-member-set"), ElementsAre("/principals/carl/"))
            << href;
    }
    EXPECT_THAT(as("anna", "PROPPATCH", writers,
                   core::replace_all(members({}), "group-member-set", "displayname"))
                    .body,
                HasSubstr("cannot-modify-protected-property"));
}

TEST_F(Principals, NobodyChoosesDelegatesForAnother) {
    EXPECT_EQ(set("bert", writers, {"/principals/bert/"}), 403);
    ASSERT_EQ(set("anna", writers, {"/principals/bert/"}), 200);
    EXPECT_EQ(set("bert", writers, {"/principals/bert/", "/principals/carl/"}), 403);
    EXPECT_EQ(set("bert", writers, {}), 403);
    // Nor learns whom else she chose.
    ASSERT_EQ(set("anna", writers, {"/principals/bert/", "/principals/carl/"}), 200);
    EXPECT_THAT(hrefs("bert", writers, "group-member-set"), IsEmpty());
    EXPECT_THAT(hrefs("bert", anna, "group-membership"), IsEmpty());
}

TEST_F(Principals, AColleagueIsANameAndAnAddressAndNothingOfTheCalendars) {
    const std::string properties =
        "<D:displayname/><C:calendar-user-address-set/><C:calendar-user-type/>"
        "<S:email-address-set/><C:calendar-home-set/><C:schedule-inbox-URL/><D:group-membership/>"
        "<S:notification-URL/><S:calendar-proxy-write-for/><D:acl/><x xmlns=\"urn:dead\"/>";
    server.send("PROPPATCH", anna, {},
                "<D:propertyupdate xmlns:D=\"DAV:\"><D:set><D:prop><x xmlns=\"urn:dead\">secret"
                "</x></D:prop></D:set></D:propertyupdate>");
    EXPECT_EQ(as("bert", "PROPFIND", anna).status, 403);
    server.directory = true;
    const auto seen = find("bert", anna, properties);
    EXPECT_EQ(seen.text(dav("displayname")), "anna");
    EXPECT_EQ(seen.text(cal("calendar-user-type")), "INDIVIDUAL");
    EXPECT_EQ(seen.status_of(cal("calendar-user-address-set")), 200);
    EXPECT_EQ(seen.status_of(cs("email-address-set")), 200);
    for (const Name& hidden : {cal("calendar-home-set"), cal("schedule-inbox-URL"),
                               dav("group-membership"), cs("notification-URL"),
                               cs("calendar-proxy-write-for"), dav("acl"), Name{"urn:dead", "x"}}) {
        EXPECT_EQ(seen.status_of(hidden), 404) << hidden.local;
    }
    EXPECT_EQ(as("bert", "PROPPATCH", anna, members({})).status, 403);
    EXPECT_EQ(as("bert", "PROPFIND", readers).status, 403);
    // What is in the home still looks the same whether it is there or not.
    for (const char* path : {"calendar/", "none/", "notification/", ""}) {
        EXPECT_EQ(as("bert", "PROPFIND", std::string("/calendars/anna/") + path).status, 403);
    }
}

TEST_F(Principals, ColleaguesFindEachOtherByNameAndAddress) {
    const auto search = [&](const std::string& property, const std::string& words) {
        const std::string body =
            "<D:principal-property-search xmlns:D=\"DAV:\" "
            "xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><D:property-search><D:prop><"
            + property + "/></D:prop><D:match>" + words
            + "</D:match></D:property-search><D:prop><D:displayname/></D:prop>"
              "</D:principal-property-search>";
        return support::read_multistatus(as("bert", "REPORT", "/principals/", body)).hrefs();
    };
    EXPECT_THAT(search("D:displayname", "an"), IsEmpty());
    EXPECT_THAT(search("D:displayname", "desk"), ElementsAre("/principals/desk/"));
    server.directory = true;
    EXPECT_THAT(search("D:displayname", "ann"), ElementsAre(anna));
    EXPECT_THAT(search("C:calendar-user-address-set", "carl@"), ElementsAre("/principals/carl/"));
    EXPECT_THAT(search("C:calendar-user-type", "group"), ElementsAre("/principals/desk/"));

    const auto complete = [&](const std::string& context) {
        const std::string body =
            "<S:calendarserver-principal-search xmlns:S=\"http://calendarserver.org/ns/\" "
            "xmlns:D=\"DAV:\" context=\""
            + context
            + "\"><S:search-token>a</S:search-token><D:prop><D:displayname/></D:prop>"
              "</S:calendarserver-principal-search>";
        return support::read_multistatus(as("bert", "REPORT", "/principals/", body)).hrefs();
    };
    EXPECT_THAT(complete("attendee"),
                UnorderedElementsAre(anna, "/principals/bert/", "/principals/carl/"));
    EXPECT_THAT(complete("group"), IsEmpty());
}

} // namespace caldav::principals_test
