// The ACL method (RFC 3744 section 8.1).
#include "core/limits.h"
#include "tests/support/dav_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace caldav::acl_test {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string home = "/calendars/anna/";
const std::string calendar = home + "calendar/";
const std::string bert = "<D:href>/principals/bert/</D:href>";

std::string entry(const std::string& principal, const std::vector<std::string>& privileges,
                  const std::string& more = {}) {
    std::string xml = "<D:ace><D:principal>" + principal + "</D:principal><D:grant>";
    for (const std::string& privilege : privileges) {
        xml += "<D:privilege><" + privilege + "/></D:privilege>";
    }
    return xml + "</D:grant>" + more + "</D:ace>";
}

std::string list(const std::string& entries) {
    return "<D:acl xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\">" + entries
           + "</D:acl>";
}

class Acl : public support::DavFixture {
protected:
    int status(const std::string& who, const std::string& method, const std::string& target) {
        return server
            .send(method, target, {}, method == "PUT" ? support::simple_event("e") : "", who)
            .status;
    }
    core::Response set(const std::string& entries, const std::string& target = calendar,
                       const std::string& who = "anna") {
        return server.send("ACL", target, {}, list(entries), who);
    }
    std::string refusal(const std::string& entries, const std::string& target = calendar) {
        const auto answer = set(entries, target);
        EXPECT_EQ(answer.status, 403) << answer.body;
        return support::condition_of(answer).local;
    }
};

} // namespace

TEST_F(Acl, GrantsOneOfThreeLevelsOnACalendar) {
    ASSERT_EQ(set(entry(bert, {"D:read"})).status, 200);
    EXPECT_EQ(status("bert", "PROPFIND", calendar), 207);
    EXPECT_EQ(status("bert", "PUT", calendar + "e.ics"), 403);
    EXPECT_EQ(status("bert", "PROPFIND", home + "tasks/"), 403);

    for (const auto& write : std::vector<std::vector<std::string>>{
             {"D:read", "D:write"},
             {"D:read", "D:write-content", "D:bind", "D:unbind", "C:read-free-busy",
              "D:read-current-user-privilege-set"}}) {
        ASSERT_EQ(set(entry(bert, write)).status, 200);
        EXPECT_EQ(status("bert", "PUT", calendar + "e.ics"), 201);
        EXPECT_EQ(status("bert", "DELETE", calendar + "e.ics"), 204);
    }
    ASSERT_EQ(set(entry(bert, {"C:read-free-busy"})).status, 200);
    EXPECT_EQ(status("bert", "PROPFIND", calendar), 403);
    ASSERT_EQ(set("").status, 200); // who is not named holds nothing
    EXPECT_EQ(status("bert", "PROPFIND", "/principals/anna/"), 403);
}

TEST_F(Acl, GrantsAWholeHomeAndToGroups) {
    const auto done = server.store->write([](storage::WriteTransaction& transaction) -> core::Done {
        transaction.grants().insert({"desk", "Front desk", {}});
        transaction.grants().add_member("desk", "bert");
        return {};
    });
    ASSERT_TRUE(done);
    ASSERT_EQ(set(entry("<D:href>/principals/desk/</D:href>", {"D:read", "D:write"}), home).status,
              200);
    EXPECT_EQ(status("bert", "MKCALENDAR", home + "new/"), 201);
    EXPECT_EQ(refusal(entry(bert, {"D:read", "D:write-content", "D:bind", "D:unbind"}), home),
              "not-supported-privilege"); // of a home, properties go with it
}

TEST_F(Acl, TwoEntriesOfOnePrincipalAreOne) {
    ASSERT_EQ(set(entry(bert, {"D:read"}) + entry(bert, {"D:write"})).status, 200);
    EXPECT_EQ(status("bert", "PUT", calendar + "e.ics"), 201);
}

TEST_F(Acl, WhatWasReadCanBeSentBack) {
    ASSERT_EQ(set(entry(bert, {"D:read"}), home).status, 200);
    ASSERT_EQ(set(entry(bert, {"D:read", "D:write"})).status, 200);
    const auto answer = support::read_multistatus(
        server.send("PROPFIND", calendar, {},
                    "<D:propfind xmlns:D=\"DAV:\"><D:prop><D:acl/></D:prop></D:propfind>"));
    const Element* acl = answer.responses.at(0).find(dav("acl"));
    ASSERT_NE(acl, nullptr);
    ASSERT_EQ(acl->children.size(), 3U);
    std::string entries;
    for (const Element& child : acl->children) {
        entries += to_xml(child);
    }
    const auto sent = set(entries);
    EXPECT_EQ(sent.status, 200) << sent.body;
    EXPECT_EQ(status("bert", "PUT", calendar + "e.ics"), 201);
}

