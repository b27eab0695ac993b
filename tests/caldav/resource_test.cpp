#include "caldav/resource.h"
#include "tests/support/dav_fixture.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using caldav::ResourceKind;
using core::Errc;

class ResourceOf : public support::DavFixture {
protected:
    void SetUp() override {
        server.make_collection("anna", "files", false);
        server.put("/calendars/anna/calendar/a.ics", support::simple_event("a"));
    }

    core::Result<caldav::Resource> resolve(const std::string& path,
                                           const std::string& account = "anna") {
        const domain::Principal who{account, account, account, "", false};
        const auto target = core::parse_target(path);
        if (!target) {
            return tl::unexpected(target.error());
        }
        return server.store->read([&](const storage::ReadTransaction& transaction) {
            return caldav::resolve(transaction, *target, who);
        });
    }

    Errc error_of(const std::string& path, const std::string& account = "anna") {
        const auto resource = resolve(path, account);
        EXPECT_FALSE(resource) << path;
        return resource ? Errc::unavailable : resource.error().code;
    }
};

TEST_F(ResourceOf, EveryPathIsMappedWithItsCanonicalHref) {
    struct Row {
        const char* path;
        ResourceKind kind;
        const char* href;
    };
    const std::vector<Row> rows{
        {"/", ResourceKind::root, "/"},
        {"/principals/", ResourceKind::principals, "/principals/"},
        {"/principals/anna/", ResourceKind::principal, "/principals/anna/"},
        {"/calendars/", ResourceKind::calendars_root, "/calendars/"},
        {"/calendars/anna/", ResourceKind::home, "/calendars/anna/"},
        {"/calendars/anna/inbox/", ResourceKind::inbox, "/calendars/anna/inbox/"},
        {"/calendars/anna/outbox/", ResourceKind::outbox, "/calendars/anna/outbox/"},
        {"/calendars/anna/calendar/", ResourceKind::calendar, "/calendars/anna/calendar/"},
        {"/calendars/anna/files/", ResourceKind::plain, "/calendars/anna/files/"},
        {"/calendars/anna/new/", ResourceKind::unmapped, "/calendars/anna/new/"},
        {"/calendars/anna/calendar/a.ics", ResourceKind::object, "/calendars/anna/calendar/a.ics"},
        {"/calendars/anna/calendar/b.ics", ResourceKind::unmapped,
         "/calendars/anna/calendar/b.ics"},
        {"/calendars/anna/files/b", ResourceKind::unmapped, "/calendars/anna/files/b"},
    };
    for (const Row& row : rows) {
        const auto resource = resolve(row.path);
        ASSERT_TRUE(resource) << row.path;
        EXPECT_EQ(resource->kind, row.kind) << row.path;
        EXPECT_EQ(resource->href, row.href) << row.path;
    }
}

TEST_F(ResourceOf, R_C9_AMissingSlashOnACollectionMakesNoDifference) {
    for (const char* path :
         {"/principals", "/principals/anna", "/calendars", "/calendars/anna",
          "/calendars/anna/inbox", "/calendars/anna/calendar", "/calendars/anna/files"}) {
        const auto resource = resolve(path);
        ASSERT_TRUE(resource) << path;
        EXPECT_EQ(resource->href, std::string(path) + "/");
        EXPECT_TRUE(resource->is_collection());
    }
}

TEST_F(ResourceOf, R_C8_SpellingsOfOneNameAreOneResource) {
    ASSERT_EQ(
        server.put("/calendars/anna/calendar/a%20b@c+d.ics", support::simple_event("n")).status,
        201);

    for (const char* path :
         {"/calendars/anna/calendar/a%20b@c+d.ics", "/calendars/anna/calendar/a%20b%40c%2Bd.ics",
          "/calendars/anna/calendar/a%20b%40c+d%2eics", "//calendars//anna/calendar/a%20b@c+d.ics",
          "/%63alendars/ann%61/calend%61r/a%20b@c+d.ics"}) {
        const auto resource = resolve(path);
        ASSERT_TRUE(resource) << path;
        EXPECT_EQ(resource->kind, ResourceKind::object) << path;
        EXPECT_EQ(resource->href, "/calendars/anna/calendar/a%20b@c+d.ics") << path;
    }
}

