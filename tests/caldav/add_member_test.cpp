#include "core/strings.h"
#include "tests/support/dav_fixture.h"

#include <gtest/gtest.h>

#include <string>

namespace {

using caldav::cal;
using caldav::dav;
using support::HeaderList;
using support::read_error;
using support::simple_event;

const std::string calendar = "/calendars/anna/calendar/";
const HeaderList is_calendar{{"Content-Type", "text/calendar; charset=utf-8"}};

class AddMember : public support::DavFixture {
protected:
    std::size_t count_members() {
        const auto answer = support::read_multistatus(
            server.send("PROPFIND", calendar, {{"Depth", "1"}},
                        "<D:propfind xmlns:D=\"DAV:\"><D:prop><D:getetag/></D:prop></D:propfind>"));
        return answer.responses.size() - 1;
    }
};

// RFC 5995 section 3.2
TEST_F(AddMember, TheServerChoosesTheNameAndTellsIt) {
    const auto first = server.send("POST", calendar, is_calendar, simple_event("a"));
    const auto second = server.send("POST", calendar, is_calendar, simple_event("b"));

    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(second.status, 201);
    const std::string location{first.headers.get("Location").value_or("")};
    EXPECT_TRUE(location.starts_with(calendar)) << location;
    EXPECT_TRUE(location.ends_with(".ics")) << location;
    EXPECT_NE(location, second.headers.get("Location").value_or(""));
    const auto there = server.send("GET", location);
    EXPECT_EQ(there.status, 200);
    EXPECT_EQ(there.body, simple_event("a"));
    EXPECT_EQ(there.headers.get("ETag"), first.headers.get("ETag"));
}

TEST_F(AddMember, TheCalendarSaysWhereToPost) {
    const auto answer = support::read_multistatus(
        server.send("PROPFIND", calendar, {{"Depth", "0"}},
                    "<D:propfind xmlns:D=\"DAV:\"><D:prop><D:add-member/></D:prop></D:propfind>"));

    const auto* property = answer.responses.at(0).find(dav("add-member"));
    ASSERT_NE(property, nullptr);
    ASSERT_NE(property->find(dav("href")), nullptr);
    EXPECT_EQ(property->find(dav("href"))->text, calendar);
}

TEST_F(AddMember, WhatPutRefusesIsRefused) {
    EXPECT_EQ(server.send("POST", calendar, is_calendar, simple_event("a")).status, 201);

    const auto same = server.send("POST", calendar, is_calendar, simple_event("a"));
    EXPECT_EQ(read_error(same)->condition, cal("no-uid-conflict"));
    for (const std::string& body : {std::string(), std::string("x"),
                                    core::replace_all(simple_event("b"), "VEVENT", "VTODO")}) {
        const auto refused = server.send("POST", calendar, is_calendar, body);
        EXPECT_EQ(refused.status, 403) << body;
        EXPECT_TRUE(read_error(refused)) << body;
    }
    EXPECT_EQ(count_members(), 1U);
}

// A page elsewhere can make a browser send a POST of these types, with the password it keeps.
TEST_F(AddMember, WhatAFormCanSendIsRefused) {
    for (const HeaderList& headers :
         {HeaderList{}, HeaderList{{"Content-Type", "text/plain"}},
          HeaderList{{"Content-Type", "application/x-www-form-urlencoded"}},
          HeaderList{{"Content-Type", "multipart/form-data; boundary=text/calendar"}}}) {
        const auto refused = server.send("POST", calendar, headers, simple_event("a"));
        EXPECT_EQ(refused.status, 403);
        ASSERT_TRUE(read_error(refused));
        EXPECT_EQ(read_error(refused)->condition, cal("supported-calendar-data"));
    }
    EXPECT_EQ(count_members(), 0U);
}

TEST_F(AddMember, OnlyACalendarTakesNewMembers) {
    server.make_collection("anna", "files", false);
    for (const char* target :
         {"/calendars/anna/files/", "/principals/anna/", "/calendars/anna/inbox/"}) {
        EXPECT_EQ(server.send("POST", target, is_calendar, simple_event("a")).status, 405)
            << target;
    }
    EXPECT_EQ(server.send("POST", "/calendars/anna/", is_calendar, simple_event("a")).status, 415);
    EXPECT_EQ(server.send("POST", "/calendars/anna/none/", is_calendar, simple_event("a")).status,
              404);
}

TEST_F(AddMember, R_C20_TheWrongPersonAddsNothing) {
    for (const std::string& account : {std::string("bert"), std::string()}) {
        const auto refused = server.send("POST", calendar, is_calendar, simple_event("a"), account);
        EXPECT_EQ(refused.status, 403);
        ASSERT_TRUE(read_error(refused));
        EXPECT_EQ(read_error(refused)->condition, dav("need-privileges"));
    }
    EXPECT_EQ(count_members(), 0U);
}

} // namespace
