#include "core/limits.h"
#include "tests/support/dav_fixture.h"

#include <gtest/gtest.h>

namespace caldav::make_collection_test {
namespace {

using support::condition_of;
using support::DavAnswer;
using support::DavResponse;
using support::HeaderList;
using support::read_multistatus;

const HeaderList xml{{"Content-Type", "text/xml; charset=utf-8"}};
const std::string target = "/calendars/anna/New/";

class MakeCollection : public support::DavFixture {
protected:
    core::Response make(const std::string& properties, const std::string& where = target) {
        return server.send("MKCALENDAR", where, xml,
                           "<C:mkcalendar xmlns:C='urn:ietf:params:xml:ns:caldav' xmlns:D='DAV:' "
                           "xmlns:A='http://apple.com/ns/ical/' xmlns:x='urn:x'><D:set><D:prop>"
                               + properties + "</D:prop></D:set></C:mkcalendar>");
    }
    core::Response make_extended(const std::string& properties) {
        return server.send("MKCOL", target, xml,
                           "<D:mkcol xmlns:C='urn:ietf:params:xml:ns:caldav' xmlns:D='DAV:' "
                           "xmlns:A='http://apple.com/ns/ical/'><D:set><D:prop>"
                               + properties + "</D:prop></D:set></D:mkcol>");
    }
    std::optional<storage::Collection> made(const std::string& name = "New") {
        return server.store->read([&](const storage::ReadTransaction& transaction) {
            return transaction.collections().find("anna", name);
        });
    }
};

TEST_F(MakeCollection, ACalendarNeedsNoBody) { // RFC 4791 section 5.3.1
    const auto response = server.send("MKCALENDAR", target);

    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(response.headers.get("Cache-Control"), "no-cache");
    const auto collection = made();
    ASSERT_TRUE(collection);
    EXPECT_TRUE(collection->is_calendar);
    EXPECT_TRUE(collection->sessions);
    EXPECT_EQ(collection->components, storage::components::event | storage::components::todo
                                          | storage::components::journal);
}

// RFC 4791 section 5.3.1.2
TEST_F(MakeCollection, PropertiesAreSetAtOnce) {
    const auto response =
        make("<D:displayname>Lisa's Events</D:displayname>"
             "<C:calendar-description xml:lang='en'>Restricted</C:calendar-description>"
             "<C:supported-calendar-component-set><C:comp name='VEVENT'/><C:comp name='VPOLL'/>"
             "</C:supported-calendar-component-set><x:dead>1</x:dead>");

    EXPECT_EQ(response.status, 201);
    const auto collection = made();
    ASSERT_TRUE(collection);
    EXPECT_EQ(collection->display_name, "Lisa's Events");
    EXPECT_EQ(collection->description, "Restricted");
    EXPECT_EQ(collection->components, storage::components::event);
    const DavAnswer answer =
        read_multistatus(server.send("PROPFIND", target, {{"Depth", "0"}},
                                     "<propfind xmlns='DAV:'><prop><x:dead xmlns:x='urn:x'/>"
                                     "</prop></propfind>"));
    EXPECT_EQ(answer.responses.at(0).text(Name{"urn:x", "dead"}), "1");
}

// client rule 25
TEST_F(MakeCollection, TakesWhatEachClientSends) {
    EXPECT_EQ(make("<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"
                   "<D:displayname>Phone</D:displayname><A:calendar-color>#FF00FF00"
                   "</A:calendar-color><C:calendar-timezone-id>Europe/Vienna"
                   "</C:calendar-timezone-id><C:supported-calendar-component-set>"
                   "<C:comp name='VEVENT'/><C:comp name='VTODO'/>"
                   "</C:supported-calendar-component-set>",
                   "/calendars/anna/davx5/")
                  .status,
              201);
    EXPECT_EQ(make("<A:calendar-color></A:calendar-color><D:displayname>t</D:displayname>",
                   "/calendars/anna/tsdav/")
                  .status,
              201);
    EXPECT_EQ(make("<A:calendar-color symbolic-color='blue'>#0252D4FF</A:calendar-color>"
                   "<A:calendar-order>3</A:calendar-order><C:schedule-calendar-transp><C:opaque/>"
                   "</C:schedule-calendar-transp><C:supported-calendar-component-set>"
                   "<C:comp name='VTODO'/></C:supported-calendar-component-set>",
                   "/calendars/anna/0F9D0F23-3B5D-4B9F-8C0B-0D6B0B4C9A11/")
                  .status,
              201);
    EXPECT_EQ(make_extended("<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>").status,
              201);

    EXPECT_FALSE(made("davx5")->time_zone.empty());
    EXPECT_EQ(made("davx5")->color, "#FF00FF00");
    EXPECT_FALSE(made("tsdav")->color);
    const auto apple_list = made("0F9D0F23-3B5D-4B9F-8C0B-0D6B0B4C9A11");
    EXPECT_EQ(apple_list->components, storage::components::todo);
    EXPECT_FALSE(apple_list->sessions);
    EXPECT_TRUE(made("New")->is_calendar);
}

TEST_F(MakeCollection, PlainCollectionsAreNotCalendars) { // RFC 4918 section 9.3
    EXPECT_EQ(server.send("MKCOL", target).status, 201);

    const auto collection = made();
    ASSERT_TRUE(collection);
    EXPECT_FALSE(collection->is_calendar);
    EXPECT_FALSE(collection->sessions);
}

TEST_F(MakeCollection, MkcolTakesXmlBodiesOnly) { // RFC 4918 section 9.3, litmus
    EXPECT_EQ(
        server.send("MKCOL", target, {{"Content-Type", "xzy-foo/bar-512"}}, "afafafaf").status,
        415);
    EXPECT_EQ(server.send("MKCOL", target, xml, "<x/>").status, 415);
    EXPECT_EQ(server.send("MKCOL", target, xml, "<x").status, 400);
    EXPECT_FALSE(made());
}

TEST_F(MakeCollection, APropertyThatFailsLeavesNothing) {
    const DavResponse failed =
        read_multistatus(make("<D:displayname>x</D:displayname><D:getetag>y</D:getetag>"))
            .responses.at(0);
    const auto extended =
        make_extended("<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"
                      "<D:displayname>x</D:displayname><A:calendar-color>red</A:calendar-color>");

    EXPECT_EQ(failed.href, target);
    EXPECT_EQ(failed.status_of(dav("displayname")), 424);
    EXPECT_EQ(failed.status_of(dav("getetag")), 403);
    EXPECT_EQ(extended.status, 403);
    const auto root = read_xml(extended.body); // RFC 5689 section 3
    ASSERT_TRUE(root);
    EXPECT_TRUE(root->is(dav("mkcol-response")));
    EXPECT_EQ(root->children.size(), 2U);
    EXPECT_FALSE(made());
}

TEST_F(MakeCollection, NoSupportedComponentIsAFailure) { // R-A14
    const DavResponse failed =
        read_multistatus(make("<C:supported-calendar-component-set><C:comp name='VPOLL'/>"
                              "</C:supported-calendar-component-set><D:displayname/>"))
            .responses.at(0);

    EXPECT_EQ(failed.status_of(cal("supported-calendar-component-set")), 403);
    EXPECT_EQ(failed.status_of(dav("displayname")), 424);
    EXPECT_FALSE(made());
}

TEST_F(MakeCollection, OtherResourceTypesAreRefused) { // RFC 5689 section 3.3, R-A11
    const auto addressbook =
        make_extended("<D:resourcetype><D:collection/>"
                      "<x:addressbook xmlns:x='urn:ietf:params:xml:ns:carddav'/></D:resourcetype>");
    const auto subscribed = make("<D:resourcetype><D:collection/>"
                                 "<s:subscribed xmlns:s='http://calendarserver.org/ns/'/>"
                                 "</D:resourcetype>");

    EXPECT_EQ(addressbook.status, 403);
    EXPECT_NE(addressbook.body.find("<D:valid-resourcetype/>"), std::string::npos);
    EXPECT_EQ(subscribed.status, 403);
    EXPECT_EQ(condition_of(subscribed), dav("valid-resourcetype"));
    EXPECT_FALSE(made());
}

TEST_F(MakeCollection, WhatIsThereStays) { // RFC 4791 section 5.3.1.1, RFC 4918 section 9.3.1
    const auto calendar = server.send("MKCALENDAR", "/calendars/anna/calendar/");
    const auto collection = server.send("MKCOL", "/calendars/anna/calendar/");

    EXPECT_EQ(calendar.status, 403);
    EXPECT_EQ(condition_of(calendar), dav("resource-must-be-null"));
    EXPECT_EQ(collection.status, 405);
    for (const char* fixed : {"/calendars/anna/inbox/", "/calendars/anna/outbox",
                              "/calendars/anna/", "/calendars/", "/", "/principals/anna/"}) {
        EXPECT_EQ(server.send("MKCALENDAR", fixed).status, 405) << fixed;
        EXPECT_EQ(server.send("MKCOL", fixed).status, 405) << fixed;
    }
}

TEST_F(MakeCollection, OnlyDirectlyInOnesOwnHome) {
    const auto nested = server.send("MKCALENDAR", "/calendars/anna/calendar/sub/");
    EXPECT_EQ(nested.status, 403);
    EXPECT_EQ(condition_of(nested), cal("calendar-collection-location-ok"));

    const auto foreign = server.send("MKCALENDAR", "/calendars/bert/New/");
    EXPECT_EQ(foreign.status, 403);
    EXPECT_EQ(condition_of(foreign), dav("need-privileges"));

    EXPECT_EQ(server.send("MKCALENDAR", "/calendars/anna/missing/New/").status, 409);
    EXPECT_EQ(server.send("MKCOL", "/calendars/anna/missing/New/").status, 409);
}

TEST_F(MakeCollection, NamesMayBeAnyUtf8) { // R-C8, client rule 29
    for (const char* name : {"a%20b", "%C3%BC%40%2B", "100%25", "%F0%9F%92%A9", "INBOX", "x.ics"}) {
        const std::string href = "/calendars/anna/" + std::string(name) + "/";
        EXPECT_EQ(server.send("MKCALENDAR", href).status, 201) << name;
        EXPECT_EQ(server.send("PROPFIND", href, {{"Depth", "0"}}).status, 207) << name;
    }
    const std::string longest(core::limits::name_bytes, 'n');
    EXPECT_EQ(server.send("MKCALENDAR", "/calendars/anna/" + longest + "/").status, 201);
    EXPECT_EQ(server.send("MKCALENDAR", "/calendars/anna/" + longest + "n/").status, 400);
}

TEST_F(MakeCollection, TheTrailingSlashIsNotNeeded) { // R-C9
    EXPECT_EQ(server.send("MKCALENDAR", "/calendars/anna/New").status, 201);
    EXPECT_TRUE(made());
}

TEST_F(MakeCollection, TheNewCalendarIsListedAndTheHomeChanged) {
    const std::string body = "<propfind xmlns='DAV:'><prop><x:getctag "
                             "xmlns:x='http://calendarserver.org/ns/'/></prop></propfind>";
    const auto home = [&] {
        return read_multistatus(
            server.send("PROPFIND", "/calendars/anna/", {{"Depth", "1"}}, body));
    };
    const DavAnswer before = home();

    ASSERT_EQ(server.send("MKCALENDAR", target).status, 201);

    const DavAnswer after = home();
    EXPECT_NE(after.find(target), nullptr);
    EXPECT_NE(before.responses.at(0).text(cs("getctag")),
              after.responses.at(0).text(cs("getctag")));
}

} // namespace
} // namespace caldav::make_collection_test
