// Everybody who may ask, everything they may ask for, by every method: who is told what.
#include "caldav/report.h"
#include "core/strings.h"
#include "tests/support/dav_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace caldav::access_test {

namespace {

using storage::Level;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string calendar = "/calendars/anna/calendar/";
const std::string other = "/calendars/anna/tasks/";
const std::string event = calendar + "a.ics";
const std::string range = "<C:free-busy-query xmlns:C=\"urn:ietf:params:xml:ns:caldav\">"
                          "<C:time-range start=\"20261201T000000Z\" end=\"20261202T000000Z\"/>"
                          "</C:free-busy-query>";
const std::string all_events =
    "<C:calendar-query xmlns:C=\"urn:ietf:params:xml:ns:caldav\" xmlns:D=\"DAV:\"><D:prop>"
    "<D:getetag/><C:calendar-data/></D:prop><C:filter><C:comp-filter name=\"VCALENDAR\"/>"
    "</C:filter></C:calendar-query>";
const std::string home_sync = "<D:sync-collection xmlns:D=\"DAV:\"><D:sync-token/>"
                              "<D:sync-level>infinite</D:sync-level><D:prop><D:getetag/></D:prop>"
                              "</D:sync-collection>";
const std::string rename = "<D:propertyupdate xmlns:D=\"DAV:\"><D:set><D:prop><D:displayname>x"
                           "</D:displayname></D:prop></D:set></D:propertyupdate>";
const support::HeaderList xml{{"Content-Type", "application/xml"}};
const std::string no_rights = "<D:acl xmlns:D=\"DAV:\"/>";
const std::string sharing = "<S:share xmlns:S=\"http://calendarserver.org/ns/\"/>";
const std::string answering = "<S:invite-reply xmlns:S=\"http://calendarserver.org/ns/\">"
                              "<S:invite-accepted/></S:invite-reply>";
const std::string privileges = "<D:propfind xmlns:D=\"DAV:\"><D:prop>"
                               "<D:current-user-privilege-set/><D:acl/></D:prop></D:propfind>";

std::string session_event(const std::string& uid) {
    return core::replace_all(support::simple_event(uid), "SUMMARY",
                             "ORGANIZER:mailto:anna@example.org\r\n"
                             "ATTENDEE:mailto:paul@mail.example\r\nSUMMARY");
}

class Access : public support::DavFixture {
protected:
    Access() {
        for (const char* id : {"delegate", "reader", "busy", "sharee", "viewer", "glance"}) {
            server.add_account(id);
        }
        grant("delegate", std::nullopt, Level::write);
        grant("reader", std::nullopt, Level::read);
        grant("busy", std::nullopt, Level::free_busy);
        grant("sharee", calendar_id(), Level::write);
        grant("viewer", calendar_id(), Level::read);
        grant("glance", calendar_id(), Level::free_busy);
        restore();
    }

    std::int64_t calendar_id() {
        return server.store
            ->read([](const storage::ReadTransaction& transaction) {
                return transaction.collections().find("anna", "calendar");
            })
            ->id;
    }
    void change(const std::function<void(storage::Grants&)>& f) {
        const auto done =
            server.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
                f(transaction.grants());
                return {};
            });
        ASSERT_TRUE(done);
    }
    void grant(const std::string& to, std::optional<std::int64_t> collection, Level level) {
        change([&](storage::Grants& grants) {
            grants.set({"anna", collection, to, level, "test", server.clock.now()});
        });
    }
    // What the methods of a row may have taken away or made.
    void restore() {
        for (const char* made : {"/calendars/anna/calendar/new.ics", "/calendars/anna/new/",
                                 "/calendars/anna/calendar/moved.ics"}) {
            server.send("DELETE", made);
        }
        const auto put = server.put(event, session_event("a"));
        EXPECT_TRUE(put.status == 201 || put.status == 204) << put.body;
    }
    core::Response as(const std::string& who, const std::string& method, const std::string& target,
                      std::string body = {}, const support::HeaderList& headers = {}) {
        return server.send(method, target, headers, std::move(body), who);
    }
};

