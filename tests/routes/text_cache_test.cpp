#include "src/routes/text_cache.h"

#include <gtest/gtest.h>

namespace routes {

namespace {

TextCache::Text text_of(std::size_t bytes, char c = 'x') {
    return std::make_shared<const std::string>(bytes, c);
}

} // namespace

TEST(TextCache, GivesWhatWasKeptUnderItsTagOnly) {
    TextCache cache(100'000);
    cache.keep("a", text_of(10, 'a'));

    ASSERT_TRUE(cache.find("a"));
    EXPECT_EQ(*cache.find("a"), std::string(10, 'a'));
    EXPECT_FALSE(cache.find("b"));
    EXPECT_FALSE(cache.find(""));
}

TEST(TextCache, ForgetsWhatWasNotAskedForTheLongest) {
    TextCache cache(100'000);
    cache.keep("a", text_of(40'000));
    cache.keep("b", text_of(40'000));
    EXPECT_TRUE(cache.find("a"));

    cache.keep("c", text_of(40'000));

    EXPECT_TRUE(cache.find("a"));
    EXPECT_FALSE(cache.find("b"));
    EXPECT_TRUE(cache.find("c"));
}

TEST(TextCache, KeepsNothingThatWouldDriveOutAllElse) {
    TextCache cache(100'000);
    cache.keep("a", text_of(40'000));

    cache.keep("large", text_of(50'001));

    EXPECT_FALSE(cache.find("large"));
    EXPECT_TRUE(cache.find("a"));
}

TEST(TextCache, CountsATextOnceHoweverOftenItIsKept) {
    TextCache cache(100'000);
    for (int i = 0; i < 10; ++i) {
        cache.keep("a", text_of(40'000));
    }
    cache.keep("b", text_of(40'000));

    EXPECT_TRUE(cache.find("a"));
    EXPECT_TRUE(cache.find("b"));
}

TEST(TextCache, LeavesATextToWhoeverHoldsIt) {
    TextCache cache(700);
    cache.keep("a", text_of(50, 'a'));
    const TextCache::Text held = cache.find("a");

    cache.keep("b", text_of(50));
    cache.keep("c", text_of(50));

    EXPECT_FALSE(cache.find("a"));
    EXPECT_EQ(*held, std::string(50, 'a'));
}

} // namespace routes
