#include "caldav/errors.h"
#include "caldav/xml_reader.h"

#include <gtest/gtest.h>

namespace caldav {
namespace {

using core::Condition;
using core::Errc;

TEST(Errors, EveryCodeHasItsStatus) {
    EXPECT_EQ(status_of(Errc::invalid_input), 400);
    EXPECT_EQ(status_of(Errc::forbidden), 403);
    EXPECT_EQ(status_of(Errc::not_found), 404);
    EXPECT_EQ(status_of(Errc::method_not_allowed), 405);
    EXPECT_EQ(status_of(Errc::conflict), 409);
    EXPECT_EQ(status_of(Errc::precondition_failed), 412);
    EXPECT_EQ(status_of(Errc::too_large), 413);
    EXPECT_EQ(status_of(Errc::unsupported_type), 415);
    EXPECT_EQ(status_of(Errc::unavailable), 503);
    EXPECT_EQ(status_of(Errc::insufficient_storage), 507);
}

TEST(Errors, EveryConditionHasItsElement) {
    for (int value = 1; value <= static_cast<int>(Condition::same_organizer_in_all_components);
         ++value) {
        EXPECT_TRUE(element_of(static_cast<Condition>(value))) << value;
    }
    EXPECT_FALSE(element_of(Condition::none));
}

// R-D5, R-E3, client rule 13
TEST(Errors, AnInvalidSyncTokenIsNamed) {
    const auto response =
        to_response({Errc::forbidden, "too old", Condition::valid_sync_token, ""}, "/x/");

    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(response.headers.get("Content-Type"), "application/xml; charset=utf-8");
    const auto root = read_xml(response.body);
    ASSERT_TRUE(root);
    EXPECT_TRUE(root->is(dav("error")));
    EXPECT_NE(root->find(dav("valid-sync-token")), nullptr);
    EXPECT_EQ(root->find(dav("responsedescription"))->text, "too old");
}

// R-C20, RFC 3744 section 7.1.1
TEST(Errors, NeedPrivilegesNamesTheResource) {
    const auto response =
        to_response({Errc::forbidden, "", Condition::need_privileges, ""}, "/calendars/b/");

    const auto root = read_xml(response.body);
    ASSERT_TRUE(root);
    const Element* resource = root->find(dav("need-privileges"))->find(dav("resource"));
    ASSERT_NE(resource, nullptr);
    EXPECT_EQ(resource->find(dav("href"))->text, "/calendars/b/");
    EXPECT_EQ(resource->find(dav("privilege"))->children.size(), 1U);
}

// client rule 28
TEST(Errors, AUidConflictNamesTheOtherResource) {
    const auto response = to_response(
        {Errc::forbidden, "", Condition::no_uid_conflict, "/calendars/a/b/c&d.ics"}, "/x");

    const auto root = read_xml(response.body);
    ASSERT_TRUE(root);
    EXPECT_EQ(root->find(cal("no-uid-conflict"))->find(dav("href"))->text,
              "/calendars/a/b/c&d.ics");
}

// client rule 16
TEST(Errors, NoErrorHasAnEmptyBody) {
    const auto response = to_response({Errc::precondition_failed, "", Condition::none, ""}, "/x");

    EXPECT_EQ(response.body, "Precondition Failed\n");
    EXPECT_EQ(response.headers.get("Content-Type"), "text/plain; charset=utf-8");
}

TEST(Errors, TransientTroubleSaysWhenToComeBack) {
    const auto response = to_response({Errc::unavailable, "", Condition::none, ""}, "/x");

    EXPECT_TRUE(response.headers.has("Retry-After"));
}

} // namespace
} // namespace caldav
