#include "domain/links.h"
#include "domain/policy.h"

#include <gtest/gtest.h>

#include <random>

namespace {

using domain::JoinToken;
using domain::OccurrenceKey;

core::Key key_of(unsigned char fill) {
    core::Key key{};
    key.fill(fill);
    return key;
}

const core::Key key = key_of(3);

TEST(JoinToken, ComesBackAsItWasMade) {
    std::mt19937_64 random(20261122);
    for (int i = 0; i < 2'000; ++i) {
        const JoinToken token{static_cast<std::int64_t>(random() % (1ULL << 40)),
                              {static_cast<std::int64_t>(random() % (1ULL << 40)) - (1LL << 39)},
                              static_cast<int>(random() % 65'536)};

        const std::string text = domain::make_token(key, token);

        EXPECT_EQ(text.size(), domain::token_length);
        EXPECT_EQ(domain::read_token(key, text), token);
    }
}

TEST(JoinToken, HoldsOccurrencesFromTheYear1To9999) {
    for (const std::int64_t wall : {-62'135'596'800LL, 253'402'300'799LL}) {
        const JoinToken token{1, OccurrenceKey::of({wall}, 0), 0};
        EXPECT_EQ(domain::read_token(key, domain::make_token(key, token)), token);
    }
}

TEST(JoinToken, OfAnotherKeyIsRefused) {
    const std::string text = domain::make_token(key, {1, {}, 0});

    EXPECT_FALSE(domain::read_token(key_of(4), text));
}

TEST(JoinToken, WithAnyCharacterChangedIsRefused) {
    const std::string text = domain::make_token(key, {77, {1'795'424'400}, 2});
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (const char c : {'A', 'b', '9', '-', '~', '/'}) {
            std::string changed = text;
            changed[i] = c;
            if (changed != text) {
                EXPECT_FALSE(domain::read_token(key, changed)) << i << c;
            }
        }
    }
}

TEST(JoinToken, OfTheWrongLengthIsRefused) {
    const std::string text = domain::make_token(key, {1, {}, 0});

    EXPECT_FALSE(domain::read_token(key, ""));
    EXPECT_FALSE(domain::read_token(key, text.substr(1)));
    EXPECT_FALSE(domain::read_token(key, text + "A"));
    EXPECT_FALSE(domain::read_token(key, std::string(100'000, 'A')));
}

TEST(JoinToken, APlaceholderIsNoToken) {
    EXPECT_FALSE(domain::read_token(key, domain::make_placeholder({1, {}, 0})));
}

TEST(JoinLink, IsFoundOnAnyHostWithTokenOrPlaceholder) {
    const std::string token = domain::make_token(key, {1, {}, 0});
    for (const std::string& link :
         {domain::join_url("http://127.0.0.1:8080", token),
          domain::join_url("https://clinic.example", token),
          domain::join_url("https://clinic.example", domain::make_placeholder({1, {}, 0}))}) {
        const std::string text = "see <" + link + "> now";

        const auto match = domain::find_join_link(text);

        ASSERT_TRUE(match) << text;
        EXPECT_EQ(text.substr(match->begin, match->end - match->begin), link);
    }
}

TEST(JoinLink, AnotherServicesShortLinkIsNone) {
    EXPECT_FALSE(domain::contains_join_link("https://zoom.us/j/1234567890"));
}

TEST(JoinLink, BrokenInsideItsHostNameIsFoundFromTheBreakOn) {
    const std::string rest = "nic.example/j/" + domain::make_token(key, {1, {}, 0});
    const std::string text = "https://cli\n" + rest + "\nend";

    const auto match = domain::find_join_link(text);

    ASSERT_TRUE(match);
    EXPECT_EQ(text.substr(match->begin, match->end - match->begin), rest);
}

TEST(Splicing, PutsEachTokenInThePlaceOfItsPlaceholder) {
    const JoinToken first{1, {}, 0};
    const JoinToken second{2, {1'795'424'400}, 5};
    const auto text = [](const std::string& a, const std::string& b) {
        return "URL:https://h.example/j/" + a + "\r\nX:https://h.example/j/" + b + "\r\n";
    };
    const std::string rendered =
        text(domain::make_placeholder(first), domain::make_placeholder(second));

    const std::string spliced =
        domain::splice_links(key, rendered, domain::placeholder_offsets(rendered));

    EXPECT_EQ(spliced, text(domain::make_token(key, first), domain::make_token(key, second)));
}

TEST(Splicing, WorksThroughAFoldAtEveryPlace) {
    const JoinToken token{123'456, {1'795'424'400}, 1};
    const std::string placeholder = "https://h.example/j/" + domain::make_placeholder(token);
    const std::string expected = "https://h.example/j/" + domain::make_token(key, token);
    for (std::size_t fold = 1; fold < placeholder.size(); ++fold) {
        std::string rendered = "URL:" + placeholder + "\r\n";
        rendered.insert(4 + fold, "\r\n ");

        std::string spliced =
            domain::splice_links(key, rendered, domain::placeholder_offsets(rendered));

        ASSERT_EQ(spliced.size(), rendered.size());
        EXPECT_EQ(spliced.substr(4 + fold, 3), "\r\n ");
        spliced.erase(4 + fold, 3);
        EXPECT_EQ(spliced, "URL:" + expected + "\r\n") << fold;
    }
}

TEST(Splicing, LeavesAPlaceholderAloneThatWasNotRecorded) {
    const std::string text = "X:https://h.example/j/" + domain::make_placeholder({9, {}, 0});

    EXPECT_EQ(domain::splice_links(key, text, ""), text);
}

TEST(Links, OffsetsThatDoNotFitTheTextArePassedOver) {
    const std::string placeholder = domain::make_placeholder({7, {}, 0});
    const std::string text = "URL:https://x.example/j/" + placeholder;
    const std::string at = std::to_string(text.size() - placeholder.size());

    EXPECT_NE(domain::splice_links(key, text, at), text);
    for (const std::string& wrong : std::vector<std::string>{
             "99999", "18446744073709551615", "99999999999999999999999", "-1", "x", " ",
             std::to_string(text.size()), std::to_string(text.size() - 30)}) {
        EXPECT_EQ(domain::splice_links(key, text, wrong), text) << wrong;
        EXPECT_TRUE(domain::read_placeholders(text, wrong).empty()) << wrong;
    }
    EXPECT_EQ(domain::read_placeholders(text, at).size(), 1U);
    EXPECT_EQ(domain::splice_links(key, "", "0"), "");
}

} // namespace
