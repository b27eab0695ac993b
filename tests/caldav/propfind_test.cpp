#include "tests/support/dav_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace caldav {
namespace {

using support::condition_of;
using support::DavAnswer;
using support::DavResponse;
using support::HeaderList;
using support::read_multistatus;

const std::string resourcetype = "<propfind xmlns='DAV:'><prop><resourcetype/></prop></propfind>";

class Propfind : public support::DavFixture {
protected:
    DavAnswer ask(const std::string& target, const HeaderList& headers,
                  const std::string& body = resourcetype) {
        return read_multistatus(server.send("PROPFIND", target, headers, body));
    }
    std::vector<std::string> hrefs(const std::string& target) {
        return ask(target, {{"Depth", "1"}}).hrefs();
    }
};

TEST_F(Propfind, WithoutDepthIsAboutTheResourceItself) { // client rule 7
    EXPECT_EQ(ask("/calendars/anna/", {}).hrefs(), std::vector<std::string>{"/calendars/anna/"});
}

TEST_F(Propfind, DepthInfinityIsRefused) { // R-C13
    const auto response = server.send("PROPFIND", "/", {{"Depth", "infinity"}}, resourcetype);

    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(condition_of(response), dav("propfind-finite-depth"));
}

TEST_F(Propfind, DepthOneListsMembers) {
    server.make_collection("anna", "files", false);
    server.make_collection("anna", "a b@c%", true);
    ASSERT_EQ(server.put("/calendars/anna/calendar/x%20y.ics", support::simple_event("a")).status,
              201);

    using Hrefs = std::vector<std::string>;
    EXPECT_EQ(hrefs("/"), (Hrefs{"/", "/principals/", "/calendars/"}));
    EXPECT_EQ(hrefs("/principals/"), (Hrefs{"/principals/", "/principals/anna/"}));
    EXPECT_EQ(hrefs("/principals/anna/"),
              (Hrefs{"/principals/anna/", "/principals/anna/calendar-proxy-read/",
                     "/principals/anna/calendar-proxy-write/"}));
    EXPECT_EQ(hrefs("/calendars/"), (Hrefs{"/calendars/", "/calendars/anna/"}));
    EXPECT_EQ(hrefs("/calendars/anna/"),
              (Hrefs{"/calendars/anna/", "/calendars/anna/a%20b@c%25/", "/calendars/anna/calendar/",
                     "/calendars/anna/files/", "/calendars/anna/tasks/", "/calendars/anna/inbox/",
                     "/calendars/anna/outbox/", "/calendars/anna/notification/"}));
    EXPECT_EQ(hrefs("/calendars/anna/calendar/"),
              (Hrefs{"/calendars/anna/calendar/", "/calendars/anna/calendar/x%20y.ics"}));
    EXPECT_EQ(hrefs("/calendars/anna/calendar/x%20y.ics"),
              Hrefs{"/calendars/anna/calendar/x%20y.ics"});
    EXPECT_EQ(hrefs("/calendars/anna/inbox/"), Hrefs{"/calendars/anna/inbox/"});
}

TEST_F(Propfind, HrefsAreCanonicalHoweverOneAsks) { // R-C7 to R-C9
    EXPECT_EQ(ask("/calendars/anna", {}).hrefs().at(0), "/calendars/anna/");
    EXPECT_EQ(ask("//calendars/%61nna/calendar", {}).hrefs().at(0), "/calendars/anna/calendar/");
}

TEST_F(Propfind, OthersThingsAreClosedWhetherTheyExistOrNot) {
    for (const char* target : {"/calendars/bert/", "/calendars/bert/calendar/", "/principals/bert/",
                               "/calendars/nobody/", "/principals/nobody/"}) {
        const auto response = server.send("PROPFIND", target, {{"Depth", "0"}}, resourcetype);
        EXPECT_EQ(response.status, 403) << target;
        EXPECT_EQ(condition_of(response), dav("need-privileges"));
    }
}

TEST_F(Propfind, WhatIsNotThereIs404) {
    for (const char* target : {"/calendars/anna/nothing/", "/calendars/anna/calendar/nothing.ics",
                               "/calendars/anna/nothing/x.ics", "/nothing"}) {
        EXPECT_EQ(server.send("PROPFIND", target, {{"Depth", "1"}}, resourcetype).status, 404)
            << target;
    }
}

TEST_F(Propfind, RefusesBadRequests) {
    EXPECT_EQ(server.send("PROPFIND", "/", {{"Depth", "2"}}, resourcetype).status, 400);
    EXPECT_EQ(server.send("PROPFIND", "/", {}, "<propfind").status, 400);
    EXPECT_EQ(server
                  .send("PROPFIND", "/", {},
                        "<D:propfind xmlns:D='DAV:'><D:prop><bar:foo xmlns:bar=''/></D:prop>"
                        "</D:propfind>")
                  .status,
              400);
}

TEST_F(Propfind, MinimalLeavesOutWhatIsNotThere) { // RFC 8144 section 2.1, R-A2
    const std::string body =
        "<propfind xmlns='DAV:'><prop><resourcetype/><getlastmodified/></prop></propfind>";
    for (const auto& header : HeaderList{{"Prefer", "return=minimal"}, {"Brief", "t"}}) {
        const DavAnswer answer = ask("/calendars/anna/", {{"Depth", "1"}, header}, body);
        for (const DavResponse& response : answer.responses) {
            EXPECT_EQ(response.properties.size(), 1U) << response.href;
            EXPECT_EQ(response.status_of(dav("resourcetype")), 200);
        }
    }
}

struct ClientRequest {
    const char* client;
    const char* target;
    const char* depth;
    const char* body;
    std::vector<Name> expected; // on the resource itself, with 200
};

class ClientPropfind : public Propfind, public testing::WithParamInterface<ClientRequest> {};

TEST_P(ClientPropfind, IsAnsweredWithWhatTheClientNeeds) {
    const ClientRequest& sent = GetParam();

    const DavAnswer answer = ask(sent.target, {{"Depth", sent.depth}}, sent.body);

    const DavResponse* response = answer.find(sent.target);
    ASSERT_NE(response, nullptr);
    for (const Name& name : sent.expected) {
        EXPECT_EQ(response->status_of(name), 200) << name.local;
    }
}

const std::vector<ClientRequest> client_requests{
    {"ThunderbirdFirst",
     "/",
     "0",
     R"(<D:propfind xmlns:D="DAV:" xmlns:CS="http://calendarserver.org/ns/"
xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:A="http://apple.com/ns/ical/"><D:prop>
<D:resourcetype/><D:owner/><D:displayname/><D:current-user-principal/>
<D:current-user-privilege-set/><A:calendar-color/><C:calendar-home-set/></D:prop>
</D:propfind>)",
     {dav("resourcetype"), dav("current-user-principal"), dav("current-user-privilege-set")}},
    {"ThunderbirdCalendar",
     "/calendars/anna/calendar/",
     "0",
     R"(<D:propfind xmlns:D="DAV:" xmlns:CS="http://calendarserver.org/ns/"
xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:resourcetype/><D:owner/>
<D:current-user-principal/><D:current-user-privilege-set/><D:supported-report-set/>
<C:supported-calendar-component-set/><CS:getctag/></D:prop></D:propfind>)",
     {dav("resourcetype"), dav("owner"), dav("current-user-principal"),
      dav("current-user-privilege-set"), dav("supported-report-set"),
      cal("supported-calendar-component-set"), cs("getctag")}},
    {"ThunderbirdScheduling",
     "/principals/anna/",
     "0",
     R"(<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop>
<C:calendar-home-set/><C:calendar-user-address-set/><C:schedule-inbox-URL/>
<C:schedule-outbox-URL/></D:prop></D:propfind>)",
     {cal("calendar-home-set"), cal("calendar-user-address-set"), cal("schedule-inbox-URL"),
      cal("schedule-outbox-URL")}},
    {"EvolutionFirst",
     "/",
     "0",
     R"(<?xml version="1.0" encoding="UTF-8"?><propfind xmlns="DAV:"><prop><resourcetype/>
<current-user-principal/><principal-URL/><C:calendar-home-set
xmlns:C="urn:ietf:params:xml:ns:caldav"/><C:calendar-user-address-set
xmlns:C="urn:ietf:params:xml:ns:caldav"/></prop></propfind>)",
     {dav("resourcetype"), dav("current-user-principal"), dav("principal-URL")}},
    {"EvolutionHome",
     "/calendars/anna/",
     "1",
     R"(<propfind xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"
xmlns:CS="http://calendarserver.org/ns/" xmlns:A="http://apple.com/ns/ical/"><prop>
<resourcetype/><CS:source/><C:supported-calendar-component-set/><displayname/><getetag/>
<CS:getctag/><getcontenttype/><getcontentlength/><creationdate/><getlastmodified/>
<C:calendar-description/><A:calendar-color/><A:calendar-order/></prop></propfind>)",
     {dav("resourcetype"), cs("getctag")}},
    {"KdeBase",
     "/",
     "0",
     R"(<propfind xmlns="DAV:"><prop><calendar-home-set xmlns="urn:ietf:params:xml:ns:caldav"/>
<current-user-principal/><principal-URL/></prop></propfind>)",
     {dav("current-user-principal"), dav("principal-URL")}},
    {"KdeHome",
     "/calendars/anna/",
     "1",
     R"(<propfind xmlns="DAV:"><prop><displayname/><resourcetype/><calendar-color
xmlns="http://apple.com/ns/ical/"/><supported-calendar-component-set
xmlns="urn:ietf:params:xml:ns:caldav"/><current-user-privilege-set/><getctag
xmlns="http://calendarserver.org/ns/"/></prop></propfind>)",
     {dav("resourcetype"), dav("current-user-privilege-set"), cs("getctag")}},
    {"TsdavHome",
     "/calendars/anna/",
     "1",
     R"(<?xml version="1.0" encoding="utf-8"?><d:propfind xmlns:c="urn:ietf:params:xml:ns:caldav"
xmlns:ca="http://apple.com/ns/ical/" xmlns:cs="http://calendarserver.org/ns/"
xmlns:card="urn:ietf:params:xml:ns:carddav" xmlns:d="DAV:"><d:prop>
<c:calendar-description/><c:calendar-timezone/><d:displayname/><ca:calendar-color/>
<cs:getctag/><d:resourcetype/><c:supported-calendar-component-set/><d:sync-token/>
</d:prop></d:propfind>)",
     {cs("getctag"), dav("resourcetype")}},
    {"Davx5Principal",
     "/principals/anna/",
     "0",
     R"(<propfind xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav"
xmlns:CS="http://calendarserver.org/ns/"><prop><displayname/><group-membership/>
<resourcetype/><CAL:calendar-home-set/><CS:calendar-proxy-read-for/>
<CS:calendar-proxy-write-for/></prop></propfind>)",
     {dav("displayname"), dav("group-membership"), dav("resourcetype"), cal("calendar-home-set")}},
    {"Davx5Sync",
     "/calendars/anna/calendar/",
     "0",
     R"(<propfind xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav"
xmlns:CS="http://calendarserver.org/ns/"><prop><CAL:max-resource-size/>
<supported-report-set/><CS:getctag/><sync-token/><CAL:supported-calendar-component-set/>
</prop></propfind>)",
     {cal("max-resource-size"), dav("supported-report-set"), cs("getctag"), dav("sync-token")}},
    {"VdirsyncerHome",
     "/calendars/anna/",
     "1",
     R"(<?xml version="1.0" encoding="utf-8" ?><propfind xmlns="DAV:"><prop><resourcetype />
</prop></propfind>)",
     {dav("resourcetype")}},
    {"OutlookOwner",
     "/calendars/anna/calendar/",
     "0",
     R"(<?xml version="1.0" encoding="utf-8"?><D:propfind xmlns:D="DAV:"
xmlns:cs="http://calendarserver.org/ns/"><D:prop><D:owner/><cs:organizer/></D:prop>
</D:propfind>)",
     {dav("owner")}},
    {"ApplePrincipal",
     "/principals/anna/",
     "0",
     R"(<?xml version="1.0" encoding="UTF-8"?><A:propfind xmlns:A="DAV:"><A:prop>
<B:calendar-home-set xmlns:B="urn:ietf:params:xml:ns:caldav"/><B:calendar-user-address-set
xmlns:B="urn:ietf:params:xml:ns:caldav"/><A:current-user-principal/><A:displayname/>
<C:dropbox-home-URL xmlns:C="http://calendarserver.org/ns/"/><C:email-address-set
xmlns:C="http://calendarserver.org/ns/"/><B:max-attendees-per-instance
xmlns:B="urn:ietf:params:xml:ns:caldav"/><C:notification-URL
xmlns:C="http://calendarserver.org/ns/"/><A:principal-collection-set/><A:principal-URL/>
<A:resource-id/><B:schedule-inbox-URL xmlns:B="urn:ietf:params:xml:ns:caldav"/>
<B:schedule-outbox-URL xmlns:B="urn:ietf:params:xml:ns:caldav"/><A:supported-report-set/>
</A:prop></A:propfind>)",
     {cal("calendar-home-set"), cal("calendar-user-address-set"), dav("current-user-principal"),
      dav("displayname"), cs("email-address-set"), dav("principal-collection-set"),
      dav("principal-URL"), dav("resource-id"), cal("schedule-inbox-URL"),
      cal("schedule-outbox-URL"), dav("supported-report-set")}},
};

