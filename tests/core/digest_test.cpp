#include "core/digest.h"

#include <gtest/gtest.h>

namespace {

TEST(Sha256, OfPiecesIsThatOfTheWhole) {
    const std::string text(100'000, 'a');
    core::Sha256 hash;
    hash.add("");
    hash.add(std::string_view(text).substr(0, 1));
    hash.add(std::string_view(text).substr(1));

    EXPECT_EQ(hash.finish(), core::sha256(text));
    EXPECT_EQ(core::Sha256().finish(), core::sha256(""));
}

} // namespace
