// Calendars that are shared with one account at a time.
#include "storage/shares.h"
#include "tests/contract/store_contract.h"

#include <gmock/gmock.h>

namespace contract {

namespace {

using storage::Share;
using storage::ShareStatus;
using testing::IsEmpty;

Share share(std::int64_t collection) {
    return {.collection = collection,
            .sharee = "bert",
            .owner = "anna",
            .invitation = "number",
            .level = storage::Level::write,
            .status = ShareStatus::accepted,
            .unread = true,
            .summary = "Work",
            .sharee_name = "Bert",
            .name = "shared",
            .display_name = "Anna's",
            .color = "#112233",
            .order = "7",
            .created = {7}};
}

auto fields(const Share& s) {
    return std::tuple(s.collection, s.sharee, s.owner, s.invitation, s.level, s.status, s.unread,
                      s.summary, s.sharee_name, s.name, s.display_name, s.color, s.order,
                      s.created);
}

} // namespace

TEST_P(StoreContract, AShareComesBackAsItWasStoredAndIsReplaced) {
    const std::int64_t work = add_collection("work");
    write([&](storage::WriteTransaction& transaction) {
        transaction.accounts().insert(account("bert"));
        auto& shares = transaction.shares();
        Share expected = share(work);
        expected.summary = "Something else";
        shares.set(expected);
        expected = share(work);
        shares.set(expected);

        ASSERT_TRUE(shares.find(work, "bert"));
        EXPECT_EQ(fields(*shares.find(work, "bert")), fields(expected));
        EXPECT_EQ(fields(*shares.find_by_name("bert", "shared")), fields(expected));
        EXPECT_EQ(shares.list(work).size(), 1U);
        EXPECT_EQ(shares.list_of_sharee("bert").size(), 1U);
        EXPECT_EQ(shares.find(work, "anna"), std::nullopt);
        EXPECT_EQ(shares.find_by_name("anna", "shared"), std::nullopt);

        expected.name.clear();
        expected.display_name.reset();
        expected.color.reset();
        expected.order.reset();
        shares.set(expected);
        EXPECT_EQ(fields(*shares.find(work, "bert")), fields(expected));
        EXPECT_EQ(shares.find_by_name("bert", ""), std::nullopt);
    });
}

TEST_P(StoreContract, EveryChangeOfAShareRaisesTheShareesHome) {
    const std::int64_t work = add_collection("work");
    write([&](storage::WriteTransaction& transaction) {
        transaction.accounts().insert(account("bert"));
        const auto revision = [&] { return transaction.collections().home_revision("bert"); };
        transaction.shares().set(share(work));
        const auto shared = revision();
        EXPECT_GT(shared, 0);
        transaction.shares().set(share(work));
        EXPECT_GT(revision(), shared);
        const auto changed = revision();
        transaction.shares().remove(share(work));
        EXPECT_GT(revision(), changed);
    });
}

TEST_P(StoreContract, AShareGoesWithItsCalendarAndTakesItsPropertiesAlong) {
    const std::int64_t work = add_collection("work");
    const std::int64_t other = add_collection("other");
    write([&](storage::WriteTransaction& transaction) {
        transaction.accounts().insert(account("bert"));
        Share second = share(other);
        second.name = "second";
        for (const Share& each : {share(work), second}) {
            transaction.shares().set(each);
            transaction.properties().set("share:" + std::to_string(each.collection) + ":bert",
                                         {"x", "p", "<p/>"});
        }
        transaction.collections().remove(work);
        transaction.shares().remove(second);

        EXPECT_THAT(transaction.shares().list_of_sharee("bert"), IsEmpty());
        for (const std::int64_t id : {work, other}) {
            EXPECT_THAT(transaction.properties().list("share:" + std::to_string(id) + ":bert"),
                        IsEmpty());
        }
    });
}

} // namespace contract
