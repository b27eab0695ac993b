#include "core/limits.h"
#include "core/uri.h"

#include <gtest/gtest.h>

using core::Destination;
using core::Errc;
using core::parse_destination;
using core::parse_target;
using core::Target;

namespace {

using Segments = std::vector<std::string>;

std::string repeated(std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) {
        text += part;
    }
    return text;
}

} // namespace

struct GoodTarget {
    std::string_view raw;
    Segments segments;
    bool trailing_slash;
    std::string_view query;
};

class TargetRead : public testing::TestWithParam<GoodTarget> {};

TEST_P(TargetRead, IsSplitThenDecodedOnce) {
    const auto target = parse_target(GetParam().raw);

    ASSERT_TRUE(target.has_value()) << GetParam().raw << ": " << target.error().detail;
    EXPECT_EQ(target->segments, GetParam().segments) << GetParam().raw;
    EXPECT_EQ(target->trailing_slash, GetParam().trailing_slash) << GetParam().raw;
    EXPECT_EQ(target->query, GetParam().query) << GetParam().raw;
}

INSTANTIATE_TEST_SUITE_P(
    OriginForm, TargetRead,
    testing::Values(GoodTarget{"/", {}, true, ""}, GoodTarget{"/a", {"a"}, false, ""},
                    GoodTarget{"/a/", {"a"}, true, ""}, GoodTarget{"/a/b", {"a", "b"}, false, ""},
                    GoodTarget{"/a//b", {"a", "b"}, false, ""}, GoodTarget{"//a", {"a"}, false, ""},
                    GoodTarget{"/a//", {"a"}, true, ""}, GoodTarget{"//", {}, true, ""},
                    GoodTarget{"/a?x=/../%zz", {"a"}, false, "x=/../%zz"},
                    GoodTarget{"/a/?", {"a"}, true, ""}, GoodTarget{"/?a?b", {}, true, "a?b"}));

INSTANTIATE_TEST_SUITE_P(
    Escapes, TargetRead,
    testing::Values(
        GoodTarget{"/a%20b", {"a b"}, false, ""}, GoodTarget{"/a+b", {"a+b"}, false, ""},
        GoodTarget{"/a%2Bb", {"a+b"}, false, ""}, GoodTarget{"/%40", {"@"}, false, ""},
        GoodTarget{"/%25", {"%"}, false, ""}, GoodTarget{"/%252F", {"%2F"}, false, ""},
        GoodTarget{"/%252e%252e", {"%2e%2e"}, false, ""},
        GoodTarget{"/Zo%C3%AB", {"Zoë"}, false, ""}, GoodTarget{"/Zo%c3%ab", {"Zoë"}, false, ""},
        GoodTarget{"/Zo\xC3\xAB", {"Zoë"}, false, ""}, GoodTarget{"/%3F%23", {"?#"}, false, ""},
        GoodTarget{"/...", {"..."}, false, ""}, GoodTarget{"/.a", {".a"}, false, ""},
        GoodTarget{"/a..b", {"a..b"}, false, ""}, GoodTarget{"/..\\x", {"..\\x"}, false, ""}));

INSTANTIATE_TEST_SUITE_P(AbsoluteForm, TargetRead,
                         testing::Values(GoodTarget{"http://h/a", {"a"}, false, ""},
                                         GoodTarget{"HTTPS://h:8443/a/?q", {"a"}, true, "q"},
                                         GoodTarget{"http://h", {}, true, ""},
                                         GoodTarget{"http://h?q=/", {}, true, "q=/"},
                                         GoodTarget{"*", {}, false, ""}));

class TargetRefused : public testing::TestWithParam<std::string_view> {};

TEST_P(TargetRefused, IsInvalidInput) {
    const auto target = parse_target(GetParam());

    ASSERT_FALSE(target.has_value()) << GetParam();
    EXPECT_EQ(target.error().code, Errc::invalid_input) << GetParam();
    EXPECT_FALSE(target.error().detail.empty());
}

INSTANTIATE_TEST_SUITE_P(Form, TargetRefused,
                         testing::Values("", "a", "a/b", "?a", "**", "*/", "http:", "http:/a",
                                         "http://", "http:///a", "https://?q", "ftp://h/a",
                                         "http://h h/a", "http://h\r\n/a", "javascript:/a", " /a"));

INSTANTIATE_TEST_SUITE_P(DotSegments, TargetRefused,
                         testing::Values("/.", "/..", "/../", "/a/..", "/a/../b", "/./a", "/a/.",
                                         "/%2e", "/%2E%2e", "/.%2e/a", "/%2e./a", "/a/%2e%2e/b",
                                         "http://h/../a", "/..?x"));

INSTANTIATE_TEST_SUITE_P(Escapes, TargetRefused,
                         testing::Values("/a%2Fb", "/a%2fb", "/%2F", "/..%2F..%2Fetc", "/%", "/a%",
                                         "/%4", "/%4?1", "/%zz", "/%4g", "/%g4", "/%-1", "/%+1",
                                         "/% 1", "/%%41", "/%u0041"));

INSTANTIATE_TEST_SUITE_P(Characters, TargetRefused,
                         testing::Values("/%00", "/a%00.ics", "/%0A", "/%0d%0aX: y", "/%1F", "/%7F",
                                         "/a\nb", "/a\x7F", "/a\tb", std::string_view("/a\0b", 4),
                                         "/a?x\r\n", std::string_view("/a?\0", 4), "/a#b", "/#",
                                         "/a?b#c"));

