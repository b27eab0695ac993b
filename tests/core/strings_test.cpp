#include "core/strings.h"

#include <gtest/gtest.h>

#include <random>

using namespace core;

namespace {

std::vector<unsigned char> bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

} // namespace

TEST(AsciiCase, FoldsLettersAndLeavesOtherBytes) {
    EXPECT_EQ(to_lower("AbC-[Ä]"), "abc-[Ä]");
    EXPECT_EQ(to_upper("aBc-{ä}"), "ABC-{ä}");
    EXPECT_TRUE(iequals("ETag", "eTAG"));
    EXPECT_FALSE(iequals("ETag", "ETags"));
    EXPECT_FALSE(iequals("[", "{"));
    EXPECT_FALSE(iequals("Ä", "ä"));
}

TEST(AsciiCase, SearchesWithoutCase) {
    EXPECT_TRUE(istarts_with("Basic abc", "bAsIc "));
    EXPECT_FALSE(istarts_with("Bas", "Basic"));
    EXPECT_TRUE(istarts_with("x", ""));
    EXPECT_TRUE(icontains("Weekly MEETING", "meet"));
    EXPECT_TRUE(icontains("x", ""));
    EXPECT_FALSE(icontains("meet", "meeting"));
}

TEST(Trim, TakesBlanksOffBothEnds) {
    EXPECT_EQ(trim(" \t a b\r\n"), "a b");
    EXPECT_EQ(trim(" \r\n"), "");
    EXPECT_EQ(trim(""), "");
    EXPECT_EQ(trim("\va"), "\va");
}

TEST(Split, KeepsEmptyParts) {
    using Parts = std::vector<std::string_view>;

    EXPECT_EQ(split("a,b", ','), (Parts{"a", "b"}));
    EXPECT_EQ(split(",a,,", ','), (Parts{"", "a", "", ""}));
    EXPECT_EQ(split("", ','), (Parts{""}));
}

TEST(ReplaceAll, DoesNotReadItsOwnOutput) {
    EXPECT_EQ(replace_all("aaa", "a", "aa"), "aaaaaa");
    EXPECT_EQ(replace_all("a--b-", "-", ""), "ab");
    EXPECT_EQ(replace_all("abc", "", "x"), "abc");
    EXPECT_EQ(replace_all("abc", "bc", "d"), "ad");
    EXPECT_EQ(replace_all("", "a", "b"), "");
}

TEST(ToHex, WritesTwoSmallDigitsForAByte) {
    EXPECT_EQ(to_hex(bytes_of("\x01\xAB\xFF")), "01abff");
    EXPECT_EQ(to_hex({}), "");
}

