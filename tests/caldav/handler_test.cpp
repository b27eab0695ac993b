#include "caldav/handler.h"
#include "caldav/report.h"
#include "core/strings.h"
#include "tests/support/dav_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using caldav::dav;
using support::read_error;

const std::vector<std::string> methods{"GET",       "HEAD",  "PUT",        "DELETE", "PROPFIND",
                                       "PROPPATCH", "MKCOL", "MKCALENDAR", "COPY",   "MOVE",
                                       "REPORT",    "POST",  "ACL"};

// One of every kind, and the methods that it allows.
struct Kind {
    const char* path;
    std::vector<std::string> allowed;
    bool may_be_made = false; // names like this one are the clients' to choose
};
const std::vector<Kind> every_kind{
    {"/", {"PROPFIND", "REPORT"}},
    {"/principals/", {"PROPFIND", "REPORT"}},
    {"/principals/anna/", {"PROPFIND", "PROPPATCH", "REPORT"}},
    {"/calendars/", {"PROPFIND", "REPORT"}},
    {"/principals/anna/calendar-proxy-read/", {"PROPFIND", "PROPPATCH", "REPORT"}},
    {"/principals/anna/calendar-proxy-write/", {"PROPFIND", "PROPPATCH", "REPORT"}},
    {"/calendars/anna/", {"POST", "PROPFIND", "PROPPATCH", "REPORT", "ACL"}},
    {"/calendars/anna/notification/", {"PROPFIND", "REPORT"}},
    {"/calendars/anna/inbox/", {"PROPFIND", "PROPPATCH", "REPORT"}},
    {"/calendars/anna/outbox/", {"POST", "PROPFIND", "PROPPATCH", "REPORT"}},
    {"/calendars/anna/calendar/",
     {"GET", "HEAD", "POST", "DELETE", "PROPFIND", "PROPPATCH", "COPY", "MOVE", "REPORT", "ACL"},
     true},
    {"/calendars/anna/files/",
     {"DELETE", "PROPFIND", "PROPPATCH", "COPY", "MOVE", "REPORT", "ACL"},
     true},
    {"/calendars/anna/calendar/a.ics",
     {"GET", "HEAD", "PUT", "POST", "DELETE", "PROPFIND", "PROPPATCH", "COPY", "MOVE", "REPORT"},
     true},
};