INSTANTIATE_TEST_SUITE_P(NotUtf8, TargetRefused,
                         testing::Values("/%FF", "/Zo%EB", "/%C0%AF", "/%C0%AE%C0%AE", "/%ED%A0%80",
                                         "/%C3", "/a\xFF", "/%F4%90%80%80", "/%C3/%AB"));

TEST(ParseTarget, BoundsTheNumberOfSegments) {
    const std::size_t most = core::limits::path_segments;

    EXPECT_EQ(parse_target(repeated("/a", most)).value().segments.size(), most);
    EXPECT_EQ(parse_target(repeated("/a", most) + "//").value().segments.size(), most);
    EXPECT_FALSE(parse_target(repeated("/a", most + 1)).has_value());
    EXPECT_FALSE(parse_target(repeated("/a", most) + "/..").has_value());
}

TEST(ParseTarget, BoundsASegmentAfterDecoding) {
    const std::size_t most = core::limits::name_bytes;

    EXPECT_TRUE(parse_target("/" + repeated("%41", most)).has_value());
    EXPECT_TRUE(parse_target("/" + repeated("a", most) + "/b").has_value());
    EXPECT_FALSE(parse_target("/" + repeated("%41", most + 1)).has_value());
    EXPECT_FALSE(parse_target("/" + repeated("a", most + 1)).has_value());
}

TEST(ParseTarget, BoundsThePathButNotTheQuery) {
    const std::size_t most = core::limits::path_bytes;

    EXPECT_TRUE(parse_target(repeated("/", most)).has_value());
    EXPECT_FALSE(parse_target(repeated("/", most + 1)).has_value());
    EXPECT_TRUE(parse_target("/?" + repeated("a", most)).has_value());
}

TEST(ParseDestination, SplitsHostAndPath) {
    const auto destination = parse_destination("https://cal.example:8443/calendars/7/b%20c.ics");

    ASSERT_TRUE(destination.has_value());
    EXPECT_EQ(destination->host, "cal.example:8443");
    EXPECT_EQ(destination->target.segments, (Segments{"calendars", "7", "b c.ics"}));
}

TEST(ParseDestination, TakesAnAbsolutePath) {
    const auto destination = parse_destination("/calendars/7/");

    ASSERT_TRUE(destination.has_value());
    EXPECT_EQ(destination->host, "");
    EXPECT_EQ(destination->target.segments, (Segments{"calendars", "7"}));
    EXPECT_TRUE(destination->target.trailing_slash);
}

TEST(ParseDestination, ReturnsTheHostAsSentForTheCallerToJudge) {
    EXPECT_EQ(parse_destination("HTTP://CAL.example/a").value().host, "CAL.example");
    EXPECT_EQ(parse_destination("http://[::1]:80/a").value().host, "[::1]:80");
    EXPECT_EQ(parse_destination("http://cal.example@evil.example/a").value().host,
              "cal.example@evil.example");
    EXPECT_EQ(parse_destination("http://evil.example\\cal.example/a").value().host,
              "evil.example\\cal.example");
}

TEST(ParseDestination, RefusesWhatRfc4918Section10_3DoesNotKnow) {
    for (const std::string_view bad :
         {"", "*", "a", "../a", "//evil.example/a", "ftp://h/a", "mailto:a@b", "http://",
          "http:///a", "http://h/../a", "http://h/a%2Fb", "http://h/a#b", "http://h#a",
          "/a/%2e%2e/b"}) {
        EXPECT_FALSE(parse_destination(bad).has_value()) << bad;
    }
}

TEST(EncodeSegment, EscapesInOneCanonicalWay) {
    EXPECT_EQ(core::encode_segment("aZ09-._~@:+,=!"), "aZ09-._~@:+,=!");
    EXPECT_EQ(core::encode_segment("a b/c?d#e%f"), "a%20b%2Fc%3Fd%23e%25f");
    EXPECT_EQ(core::encode_segment("Zoë"), "Zo%C3%AB");
    EXPECT_EQ(core::encode_segment("$&'()*;<>\"[]"), "%24%26%27%28%29%2A%3B%3C%3E%22%5B%5D");
    EXPECT_EQ(core::encode_segment(""), "");
}

TEST(EncodeSegment, IsUndoneByDecodingForEveryByte) {
    std::string all;
    for (int i = 0; i < 256; ++i) {
        all += static_cast<char>(i);
    }

    EXPECT_EQ(core::percent_decode(core::encode_segment(all)), all);
}

TEST(PercentDecode, DecodesOnceAndLeavesPlus) {
    EXPECT_EQ(core::percent_decode("%2541+%41"), "%41+A");
    EXPECT_EQ(core::percent_decode(""), "");
    EXPECT_EQ(core::percent_decode("%"), std::nullopt);
    EXPECT_EQ(core::percent_decode("a%4"), std::nullopt);
    EXPECT_EQ(core::percent_decode("%4 1"), std::nullopt);
}

TEST(ParseQuery, DecodesNamesAndValues) {
    const auto query = core::parse_query("a=1&b%20c=d%3De+f&g&h=i=j&k=%2B");

    const std::map<std::string, std::string> expected{
        {"a", "1"}, {"b c", "d=e f"}, {"g", ""}, {"h", "i=j"}, {"k", "+"}};
    EXPECT_EQ(query, expected);
}

TEST(ParseQuery, FirstOfEqualNamesWins) {
    EXPECT_EQ(core::parse_query("a=1&a=2&%61=3").at("a"), "1");
}

TEST(ParseQuery, LeavesOutWhatCannotBeRead) {
    const auto query = core::parse_query("&&=x&a=%zz&%=1&b=%FF&c=2&");

    EXPECT_EQ(query, (std::map<std::string, std::string>{{"c", "2"}}));
    EXPECT_TRUE(core::parse_query("").empty());
}
