#include "domain/addresses.h"

#include <gtest/gtest.h>

namespace {

TEST(Address, IsTheSameHoweverAClientWritesIt) {
    for (const char* written : {"mailto:anna@clinic.example", "MAILTO:Anna@Clinic.Example",
                                " mailto:anna%40clinic.example ", "anna@clinic.example",
                                "mailto:anna@clinic.example?subject=x"}) {
        EXPECT_EQ(domain::normalise_address(written), "anna@clinic.example") << written;
    }
}

TEST(Address, ThatIsNoMailAddressIsItself) {
    EXPECT_EQ(domain::normalise_address("urn:uuid:ABC"), "urn:uuid:abc");
}

TEST(Address, NonsenseIsNoMailAddress) {
    for (const char* nonsense : {"", "anna", "@x", "anna@", "a b@c", "a@b@c", "a@.b", "a@b.",
                                 "a@b..c", "a\n@b", "<a@b>", "a,b@c"}) {
        EXPECT_FALSE(domain::is_email_address(nonsense)) << nonsense;
    }
    EXPECT_FALSE(domain::is_email_address(std::string(250, 'a') + "@b.example"));
    EXPECT_TRUE(domain::is_email_address("anna@localhost"));
}

TEST(Address, WhatDecodesToNoTextStaysAsItIs) {
    EXPECT_EQ(domain::normalise_address("mailto:a%00@x.example"), "a%00@x.example");
    EXPECT_EQ(domain::normalise_address("mailto:a%FF@x.example"), "a%ff@x.example");
}

} // namespace