TEST(Base64, AnswersTheVectorsOfRfc4648Section10) {
    const std::pair<std::string_view, std::string_view> rows[] = {{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"}};

    for (const auto& [bytes, text] : rows) {
        EXPECT_EQ(to_base64(bytes), text);
        EXPECT_EQ(from_base64(text), bytes) << text;
    }
}

TEST(Base64, ReadsWithoutPaddingAndRefusesWrongPadding) {
    EXPECT_EQ(from_base64("Zm8"), "fo");
    EXPECT_EQ(from_base64("Zg"), "f");
    for (const std::string_view bad : {"Zg=", "Zm8==", "Zg===", "=", "==", "====", "Z", "Zm9v=",
                                       "Zm=9", "Zm 9v", "Zm9v\n", "Zm9-", "Zh==", "Zm9="}) {
        EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
    }
}

TEST(Base64, KeepsEveryByte) {
    std::string all;
    for (int i = 0; i < 256; ++i) {
        all += static_cast<char>(i);
    }

    EXPECT_EQ(from_base64(to_base64(all)), all);
}

TEST(Base64Url, UsesTheUrlAlphabetWithoutPadding) {
    EXPECT_EQ(to_base64url(bytes_of("\xFB\xFF\xBF")), "-_-_");
    EXPECT_EQ(to_base64url(bytes_of("f")), "Zg");
    EXPECT_EQ(to_base64url({}), "");
    EXPECT_EQ(from_base64url(""), std::vector<unsigned char>{});
}

TEST(Base64Url, RefusesWhatIsNotCanonical) {
    for (const std::string_view bad : {"Zg==", "Zh", "Zm9=", "Zm9", "Z", "Zm9vA", "+_-_", "/_-_",
                                       "Zm9v\n", " Zm9v", "Zm9v ", "Zm\xC3\xA4v"}) {
        EXPECT_EQ(from_base64url(bad), std::nullopt) << bad;
    }
    EXPECT_EQ(from_base64url(std::string_view("Zm9\0", 4)), std::nullopt);
}

// A property, over random input from a fixed seed: each byte string has one spelling, and no other
// text is read as it.
TEST(Base64Url, EveryByteStringHasExactlyOneSpelling) {
    std::mt19937 random(20261122);
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int round = 0; round < 500; ++round) {
        std::vector<unsigned char> bytes(random() % 40);
        for (unsigned char& byte : bytes) {
            byte = static_cast<unsigned char>(random());
        }
        const std::string text = to_base64url(bytes);
        ASSERT_EQ(from_base64url(text), bytes);
        ASSERT_EQ(from_base64url(text + '='), std::nullopt);
        if (text.empty()) {
            continue;
        }
        for (const char other : alphabet) {
            std::string changed = text;
            changed.back() = other;
            const auto read = from_base64url(changed);
            ASSERT_EQ(read == bytes, other == text.back()) << text << ' ' << changed;
            ASSERT_TRUE(!read || to_base64url(*read) == changed) << changed;
        }
    }
}

TEST(XmlEscape, EscapesMarkup) {
    EXPECT_EQ(xml_escaped(R"(<a href="x">&'</a>)"),
              "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;");
    EXPECT_EQ(xml_escaped("]]>"), "]]&gt;");
    EXPECT_EQ(xml_escaped("plain Zoë 漢 😀"), "plain Zoë 漢 😀");
    EXPECT_EQ(xml_escaped(""), "");
}

TEST(XmlEscape, KeepsTheLineEndsOfICalendarThroughAParser) {
    EXPECT_EQ(xml_escaped("A:1\r\n\tB"), "A:1&#13;\n\tB");
}

TEST(XmlEscape, DropsWhatXml10DoesNotAllow) {
    EXPECT_EQ(xml_escaped(std::string_view("a\0b\x01\x08\x0B\x0C\x1F"
                                           "c",
                                           9)),
              "abc");
    EXPECT_EQ(xml_escaped("a\x7F"), "a\x7F"); // discouraged, but a Char
    EXPECT_EQ(xml_escaped("a\xEF\xBF\xBE"
                          "b\xEF\xBF\xBF"
                          "c"),
              "abc");                                         // U+FFFE, U+FFFF
    EXPECT_EQ(xml_escaped("a\xEF\xBF\xBD"), "a\xEF\xBF\xBD"); // U+FFFD
}

TEST(XmlEscape, DropsBytesThatAreNoUtf8) {
    EXPECT_EQ(xml_escaped("Zo\xEB!"), "Zo!");
    EXPECT_EQ(xml_escaped("a\xED\xA0\x80"
                          "b"),
              "ab"); // a surrogate
    EXPECT_EQ(xml_escaped("a\xC3"), "a");
    EXPECT_EQ(xml_escaped("\xC3<"), "&lt;"); // the lead byte must not swallow the markup
}

TEST(XmlEscape, AppendsToWhatIsThere) {
    std::string out = "<p>";

    append_xml_escaped(out, "a<b");

    EXPECT_EQ(out, "<p>a&lt;b");
}

TEST(Utf8, AcceptsTheEndsOfEachLength) {
    for (const std::string_view good :
         {"", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
          "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_TRUE(is_valid_utf8(good)) << to_hex(bytes_of(good));
    }
    EXPECT_TRUE(is_valid_utf8(std::string_view("\0", 1)));
}

TEST(Utf8, RefusesOverlongSurrogateTruncatedAndTooLarge) {
    for (const std::string_view bad :
         {"\x80", "\xBF", "\xC0\xAF", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xE0\xA0",
          "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF0\x90\x80", "\xF4\x90\x80\x80",
          "\xF5\x80\x80\x80", "\xFE", "\xFF", "ok\xFF"}) {
        EXPECT_FALSE(is_valid_utf8(bad)) << to_hex(bytes_of(bad));
    }
}