TEST_F(ResourceOf, R_C8_ADoublyEncodedNameIsAnotherName) {
    const auto resource = resolve("/calendars/anna/calendar/%2561.ics");

    ASSERT_TRUE(resource);
    EXPECT_EQ(resource->name, "%61.ics");
    EXPECT_EQ(resource->href, "/calendars/anna/calendar/%2561.ics");
}

TEST_F(ResourceOf, SomebodyElsesThingsAreForbiddenWhetherTheyExistOrNot) {
    for (const char* path :
         {"/principals/bert/", "/principals/nobody/", "/principals/bert/x", "/calendars/bert/",
          "/calendars/nobody/", "/calendars/bert/calendar/", "/calendars/bert/nothing/",
          "/calendars/bert/inbox/", "/calendars/bert/calendar/a.ics",
          "/calendars/bert/nothing/a.ics", "/calendars/bert/a/b/c/d/", "/calendars/ANNA/",
          "/calendars/anna%20/"}) {
        const auto resource = resolve(path);
        ASSERT_FALSE(resource) << path;
        EXPECT_EQ(resource.error().code, Errc::forbidden) << path;
        EXPECT_EQ(resource.error().condition, core::Condition::need_privileges) << path;
    }
}

TEST_F(ResourceOf, NobodyIsNobodysOwner) {
    EXPECT_EQ(error_of("/calendars/anna/", ""), Errc::forbidden);
}

TEST_F(ResourceOf, WhatIsOutsideOfOurSpaceIsNotFound) {
    for (const char* path : {"/x", "/calendar/anna/", "/principals/anna/x", "/Calendars/anna/"}) {
        EXPECT_EQ(error_of(path), Errc::not_found) << path;
    }
}

TEST_F(ResourceOf, BelowWhatIsMissingIsAConflict) {
    for (const char* path : {"/calendars/anna/new/x.ics", "/calendars/anna/calendar/a.ics/x",
                             "/calendars/anna/files/a/b", "/calendars/anna/inbox/x.ics",
                             "/calendars/anna/outbox/x.ics", "/calendars/anna/a/b/c/d/e/f"}) {
        EXPECT_EQ(error_of(path), Errc::conflict) << path;
    }
}

TEST_F(ResourceOf, HostilePathsNeverReachTheStore) {
    for (const char* path :
         {"/calendars/anna/../bert/", "/calendars/anna/%2e%2e/bert/", "/calendars/anna%2Fcalendar/",
          "/calendars/anna/calendar/%00.ics", "/calendars/anna/calendar/%ff.ics",
          "/calendars/anna/calendar/%0d%0aX: y", "/calendars/anna/calendar/%zz", "calendars/anna/",
          ""}) {
        EXPECT_EQ(error_of(path), Errc::invalid_input) << path;
    }
    EXPECT_EQ(error_of("/calendars/anna/calendar/" + std::string(256, 'a')), Errc::invalid_input);
    EXPECT_EQ(error_of("/calendars/" + std::string(5000, 'a')), Errc::invalid_input);
}

TEST_F(ResourceOf, AQuoteInANameIsOnlyAName) {
    const auto resource = resolve("/calendars/anna/calendar/'%3B%20DROP%20TABLE%20object--");

    ASSERT_TRUE(resource);
    EXPECT_EQ(resource->kind, ResourceKind::unmapped);
    EXPECT_EQ(resource->name, "'; DROP TABLE object--");
}

TEST_F(ResourceOf, TheHrefOfANameIsTheNameAgain) {
    for (const std::string name :
         {"ü", "a b", "100%", "a@b", "a+b", "#", "?", "日本語.ics", "%25", "a&b<c>\"'", "~._-"}) {
        const std::string href = caldav::object_href("anna", "calendar", name);
        const auto target = core::parse_target(href);
        ASSERT_TRUE(target) << href;
        EXPECT_EQ(target->segments.back(), name);
    }
}

} // namespace
