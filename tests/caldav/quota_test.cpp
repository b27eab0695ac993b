// RFC 4331: how much an account may keep, and what it is told of that.
#include "tests/support/dav_fixture.h"

#include <gtest/gtest.h>

#include <string>

namespace quota_test {

namespace {

using caldav::dav;
using support::simple_event;

const std::string home = "/calendars/anna/";
const std::string calendar = home + "calendar/";

class Quota : public support::DavFixture {
protected:
    support::DavResponse ask(const std::string& path) {
        return support::read_multistatus(
                   server.send("PROPFIND", path, {},
                               "<D:propfind xmlns:D='DAV:'><D:prop><D:quota-used-bytes/>"
                               "<D:quota-available-bytes/></D:prop></D:propfind>"))
            .responses.at(0);
    }
    std::int64_t used(const std::string& path = home) {
        return std::stoll(ask(path).text(dav("quota-used-bytes")));
    }
    std::int64_t available(const std::string& path = home) {
        return std::stoll(ask(path).text(dav("quota-available-bytes")));
    }
    int put(const std::string& name, const std::string& text) {
        return server.put(calendar + name, text).status;
    }
};

TEST_F(Quota, CountsWhatIsKept) {
    server.policy.account_bytes = 10'000;
    EXPECT_EQ(used(), 0);
    EXPECT_EQ(available(), 10'000);
    const auto size = static_cast<std::int64_t>(simple_event("a").size());

    put("a.ics", simple_event("a"));
    put("b.ics", simple_event("b"));
    EXPECT_EQ(used(), 2 * size);
    EXPECT_EQ(available(), 10'000 - 2 * size);
    EXPECT_EQ(used(calendar), 2 * size) << "the account's, of which every calendar is a part";
    EXPECT_EQ(available(home + "tasks/"), 10'000 - 2 * size);
    put("a.ics", simple_event("a", 10, "Longer by some"));
    EXPECT_EQ(used(), 2 * size + 7);
    server.send("MOVE", calendar + "a.ics", {{"Destination", calendar + "c.ics"}});
    EXPECT_EQ(used(), 2 * size + 7);
    server.send("DELETE", calendar + "c.ics");
    EXPECT_EQ(used(), size);
    server.send("DELETE", calendar);
    EXPECT_EQ(used(), 0);
}

TEST_F(Quota, IsNotToldToWhoReadsSomebodysCalendar) {
    (void)server.store->write([](storage::WriteTransaction& transaction) -> core::Done {
        transaction.grants().set({"anna", std::nullopt, "bert", storage::Level::write, "anna", {}});
        return {};
    });

    for (const std::string& path : {home, calendar}) {
        const auto answer = server.send("PROPFIND", path, {},
                                        "<D:propfind xmlns:D='DAV:'><D:prop><D:quota-used-bytes/>"
                                        "<D:quota-available-bytes/></D:prop></D:propfind>",
                                        "bert");
        ASSERT_EQ(answer.status, 207);
        EXPECT_EQ(answer.body.find("200 OK"), std::string::npos) << answer.body;
    }
}

TEST_F(Quota, WithoutALimitNothingIsSaidToBeLeft) { // RFC 4331 section 3
    server.policy.account_bytes = 0;

    EXPECT_EQ(ask(home).status_of(dav("quota-available-bytes")), 404);
    EXPECT_EQ(ask(home).status_of(dav("quota-used-bytes")), 200);
    EXPECT_EQ(put("a.ics", simple_event("a")), 201);
}

TEST_F(Quota, WhatWouldGoOverIsRefused) { // RFC 4331 section 6
    server.policy.account_bytes = static_cast<std::int64_t>(simple_event("a").size()) + 10;
    server.make_collection("anna", "files", false);
    ASSERT_EQ(put("a.ics", simple_event("a")), 201);

    const std::vector<core::Response> refusals{
        server.put(calendar + "b.ics", simple_event("b")),
        server.put(calendar + "a.ics", simple_event("a", 10, std::string(100, 'x'))),
        server.send("PUT", home + "files/x", {}, std::string(11, 'x')),
        server.send("POST", calendar, {{"Content-Type", "text/calendar"}}, simple_event("c")),
        server.send("COPY", calendar + "a.ics", {{"Destination", home + "files/a.ics"}})};

    for (const core::Response& refused : refusals) {
        EXPECT_EQ(refused.status, 507) << refused.body;
        EXPECT_EQ(support::condition_of(refused), dav("quota-not-exceeded"));
    }
    EXPECT_EQ(used(), server.policy.account_bytes - 10);
}

TEST_F(Quota, AFullAccountMayBecomeSmallerAndMoveThings) {
    ASSERT_EQ(put("a.ics", simple_event("a", 10, "A long summary")), 201);
    server.policy.account_bytes = 1;

    EXPECT_EQ(available(), 0);
    EXPECT_EQ(put("a.ics", simple_event("a", 10, "Short")), 204);
    EXPECT_EQ(server.send("MOVE", calendar + "a.ics", {{"Destination", calendar + "b.ics"}}).status,
              201);
    EXPECT_EQ(server.send("DELETE", calendar + "b.ics").status, 204);
}

TEST_F(Quota, IsProtectedAndNotPartOfAllprop) {
    const auto answer = server.send(
        "PROPPATCH", home, {},
        "<D:propertyupdate xmlns:D='DAV:'><D:set><D:prop><D:quota-used-bytes>0</D:quota-used-bytes>"
        "</D:prop></D:set></D:propertyupdate>");
    const auto all = support::read_multistatus(server.send("PROPFIND", home));

    EXPECT_EQ(support::read_multistatus(answer).responses.at(0).status_of(dav("quota-used-bytes")),
              403);
    EXPECT_EQ(all.responses.at(0).status_of(dav("quota-used-bytes")), 0);
}

} // namespace

} // namespace quota_test