INSTANTIATE_TEST_SUITE_P(Clients, ClientPropfind, testing::ValuesIn(client_requests),
                         [](const auto& test) { return std::string(test.param.client); });

const std::vector<std::pair<std::string, std::vector<std::string>>> apple_home_properties{
    {"D",
     {"add-member", "current-user-privilege-set", "displayname", "owner", "quota-available-bytes",
      "quota-used-bytes", "resource-id", "resourcetype", "supported-report-set", "sync-token"}},
    {"C",
     {"calendar-alarm", "calendar-description", "calendar-free-busy-set", "calendar-timezone",
      "default-alarm-vevent-date", "default-alarm-vevent-datetime", "schedule-calendar-transp",
      "schedule-default-calendar-URL", "supported-calendar-component-set",
      "supported-calendar-component-sets", "managed-attachments-server-URL"}},
    {"S",
     {"allowed-sharing-modes", "autoprovisioned", "getctag", "invite", "pre-publish-url",
      "publish-url", "push-transports", "pushkey", "source", "subscribed-strip-alarms",
      "subscribed-strip-attachments", "subscribed-strip-todos"}},
    {"A", {"calendar-color", "calendar-order", "refreshrate", "language-code", "location-code"}},
};

// R-A2
TEST_F(Propfind, AppleAsksForFortyPropertiesAtOnce) {
    std::string body = "<D:propfind xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav' "
                       "xmlns:S='http://calendarserver.org/ns/' "
                       "xmlns:A='http://apple.com/ns/ical/' xmlns:M='http://me.com/_namespace/'>"
                       "<D:prop><M:bulk-requests/>";
    std::size_t count = 1;
    for (const auto& [prefix, names] : apple_home_properties) {
        for (const std::string& name : names) {
            body += "<" + prefix + ":" + name + "/>";
            ++count;
        }
    }
    body += "</D:prop></D:propfind>";

    const DavAnswer answer = ask("/calendars/anna/", {{"Depth", "1"}}, body);

    EXPECT_EQ(answer.responses.size(), 6U);
    for (const DavResponse& response : answer.responses) {
        EXPECT_EQ(response.properties.size(), count) << response.href;
        for (const auto& [status, element] : response.properties) {
            EXPECT_TRUE(status == 200 || status == 404);
        }
    }
    const DavResponse* calendar = answer.find("/calendars/anna/calendar/");
    ASSERT_NE(calendar, nullptr);
    for (const Name& name :
         {dav("current-user-privilege-set"), dav("displayname"), dav("owner"), dav("resourcetype"),
          dav("resource-id"), dav("supported-report-set"), dav("sync-token"), cs("getctag"),
          cal("schedule-calendar-transp"), cal("supported-calendar-component-set")}) {
        EXPECT_EQ(calendar->status_of(name), 200) << name.local;
    }
}

TEST_F(Propfind, ListsALargeCalendar) {
    constexpr int count = 2'000;
    ASSERT_TRUE(server.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
        const auto calendar = transaction.collections().find("anna", "calendar");
        for (int i = 0; i < count; ++i) {
            storage::Object object;
            object.head.collection = calendar->id;
            object.head.uid = "uid-" + std::to_string(i);
            object.head.name = object.head.uid + ".ics";
            object.head.component = "VEVENT";
            object.head.content_type = "text/calendar";
            object.head.etag = "0123456789abcdef0123456789abcdef";
            object.head.revision = transaction.collections().next_revision(calendar->id);
            transaction.objects().insert(object);
        }
        return {};
    }));
    const std::string body = "<propfind xmlns='DAV:'><prop><resourcetype/><getcontenttype/>"
                             "<getetag/></prop></propfind>";

    const auto response =
        server.send("PROPFIND", "/calendars/anna/calendar/", {{"Depth", "1"}}, body);

    std::size_t responses = 0;
    for (auto at = response.body.find("<D:response>"); at != std::string::npos;
         at = response.body.find("<D:response>", at + 1)) {
        ++responses;
    }
    EXPECT_EQ(responses, count + 1U);
}

} // namespace
} // namespace caldav
