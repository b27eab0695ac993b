#include "src/app/team_commands.h"
#include "tests/support/domain_fixture.h"

#include <gtest/gtest.h>

#include <sstream>

namespace app::team_test {

namespace {

class TeamCommands : public testing::Test {
protected:
    TeamCommands() {
        Config config;
        config.data_folder = folder.file("data");
        config.storage_url = storage.url();
        config.policy.public_url = "https://clinic.example";
        practice = open_practice(config);
        for (const std::string login : {"anna", "bert"}) {
            EXPECT_EQ(add_user(*practice,
                               {login, login, login + "@clinic.example", "correct horse", false},
                               streams),
                      0);
        }
        out.str("");
    }
    std::string grants() {
        out.str("");
        EXPECT_EQ(delegate(*practice, {{"anna", "", {}}, "", false}, streams), 0);
        return out.str();
    }

    support::TemporaryFolder folder;
    support::TestStorage storage;
    std::unique_ptr<Practice> practice;
    std::ostringstream out;
    std::ostringstream error;
    Streams streams{out, error};
};

TEST_F(TeamCommands, DelegateListsWhatItGranted) {
    ASSERT_EQ(delegate(*practice, {{"anna", "bert", {}}, "write", false}, streams), 0);
    EXPECT_EQ(grants(), "bert\twrite\tall calendars\n");
    ASSERT_EQ(delegate(*practice, {{"anna", "bert", "tasks"}, "free-busy", false}, streams), 0);
    EXPECT_EQ(grants(), "bert\twrite\tall calendars\nbert\tfree-busy\ttasks\n");
    ASSERT_EQ(delegate(*practice, {{"anna", "bert", {}}, "", true}, streams), 0);
    EXPECT_EQ(grants(), "bert\tfree-busy\ttasks\n");
    EXPECT_EQ(delegate(*practice, {{"anna", "bert", {}}, "", true}, streams), 1);
    EXPECT_EQ(error.str(), "appointed: bert was granted nothing there.\n");
}

TEST_F(TeamCommands, GroupsAreListedWithTheirMembers) {
    ASSERT_EQ(add_group(*practice, {"desk", "Front desk", ""}, streams), 0);
    ASSERT_EQ(add_group(*practice, {"all", "", ""}, streams), 0);
    ASSERT_EQ(add_group_member(*practice, {"desk", "", "bert"}, streams), 0);
    ASSERT_EQ(add_group_member(*practice, {"desk", "", "anna"}, streams), 0);
    ASSERT_EQ(list_groups(*practice, streams), 0);
    EXPECT_EQ(out.str(), "all\tall\t\ndesk\tFront desk\tanna, bert\n");
    EXPECT_EQ(remove_group_member(*practice, {"desk", "", "bert"}, streams), 0);
    EXPECT_EQ(remove_group(*practice, {"desk", "", ""}, streams), 0);
    EXPECT_EQ(remove_group(*practice, {"desk", "", ""}, streams), 1);
    EXPECT_EQ(add_group_member(*practice, {"all", "", "nobody"}, streams), 1);
}

} // namespace

} // namespace app::team_test