struct Row {
    std::string method;
    std::string target;
    std::string body;
    support::HeaderList headers;
    // of: delegate, reader, busy (the whole home), sharee, viewer, glance (one calendar), bert
    std::vector<int> statuses;
    std::string missing; // what bert lacks
};

const std::vector<std::string> readers{"delegate", "reader", "busy", "sharee",
                                       "viewer",   "glance", "bert"};

const std::vector<Row> rows{
    {"GET", event, "", {}, {200, 200, 403, 200, 200, 403, 403}, "read"},
    {"HEAD", event, "", {}, {200, 200, 403, 200, 200, 403, 403}, "read"},
    {"GET", calendar, "", {}, {200, 200, 403, 200, 200, 403, 403}, "read"},
    {"GET", calendar + "?export", "", {}, {200, 200, 403, 200, 200, 403, 403}, "read"},
    {"REPORT", "/calendars/anna/", home_sync, {}, {207, 207, 403, 403, 403, 403, 403}, "read"},
    {"GET", calendar + "none.ics", "", {}, {404, 404, 403, 404, 404, 403, 403}, "read"},
    {"PROPFIND", "/principals/anna/", "", {}, {207, 207, 207, 207, 207, 207, 403}, "read"},
    {"PROPFIND", "/calendars/anna/", "", {}, {207, 207, 403, 403, 403, 403, 403}, "read"},
    {"PROPFIND", calendar, "", {}, {207, 207, 403, 207, 207, 403, 403}, "read"},
    {"PROPFIND", other, "", {}, {207, 207, 403, 403, 403, 403, 403}, "read"},
    {"PROPFIND", "/calendars/anna/none/", "", {}, {404, 404, 403, 403, 403, 403, 403}, "read"},
    {"PROPFIND", "/calendars/anna/none/x", "", {}, {404, 404, 403, 403, 403, 403, 403}, "read"},
    {"PROPFIND", "/calendars/anna/inbox/", "", {}, {207, 207, 403, 403, 403, 403, 403}, "read"},
    {"PROPFIND", event, "", {}, {207, 207, 403, 207, 207, 403, 403}, "read"},
    {"REPORT", calendar, all_events, {}, {207, 207, 403, 207, 207, 403, 403}, "read"},
    {"REPORT", calendar, range, {}, {200, 200, 200, 200, 200, 200, 403}, "read-free-busy"},
    {"REPORT",
     "/calendars/anna/",
     range,
     {},
     {200, 200, 200, 403, 403, 403, 403},
     "read-free-busy"},
    {"REPORT", event, range, {}, {200, 200, 403, 200, 200, 403, 403}, "read-free-busy"},
    {"PROPFIND",
     "/principals/anna/calendar-proxy-write/",
     "",
     {},
     {207, 207, 207, 207, 207, 207, 403},
     "read"},
    {"PROPFIND",
     "/calendars/anna/notification/",
     "",
     {},
     {403, 403, 403, 403, 403, 403, 403},
     "read"},
    {"GET",
     "/calendars/anna/notification/a.xml",
     "",
     {},
     {403, 403, 403, 403, 403, 403, 403},
     "read"},
    {"ACL", calendar, no_rights, {}, {403, 403, 403, 403, 403, 403, 403}, "write-acl"},
    {"ACL", "/calendars/anna/", no_rights, {}, {403, 403, 403, 403, 403, 403, 403}, "write-acl"},
    {"ACL", event, no_rights, {}, {405, 405, 404, 405, 405, 404, 403}, "write-acl"},
    {"POST", calendar, sharing, xml, {403, 403, 403, 403, 403, 403, 403}, "bind"},
    {"POST", "/calendars/anna/", answering, xml, {403, 403, 403, 403, 403, 403, 403}, "bind"},
    {"PROPPATCH",
     "/principals/anna/calendar-proxy-write/",
     rename,
     {},
     {403, 403, 403, 403, 403, 403, 403},
     "write-properties"},
    {"PROPPATCH", calendar, rename, {}, {207, 403, 403, 403, 403, 403, 403}, "write-properties"},
    {"PROPPATCH", event, rename, {}, {207, 403, 403, 207, 403, 403, 403}, "write-properties"},
    {"PROPPATCH",
     "/principals/anna/",
     rename,
     {},
     {403, 403, 403, 403, 403, 403, 403},
     "write-properties"},
    {"PUT", event, session_event("a"), {}, {204, 403, 403, 204, 403, 403, 403}, "write-content"},
    {"PUT",
     calendar + "new.ics",
     session_event("new"),
     {},
     {201, 403, 403, 201, 403, 403, 403},
     "write-content"},
    {"POST",
     calendar,
     support::simple_event("posted"),
     {{"Content-Type", "text/calendar"}},
     {201, 403, 403, 201, 403, 403, 403},
     "bind"},
    {"MKCALENDAR", "/calendars/anna/new/", "", {}, {201, 403, 403, 403, 403, 403, 403}, "bind"},
    {"MKCOL", "/calendars/anna/new/", "", {}, {201, 403, 403, 403, 403, 403, 403}, "bind"},
    {"COPY",
     event,
     "",
     {{"Destination", "/calendars/anna/calendar/a.ics"}},
     {403, 403, 403, 403, 403, 403, 403},
     "read"},
    {"MOVE",
     event,
     "",
     {{"Destination", calendar + "moved.ics"}},
     {201, 403, 403, 201, 403, 403, 403},
     "unbind"},
    {"MOVE",
     event,
     "",
     {{"Destination", "/calendars/bert/calendar/a.ics"}},
     {403, 403, 403, 403, 403, 403, 403},
     "unbind"},
    {"DELETE", event, "", {}, {204, 403, 403, 204, 403, 403, 403}, "unbind"},
    {"PATCH", event, "", {}, {405, 405, 405, 405, 405, 405, 403}, "read"},
    {"DELETE",
     calendar,
     "",
     {{"If", "(<urn:nothing>)"}},
     {412, 403, 403, 403, 403, 403, 403},
     "unbind"},
};

