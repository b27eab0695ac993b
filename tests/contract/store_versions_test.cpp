// Former texts of objects.
#include "tests/contract/store_contract.h"

#include <gmock/gmock.h>

namespace contract {

namespace {

storage::Version version(const std::string& name, std::int64_t ended) {
    return storage::Version{.id = 0,
                            .owner = "anna",
                            .collection = 7,
                            .collection_name = "work",
                            .name = name,
                            .uid = "uid of " + name,
                            .component = "VEVENT",
                            .content_type = "text/calendar",
                            .ending = storage::Ending::moved,
                            .written = {5},
                            .ended = {ended},
                            .text = std::string("BEGIN\0\xff", 7)};
}

auto fields(const storage::Version& v) {
    return std::tuple(v.id, v.owner, v.collection, v.collection_name, v.name, v.uid, v.component,
                      v.content_type, v.ending, v.written, v.ended, v.text);
}

std::vector<std::int64_t> ids(const std::vector<storage::Version>& versions) {
    std::vector<std::int64_t> found;
    for (const storage::Version& each : versions) {
        found.push_back(each.id);
    }
    return found;
}

} // namespace

TEST_P(StoreContract, AVersionComesBackAsItWasStored) {
    for (const storage::Ending ending :
         {storage::Ending::replaced, storage::Ending::moved, storage::Ending::removed}) {
        storage::Version stored = version("a.ics", 9);
        stored.ending = ending;
        write([&](storage::WriteTransaction& transaction) {
            stored.id = transaction.versions().insert(stored);
        });

        const auto found = store_->read([&](const storage::ReadTransaction& transaction) {
            return transaction.versions().find(stored.id);
        });

        ASSERT_TRUE(found);
        EXPECT_EQ(fields(*found), fields(stored));
    }
}

TEST_P(StoreContract, VersionsAreListedNewestFirstByOwnerCalendarAndUid) {
    write([](storage::WriteTransaction& transaction) {
        transaction.accounts().insert(account("bert"));
        auto& versions = transaction.versions();
        versions.insert(version("a.ics", 1));
        versions.insert(version("b.ics", 2));
        storage::Version other = version("a.ics", 3);
        other.collection_name = "home";
        versions.insert(other);
        other.owner = "bert";
        versions.insert(other);
    });

    store_->read([](const storage::ReadTransaction& transaction) {
        const auto& versions = transaction.versions();
        EXPECT_THAT(ids(versions.list("anna", "", "", 10)), testing::ElementsAre(3, 2, 1));
        EXPECT_THAT(ids(versions.list("anna", "", "", 2)), testing::ElementsAre(3, 2));
        EXPECT_THAT(ids(versions.list("anna", "work", "", 10)), testing::ElementsAre(2, 1));
        EXPECT_THAT(ids(versions.list("anna", "", "uid of a.ics", 10)), testing::ElementsAre(3, 1));
        EXPECT_THAT(ids(versions.list("anna", "work", "uid of a.ics", 10)),
                    testing::ElementsAre(1));
        EXPECT_THAT(ids(versions.list("bert", "", "", 10)), testing::ElementsAre(4));
        EXPECT_THAT(ids(versions.list("carl", "", "", 10)), testing::IsEmpty());
        EXPECT_FALSE(versions.find(5));
    });
}

TEST_P(StoreContract, TrimmingKeepsTheNewestVersionsOfOneResource) {
    write([](storage::WriteTransaction& transaction) {
        auto& versions = transaction.versions();
        for (std::int64_t i = 1; i <= 4; ++i) {
            versions.insert(version("a.ics", i));
            versions.insert(version("b.ics", i));
        }
        versions.trim(7, "a.ics", 2);
        versions.trim(7, "b.ics", 4);
        versions.trim(8, "b.ics", 0);
    });

    const auto left = store_->read([](const storage::ReadTransaction& transaction) {
        return ids(transaction.versions().list("anna", "", "", 10));
    });
    EXPECT_THAT(left, testing::ElementsAre(8, 7, 6, 5, 4, 2));
}

TEST_P(StoreContract, TrimmingAnOwnerKeepsTheNewestBytesOfTheirs) {
    write([](storage::WriteTransaction& transaction) {
        transaction.accounts().insert(account("bert"));
        auto& versions = transaction.versions();
        storage::Version others = version("a.ics", 1);
        others.owner = "bert";
        versions.insert(others);
        for (const char* name : {"a.ics", "b.ics", "c.ics", "d.ics"}) {
            versions.insert(version(name, 1)); // of seven bytes
        }
        versions.trim_owner("anna", 15);
        versions.trim_owner("carl", 0);
    });

    store_->read([](const storage::ReadTransaction& transaction) {
        // The last two, and the one in which the fifteenth byte is.
        EXPECT_THAT(ids(transaction.versions().list("anna", "", "", 10)),
                    testing::ElementsAre(5, 4, 3));
        EXPECT_THAT(ids(transaction.versions().list("bert", "", "", 10)), testing::ElementsAre(1));
    });
}

TEST_P(StoreContract, VersionsAreForgottenOldestFirstAndAFewAtATime) {
    write([](storage::WriteTransaction& transaction) {
        for (const std::int64_t ended : {30, 10, 20, 40}) {
            transaction.versions().insert(version("a.ics", ended));
        }
        EXPECT_EQ(transaction.versions().forget({40}, 2), 2U);
        EXPECT_THAT(ids(transaction.versions().list("anna", "", "", 10)),
                    testing::ElementsAre(4, 1));
        EXPECT_EQ(transaction.versions().forget({40}, 2), 1U);
        EXPECT_EQ(transaction.versions().forget({40}, 2), 0U);
    });
}

TEST_P(StoreContract, AVersionOutlivesItsCalendar) {
    const std::int64_t calendar = add_collection("work");
    write([&](storage::WriteTransaction& transaction) {
        storage::Version kept = version("a.ics", 1);
        kept.collection = calendar;
        transaction.versions().insert(kept);
        transaction.collections().remove(calendar);
        EXPECT_TRUE(transaction.versions().find(1));
    });
}

} // namespace contract
