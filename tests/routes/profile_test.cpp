// The configuration profile for Apple's systems.
#include "caldav/xml_reader.h"
#include "tests/routes/site_fixture.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace routes::profile_test {

namespace {

const std::string path = "/profile/calendars.mobileconfig";

// The entries of a plist's dict whose values are plain.
std::map<std::string, std::string> entries_of(const caldav::Element& dictionary) {
    std::map<std::string, std::string> entries;
    for (std::size_t i = 0; i + 1 < dictionary.children.size(); i += 2) {
        const caldav::Element& value = dictionary.children[i + 1];
        entries[dictionary.children[i].text] = value.text.empty() ? value.name.local : value.text;
    }
    return entries;
}

class Profile : public testing::Test {
protected:
    Profile() { clinic.practice.add_account("ohara", "O'Hara & <Sons>", "o@hara.example"); }

    Clinic clinic;
};

} // namespace

TEST_F(Profile, HoldsTheAccountOfWhoeverAsksAndNoPassword) {
    const auto answer = clinic.get(path, {basic_field("ohara:correct horse")});

    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(field(answer, "Content-Type"), "application/x-apple-aspen-config");
    EXPECT_TRUE(has(field(answer, "Content-Disposition"), "calendars.mobileconfig"));
    EXPECT_TRUE(has(field(answer, "Cache-Control"), "no-store"));
    EXPECT_FALSE(has(answer.body, "correct horse"));
    EXPECT_FALSE(has(core::to_lower(answer.body), "password"));
    const auto plist = caldav::read_xml(answer.body.substr(answer.body.find("<plist")));
    ASSERT_TRUE(plist);
    const auto profile = entries_of(plist->children.at(0));
    EXPECT_EQ(profile.at("PayloadType"), "Configuration");
    EXPECT_EQ(profile.at("PayloadUUID").size(), 36U);
    const caldav::Element& content = plist->children.at(0).children.back();
    const auto account = entries_of(content.children.at(0));
    EXPECT_EQ(account.at("PayloadType"), "com.apple.caldav.account");
    EXPECT_EQ(account.at("CalDAVUsername"), "ohara");
    EXPECT_EQ(account.at("CalDAVPrincipalURL"), "/principals/ohara/");
    EXPECT_EQ(account.at("PayloadDisplayName"), "Calendars of O'Hara & <Sons>");
    EXPECT_FALSE(account.at("CalDAVHostName").empty());
    EXPECT_EQ(account.at("CalDAVUseSSL"), "true");
    EXPECT_NE(account.at("PayloadUUID"), profile.at("PayloadUUID"));
}

TEST_F(Profile, IsTheSameWheneverItIsAskedFor) {
    const auto fields = basic_field("anna:correct horse");

    EXPECT_EQ(clinic.get(path, {fields}).body, clinic.get(path, {fields}).body);
    EXPECT_NE(clinic.get(path, {fields}).body,
              clinic.get(path, {basic_field("ohara:correct horse")}).body);
}

TEST_F(Profile, NobodyGetsIt) {
    const auto answer = clinic.get(path);

    EXPECT_EQ(answer.status, 401);
    EXPECT_FALSE(has(answer.body, "plist"));
    EXPECT_EQ(clinic.get(path, {basic_field("ohara:wrong")}).status, 401);
}

} // namespace routes::profile_test