TEST_F(Acl, RefusesWhatNoGrantSaysAndChangesNothing) {
    ASSERT_EQ(set(entry(bert, {"D:read"})).status, 200);
    const std::string many = "<D:href>/principals/nobody/</D:href>";
    EXPECT_EQ(refusal(entry(many, {"D:read"})), "recognized-principal");
    for (const char* pseudo : {"<D:all/>", "<D:authenticated/>", "<D:unauthenticated/>",
                               "<D:self/>", "<D:property><D:owner/></D:property>"}) {
        EXPECT_EQ(refusal(entry(pseudo, {"D:read"})), "allowed-principal") << pseudo;
    }
    for (const std::vector<std::string>& privileges :
         std::vector<std::vector<std::string>>{{"D:all"},
                                               {"D:write"},
                                               {"D:read", "D:bind"},
                                               {"D:read", "D:write-properties"},
                                               {"D:read", "D:write-acl"},
                                               {"D:read-acl"},
                                               {"C:schedule-send"},
                                               {"D:nothing"}}) {
        EXPECT_EQ(refusal(entry(bert, privileges)), "not-supported-privilege") << privileges[0];
    }
    EXPECT_EQ(refusal("<D:ace><D:principal>" + bert
                      + "</D:principal><D:deny><D:privilege><D:read/></D:privilege></D:deny>"
                        "</D:ace>"),
              "grant-only");
    EXPECT_EQ(refusal("<D:ace><D:invert><D:principal>" + bert
                      + "</D:principal></D:invert><D:grant><D:privilege><D:read/></D:privilege>"
                        "</D:grant></D:ace>"),
              "no-invert");
    EXPECT_EQ(refusal(entry("<D:href>/principals/anna/</D:href>", {"D:read"})),
              "no-protected-ace-conflict");
    EXPECT_EQ(refusal(entry(bert, {"D:read"}, "<D:protected/>")), "no-protected-ace-conflict");
    EXPECT_EQ(refusal(entry(bert, {"D:read"},
                            "<D:inherited><D:href>/calendars/bert/</D:href></D:inherited>")),
              "no-inherited-ace-conflict");
    std::string entries;
    for (std::size_t i = 0; i <= core::limits::access_control_entries; ++i) {
        entries += entry(bert, {"D:read"});
    }
    EXPECT_EQ(refusal(entries), "limited-number-of-aces");
    EXPECT_EQ(status("bert", "PROPFIND", calendar), 207); // as it was
    EXPECT_EQ(status("bert", "PUT", calendar + "e.ics"), 403);
}

TEST_F(Acl, RefusesWhatIsNoList) {
    for (const std::string& body :
         {std::string("<acl"), std::string("<D:propfind xmlns:D=\"DAV:\"/>"), list("<D:ace/>"),
          list("<D:ace><D:principal/><D:grant/></D:ace>"), list(entry(bert + bert, {"D:read"})),
          list("<D:ace><D:principal>" + bert
               + "</D:principal><D:grant><D:privilege/></D:grant></D:ace>")}) {
        EXPECT_EQ(server.send("ACL", calendar, {}, body).status, 400) << body;
    }
}

TEST_F(Acl, OnlyTheOwnerWritesTheList) {
    ASSERT_EQ(set(entry(bert, {"D:read", "D:write"}), home).status, 200);
    for (const std::string& target : {home, calendar}) {
        const auto refused = set(entry(bert, {"D:read"}), target, "bert");
        EXPECT_EQ(refused.status, 403);
        EXPECT_THAT(refused.body, HasSubstr("<D:write-acl/>"));
    }
    server.put(calendar + "e.ics", support::simple_event("e"));
    EXPECT_EQ(set("", calendar + "e.ics").status, 405);
    EXPECT_EQ(set("", "/principals/anna/").status, 405);
    EXPECT_EQ(set("", home + "none/").status, 404);
    EXPECT_THAT(std::string(*server.send("OPTIONS", calendar).headers.get("Allow")),
                HasSubstr("ACL"));
}

TEST_F(Acl, OwnersAreToldThatTheyMayWriteTheList) {
    const auto answer =
        server.send("PROPFIND", calendar, {},
                    "<D:propfind xmlns:D=\"DAV:\"><D:prop><D:current-user-privilege-set/>"
                    "<D:supported-privilege-set/><D:acl-restrictions/></D:prop></D:propfind>");
    EXPECT_THAT(answer.body, HasSubstr("<D:privilege><D:write-acl/></D:privilege>"));
    EXPECT_THAT(answer.body, HasSubstr("<D:grant-only/><D:no-invert/>"));
}

} // namespace caldav::acl_test
