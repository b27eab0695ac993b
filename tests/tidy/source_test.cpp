#include "tests/tidy/source.h"

#include <gtest/gtest.h>

using tidy::Blank;
using tidy::blank_out;

TEST(BlankOut, TakesCommentsAway) {
    EXPECT_EQ(blank_out("a; // b\nc", Blank::comments_and_literals), "a;     \nc");
    EXPECT_EQ(blank_out("a /* b\nc */ d", Blank::comments_and_literals), "a     \n     d");
    EXPECT_EQ(blank_out("a /* open", Blank::comments_and_literals), "a        ");
}

TEST(BlankOut, KeepsCommentsWhenAskedForLiteralsOnly) {
    EXPECT_EQ(blank_out("f(\"x\"); // \"y\"", Blank::literals), "f(\" \"); // \"y\"");
}

TEST(BlankOut, TakesTheInsideOfLiteralsAway) {
    EXPECT_EQ(blank_out(R"(f("a\"b", 'c', '\'');)", Blank::literals), R"(f("    ", ' ', '  ');)");
    EXPECT_EQ(blank_out("\"// no comment\" x", Blank::comments_and_literals),
              "\"             \" x");
    EXPECT_EQ(blank_out("// it's a comment\nx", Blank::comments_and_literals),
              "                 \nx");
}

TEST(BlankOut, KnowsRawStrings) {
    const std::string text = "f(R\"x(a \" )\" b)x\", \"c\");";

    EXPECT_EQ(blank_out(text, Blank::literals), "f(R\"            \", \" \");");
}

TEST(BlankOut, DoesNotTakeADigitSeparatorForALiteral) {
    EXPECT_EQ(blank_out("10'000 + x + 0xAB'CD", Blank::literals), "10'000 + x + 0xAB'CD");
}

TEST(BlankOut, KeepsEveryLineInItsPlace) {
    const std::string text = "a\n\"b\n/* c\n\n*/ d R\"(e\nf)\" 'g\n";

    const std::string blanked = blank_out(text, Blank::comments_and_literals);

    EXPECT_EQ(blanked.size(), text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        EXPECT_EQ(blanked[i] == '\n', text[i] == '\n') << i;
    }
}

TEST(WithoutPreprocessor, TakesContinuedLinesToo) {
    EXPECT_EQ(tidy::without_preprocessor("a\n #define B { \\\n  {\nc\n"),
              "a\n              \n   \nc\n");
}

TEST(FindWord, FindsWholeWordsOnly) {
    EXPECT_EQ(tidy::find_word("sleep(1); usleep(2); sleep (3);", "sleep("),
              std::vector<std::size_t>{0});
    EXPECT_EQ(tidy::find_word("std::thread t; std::threads u;", "std::thread"),
              std::vector<std::size_t>{0});
    EXPECT_EQ(tidy::find_word("::time(nullptr) + my_time(nullptr)", "time(nullptr)"),
              std::vector<std::size_t>{2});
    EXPECT_TRUE(tidy::find_word("", "x").empty());
}

TEST(LinesOf, CountsALastLineWithoutANewline) {
    EXPECT_EQ(tidy::lines_of("a\nb\n").size(), 2U);
    EXPECT_EQ(tidy::lines_of("a\nb").size(), 2U);
    EXPECT_EQ(tidy::lines_of("").size(), 0U);
    EXPECT_EQ(tidy::line_of("a\nb\nc", 4), 3U);
}
