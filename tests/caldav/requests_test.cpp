#include "caldav/requests.h"

#include <gtest/gtest.h>

namespace caldav {
namespace {

using core::Condition;
using core::Errc;

core::Request with(const std::string& header, const std::string& value) {
    core::Request request;
    request.headers.add(header, value);
    return request;
}

TEST(DepthHeader, KnowsThreeValues) {
    EXPECT_EQ(*depth_of(with("Depth", "0"), Depth::one), Depth::zero);
    EXPECT_EQ(*depth_of(with("Depth", " 1 "), Depth::zero), Depth::one);
    EXPECT_EQ(*depth_of(with("Depth", "Infinity"), Depth::zero), Depth::infinity);
    EXPECT_EQ(*depth_of({}, Depth::one), Depth::one);
    for (const char* value : {"", "2", "-1", "0,1", "1,noroot", "infinite"}) {
        const auto depth = depth_of(with("Depth", value), Depth::zero);
        ASSERT_FALSE(depth) << value;
        EXPECT_EQ(depth.error().code, Errc::invalid_input);
    }
}

TEST(Preferences, MinimalIsAskedForInSeveralWays) {
    EXPECT_TRUE(preferences_of(with("Prefer", "return=minimal")).minimal);
    EXPECT_TRUE(preferences_of(with("Prefer", "respond-async, Return=Minimal; foo=bar")).minimal);
    EXPECT_TRUE(preferences_of(with("Prefer", "return=\"minimal\"")).minimal);
    EXPECT_TRUE(preferences_of(with("Brief", "t")).minimal);
    EXPECT_FALSE(preferences_of(with("Brief", "f")).minimal);
    EXPECT_FALSE(preferences_of(with("Prefer", "return=representation")).minimal);
    EXPECT_FALSE(preferences_of(with("Prefer", "")).minimal);
    EXPECT_FALSE(preferences_of({}).minimal);
}

TEST(ParsePropfind, AnEmptyBodyAsksForEverything) { // RFC 4918 section 9.1
    EXPECT_EQ(parse_propfind("")->which, PropertyRequest::Which::all);
    EXPECT_EQ(parse_propfind(" \r\n")->which, PropertyRequest::Which::all);
}

TEST(ParsePropfind, ReadsNamesOnceAndInOrder) {
    const auto request = parse_propfind(
        R"(<?xml version="1.0" encoding="UTF-8"?>
<D:propfind xmlns:D="DAV:" xmlns:CS="http://calendarserver.org/ns/">
 <D:prop><D:resourcetype/><CS:getctag/><D:resourcetype/><x xmlns=""/></D:prop></D:propfind>)");

    ASSERT_TRUE(request);
    EXPECT_EQ(request->which, PropertyRequest::Which::named);
    EXPECT_EQ(request->names,
              (std::vector<Name>{dav("resourcetype"), cs("getctag"), Name{"", "x"}}));
}

TEST(ParsePropfind, ReadsAllpropWithIncludeAndPropname) {
    const auto all = parse_propfind("<propfind xmlns='DAV:'><include><acl/></include><allprop/>"
                                    "</propfind>");
    const auto names = parse_propfind("<propfind xmlns='DAV:'><propname/></propfind>");

    ASSERT_TRUE(all);
    EXPECT_EQ(all->which, PropertyRequest::Which::all);
    EXPECT_EQ(all->names, std::vector<Name>{dav("acl")});
    ASSERT_TRUE(names);
    EXPECT_EQ(names->which, PropertyRequest::Which::names);
}

TEST(ParsePropfind, IgnoresWhatItDoesNotKnow) { // RFC 4918 section 17
    const auto request = parse_propfind("<propfind xmlns='DAV:'><x:expired-props xmlns:x='urn:x'/>"
                                        "<prop><getetag/></prop></propfind>");

    ASSERT_TRUE(request);
    EXPECT_EQ(request->names, std::vector<Name>{dav("getetag")});
}

TEST(ParsePropfind, RefusesBadBodies) {
    for (const char* body : {
             "<propfind",
             "<prop xmlns='DAV:'/>",
             "<propfind/>",
             "<propfind xmlns='DAV:'/>",
             "<propfind xmlns='DAV:'><prop/><allprop/></propfind>",
             "<propfind xmlns='DAV:'><prop/><prop/></propfind>",
             "<D:propfind xmlns:D='DAV:'><D:prop><bar:foo xmlns:bar=''/></D:prop></D:propfind>",
         }) {
        const auto request = parse_propfind(body);
        ASSERT_FALSE(request) << body;
        EXPECT_EQ(request.error().code, Errc::invalid_input) << body;
    }
}

TEST(ParsePropfind, BoundsTheNumberOfNames) {
    std::string body = "<propfind xmlns='DAV:'><prop>";
    for (int i = 0; i < 50'000; ++i) {
        body += "<x" + std::to_string(i) + "/>";
    }
    body += "</prop></propfind>";

    const auto request = parse_propfind(body);

    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().code, Errc::too_large);
}

TEST(ParseProppatch, KeepsTheOrder) { // RFC 4918 section 9.2
    const auto changes =
        parse_proppatch("<propertyupdate xmlns='DAV:' xmlns:x='urn:x'>"
                        "<set><prop><x:a>1</x:a><x:b xml:lang='de'/></prop></set>"
                        "<remove><prop><x:a/></prop></remove><set><prop><x:a>2</x:a></prop></set>"
                        "</propertyupdate>");

    ASSERT_TRUE(changes);
    ASSERT_EQ(changes->size(), 4U);
    EXPECT_EQ((*changes)[0].element.text, "1");
    EXPECT_EQ((*changes)[1].element.language, "de");
    EXPECT_TRUE((*changes)[2].remove);
    EXPECT_EQ((*changes)[3].element.text, "2");
}

TEST(ParseProppatch, RefusesBadBodies) {
    for (const char* body : {"", "x", "<propertyupdate/>", "<propertyupdate xmlns='DAV:'/>",
                             "<propfind xmlns='DAV:'><set/></propfind>"}) {
        const auto changes = parse_proppatch(body);
        ASSERT_FALSE(changes) << body;
        EXPECT_EQ(changes.error().code, Errc::invalid_input);
    }
}

TEST(ParseMakeCollection, NeedsNoBody) {
    EXPECT_TRUE(parse_make_collection("MKCALENDAR", "")->calendar);
    EXPECT_FALSE(parse_make_collection("MKCOL", "")->calendar);
}

// RFC 4791 section 5.3.1.2
TEST(ParseMakeCollection, ReadsMkcalendar) {
    const auto request = parse_make_collection("MKCALENDAR", R"(<?xml version="1.0"?>
<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>
<D:displayname>Lisa's Events</D:displayname>
<C:calendar-description xml:lang="en">Calendar restricted to events.</C:calendar-description>
<C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>
</D:prop></D:set></C:mkcalendar>)");

    ASSERT_TRUE(request);
    EXPECT_TRUE(request->calendar);
    ASSERT_EQ(request->properties.size(), 3U);
    EXPECT_EQ(request->properties[0].text, "Lisa's Events");
}

// RFC 5689 section 3.3; DAVx5 puts a resourcetype into MKCALENDAR too (client rule 25)
TEST(ParseMakeCollection, TheResourceTypeDecides) {
    const std::string types = "<set><prop><resourcetype><collection/>"
                              "<calendar xmlns='urn:ietf:params:xml:ns:caldav'/></resourcetype>"
                              "<displayname>x</displayname></prop></set>";
    const auto calendar =
        parse_make_collection("MKCOL", "<mkcol xmlns='DAV:'>" + types + "</mkcol>");
    const auto davx5 = parse_make_collection(
        "MKCALENDAR", "<c:mkcalendar xmlns='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'>" + types
                          + "</c:mkcalendar>");
    const auto plain = parse_make_collection(
        "MKCOL", "<mkcol xmlns='DAV:'><set><prop><resourcetype><collection/></resourcetype></prop>"
                 "</set></mkcol>");

    ASSERT_TRUE(calendar);
    EXPECT_TRUE(calendar->calendar);
    EXPECT_EQ(calendar->properties.size(), 1U);
    ASSERT_TRUE(davx5);
    EXPECT_TRUE(davx5->calendar);
    ASSERT_TRUE(plain);
    EXPECT_FALSE(plain->calendar);
}

TEST(ParseMakeCollection, RefusesTypesThatItCannotMake) {
    const std::string addressbook = "<mkcol xmlns='DAV:'><set><prop><resourcetype><collection/>"
                                    "<a:addressbook xmlns:a='urn:ietf:params:xml:ns:carddav'/>"
                                    "</resourcetype></prop></set></mkcol>";
    const std::string bare = "<mkcol xmlns='DAV:'><set><prop><resourcetype/></prop></set></mkcol>";
    // R-A11: Apple's server-side subscription
    const std::string subscribed =
        "<c:mkcalendar xmlns='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'><set><prop>"
        "<resourcetype><collection/><s:subscribed xmlns:s='http://calendarserver.org/ns/'/>"
        "</resourcetype></prop></set></c:mkcalendar>";
    for (const auto& [method, body] : {std::pair{"MKCOL", addressbook}, std::pair{"MKCOL", bare},
                                       std::pair{"MKCALENDAR", subscribed}}) {
        const auto request = parse_make_collection(method, body);
        ASSERT_FALSE(request) << body;
        EXPECT_EQ(request.error().code, Errc::forbidden);
        EXPECT_EQ(request.error().condition, Condition::valid_resourcetype);
    }
}

TEST(ParseMakeCollection, RefusesOtherBodies) { // RFC 4918 section 9.3
    EXPECT_EQ(parse_make_collection("MKCOL", "<x/>").error().code, Errc::unsupported_type);
    EXPECT_EQ(parse_make_collection("MKCALENDAR", "<x/>").error().code, Errc::invalid_input);
    EXPECT_EQ(parse_make_collection("MKCALENDAR", "x").error().code, Errc::invalid_input);
}

} // namespace
} // namespace caldav
