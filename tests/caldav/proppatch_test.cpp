#include "caldav/xml_writer.h"
#include "core/limits.h"
#include "tests/support/dav_fixture.h"

#include <gtest/gtest.h>

namespace caldav {
namespace {

using support::condition_of;
using support::DavAnswer;
using support::DavResponse;
using support::HeaderList;
using support::read_multistatus;

const std::string calendar = "/calendars/anna/calendar/";
const std::string berlin_zone = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//X//EN\r\n"
                                "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\n"
                                "DTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\n"
                                "TZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
                                "END:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\n"
                                "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
                                "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n"
                                "END:VTIMEZONE\r\nEND:VCALENDAR\r\n";

class Proppatch : public support::DavFixture {
protected:
    static std::string update(const std::string& instructions) {
        return "<D:propertyupdate xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav' "
               "xmlns:CS='http://calendarserver.org/ns/' xmlns:A='http://apple.com/ns/ical/' "
               "xmlns:x='urn:x'>"
               + instructions + "</D:propertyupdate>";
    }
    static std::string set(const std::string& properties) {
        return "<D:set><D:prop>" + properties + "</D:prop></D:set>";
    }
    static std::string remove(const std::string& properties) {
        return "<D:remove><D:prop>" + properties + "</D:prop></D:remove>";
    }
    DavResponse patch(const std::string& target, const std::string& instructions) {
        const DavAnswer answer =
            read_multistatus(server.send("PROPPATCH", target, {}, update(instructions)));
        return answer.responses.empty() ? DavResponse{} : answer.responses.front();
    }
    // The property as it is answered, or nothing.
    std::optional<Element> get(const std::string& target, const Name& name) {
        std::string body = "<D:propfind xmlns:D='DAV:' "
                           "xmlns:C='urn:ietf:params:xml:ns:caldav' "
                           "xmlns:CS='http://calendarserver.org/ns/' "
                           "xmlns:A='http://apple.com/ns/ical/'><D:prop>";
        append_empty_tag(body, name);
        const DavAnswer answer = read_multistatus(
            server.send("PROPFIND", target, {{"Depth", "0"}}, body + "</D:prop></D:propfind>"));
        const Element* found =
            answer.responses.empty() ? nullptr : answer.responses.front().find(name);
        return found == nullptr ? std::nullopt : std::optional(*found);
    }
    std::string text(const std::string& target, const Name& name) {
        const auto found = get(target, name);
        return found ? found->text : "(none)";
    }
};

TEST_F(Proppatch, SetsWhatClientsSet) {
    const DavResponse response =
        patch(calendar, set("<D:displayname>J\xC3\xB6rg &amp; Co</D:displayname>"
                            "<C:calendar-description xml:lang='en'>What</C:calendar-description>"
                            "<A:calendar-color symbolic-color='custom'>#FF2968FF</A:calendar-color>"
                            "<A:calendar-order>7</A:calendar-order>"
                            "<C:schedule-calendar-transp><C:transparent/>"
                            "</C:schedule-calendar-transp><C:calendar-timezone>"
                            + berlin_zone + "</C:calendar-timezone>"));

    for (const auto& [status, element] : response.properties) {
        EXPECT_EQ(status, 200) << element.name.local;
    }
    EXPECT_EQ(response.properties.size(), 6U);
    EXPECT_EQ(text(calendar, dav("displayname")), "J\xC3\xB6rg & Co");
    EXPECT_EQ(text(calendar, cal("calendar-description")), "What");
    EXPECT_EQ(text(calendar, apple("calendar-color")), "#FF2968FF");
    EXPECT_EQ(text(calendar, apple("calendar-order")), "7");
    EXPECT_EQ(get(calendar, cal("schedule-calendar-transp"))->children.at(0).name,
              cal("transparent"));
    EXPECT_NE(text(calendar, cal("calendar-timezone")).find("TZID:Europe/Berlin"),
              std::string::npos);
    EXPECT_EQ(text(calendar, cal("calendar-timezone-id")), "Europe/Berlin");
}

TEST_F(Proppatch, RemovesThemAgain) {
    patch(calendar, set("<C:calendar-description>x</C:calendar-description>"
                        "<A:calendar-color>#112233</A:calendar-color>"
                        "<C:calendar-timezone-id>Europe/Berlin</C:calendar-timezone-id>"));
    ASSERT_NE(text(calendar, cal("calendar-timezone")), "(none)");

    const DavResponse response =
        patch(calendar, remove("<C:calendar-description/><A:calendar-color/>"
                               "<C:calendar-timezone/><x:never-was/><D:displayname/>"));

    for (const auto& [status, element] : response.properties) {
        EXPECT_EQ(status, 200) << element.name.local; // also what was not there: RFC 4918 14.23
    }
    EXPECT_FALSE(get(calendar, cal("calendar-description")));
    EXPECT_FALSE(get(calendar, apple("calendar-color")));
    EXPECT_FALSE(get(calendar, cal("calendar-timezone-id")));
    EXPECT_FALSE(get(calendar, dav("displayname")));
}

TEST_F(Proppatch, TheZoneAndItsIdentifierAgree) { // RFC 7809 section 5.2
    const DavResponse response =
        patch(calendar, set("<C:calendar-timezone-id>Australia/Hobart</C:calendar-timezone-id>"));

    EXPECT_EQ(response.status_of(cal("calendar-timezone-id")), 200);
    EXPECT_EQ(text(calendar, cal("calendar-timezone-id")), "Australia/Hobart");
    EXPECT_NE(text(calendar, cal("calendar-timezone")).find("BEGIN:VTIMEZONE"), std::string::npos);
}

TEST_F(Proppatch, AllOrNothing) { // RFC 4918 section 9.2
    const DavResponse response =
        patch(calendar, set("<D:displayname>new</D:displayname><x:a>1</x:a><D:getctag/>"
                            "<D:resourcetype><D:collection/></D:resourcetype>"));

    EXPECT_EQ(response.status_of(dav("displayname")), 424);
    EXPECT_EQ(response.status_of(Name{"urn:x", "a"}), 424);
    EXPECT_EQ(response.status_of(dav("resourcetype")), 403);
    EXPECT_EQ(response.condition, std::nullopt); // the condition is inside its propstat
    EXPECT_EQ(text(calendar, dav("displayname")), "calendar");
    EXPECT_FALSE(get(calendar, Name{"urn:x", "a"}));
}

TEST_F(Proppatch, ProtectedPropertiesAreNamed) { // RFC 4918 section 16
    for (const char* property :
         {"<D:getetag>x</D:getetag>", "<D:resourcetype/>", "<D:sync-token>1</D:sync-token>",
          "<CS:getctag>1</CS:getctag>", "<D:owner/>", "<D:acl/>", "<D:lockdiscovery/>",
          "<C:supported-calendar-component-set><C:comp name='VTODO'/>"
          "</C:supported-calendar-component-set>",
          "<C:max-resource-size>1</C:max-resource-size>", "<C:schedule-tag/>",
          "<C:calendar-data/>"}) {
        const auto response = server.send("PROPPATCH", calendar, {}, update(set(property)));
        EXPECT_NE(response.body.find("<D:cannot-modify-protected-property/>"), std::string::npos)
            << property;
        EXPECT_EQ(read_multistatus(response).responses.at(0).properties.at(0).first, 403);
    }
}

struct BadValue {
    const char* property;
    int status;
};

class BadPropertyValue : public Proppatch, public testing::WithParamInterface<BadValue> {};

TEST_P(BadPropertyValue, IsRefused) {
    const DavResponse response = patch(calendar, set(GetParam().property));

    ASSERT_EQ(response.properties.size(), 1U);
    EXPECT_EQ(response.properties.at(0).first, GetParam().status);
}

INSTANTIATE_TEST_SUITE_P(
    Values, BadPropertyValue,
    testing::Values(BadValue{"<A:calendar-color>red; background: url(x)</A:calendar-color>", 409},
                    BadValue{"<A:calendar-color>#12345</A:calendar-color>", 409},
                    BadValue{"<A:calendar-color>#GGGGGG</A:calendar-color>", 409},
                    BadValue{"<A:calendar-order>first</A:calendar-order>", 409},
                    BadValue{"<A:calendar-order>-</A:calendar-order>", 409},
                    BadValue{"<A:calendar-order>1.2.3</A:calendar-order>", 409},
                    BadValue{"<C:schedule-calendar-transp/>", 409},
                    BadValue{"<C:schedule-calendar-transp><C:opaque/><C:transparent/>"
                             "</C:schedule-calendar-transp>",
                             409},
                    BadValue{"<C:calendar-timezone>Europe/Berlin</C:calendar-timezone>", 403},
                    BadValue{"<C:calendar-timezone>BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n"
                             "</C:calendar-timezone>",
                             403},
                    BadValue{"<C:calendar-timezone-id>Mars/Olympus_Mons</C:calendar-timezone-id>",
                             403}));

TEST_F(Proppatch, ATimeZoneThatNobodyKnowsIsNamedAsTheReason) { // RFC 7809 section 5.2
    const core::Response response = server.send(
        "PROPPATCH", calendar, {},
        "<D:propertyupdate xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'><D:set><D:prop>"
        "<C:calendar-timezone-id>Mars/Olympus_Mons</C:calendar-timezone-id>"
        "</D:prop></D:set></D:propertyupdate>");

    EXPECT_EQ(response.status, 207);
    EXPECT_NE(response.body.find("valid-timezone/>"), std::string::npos) << response.body;
}

TEST_F(Proppatch, KeepsWhatItDoesNotKnow) { // RFC 4918 section 4, litmus props
    for (const char* target : {"/calendars/anna/calendar/", "/calendars/anna/", "/principals/anna/",
                               "/calendars/anna/inbox/"}) {
        const DavResponse response =
            patch(target, set("<x:a xml:lang='de' x:b='1' c='2'>one<y xmlns='urn:y'>two</y>three"
                              "</x:a><n xmlns=''/>"));

        EXPECT_EQ(response.properties.size(), 2U) << target;
        const auto found = get(target, Name{"urn:x", "a"});
        ASSERT_TRUE(found) << target;
        EXPECT_EQ(found->text, "onethree");
        EXPECT_EQ(found->language, "de");
        EXPECT_EQ(found->attributes.size(), 2U);
        ASSERT_EQ(found->children.size(), 1U);
        EXPECT_EQ(found->children[0].name, (Name{"urn:y", "y"}));
        EXPECT_EQ(found->child_offsets.at(0), 3U);
        EXPECT_TRUE(get(target, Name{"", "n"}));
    }
}

TEST_F(Proppatch, ObjectsKeepDeadPropertiesOnly) {
    const std::string object = calendar + "a.ics";
    ASSERT_EQ(server.put(object, support::simple_event("a")).status, 201);

    EXPECT_EQ(patch(object, set("<x:a>1</x:a><D:displayname>d</D:displayname>"))
                  .status_of(Name{"urn:x", "a"}),
              200);
    EXPECT_EQ(patch(object, set("<D:getcontenttype>text/html</D:getcontenttype>"))
                  .status_of(dav("getcontenttype")),
              403);

    EXPECT_EQ(text(object, Name{"urn:x", "a"}), "1");
    EXPECT_EQ(text(object, dav("displayname")), "d");
}

TEST_F(Proppatch, TheLastWordOnANameCounts) {
    patch(calendar, set("<x:a>1</x:a><x:b>1</x:b>") + remove("<x:a/>") + set("<x:b>2</x:b>")
                        + set("<D:displayname>1</D:displayname>")
                        + set("<D:displayname>2</D:displayname>"));

    EXPECT_FALSE(get(calendar, Name{"urn:x", "a"}));
    EXPECT_EQ(text(calendar, Name{"urn:x", "b"}), "2");
    EXPECT_EQ(text(calendar, dav("displayname")), "2");
}

TEST_F(Proppatch, AppleSetsAlarmsOnTheHome) { // Apple's refresh
    const DavResponse response =
        patch("/calendars/anna/", set("<C:default-alarm-vevent-date>BEGIN:VALARM\nEND:VALARM\n"
                                      "</C:default-alarm-vevent-date>"));

    EXPECT_EQ(response.status_of(cal("default-alarm-vevent-date")), 200);
    EXPECT_EQ(text("/calendars/anna/", cal("default-alarm-vevent-date")),
              "BEGIN:VALARM\nEND:VALARM\n");
}

TEST_F(Proppatch, IsBounded) {
    const std::string long_text(core::limits::dead_property_bytes + 1, 'x');
    EXPECT_EQ(patch(calendar, set("<x:a>" + long_text + "</x:a>")).status_of(Name{"urn:x", "a"}),
              507);
    EXPECT_EQ(patch(calendar, set("<D:displayname>" + long_text + "</D:displayname>"))
                  .status_of(dav("displayname")),
              507);

    // Its name is longer than an entry of an index may be.
    const std::string name = "n" + long_text.substr(0, core::limits::dead_property_name_bytes);
    EXPECT_EQ(patch(calendar, set("<x:" + name + "/>")).status_of(Name{"urn:x", name}), 507);

    std::string many;
    for (std::size_t i = 0; i < core::limits::dead_properties_per_resource; ++i) {
        many += "<x:p" + std::to_string(i) + "/>";
    }
    EXPECT_EQ(server.send("PROPPATCH", calendar, {}, update(set(many))).status, 207);
    EXPECT_EQ(server.send("PROPPATCH", calendar, {}, update(set("<x:more/>"))).status, 507);
    EXPECT_FALSE(get(calendar, Name{"urn:x", "more"}));
    // Replacing one, or removing one in the same request, still works.
    EXPECT_EQ(server.send("PROPPATCH", calendar, {}, update(set("<x:p0>1</x:p0>"))).status, 207);
    EXPECT_EQ(
        server.send("PROPPATCH", calendar, {}, update(set("<x:more/>") + remove("<x:p0/>"))).status,
        207);
    EXPECT_TRUE(get(calendar, Name{"urn:x", "more"}));
}

TEST_F(Proppatch, MinimalSuccessHasNoBody) { // RFC 8144 section 2.2
    const HeaderList minimal{{"Prefer", "return=minimal"}};
    const auto good = server.send("PROPPATCH", calendar, minimal, update(set("<x:a/>")));
    const auto bad = server.send("PROPPATCH", calendar, minimal, update(set("<D:getetag/>")));

    EXPECT_EQ(good.status, 200);
    EXPECT_TRUE(good.body.empty());
    EXPECT_EQ(good.headers.get("Preference-Applied"), "return=minimal");
    EXPECT_EQ(bad.status, 207);
}

TEST_F(Proppatch, NeedsSomethingThatIsThereAndOnesOwn) {
    const std::string body = update(set("<x:a/>"));

    EXPECT_EQ(server.send("PROPPATCH", "/calendars/anna/nothing/", {}, body).status, 404);
    EXPECT_EQ(server.send("PROPPATCH", calendar + "nothing.ics", {}, body).status, 404);
    const auto foreign = server.send("PROPPATCH", "/calendars/bert/calendar/", {}, body);
    EXPECT_EQ(foreign.status, 403);
    EXPECT_EQ(condition_of(foreign), dav("need-privileges"));
    EXPECT_EQ(server.send("PROPPATCH", calendar, {}, "").status, 400);
    EXPECT_EQ(server.send("PROPPATCH", "/", {}, body).status, 405);
    EXPECT_EQ(patch("/principals/anna/", set("<D:displayname>x</D:displayname>"))
                  .status_of(dav("displayname")),
              403);
}

} // namespace
} // namespace caldav
