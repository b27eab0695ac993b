#include "caldav/properties.h"
#include "caldav/properties_table.h"
#include "core/limits.h"
#include "tests/support/dav_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace caldav {
namespace {

using support::DavAnswer;
using support::DavResponse;
using support::read_multistatus;

std::string tag(const Name& name) {
    std::string out;
    append_empty_tag(out, name);
    return out;
}

std::string propfind_body(const std::vector<Name>& names) {
    std::string body = "<D:propfind xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav' "
                       "xmlns:CS='http://calendarserver.org/ns/' "
                       "xmlns:A='http://apple.com/ns/ical/'><D:prop>";
    for (const Name& name : names) {
        body += tag(name);
    }
    return body + "</D:prop></D:propfind>";
}

class Properties : public support::DavFixture {
protected:
    DavResponse get(const std::string& target, const std::vector<Name>& names) {
        DavAnswer answer = read_multistatus(
            server.send("PROPFIND", target, {{"Depth", "0"}}, propfind_body(names)));
        EXPECT_EQ(answer.responses.size(), 1U);
        return answer.responses.empty() ? DavResponse{} : answer.responses.front();
    }
    // As the property's element reads, without its own tags.
    std::string inner(const std::string& target, const Name& name) {
        const DavResponse response = get(target, {name});
        const Element* element = response.find(name);
        return element == nullptr ? "(none)" : describe(*element);
    }
    static std::string describe(const Element& element) {
        std::string out = element.text;
        for (const Element& child : element.children) {
            out += "<" + child.name.local + ">" + describe(child);
        }
        return out;
    }
    std::string resource_types(const std::string& target) {
        return inner(target, dav("resourcetype"));
    }
};

TEST_F(Properties, ResourceTypesAreExactlyThese) { // R-A4
    server.make_collection("anna", "files", false);
    ASSERT_EQ(server.put("/calendars/anna/calendar/a.ics", support::simple_event("a")).status, 201);

    EXPECT_EQ(resource_types("/"), "<collection>");
    EXPECT_EQ(resource_types("/principals/"), "<collection>");
    EXPECT_EQ(resource_types("/principals/anna/"), "<collection><principal>");
    EXPECT_EQ(resource_types("/calendars/anna/"), "<collection>");
    EXPECT_EQ(resource_types("/calendars/anna/calendar/"), "<collection><calendar>");
    EXPECT_EQ(resource_types("/calendars/anna/files/"), "<collection>");
    EXPECT_EQ(resource_types("/calendars/anna/inbox/"), "<collection><schedule-inbox>");
    EXPECT_EQ(resource_types("/calendars/anna/outbox/"), "<collection><schedule-outbox>");
    EXPECT_EQ(resource_types("/calendars/anna/calendar/a.ics"), "");
}

TEST_F(Properties, EveryResourceLeadsToThePrincipal) { // R-C3
    for (const char* target :
         {"/", "/principals/", "/calendars/", "/principals/anna/", "/calendars/anna/",
          "/calendars/anna/calendar/", "/calendars/anna/inbox/"}) {
        EXPECT_EQ(inner(target, dav("current-user-principal")), "<href>/principals/anna/")
            << target;
    }
    EXPECT_EQ(inner("/", dav("principal-URL")), "<href>/principals/anna/");
    EXPECT_EQ(inner("/calendars/anna/calendar/", dav("owner")), "<href>/principals/anna/");
}

TEST_F(Properties, ThePrincipalHasWhatSchedulingClientsAskFor) { // R-A1, R-T5
    const std::string principal = "/principals/anna/";

    EXPECT_EQ(inner(principal, cal("calendar-home-set")), "<href>/calendars/anna/");
    EXPECT_EQ(inner(principal, cal("schedule-inbox-URL")), "<href>/calendars/anna/inbox/");
    EXPECT_EQ(inner(principal, cal("schedule-outbox-URL")), "<href>/calendars/anna/outbox/");
    EXPECT_EQ(inner(principal, cal("calendar-user-type")), "INDIVIDUAL");
    EXPECT_EQ(inner(principal, dav("displayname")), "anna");
    EXPECT_EQ(inner(principal, dav("principal-collection-set")), "<href>/principals/");
    EXPECT_EQ(inner(principal, cs("email-address-set")), "<email-address>anna@example.org");
    EXPECT_EQ(inner(principal, dav("group-membership")), "");
    EXPECT_EQ(inner("/calendars/anna/inbox/", cal("schedule-default-calendar-URL")),
              "<href>/calendars/anna/calendar/");
}

TEST_F(Properties, TheTimeZoneServiceIsNamedWhereClientsLook) { // RFC 7809 section 5.1
    for (const char* target : {"/calendars/anna/", "/principals/anna/"}) {
        EXPECT_EQ(inner(target, cal("timezone-service-set")), "<href>/timezones") << target;
    }
}

TEST_F(Properties, TheAddressIsFirstLastAndPreferred) { // R-U1 to R-U3
    const DavResponse response = get("/principals/anna/", {cal("calendar-user-address-set")});

    const Element* set = response.find(cal("calendar-user-address-set"));
    ASSERT_NE(set, nullptr);
    ASSERT_EQ(set->children.size(), 3U);
    EXPECT_EQ(set->children[0].text, "mailto:anna@example.org");
    EXPECT_EQ(set->children[1].text, "/principals/anna/");
    EXPECT_EQ(set->children[2].text, "mailto:anna@example.org");
    EXPECT_EQ(set->children[2].attribute("preferred"), "1");
}

TEST_F(Properties, PrivilegesAreSpeltOut) { // client rule 27, R-T3, R-O1
    const std::string privileges =
        inner("/calendars/anna/calendar/", dav("current-user-privilege-set"));

    for (const char* privilege :
         {"all", "read", "write", "write-content", "write-properties", "bind", "unbind", "read-acl",
          "read-current-user-privilege-set", "read-free-busy"}) {
        EXPECT_NE(privileges.find("<privilege><" + std::string(privilege) + ">"), std::string::npos)
            << privilege;
    }
    EXPECT_EQ(inner("/", dav("current-user-privilege-set")).find("<write>"), std::string::npos);
    EXPECT_EQ(inner("/calendars/anna/inbox/", dav("current-user-privilege-set")).find("<bind>"),
              std::string::npos);
}

TEST_F(Properties, TheAclIsOneProtectedEntryForTheOwner) { // RFC 3744 section 5.5
    const std::string acl = inner("/calendars/anna/calendar/", dav("acl"));

    EXPECT_EQ(acl.find("<ace><principal><href>/principals/anna/<grant><privilege><all>"), 0U);
    EXPECT_NE(acl.find("<protected>"), std::string::npos);
}

TEST_F(Properties, SyncIsOfferedWhereItWorks) {
    const auto offers = [&](const std::string& target, const std::string& report) {
        return inner(target, dav("supported-report-set")).find("<" + report + ">")
               != std::string::npos;
    };
    EXPECT_TRUE(offers("/calendars/anna/calendar/", "calendar-query"));
    EXPECT_TRUE(offers("/calendars/anna/calendar/", "calendar-multiget"));
    EXPECT_TRUE(offers("/calendars/anna/calendar/", "sync-collection"));
    EXPECT_TRUE(offers("/calendars/anna/", "sync-collection")); // R-A3
}

TEST_F(Properties, ObjectsHaveTheirValidators) { // R-T6, R-V1, R-O5
    ASSERT_EQ(server.put("/calendars/anna/calendar/a.ics", support::simple_event("a")).status, 201);
    const auto got = server.send("GET", "/calendars/anna/calendar/a.ics");

    const DavResponse response =
        get("/calendars/anna/calendar/a.ics",
            {dav("getetag"), dav("getcontenttype"), dav("getcontentlength"), dav("getlastmodified"),
             dav("creationdate"), cal("schedule-tag"), cal("calendar-data")});

    EXPECT_EQ(response.text(dav("getetag")), got.headers.get("ETag"));
    EXPECT_EQ(response.text(dav("getetag")).front(), '"');
    EXPECT_EQ(response.text(dav("getcontenttype")),
              "text/calendar; charset=utf-8; component=VEVENT");
    EXPECT_EQ(response.text(dav("getcontentlength")), std::to_string(got.body.size()));
    EXPECT_EQ(response.text(dav("getlastmodified")), "Sun, 22 Nov 2026 08:00:00 GMT");
    EXPECT_EQ(response.text(dav("creationdate")), "2026-11-22T08:00:00Z");
    EXPECT_EQ(response.status_of(cal("schedule-tag")), 404);
    EXPECT_EQ(response.status_of(cal("calendar-data")), 404);
}

TEST_F(Properties, TagsChangeWithEveryChange) { // R-D4
    const auto tags = [&] {
        const DavResponse calendar =
            get("/calendars/anna/calendar/", {cs("getctag"), dav("sync-token")});
        const DavResponse home = get("/calendars/anna/", {cs("getctag")});
        return std::vector<std::string>{calendar.text(cs("getctag")),
                                        calendar.text(dav("sync-token")), home.text(cs("getctag"))};
    };
    const auto expect_all_new = [&](const std::vector<std::string>& before,
                                    const std::vector<std::string>& after, const char* what) {
        for (std::size_t i = 0; i < before.size(); ++i) {
            EXPECT_NE(before[i], after[i]) << what << i;
            EXPECT_FALSE(after[i].empty());
        }
    };
    const auto at_first = tags();
    EXPECT_EQ(at_first, tags());
    EXPECT_NE(at_first[1].find(':'), std::string::npos); // R-E2

    ASSERT_EQ(server.put("/calendars/anna/calendar/a.ics", support::simple_event("a")).status, 201);
    const auto after_put = tags();
    expect_all_new(at_first, after_put, "put");

    ASSERT_EQ(server.send("DELETE", "/calendars/anna/calendar/a.ics").status, 204);
    const auto after_delete = tags();
    expect_all_new(after_put, after_delete, "delete");

    ASSERT_EQ(server
                  .send("PROPPATCH", "/calendars/anna/calendar/", {},
                        "<propertyupdate xmlns='DAV:'><set><prop><displayname>x</displayname>"
                        "</prop></set></propertyupdate>")
                  .status,
              207);
    expect_all_new(after_delete, tags(), "proppatch");
}

TEST_F(Properties, TheBoundsAreThoseThatAreEnforced) { // RFC 4791 sections 5.2.4 to 5.2.9
    const std::string calendar = "/calendars/anna/calendar/";

    EXPECT_EQ(inner(calendar, cal("max-resource-size")),
              std::to_string(core::limits::resource_bytes));
    EXPECT_EQ(inner(calendar, cal("max-attendees-per-instance")),
              std::to_string(core::limits::attendees));
    EXPECT_EQ(inner(calendar, cal("max-instances")), std::to_string(core::limits::instances));
    EXPECT_EQ(inner(calendar, cal("min-date-time")), "00010101T000000Z");
    EXPECT_EQ(inner(calendar, cal("max-date-time")), "99991231T235959Z");
    const DavResponse response =
        get(calendar, {cal("supported-calendar-component-set"), cal("supported-calendar-data")});
    const Element* components = response.find(cal("supported-calendar-component-set"));
    ASSERT_NE(components, nullptr);
    ASSERT_EQ(components->children.size(), 1U);
    EXPECT_EQ(components->children[0].attribute("name"), "VEVENT");
    const Element* data = response.find(cal("supported-calendar-data"));
    ASSERT_NE(data, nullptr);
    EXPECT_EQ(data->children.at(0).attribute("content-type"), "text/calendar");
}

TEST_F(Properties, ResourceIdsAreDistinctAndStay) { // RFC 5842 section 3.1
    const std::string one = inner("/principals/anna/", dav("resource-id"));
    const std::string two = inner("/calendars/anna/", dav("resource-id"));

    EXPECT_EQ(one.find("<href>urn:uuid:"), 0U);
    EXPECT_EQ(one.size(), std::string("<href>urn:uuid:").size() + 36);
    EXPECT_NE(one, two);
    EXPECT_EQ(one, inner("/principals/anna/", dav("resource-id")));
}

TEST_F(Properties, UnknownOnesAre404AndEmpty) { // R-C11, client rule 26
    const DavResponse response =
        get("/calendars/anna/calendar/",
            {dav("displayname"), cs("source"), cs("push-transports"), Name{"", "x"},
             Name{"urn:x", "y"}, Name{"http://www.w3.org/XML/1998/namespace", "z"}});

    EXPECT_EQ(response.status_of(dav("displayname")), 200);
    EXPECT_EQ(response.properties.size(), 6U);
    for (const auto& [status, element] : response.properties) {
        EXPECT_TRUE(status == 200 || (element.text.empty() && element.children.empty()));
    }
    EXPECT_EQ(response.status_of(cs("source")), 404);
    EXPECT_EQ(response.status_of(Name{"urn:x", "y"}), 404);
    EXPECT_EQ(response.status_of(Name{"http://www.w3.org/XML/1998/namespace", "z"}), 404);
}

TEST_F(Properties, AllpropLeavesOutWhatIsCostlyOrNotAskedFor) { // RFC 4791 section 5.2
    const DavAnswer answer =
        read_multistatus(server.send("PROPFIND", "/calendars/anna/calendar/", {{"Depth", "0"}}));

    const DavResponse& response = answer.responses.at(0);
    EXPECT_EQ(response.status_of(dav("resourcetype")), 200);
    EXPECT_EQ(response.status_of(dav("displayname")), 200);
    EXPECT_EQ(response.status_of(cal("calendar-timezone")), 0);
    EXPECT_EQ(response.status_of(dav("acl")), 0);
    EXPECT_EQ(response.status_of(dav("getetag")), 0);
}

TEST_F(Properties, IncludeAddsToAllprop) { // RFC 4918 section 9.1
    const DavAnswer answer = read_multistatus(
        server.send("PROPFIND", "/calendars/anna/calendar/", {{"Depth", "0"}},
                    "<propfind xmlns='DAV:'><allprop/><include><acl/><nothing/></include>"
                    "</propfind>"));

    const DavResponse& response = answer.responses.at(0);
    EXPECT_EQ(response.status_of(dav("acl")), 200);
    EXPECT_EQ(response.status_of(dav("nothing")), 404);
    EXPECT_EQ(response.status_of(dav("resourcetype")), 200);
}

TEST_F(Properties, PropnameGivesNamesOnly) {
    ASSERT_EQ(server
                  .send("PROPPATCH", "/calendars/anna/calendar/", {},
                        "<propertyupdate xmlns='DAV:'><set><prop><x xmlns='urn:x'>dead</x></prop>"
                        "</set></propertyupdate>")
                  .status,
              207);
    const DavAnswer answer =
        read_multistatus(server.send("PROPFIND", "/calendars/anna/calendar/", {{"Depth", "0"}},
                                     "<propfind xmlns='DAV:'><propname/></propfind>"));

    const DavResponse& response = answer.responses.at(0);
    EXPECT_EQ(response.status_of(dav("acl")), 200);
    EXPECT_EQ(response.status_of(Name{"urn:x", "x"}), 200);
    EXPECT_EQ(response.status_of(cal("calendar-data")), 0);
    for (const auto& [status, element] : response.properties) {
        EXPECT_EQ(status, 200) << element.name.local;
        EXPECT_TRUE(element.text.empty() && element.children.empty()) << element.name.local;
    }
}

TEST(PropertyTable, EveryRowIsCompleteAndStandsOnce) {
    std::set<std::pair<Name, unsigned>> seen;
    for (const auto rows : {webdav_properties(), access_control_properties(), caldav_properties(),
                            scheduling_properties()}) {
        for (const PropertyRow& row : rows) {
            EXPECT_NE(row.get, nullptr) << row.local;
            EXPECT_FALSE(row.section.empty()) << row.local;
            for (unsigned bit = 0; bit < 32; ++bit) {
                if ((row.on >> bit & 1U) != 0) {
                    EXPECT_TRUE(seen.emplace(row.name(), bit).second) << row.local;
                }
            }
        }
    }
}

TEST(PropertyTable, WhatIsProtectedAnywhereIsNoDeadPropertyElsewhere) {
    EXPECT_TRUE(is_protected_anywhere(dav("getetag")));
    EXPECT_TRUE(is_protected_anywhere(cal("schedule-tag")));
    EXPECT_FALSE(is_protected_anywhere(dav("displayname")));
    EXPECT_FALSE(is_protected_anywhere(apple("calendar-color")));
    EXPECT_FALSE(is_protected_anywhere(Name{"urn:x", "y"}));
}

} // namespace
} // namespace caldav
