#include "core/http.h"

#include <gtest/gtest.h>

#include <ostream>

using core::EntityTags;
using core::Headers;

TEST(Headers, CompareNamesWithoutCase) {
    Headers headers;
    headers.add("Content-Type", "text/calendar");

    EXPECT_EQ(headers.get("content-TYPE"), "text/calendar");
    EXPECT_TRUE(headers.has("CONTENT-type"));
    EXPECT_FALSE(headers.has("Content-Typ"));
    EXPECT_EQ(headers.get("ETag"), std::nullopt);
}

TEST(Headers, JoinRepeatedFieldsInTheirOrder) {
    Headers headers;
    headers.add("If-Match", "\"a\"");
    headers.add("Depth", "1");
    headers.add("if-match", "\"b\"");

    EXPECT_EQ(headers.get("If-Match"), "\"a\"");
    EXPECT_EQ(headers.joined("IF-MATCH"), "\"a\", \"b\"");
    EXPECT_EQ(headers.joined("Depth"), "1");
    EXPECT_EQ(headers.joined("Prefer"), "");
}

TEST(Headers, SetReplacesEveryFieldOfThatName) {
    Headers headers;
    headers.add("DAV", "1");
    headers.add("dav", "2");
    headers.add("Allow", "GET");

    headers.set("Dav", "3");

    EXPECT_EQ(headers.joined("DAV"), "3");
    EXPECT_EQ(headers.all().size(), 2U);
}

TEST(Headers, RemoveLeavesTheOthers) {
    Headers headers;
    headers.add("DAV", "1");
    headers.add("Allow", "GET");
    headers.add("dav", "2");

    headers.remove("dAV");

    EXPECT_FALSE(headers.has("DAV"));
    EXPECT_TRUE(headers.has("Allow"));
}

struct TagCase {
    const char* name;
    std::string_view header;
    bool any;
    std::vector<std::string> tags;

    friend void PrintTo(const TagCase& row, std::ostream* out) { *out << row.header; }
};

class EntityTagList : public testing::TestWithParam<TagCase> {};

TEST_P(EntityTagList, IsReadAsClientsSendIt) {
    const EntityTags tags = core::parse_entity_tags(GetParam().header);

    EXPECT_EQ(tags.any, GetParam().any);
    EXPECT_EQ(tags.tags, GetParam().tags);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc9110_13_1_1, EntityTagList,
    testing::Values(
        TagCase{"Quoted", R"("a")", false, {"a"}}, TagCase{"Unquoted", "a", false, {"a"}},
        TagCase{"EscapedQuotes", R"(\"a\")", false, {"a"}},
        TagCase{"Weak", R"(W/"a")", false, {"a"}}, TagCase{"WeakUnquoted", "W/a", false, {"a"}},
        TagCase{"WeakEscapedQuotes", R"(W/\"a\")", false, {"a"}},
        TagCase{"LowerCaseWIsPartOfAnUnquotedTag", "w/a", false, {"w/a"}},
        TagCase{"List", R"("a", "b")", false, {"a", "b"}},
        TagCase{"ListWithoutBlanks", R"("a","b",W/"c")", false, {"a", "b", "c"}},
        TagCase{"MixedList", R"("a", b , \"c\",	W/"d")", false, {"a", "b", "c", "d"}},
        TagCase{"EmptyElements", R"(, ,"a",,)", false, {"a"}}, TagCase{"Star", "*", true, {}},
        TagCase{"StarWithBlanks", "  * ", true, {}},
        TagCase{"StarInAList", R"("a", *)", true, {"a"}},
        TagCase{"QuotedStarIsATag", R"("*")", false, {"*"}}, TagCase{"Empty", "", false, {}},
        TagCase{"Blank", " \t", false, {}}, TagCase{"OnlyCommas", ",,,", false, {}},
        TagCase{"EmptyTag", R"("")", false, {""}},
        TagCase{"CommaInQuotes", R"("a,b", "c")", false, {"a,b", "c"}},
        TagCase{"BackslashInQuotes", R"("a\", "b")", false, {R"(a\)", "b"}},
        TagCase{"BlankInQuotes", R"(" a ")", false, {" a "}},
        TagCase{"UnterminatedQuote", R"("a, b)", false, {"a, b"}},
        TagCase{"LoneQuote", R"(")", false, {""}},
        TagCase{"JunkAfterTheQuote", R"("a"junk, "b")", false, {"a", "b"}},
        TagCase{"QuoteInAnUnquotedTag", R"(a"b)", false, {R"(a"b)"}},
        TagCase{"LoneWeakMark", "W/", false, {}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(EntityTags, ContainsOnlyTheExactTag) {
    const EntityTags tags = core::parse_entity_tags(R"("abc", "d")");

    EXPECT_TRUE(tags.contains("abc"));
    EXPECT_TRUE(tags.contains("d"));
    EXPECT_FALSE(tags.contains("ab"));
    EXPECT_FALSE(tags.contains("ABC"));
    EXPECT_FALSE(tags.contains(""));
}

TEST(EntityTags, StarMatchesByItsOwnMemberOnly) {
    const EntityTags tags = core::parse_entity_tags("*");

    EXPECT_TRUE(tags.any);
    EXPECT_FALSE(tags.contains("*"));
}

struct GzipCase {
    std::string_view header;
    bool accepted;
};

class AcceptEncoding : public testing::TestWithParam<GzipCase> {};

TEST_P(AcceptEncoding, DecidesAboutGzip) {
    Headers headers;
    headers.add("accept-encoding", std::string(GetParam().header));

    EXPECT_EQ(core::accepts_gzip(headers), GetParam().accepted) << GetParam().header;
}

INSTANTIATE_TEST_SUITE_P(
    Rfc9110_12_5_3, AcceptEncoding,
    testing::Values(GzipCase{"gzip", true}, GzipCase{"GZIP", true}, GzipCase{"x-gzip", true},
                    GzipCase{"gzip;q=0.5, identity", true}, GzipCase{"br, gzip;q=0.001", true},
                    GzipCase{"deflate, gzip ; q=1.0", true}, GzipCase{"gzip;Q=1", true},
                    GzipCase{"*", true}, GzipCase{"br, *;q=0.1", true}, GzipCase{"gzip;q=0", false},
                    GzipCase{"gzip; q=0.000", false}, GzipCase{"gzip;q=0, *", false},
                    GzipCase{"*, gzip;q=0", false}, GzipCase{"*;q=0", false}, GzipCase{"", false},
                    GzipCase{"identity", false}, GzipCase{"gzipped", false},
                    GzipCase{"br;q=1, deflate", false}, GzipCase{"gzip;q=", false},
                    GzipCase{"gzip;q=high", false}, GzipCase{"gzip;q=-1", false}));

TEST(AcceptEncoding, WithoutTheFieldNothingIsCompressed) {
    EXPECT_FALSE(core::accepts_gzip(Headers{}));
}

TEST(AcceptEncoding, CountsEveryFieldOfTheName) {
    Headers headers;
    headers.add("Accept-Encoding", "br");
    headers.add("Accept-Encoding", "gzip");

    EXPECT_TRUE(core::accepts_gzip(headers));
}

TEST(ReasonPhrase, KnowsWebDavAndPlainStatuses) {
    EXPECT_EQ(core::reason_phrase(200), "OK");
    EXPECT_EQ(core::reason_phrase(207), "Multi-Status");
    EXPECT_EQ(core::reason_phrase(412), "Precondition Failed");
    EXPECT_EQ(core::reason_phrase(507), "Insufficient Storage");
    EXPECT_EQ(core::reason_phrase(999), "Unknown");
}
