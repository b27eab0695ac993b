#include "caldav/xml_reader.h"
#include "core/limits.h"

#include <gtest/gtest.h>

namespace caldav {
namespace {

using core::Errc;

Errc error_of(const std::string& bytes) {
    const auto read = read_xml(bytes);
    EXPECT_FALSE(read.has_value()) << bytes.substr(0, 200);
    return read ? Errc::unavailable : read.error().code;
}

std::string repeat(std::string_view text, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        out += text;
    }
    return out;
}

TEST(XmlReader, ReadsNamesAttributesAndTextInAnyPrefix) {
    const auto root = read_xml("<?xml version=\"1.0\" encoding=\"utf-8\"?>"
                               "<x:propfind xmlns:x='DAV:' xmlns='urn:ietf:params:xml:ns:caldav'>"
                               "<x:prop><calendar-data version=\"2.0\" x:foo='bar'> a &amp; b"
                               "</calendar-data></x:prop></x:propfind>");

    ASSERT_TRUE(root);
    EXPECT_TRUE(root->is(dav("propfind")));
    const Element* data = root->find(dav("prop"))->find(cal("calendar-data"));
    ASSERT_NE(data, nullptr);
    EXPECT_EQ(data->attribute("version"), "2.0");
    EXPECT_EQ(data->attribute("foo"), ""); // that one is in a namespace
    EXPECT_EQ(data->text, " a & b");
    EXPECT_EQ(root->find(dav("calendar-data")), nullptr);
}

TEST(XmlReader, TakesAByteOrderMark) {
    EXPECT_TRUE(read_xml("\xEF\xBB\xBF<a/>"));
}

TEST(XmlReader, TakesUtf16AndLatin1) {
    const std::string utf16("\xFF\xFE<\0a\0>\0\xE9\0<\0/\0a\0>\0", 18);
    const auto wide = read_xml(utf16);
    const auto latin = read_xml("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>");

    ASSERT_TRUE(wide);
    EXPECT_EQ(wide->text, "\xC3\xA9");
    ASSERT_TRUE(latin);
    EXPECT_EQ(latin->text, "\xC3\xA9");
}

TEST(XmlReader, RefusesOtherEncodings) {
    EXPECT_EQ(error_of("<?xml version='1.0' encoding='windows-1252'?><a/>"), Errc::invalid_input);
    EXPECT_EQ(error_of("<?xml version='1.0' encoding='UTF-7'?><a/>"), Errc::invalid_input);
    EXPECT_EQ(error_of("<?xml version='1.0' encoding='UTF-32'?><a/>"), Errc::invalid_input);
}

TEST(XmlReader, RefusesWhatIsNotWellFormed) {
    const std::vector<std::string> bodies{
        "",
        "   ",
        "hello",
        "{\"a\": 1}",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a>&nbsp;</a>",
        "<a>\x01</a>",
        "<a b='1' b='2'/>",
        "<a>\xFF</a>",
        "<a>\xC0\x80</a>",
        "<p:a/>",                                     // undeclared prefix
        "<p:a xmlns:p=''/>",                          // litmus propfind_invalid2
        "<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", // the same attribute twice
        "<xmlns:a/>",
        "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns:b='u&#10;v'/>",
        std::string("<a>\0</a>", 8),
        std::string("\0", 1),
    };
    for (const std::string& body : bodies) {
        EXPECT_EQ(error_of(body), Errc::invalid_input) << body;
    }
}

TEST(XmlReader, RefusesADoctypeAndSoEveryEntity) {
    EXPECT_EQ(error_of("<!DOCTYPE a><a/>"), Errc::invalid_input);
    EXPECT_EQ(error_of("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>"), Errc::invalid_input);
    EXPECT_EQ(error_of("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>"),
              Errc::invalid_input);
    std::string bomb = "<!DOCTYPE a [<!ENTITY l0 \"lol\">";
    for (int i = 1; i < 30; ++i) {
        const std::string inner = "&l" + std::to_string(i - 1) + ";";
        bomb += "<!ENTITY l" + std::to_string(i) + " \"" + repeat(inner, 10) + "\">";
    }
    bomb += "]><a>&l29;</a>";
    EXPECT_EQ(error_of(bomb), Errc::invalid_input);
}

TEST(XmlReader, IgnoresCommentsAndProcessingInstructions) {
    const auto root = read_xml("<!-- x --><?php y ?><a>b<!-- x -->c<?z?><![CDATA[<d>]]></a>");

    ASSERT_TRUE(root);
    EXPECT_EQ(root->text, "bc<d>");
    EXPECT_TRUE(root->children.empty());
}

TEST(XmlReader, StopsAtEachBound) {
    const std::size_t depth = core::limits::xml_depth;
    EXPECT_TRUE(read_xml(repeat("<a>", depth) + repeat("</a>", depth)));
    EXPECT_EQ(error_of(repeat("<a>", depth + 1) + repeat("</a>", depth + 1)), Errc::too_large);
    EXPECT_EQ(error_of(repeat("<a>", 200'000)), Errc::too_large);

    EXPECT_TRUE(read_xml("<a>" + repeat("<b/>", core::limits::xml_nodes - 1) + "</a>"));
    EXPECT_EQ(error_of("<a>" + repeat("<b/>", core::limits::xml_nodes) + "</a>"), Errc::too_large);

    EXPECT_TRUE(read_xml("<a>" + repeat("x", core::limits::xml_text_bytes) + "</a>"));
    EXPECT_EQ(error_of("<a>" + repeat("x", core::limits::xml_text_bytes + 1) + "</a>"),
              Errc::too_large);

    std::string attributes;
    for (int i = 0; i < 100'000; ++i) {
        attributes += " a" + std::to_string(i) + "=''";
    }
    EXPECT_EQ(error_of("<a" + attributes + "/>"), Errc::too_large);
    EXPECT_EQ(error_of(std::string(core::limits::body_bytes + 1, ' ')), Errc::too_large);
}

TEST(XmlReader, KnowsTheLanguageInScope) {
    const auto root = read_xml("<a xml:lang='de'><b/><c xml:lang='en'/><d xml:lang=''/></a>");

    ASSERT_TRUE(root);
    EXPECT_EQ(root->language, "de");
    EXPECT_EQ(root->children[0].language, "de");
    EXPECT_EQ(root->children[1].language, "en");
    EXPECT_EQ(root->children[2].language, "");
    EXPECT_TRUE(root->attributes.empty());
}

bool same(const Element& a, const Element& b) {
    if (a.name != b.name || a.attributes != b.attributes || a.text != b.text
        || a.child_offsets != b.child_offsets || a.language != b.language
        || a.children.size() != b.children.size()) {
        return false;
    }
    for (std::size_t i = 0; i < a.children.size(); ++i) {
        if (!same(a.children[i], b.children[i])) {
            return false;
        }
    }
    return true;
}

class ToXml : public testing::TestWithParam<std::string> {};

TEST_P(ToXml, IsReadAsTheSameElement) {
    const auto element = read_xml(GetParam());
    ASSERT_TRUE(element) << element.error().detail;

    const std::string fragment = to_xml(*element);

    // In the surroundings that a multistatus has.
    const auto again =
        read_xml("<D:multistatus xmlns:D='DAV:' xmlns:C='urn:x' xmlns:CS='urn:y' xmlns:A='urn:z'>"
                 + fragment + "</D:multistatus>");
    ASSERT_TRUE(again) << fragment;
    ASSERT_EQ(again->children.size(), 1U);
    EXPECT_TRUE(same(*element, again->children[0])) << fragment;
}

INSTANTIATE_TEST_SUITE_P(
    Elements, ToXml,
    testing::Values(
        "<a/>", "<a xmlns='urn:n'/>", "<p:a xmlns:p='urn:n'><b/></p:a>",
        "<p:a xmlns:p='urn:n'><p:b/><q:c xmlns:q='urn:q'><p:d/></q:c></p:a>",
        "<a xmlns='urn:n' b='1' p:c='2' xmlns:p='urn:p' xmlns:q='urn:q' q:c='3'/>",
        "<a>one<b/>two<c>three</c>four</a>", "<a>  <b/>\n\t<c/>  </a>",
        "<a xml:lang='en-AU'>G'day<b xml:lang='de'>Tag</b><c xml:lang=''/></a>",
        "<a xml:space='preserve'> </a>", "<a>&amp;&lt;&gt;&quot;&apos;]]&gt;</a>",
        "<a>&#13;&#10;line</a>", "<a b='&#9;&#10;&#13; &quot;&apos;&amp;&lt;'/>",
        "<a>\xF0\x9F\x92\xA9 \xC3\xA9</a>", "<xml:a/>", "<a xmlns='urn:&amp;&quot;&lt;'/>",
        // litmus propset and propvnspace
        "<prop0 xmlns='http://example.com/neon/litmus/'>value0</prop0>",
        "<t:valnspace xmlns:t='http://example.com/neon/litmus/'><foo xmlns='http://bar'/>"
        "</t:valnspace>",
        // Apple's colour
        "<c:calendar-color xmlns:c='http://apple.com/ns/ical/' "
        "symbolic-color='blue'>#0252D4FF</c:calendar-color>"));

} // namespace
} // namespace caldav