std::vector<std::string> held(const support::DavResponse& response) {
    std::vector<std::string> names;
    if (const auto* set = response.find(dav("current-user-privilege-set"))) {
        for (const Element& privilege : set->children) {
            names.push_back(privilege.children.front().name.local);
        }
    }
    return names;
}

} // namespace

TEST_F(Access, EveryMethodOfEveryReaderOnEveryResource) {
    for (const Row& row : rows) {
        ASSERT_EQ(row.statuses.size(), readers.size());
        for (std::size_t i = 0; i < readers.size(); ++i) {
            const std::string body = core::replace_all(row.body, "posted", "by-" + readers[i]);
            const auto answer = as(readers[i], row.method, row.target, body, row.headers);
            EXPECT_EQ(answer.status, row.statuses[i])
                << readers[i] << ": " << row.method << ' ' << row.target << '\n'
                << answer.body;
            if (readers[i] == "bert") {
                EXPECT_THAT(answer.body, HasSubstr(":" + row.missing + "/>")) << row.method;
            }
            restore();
        }
    }
}

TEST_F(Access, ARefusalNamesThePrivilegeAndTheResource) {
    const auto refused = [&](const std::string& who, const std::string& method,
                             const std::string& target, std::string body = {}) {
        const auto answer = as(who, method, target, std::move(body));
        const auto root = read_xml(answer.body);
        const Element* need = root ? root->find(dav("need-privileges")) : nullptr;
        const Element* resource = need == nullptr ? nullptr : need->find(dav("resource"));
        EXPECT_NE(resource, nullptr) << answer.body;
        return resource == nullptr ? std::string()
                                   : resource->find(dav("privilege"))->children.front().name.local
                                         + " " + resource->find(dav("href"))->text;
    };

    EXPECT_EQ(refused("viewer", "PUT", event, "x"), "write-content " + event);
    EXPECT_EQ(refused("viewer", "PUT", calendar + "new.ics", session_event("n")),
              "bind " + calendar);
    EXPECT_EQ(refused("viewer", "DELETE", event), "unbind " + calendar);
    EXPECT_EQ(refused("sharee", "DELETE", calendar), "unbind /calendars/anna/");
    EXPECT_EQ(refused("reader", "MKCALENDAR", "/calendars/anna/new/"), "bind /calendars/anna/");
    EXPECT_EQ(refused("sharee", "PROPPATCH", calendar, rename), "write-properties " + calendar);
    EXPECT_EQ(refused("glance", "GET", event), "read " + event);
    EXPECT_EQ(refused("bert", "REPORT", calendar, range), "read-free-busy " + calendar);
}

