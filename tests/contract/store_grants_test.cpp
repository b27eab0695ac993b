// Who may do what with somebody else's calendars.
#include "storage/grants.h"
#include "tests/contract/store_contract.h"

#include <gmock/gmock.h>

namespace contract {

namespace {

using storage::Level;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

storage::Grant grant(std::optional<std::int64_t> collection, const std::string& grantee,
                     Level level) {
    return {.owner = "anna",
            .collection = collection,
            .grantee = grantee,
            .level = level,
            .granted_by = "anna-login",
            .created = {7}};
}

std::vector<std::pair<std::int64_t, Level>> held(const storage::ReadTransaction& transaction,
                                                 const std::string& account) {
    std::vector<std::pair<std::int64_t, Level>> found;
    for (const auto& holding : transaction.grants().held("anna", account)) {
        found.emplace_back(holding.collection.value_or(0), holding.level);
    }
    return found;
}

} // namespace

TEST_P(StoreContract, AGrantComesBackAsItWasStoredAndIsReplaced) {
    write([](storage::WriteTransaction& transaction) {
        transaction.accounts().insert(account("bert"));
        transaction.grants().set(grant(std::nullopt, "bert", Level::free_busy));
        transaction.grants().set(grant(std::nullopt, "bert", Level::write));

        const auto grants = transaction.grants().list("anna");
        ASSERT_EQ(grants.size(), 1U);
        EXPECT_EQ(grants[0].owner, "anna");
        EXPECT_EQ(grants[0].collection, std::nullopt);
        EXPECT_EQ(grants[0].grantee, "bert");
        EXPECT_EQ(grants[0].level, Level::write);
        EXPECT_EQ(grants[0].granted_by, "anna-login");
        EXPECT_EQ(grants[0].created, core::Instant{7});
        EXPECT_THAT(transaction.grants().list("bert"), IsEmpty());
    });
}

TEST_P(StoreContract, AnAccountHoldsWhatItselfAndItsGroupsWereGranted) {
    const std::int64_t work = add_collection("work");
    write([&](storage::WriteTransaction& transaction) {
        for (const char* id : {"bert", "carl"}) {
            transaction.accounts().insert(account(id));
        }
        auto& grants = transaction.grants();
        grants.insert({"desk", "Front desk", {7}});
        grants.add_member("desk", "bert");
        grants.add_member("desk", "bert");
        grants.set(grant(work, "bert", Level::write));
        grants.set(grant(std::nullopt, "desk", Level::read));

        EXPECT_THAT(held(transaction, "bert"),
                    UnorderedElementsAre(std::pair(work, Level::write), std::pair(0, Level::read)));
        EXPECT_THAT(held(transaction, "carl"), IsEmpty());
        ASSERT_EQ(grants.homes_of("bert").size(), 1U);
        EXPECT_EQ(grants.homes_of("bert")[0].owner, "anna");
        EXPECT_EQ(grants.homes_of("bert")[0].level, Level::read);
        EXPECT_THAT(grants.homes_of("carl"), IsEmpty());
        EXPECT_THAT(grants.members("desk"), ElementsAre("bert"));
        EXPECT_EQ(grants.group("desk")->name, "Front desk");
        EXPECT_EQ(grants.groups().size(), 1U);
    });
}

TEST_P(StoreContract, KnowsWhatAGroupOrAnAccountIsInAndWasGrantedByItself) {
    write([&](storage::WriteTransaction& transaction) {
        transaction.accounts().insert(account("bert"));
        auto& grants = transaction.grants();
        grants.insert({"desk", "Front desk", {7}});
        grants.insert({"board", "Board", {7}});
        grants.add_member("desk", "bert");
        grants.set(grant(std::nullopt, "desk", Level::read));

        ASSERT_EQ(grants.groups_of("bert").size(), 1U);
        EXPECT_EQ(grants.groups_of("bert")[0].name, "Front desk");
        EXPECT_THAT(grants.homes_granted_to("bert"), IsEmpty());
        ASSERT_EQ(grants.homes_granted_to("desk").size(), 1U);
        EXPECT_EQ(grants.homes_granted_to("desk")[0].owner, "anna");
        EXPECT_EQ(grants.homes_granted_to("desk")[0].level, Level::read);
    });
}

TEST_P(StoreContract, GrantsEndByThemselvesWithTheirGroupAndWithTheirCalendar) {
    const std::int64_t work = add_collection("work");
    write([&](storage::WriteTransaction& transaction) {
        transaction.accounts().insert(account("bert"));
        auto& grants = transaction.grants();
        grants.insert({"desk", "Front desk", {7}});
        grants.add_member("desk", "bert");
        grants.set(grant(work, "bert", Level::read));
        grants.set(grant(std::nullopt, "desk", Level::read));

        EXPECT_TRUE(grants.remove_member("desk", "bert"));
        EXPECT_FALSE(grants.remove_member("desk", "bert"));
        EXPECT_THAT(held(transaction, "bert"), ElementsAre(std::pair(work, Level::read)));
        grants.add_member("desk", "bert");
        transaction.collections().remove(work);
        EXPECT_THAT(held(transaction, "bert"), ElementsAre(std::pair(0, Level::read)));
        grants.remove_group("desk");
        EXPECT_THAT(held(transaction, "bert"), IsEmpty());
        EXPECT_THAT(grants.members("desk"), IsEmpty());
        EXPECT_EQ(grants.group("desk"), std::nullopt);
        grants.set(grant(std::nullopt, "bert", Level::read));
        EXPECT_TRUE(grants.remove("anna", std::nullopt, "bert"));
        EXPECT_FALSE(grants.remove("anna", std::nullopt, "bert"));
        EXPECT_THAT(grants.list("anna"), IsEmpty());
    });
}

} // namespace contract
