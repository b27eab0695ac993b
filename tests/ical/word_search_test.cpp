#include "ical/word_search.h"
#include "tests/ical/objects.h"

#include <gtest/gtest.h>

#include <string>

namespace ical {
namespace {
namespace word_search {

ComponentFilter summary_with(std::string text, Collation collation = Collation::ascii_casemap) {
    PropertyFilter property;
    property.name = "SUMMARY";
    property.text_match = TextMatch{std::move(text), collation, false};
    ComponentFilter event;
    event.name = "VEVENT";
    event.properties.push_back(property);
    ComponentFilter filter;
    filter.name = "VCALENDAR";
    filter.components.push_back(event);
    return filter;
}

bool may_match(const ComponentFilter& filter, std::string_view line) {
    return WordSearch(filter).may_match("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + std::string(line)
                                        + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

TEST(WordSearch, LeavesOutWhatHoldsTheWordNowhere) {
    EXPECT_FALSE(may_match(summary_with("review"), "SUMMARY:Follow-up"));
    EXPECT_FALSE(may_match(summary_with("review", Collation::unicode_casemap), "SUMMARY:x"));
    EXPECT_FALSE(may_match(summary_with("review", Collation::octet), "SUMMARY:x"));
    EXPECT_TRUE(may_match(summary_with("review"), "SUMMARY:Medication REVIEW"));
}

TEST(WordSearch, FindsAWordAcrossAFold) {
    EXPECT_TRUE(may_match(summary_with("review"), "SUMMARY:Medication re\r\n view"));
    EXPECT_TRUE(may_match(summary_with("review"), "SUMMARY:Medication re\n\tview"));
    EXPECT_TRUE(may_match(summary_with("J\xc3\xbcrgen", Collation::unicode_casemap),
                          "SUMMARY:J\xc3\r\n \x9cRGEN"));
}

TEST(WordSearch, LooksForTheLongestPartThatIsWrittenAsItIsRead) {
    const ComponentFilter filter = summary_with("a, consultation; b");
    EXPECT_TRUE(may_match(filter, "SUMMARY:a\\, consultation\\; b"));
    EXPECT_TRUE(may_match(filter, "SUMMARY:a\\, consul\\tation\\; b"));
    EXPECT_FALSE(may_match(filter, "SUMMARY:a\\, b\\; b"));
    EXPECT_TRUE(may_match(summary_with(",;\\\n"), "SUMMARY:x"));
    EXPECT_TRUE(may_match(summary_with(""), "SUMMARY:x"));
}

TEST(WordSearch, FoldsCaseAsTheCollationDoes) {
    EXPECT_TRUE(may_match(summary_with("\xc3\xa4rztin", Collation::unicode_casemap),
                          "SUMMARY:\xc3\x84RZTIN"));
    EXPECT_TRUE(may_match(summary_with("session", Collation::unicode_casemap), "SUMMARY:\xc5\xbf"
                                                                               "ession"));
}

TEST(WordSearch, SaysNothingOfConditionsThatNeedNotBeMet) {
    ComponentFilter negated = summary_with("review");
    negated.components.front().properties.front().text_match->negate = true;
    EXPECT_TRUE(may_match(negated, "SUMMARY:x"));

    ComponentFilter any = summary_with("review");
    any.components.front().properties.front().any_of = true;
    EXPECT_TRUE(may_match(any, "SUMMARY:x"));

    ComponentFilter absent = summary_with("review");
    absent.components.front().is_not_defined = true;
    EXPECT_TRUE(may_match(absent, "SUMMARY:x"));

    EXPECT_FALSE(may_match(summary_with("review"), "SUMMARY:x"));
}

// What the filter finds by reading the object, the search never leaves out.
TEST(WordSearch, AgreesWithTheFilter) {
    for (const std::string line : {"SUMMARY:one\\, two", "SUMMARY:o\\ne", "SUMMARY:ONE TWO",
                                   "SUMMARY:on\r\n e", "SUMMARY:\\o\\n\\e", "SUMMARY:one\\\\two"}) {
        const std::string text =
            testing_support::event("DTSTART:20260105T080000Z\r\n" + line + "\r\n");
        const Object object = testing_support::parsed(text);
        for (const char* word : {"one", "o", "one, two", "ne", "two", "\\two", "o\ne"}) {
            const ComponentFilter filter = summary_with(word);
            if (matches(filter, object).value_or(false)) {
                EXPECT_TRUE(WordSearch(filter).may_match(text)) << line << " " << word;
            }
        }
    }
}

} // namespace word_search
} // namespace
} // namespace ical
