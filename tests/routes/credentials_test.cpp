#include "core/strings.h"
#include "src/routes/credentials.h"

#include <gtest/gtest.h>

#include <vector>

namespace routes {

// RFC 7617 section 2: the example.
TEST(Credentials, Rfc7617ExampleIsRead) {
    const auto credentials = parse_basic("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");

    ASSERT_TRUE(credentials);
    EXPECT_EQ(credentials->login, "Aladdin");
    EXPECT_EQ(credentials->password, "open sesame");
}

TEST(Credentials, SchemeIsReadInAnyCaseAndWithSpareBlanks) {
    for (const char* field : {"basic YTpi", "BASIC YTpi", "  Basic   YTpi  "}) {
        const auto credentials = parse_basic(field);

        ASSERT_TRUE(credentials) << field;
        EXPECT_EQ(credentials->login, "a");
        EXPECT_EQ(credentials->password, "b");
    }
}

TEST(Credentials, PasswordKeepsColonsAndBytesThatAreNoUtf8) {
    const auto credentials = parse_basic("Basic " + core::to_base64("anna:a:b:\xE4"));

    ASSERT_TRUE(credentials);
    EXPECT_EQ(credentials->login, "anna");
    EXPECT_EQ(credentials->password, "a:b:\xE4");
}

TEST(Credentials, AnythingElseIsNothing) {
    const std::vector<std::string> table{"",
                                         "Basic",
                                         "Basic ",
                                         "Basic !!!!",
                                         "Basic YTpi YTpi",
                                         "Bearer YTpi",
                                         "Basicx YTpi",
                                         "Basic " + core::to_base64("no colon"),
                                         "Basic " + core::to_base64(":no login"),
                                         "Digest username=\"a\"",
                                         std::string(10'000, 'B')};

    for (const std::string& field : table) {
        EXPECT_FALSE(parse_basic(field)) << field;
    }
}

} // namespace routes