TEST_F(Access, WhoOnlyReadsSeesNobodysLink) {
    for (const auto& [who, sees] : std::map<std::string, bool>{{"anna", true},
                                                               {"delegate", true},
                                                               {"sharee", true},
                                                               {"reader", false},
                                                               {"viewer", false}}) {
        const std::string body = as(who, "GET", event).body;
        const std::string listed = as(who, "REPORT", calendar, all_events).body;
        EXPECT_THAT(body, HasSubstr("paul@mail.example"));
        EXPECT_EQ(body.find("/j/") != std::string::npos, sees) << who << body;
        EXPECT_EQ(listed.find("/j/") != std::string::npos, sees) << who << listed;
        const std::string file = as(who, "GET", calendar + "?export").body;
        EXPECT_EQ(file.find("/j/") != std::string::npos, sees) << who << file;
    }
    // Nor by asking for one character after the other.
    const auto search =
        core::replace_all(all_events, "<C:comp-filter name=\"VCALENDAR\"/>",
                          "<C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\">"
                          "<C:prop-filter name=\"URL\"><C:text-match>/j/</C:text-match>"
                          "</C:prop-filter></C:comp-filter></C:comp-filter>");
    EXPECT_THAT(as("anna", "REPORT", calendar, search).body, HasSubstr("a.ics"));
    EXPECT_THAT(as("viewer", "REPORT", calendar, search).body, Not(HasSubstr("a.ics")));
}

TEST_F(Access, ADelegatePlansASessionWhoseHostIsTheClinician) {
    ASSERT_EQ(as("delegate", "PUT", calendar + "new.ics", session_event("new")).status, 201);

    const auto sessions = server.store->read([](const storage::ReadTransaction& transaction) {
        const auto session = transaction.sessions().find("anna", "new");
        return session ? transaction.sessions().participants(session->id)
                       : std::vector<storage::Participant>{};
    });
    ASSERT_EQ(sessions.size(), 2U);
    for (const storage::Participant& person : sessions) {
        EXPECT_EQ(person.role == storage::Role::host, person.address == "anna@example.org");
    }
}

TEST_F(Access, EndsWithTheGrant) {
    ASSERT_EQ(as("viewer", "GET", event).status, 200);
    const std::int64_t id = calendar_id();
    change([&](storage::Grants& grants) { grants.remove("anna", id, "viewer"); });
    EXPECT_EQ(as("viewer", "GET", event).status, 403);
    EXPECT_EQ(as("viewer", "PROPFIND", "/principals/anna/").status, 403);
}

TEST_F(Access, AGroupsMembersHoldWhatItWasGranted) {
    change([](storage::Grants& grants) { grants.insert({"desk", "Front desk", {}}); });
    grant("desk", std::nullopt, Level::read);
    EXPECT_EQ(as("bert", "GET", event).status, 403);
    change([](storage::Grants& grants) { grants.add_member("desk", "bert"); });
    EXPECT_EQ(as("bert", "GET", event).status, 200);
    EXPECT_EQ(as("bert", "DELETE", event).status, 403);
    grant("bert", std::nullopt, Level::write);
    EXPECT_EQ(as("bert", "DELETE", event).status, 204); // the most of what they hold
}

