// The schema's way forward.
#include "core/unavailable.h"
#include "storage/sql/migrate.h"
#include "storage/sql/query.h"
#include "tests/contract/store_contract.h"

#include <gmock/gmock.h>

#include <set>

namespace contract {

using storage::sql::Migration;

namespace {

std::int64_t count(storage::sql::Connection& connection, const std::string& table) {
    return storage::sql::returned_integer(connection, "SELECT COUNT(*) FROM " + table, {});
}

std::vector<Migration> known_and(std::initializer_list<Migration> more) {
    const auto known = storage::sql::migrations();
    std::vector<Migration> all(known.begin(), known.end());
    all.insert(all.end(), more);
    return all;
}

} // namespace

TEST_P(StoreContract, EveryMigrationIsRecordedOnce) {
    const auto connection = database_->connect();
    const auto known = storage::sql::migrations();

    storage::sql::migrate(*connection);

    ASSERT_FALSE(known.empty());
    EXPECT_EQ(known.front().number, 1);
    EXPECT_EQ(
        storage::sql::returned_integer(*connection, "SELECT MAX(number) FROM schema_migration", {}),
        known.back().number);
}

TEST_P(StoreContract, AMigrationBringsAnOldDatabaseForward) {
    const auto connection = database_->connect();
    const auto all = known_and({{9001, "more", "",
                                 "CREATE TABLE more (id {identity}, t {text}, "
                                 "b {blob}); INSERT INTO more (t) VALUES ('x');"}});

    storage::sql::migrate(*connection, all);
    storage::sql::migrate(*connection, all);

    EXPECT_EQ(count(*connection, "more"), 1);
}

TEST_P(StoreContract, AnEnginesOwnMigrationReplacesTheCommonOne) {
    const auto connection = database_->connect();
    const std::string engine(connection->dialect().engine);

    storage::sql::migrate(*connection,
                          known_and({{9001, "more", engine, "CREATE TABLE own (id BIGINT)"},
                                     {9001, "more", "", "CREATE TABLE common (id BIGINT)"},
                                     {9001, "more", "no such engine", "syntax error"}}));

    EXPECT_EQ(count(*connection, "own"), 0);
    EXPECT_THROW((void)count(*connection, "common"), core::Unavailable);
}

TEST_P(StoreContract, AFailingMigrationChangesNothing) {
    const auto connection = database_->connect();
    const auto all =
        known_and({{9001, "more", "", "CREATE TABLE more (id BIGINT); syntax error;"}});

    EXPECT_THROW(storage::sql::migrate(*connection, all), core::Unavailable);

    EXPECT_THROW((void)count(*connection, "more"), core::Unavailable);
    std::set<int> numbers; // an engine may have a file of its own beside the common one
    for (const Migration& migration : storage::sql::migrations()) {
        numbers.insert(migration.number);
    }
    EXPECT_EQ(count(*connection, "schema_migration"), static_cast<std::int64_t>(numbers.size()));
    EXPECT_EQ(count(*connection, "account"), 1);
}

TEST_P(StoreContract, ADatabaseThatIsNewerThanTheProgramIsRefused) {
    store_.reset();
    database_->connect()->run_script(
        "INSERT INTO schema_migration (number, name) VALUES (9001, 'from the future')");

    try {
        (void)database_->open();
        FAIL() << "it was opened";
    } catch (const core::Unavailable& refusal) {
        EXPECT_THAT(refusal.what(), testing::HasSubstr("schema version 9001"));
    }
}

} // namespace contract
