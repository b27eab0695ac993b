#include "caldav/multistatus.h"
#include "caldav/xml_reader.h"

#include <gtest/gtest.h>

namespace caldav {
namespace {

std::string body_of(Multistatus& out) {
    const core::Response response = out.finish();
    EXPECT_EQ(response.status, 207);
    const auto newline = response.body.find(" xmlns:A=\"http://apple.com/ns/ical/\">");
    EXPECT_TRUE(read_xml(response.body)) << response.body;
    return response.body.substr(newline + 37);
}

TEST(Multistatus, GroupsAnswersByStatus) {
    Multistatus out;
    out.add(
        "/a/",
        {{dav("x"), 404, "", {}}, {dav("y"), 200, "<D:y>1</D:y>", {}}, {dav("z"), 404, "", {}}});

    EXPECT_EQ(body_of(out),
              "<D:response><D:href>/a/</D:href>"
              "<D:propstat><D:prop><D:y>1</D:y></D:prop><D:status>HTTP/1.1 200 OK</D:status>"
              "</D:propstat><D:propstat><D:prop><D:x/><D:z/></D:prop>"
              "<D:status>HTTP/1.1 404 Not Found</D:status></D:propstat></D:response>"
              "</D:multistatus>");
}

TEST(Multistatus, RenderedAnswersLookTheSame) {
    Multistatus one;
    Multistatus two;
    one.add("/a", {{dav("x"), 200, "<D:x/>", {}}, {dav("y"), 404, "", {}}});
    two.add_rendered("/a", "<D:x/>", "<D:y/>");

    EXPECT_EQ(body_of(one), body_of(two));
}

// RFC 8144 section 2.1
TEST(Multistatus, MinimalLeavesOutWhatIsNotThere) {
    Multistatus out;
    out.add("/a/", {{dav("x"), 404, "", {}}}, true);
    const std::string expected =
        "<D:response><D:href>/a/</D:href><D:propstat><D:prop/><D:status>HTTP/1.1 200 OK"
        "</D:status></D:propstat></D:response></D:multistatus>";

    EXPECT_EQ(body_of(out), expected);
}

TEST(Multistatus, FailuresCarryTheirCondition) {
    Multistatus out;
    out.add("/a/", {{dav("getetag"), 403, "", core::Condition::cannot_modify_protected_property},
                    {dav("displayname"), 424, "", {}}});

    EXPECT_EQ(body_of(out),
              "<D:response><D:href>/a/</D:href><D:propstat><D:prop><D:getetag/></D:prop>"
              "<D:status>HTTP/1.1 403 Forbidden</D:status><D:error>"
              "<D:cannot-modify-protected-property/></D:error></D:propstat>"
              "<D:propstat><D:prop><D:displayname/></D:prop>"
              "<D:status>HTTP/1.1 424 Failed Dependency</D:status></D:propstat></D:response>"
              "</D:multistatus>");
}

// R-C12, client rule 14
TEST(Multistatus, AMemberThatIsGoneHasAStatusAndNoPropstat) {
    Multistatus out;
    out.add_status("/a/b.ics", 404);
    out.add_status("/a/", 507, core::Condition::number_of_matches_within_limits);
    out.sync_token("urn:x");

    EXPECT_EQ(body_of(out),
              "<D:response><D:href>/a/b.ics</D:href><D:status>HTTP/1.1 404 Not Found</D:status>"
              "</D:response><D:response><D:href>/a/</D:href>"
              "<D:status>HTTP/1.1 507 Insufficient Storage</D:status><D:error>"
              "<D:number-of-matches-within-limits/></D:error></D:response>"
              "<D:sync-token>urn:x</D:sync-token></D:multistatus>");
}

} // namespace
} // namespace caldav