TEST_F(Access, PrivilegesAreThoseThatMethodsAskFor) {
    const auto of = [&](const std::string& who, const std::string& target) {
        return held(
            support::read_multistatus(as(who, "PROPFIND", target, privileges)).responses.at(0));
    };
    EXPECT_THAT(of("delegate", calendar),
                ElementsAre("read", "write-properties", "write-content", "bind", "unbind",
                            "read-free-busy", "write", "read-current-user-privilege-set"));
    EXPECT_THAT(of("sharee", calendar),
                ElementsAre("read", "write-content", "bind", "unbind", "read-free-busy",
                            "read-current-user-privilege-set"));
    EXPECT_THAT(of("viewer", event),
                ElementsAre("read", "read-free-busy", "read-current-user-privilege-set"));
    EXPECT_THAT(of("reader", "/calendars/anna/"),
                ElementsAre("read", "read-free-busy", "read-current-user-privilege-set"));
}

TEST_F(Access, OnlyTheOwnerReadsTheAccessControlList) {
    const auto of = [&](const std::string& who) {
        return support::read_multistatus(as(who, "PROPFIND", event, privileges)).responses.at(0);
    };
    EXPECT_EQ(of("delegate").status_of(dav("acl")), 404);
    const auto owners = of("anna");
    const Element* list = owners.find(dav("acl"));
    ASSERT_NE(list, nullptr);
    EXPECT_EQ(list->children.size(), 7U); // hers, three on the home, three on the calendar
}

TEST_F(Access, TheOwnerLearnsTheNamesOfThoseOnTheList) {
    const std::string body = "<D:acl-principal-prop-set xmlns:D=\"DAV:\"><D:prop><D:displayname/>"
                             "</D:prop></D:acl-principal-prop-set>";
    EXPECT_THAT(
        support::read_multistatus(as("anna", "REPORT", "/calendars/anna/tasks/", body)).hrefs(),
        ElementsAre("/principals/anna/", "/principals/busy/", "/principals/delegate/",
                    "/principals/reader/"));
    EXPECT_THAT(support::read_multistatus(as("delegate", "REPORT", calendar, body)).hrefs(),
                ElementsAre("/principals/anna/"));
}

TEST_F(Access, DelegatesFindWhoTrustsThem) {
    const std::string body =
        "<D:propfind xmlns:D=\"DAV:\" xmlns:S=\"http://calendarserver.org/ns/\"><D:prop>"
        "<S:calendar-proxy-read-for/><S:calendar-proxy-write-for/></D:prop></D:propfind>";
    const auto of = [&](const std::string& who, const std::string& property) {
        const auto answer =
            support::read_multistatus(as(who, "PROPFIND", "/principals/" + who + "/", body));
        std::vector<std::string> hrefs;
        for (const Element& href : answer.responses.at(0).find(cs(property))->children) {
            hrefs.push_back(href.text);
        }
        return hrefs;
    };
    EXPECT_THAT(of("delegate", "calendar-proxy-write-for"), ElementsAre("/principals/anna/"));
    EXPECT_THAT(of("delegate", "calendar-proxy-read-for"), IsEmpty());
    EXPECT_THAT(of("reader", "calendar-proxy-read-for"), ElementsAre("/principals/anna/"));
    EXPECT_THAT(of("busy", "calendar-proxy-read-for"), IsEmpty());
    EXPECT_THAT(of("sharee", "calendar-proxy-write-for"), IsEmpty());
    EXPECT_THAT(of("anna", "calendar-proxy-write-for"), IsEmpty());

    const auto homes =
        support::read_multistatus(as("delegate", "PROPFIND", "/calendars/", "", {{"Depth", "1"}}));
    EXPECT_THAT(homes.hrefs(),
                ElementsAre("/calendars/", "/calendars/anna/", "/calendars/delegate/"));
}

} // namespace caldav::access_test