std::vector<std::string> names_in(std::string_view header) {
    std::vector<std::string> names;
    for (const std::string_view name : core::split(header, ',')) {
        names.emplace_back(core::trim(name));
    }
    return names;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

class Handler : public support::DavFixture {
protected:
    void SetUp() override {
        server.make_collection("anna", "files", false);
        server.put("/calendars/anna/calendar/a.ics", support::simple_event("a"));
    }
};

TEST_F(Handler, WhatAKindDoesNotAllowIsRefusedWithWhatItAllows) {
    for (const Kind& kind : every_kind) {
        for (const std::string& method : methods) {
            if (has(kind.allowed, method)) {
                continue;
            }
            const auto refused = server.send(method, kind.path);
            // RFC 4791 section 5.3.1.1 makes it a precondition of MKCALENDAR that nothing is there.
            const bool taken = method == "MKCALENDAR" && kind.may_be_made;
            EXPECT_EQ(refused.status, taken ? 403 : 405) << method << ' ' << kind.path;
            if (refused.status == 405) {
                auto expected = kind.allowed;
                expected.insert(expected.begin(), "OPTIONS");
                EXPECT_EQ(names_in(refused.headers.get("Allow").value_or("")), expected)
                    << method << ' ' << kind.path;
            }
        }
    }
}

TEST_F(Handler, WhatAKindAllowsIsNeverAMethodNotAllowed) {
    const std::string propfind = "<D:propfind xmlns:D=\"DAV:\"><D:allprop/></D:propfind>";
    for (const Kind& kind : every_kind) {
        for (const std::string& method : kind.allowed) {
            if (method == "DELETE" || method == "MOVE" || method == "PUT") {
                continue; // they would take the table's resources away
            }
            const auto answer = server.send(method, kind.path, {{"Depth", "0"}},
                                            method == "PROPFIND" ? propfind : "");
            EXPECT_NE(answer.status, 405) << method << ' ' << kind.path;
            EXPECT_LT(answer.status, 500) << method << ' ' << kind.path;
        }
    }
}

TEST_F(Handler, R_C20_TheWrongPersonIsToldTheSameEverywhere) {
    for (const Kind& kind : every_kind) {
        const std::string path = core::replace_all(kind.path, "anna", "bert");
        if (path == kind.path) {
            continue; // belongs to nobody
        }
        for (const std::string& method : methods) {
            for (const std::string& target :
                 {path, core::replace_all(path, "bert", "nobody"), path + "/x/y/z"}) {
                const auto refused =
                    server.send(method, target, {{"Destination", "/calendars/anna/x"}}, "body");
                EXPECT_EQ(refused.status, 403) << method << ' ' << target;
                ASSERT_TRUE(read_error(refused)) << method << ' ' << target;
                EXPECT_EQ(read_error(refused)->condition, dav("need-privileges"));
            }
        }
    }
}

TEST_F(Handler, TheWrongPersonCannotTellWhatExists) {
    for (const std::string& method : methods) {
        const auto there = server.send(method, "/calendars/anna/calendar/a.ics", {}, "", "bert");
        const auto not_there =
            server.send(method, "/calendars/anna/calendar/b.ics", {}, "", "bert");
        EXPECT_EQ(there.status, not_there.status);
        EXPECT_EQ(there.body, core::replace_all(not_there.body, "b.ics", "a.ics"));
        EXPECT_EQ(there.headers.all(), not_there.headers.all());
    }
}

TEST_F(Handler, R_C6_EveryAnswerSaysWhatTheServerSpeaks) {
    for (const char* method : {"GET", "PROPFIND", "DELETE", "OPTIONS", "LOCK", "NONSENSE"}) {
        for (const char* path : {"/", "/calendars/anna/calendar/a.ics", "/calendars/bert/",
                                 "/nowhere", "/calendars/anna/calendar/none.ics"}) {
            const auto answer = server.send(method, path);
            EXPECT_EQ(answer.headers.get("DAV").value_or(""),
                      "1, 3, access-control, extended-mkcol, calendar-access, "
                      "calendar-auto-schedule, calendar-availability, "
                      "calendar-managed-attachments, calendar-proxy, "
                      "calendarserver-principal-property-search, "
                      "calendarserver-principal-search, calendarserver-sharing")
                << method << ' ' << path;
        }
    }
}

TEST_F(Handler, R_T5_LegacySchedulingAndLocksAreNotOffered) {
    const auto tokens = names_in(caldav::dav_header);

    EXPECT_EQ(tokens.front(), "1");
    EXPECT_FALSE(has(tokens, "2"));
    EXPECT_FALSE(has(tokens, "calendar-schedule"));
    EXPECT_EQ(server.send("LOCK", "/calendars/anna/calendar/a.ics").status, 405);
    EXPECT_EQ(server.send("UNLOCK", "/calendars/anna/calendar/a.ics").status, 405);
}

TEST_F(Handler, R_C5_OptionsAnswersEverywhereWithoutTheStore) {
    for (const Kind& kind : every_kind) {
        const auto target = core::parse_target(kind.path);
        const auto answer = caldav::options(core::Request{}, *target);
        EXPECT_EQ(answer.status, 200);
        const auto allowed = names_in(answer.headers.get("Allow").value_or(""));
        for (const std::string& method : kind.allowed) {
            EXPECT_TRUE(has(allowed, method)) << method << ' ' << kind.path;
        }
    }
}

TEST_F(Handler, AnUnknownMethodIsNotImplemented) {
    EXPECT_EQ(server.send("BREW", "/calendars/anna/").status, 501);
    EXPECT_EQ(server.send("get", "/calendars/anna/").status, 501); // RFC 9110 section 9.1
    EXPECT_EQ(server.send("", "/calendars/anna/").status, 501);
    EXPECT_EQ(server.send("POST", "/calendars/anna/inbox/").status, 405);
    EXPECT_EQ(server.send("PATCH", "/calendars/anna/calendar/a.ics").status, 405);
}

TEST_F(Handler, WhatIsMissingIsNotFoundByMethodsThatMakeNothing) {
    for (const char* method : {"GET", "HEAD", "DELETE", "PROPFIND", "PROPPATCH", "REPORT"}) {
        for (const char* path : {"/calendars/anna/calendar/none.ics", "/calendars/anna/none/",
                                 "/calendars/anna/none/a.ics", "/calendars/anna/a/b/c/d",
                                 "/nowhere/at/all", "/principals/anna/x"}) {
            const auto answer = server.send(
                method, path, {},
                std::string(method) == "REPORT" ? "<D:sync-collection xmlns:D=\"DAV:\"/>"
                : std::string(method) == "PROPPATCH"
                    ? "<D:propertyupdate xmlns:D=\"DAV:\"><D:set><D:prop><D:displayname>x"
                      "</D:displayname></D:prop></D:set></D:propertyupdate>"
                    : "");
            EXPECT_EQ(answer.status, 404) << method << ' ' << path;
            EXPECT_FALSE(answer.body.empty()) << method << ' ' << path;
        }
    }
}

TEST_F(Handler, ABodyOverTheLimitIsTooLarge) {
    core::Request request;
    request.method = "PUT";
    request.target = "/calendars/anna/calendar/b.ics";
    request.body_too_large = true;

    const auto put = server.send(request);
    request.method = "PROPFIND";
    const auto propfind = server.send(request);
    request.target = "/calendars/bert/calendar/b.ics";
    const auto foreign = server.send(request);

    EXPECT_EQ(put.status, 413);
    ASSERT_TRUE(read_error(put));
    EXPECT_EQ(read_error(put)->condition, caldav::cal("max-resource-size"));
    EXPECT_EQ(propfind.status, 413);
    EXPECT_EQ(foreign.status, 403);
}

TEST_F(Handler, TheReportsThatAResourceNamesAreThoseItAnswers) {
    const std::string body = "<D:propfind xmlns:D=\"DAV:\"><D:prop><D:supported-report-set/>"
                             "</D:prop></D:propfind>";
    for (const auto& [path, kind] : std::vector<std::pair<std::string, caldav::ResourceKind>>{
             {"/principals/", caldav::ResourceKind::principals},
             {"/calendars/anna/calendar/", caldav::ResourceKind::calendar},
             {"/calendars/anna/files/", caldav::ResourceKind::plain},
             {"/calendars/anna/inbox/", caldav::ResourceKind::inbox}}) {
        const auto answer =
            support::read_multistatus(server.send("PROPFIND", path, {{"Depth", "0"}}, body));
        ASSERT_EQ(answer.responses.size(), 1U) << path;
        const auto* set = answer.responses[0].find(dav("supported-report-set"));
        ASSERT_NE(set, nullptr) << path;
        std::vector<caldav::Name> named;
        for (const auto& supported : set->children) {
            ASSERT_FALSE(supported.children.empty() || supported.children[0].children.empty());
            named.push_back(supported.children[0].children[0].name);
        }
        auto answered = caldav::reports_on(kind);
        std::sort(named.begin(), named.end());
        std::sort(answered.begin(), answered.end());
        EXPECT_EQ(named, answered) << path;
    }
}

} // namespace
