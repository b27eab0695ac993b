// The contract on PostgreSQL, and what only a server can do: go away, hold a lock, be busy.
#include "core/unavailable.h"
#include "storage/open.h"
#include "tests/contract/postgres_database.h"

#include <gmock/gmock.h>

#include <atomic>
#include <set>
#include <thread>

namespace contract {

INSTANTIATE_TEST_SUITE_P(Postgres, StoreContract,
                         testing::Values(Engine{
                             "Postgres", [] { return std::make_unique<PostgresDatabase>(); }}),
                         engine_name);

using storage::ReadTransaction;
using storage::WriteTransaction;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

namespace {

std::string what_of(const std::function<void()>& f) {
    try {
        f();
    } catch (const core::Unavailable& problem) {
        return problem.what();
    }
    return "it did not fail";
}

class PostgresStore : public testing::Test {
protected:
    PostgresStore() : store_(storage::open_postgres(database_.url())) {
        EXPECT_TRUE(set_fact(*store_, "colour", "red"));
    }

    // Ends every connection of the stores from the server's side.
    void end_connections() {
        support::PostgresCluster::shared().administer(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '"
            + database_.name() + "'");
    }
    std::string setting(const std::string& name) {
        const auto connection = database_.connect();
        auto rows = connection->query("SELECT current_setting($1)", {std::string_view(name)});
        return rows->next() ? std::string(rows->bytes(0)) : "";
    }

    PostgresDatabase database_;
    std::unique_ptr<storage::Store> store_;
};

} // namespace

TEST_F(PostgresStore, DurabilityIsSwitchedOnWhateverTheDefaultIs) {
    EXPECT_EQ(setting("synchronous_commit"), "on");
    for (const auto& [level, expected] :
         {std::pair("off", "on"), std::pair("local", "on"), std::pair("remote_write", "on"),
          std::pair("remote_apply", "remote_apply")}) {
        support::PostgresCluster::shared().administer("ALTER DATABASE " + database_.name()
                                                      + " SET synchronous_commit = " + level);
        EXPECT_EQ(setting("synchronous_commit"), expected) << level;
    }
}

TEST_F(PostgresStore, EveryWaitIsBounded) {
    for (const char* name :
         {"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"}) {
        EXPECT_NE(setting(name), "0") << name;
    }
}

TEST_F(PostgresStore, AServerThatIsNotThereIsUnavailable) {
    EXPECT_THROW(storage::open_postgres("postgresql:///x?host=/no/such/folder"), core::Unavailable);
    EXPECT_THROW(storage::open_postgres(support::PostgresCluster::shared().url("no_such_one")),
                 core::Unavailable);
}

TEST_F(PostgresStore, NoMessageHoldsThePassword) {
    const std::string where = "@localhost/x?host=/no/such/folder";

    EXPECT_THAT(what_of([&] { storage::open_postgres("postgresql://anna:hunter2" + where); }),
                AllOf(Not(HasSubstr("hunter2")), HasSubstr("postgresql:")));
    EXPECT_THAT(what_of([&] { storage::open_postgres("postgresql://anna:hunter2%zz" + where); }),
                AllOf(Not(HasSubstr("hunter2")), HasSubstr("cannot be read")));
}

TEST_F(PostgresStore, ADatabaseOfAnotherEncodingIsRefused) {
    support::PostgresCluster& cluster = support::PostgresCluster::shared();
    cluster.administer("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' "
                       "LOCALE_PROVIDER libc");

    EXPECT_THAT(what_of([&] { storage::open_postgres(cluster.url("latin")); }),
                HasSubstr("encoding is LATIN1"));

    cluster.drop_database("latin");
}

TEST_F(PostgresStore, AReadingConnectionCannotWrite) {
    const auto reader = storage::connect(database_.url(), storage::Use::read);

    EXPECT_THROW(reader->run_script("DELETE FROM fact"), core::Unavailable);
    EXPECT_EQ(fact(*store_, "colour"), "red");
}

TEST_F(PostgresStore, MoreStatementsThanAreKeptStillRun) {
    const auto connection = database_.connect();
    for (std::int64_t i = 0; i < 600; ++i) {
        auto rows = connection->query("SELECT CAST($1 AS BIGINT) + " + std::to_string(i), {i});
        ASSERT_TRUE(rows->next());
        ASSERT_EQ(rows->integer(0), 2 * i);
    }
}

TEST_F(PostgresStore, EveryKindOfValueComesBack) {
    const auto connection = database_.connect();
    const std::string bytes("\0\xff'\\", 4);
    auto rows = connection->query(
        "SELECT CAST($1 AS BIGINT), CAST($2 AS BYTEA), CAST($3 AS TEXT), CAST($4 AS TEXT), 7, "
        "CAST(-2 AS SMALLINT)",
        {std::numeric_limits<std::int64_t>::min(), storage::sql::Blob{bytes}, "it's \u00fc", {}});

    ASSERT_TRUE(rows->next());
    EXPECT_EQ(rows->integer(0), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(rows->bytes(1), bytes);
    EXPECT_EQ(rows->bytes(2), "it's \u00fc");
    EXPECT_TRUE(rows->is_null(3));
    EXPECT_FALSE(rows->is_null(2));
    EXPECT_EQ(rows->integer(4), 7);
    EXPECT_EQ(rows->integer(5), -2);
    EXPECT_FALSE(rows->next());
}

TEST_F(PostgresStore, MoreReadersThanConnectionsWaitForEachOther) {
    const auto small = storage::open_postgres(database_.url(), {.connections_max = 2});
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;

    std::vector<std::thread> readers;
    for (int i = 0; i < 8; ++i) {
        readers.emplace_back([&] {
            for (int round = 0; round < 25; ++round) {
                small->read([&](const ReadTransaction& transaction) {
                    const int now = ++inside;
                    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
                    }
                    EXPECT_TRUE(transaction.facts().find("epoch"));
                    --inside;
                });
            }
        });
    }
    for (std::thread& reader : readers) {
        reader.join();
    }

    EXPECT_LE(most, 2);
}

TEST_F(PostgresStore, WhoFindsNoConnectionInTimeIsRefusedAndChangesNothing) {
    const auto small =
        storage::open_postgres(database_.url(), {.connections_max = 1, .patience = 20ms});

    small->read([&](const ReadTransaction& transaction) {
        EXPECT_THROW((void)fact(*small, "colour"), core::Unavailable);
        EXPECT_THROW((void)set_fact(*small, "colour", "blue"), core::Unavailable);
        EXPECT_EQ(transaction.facts().find("colour"), "red");
    });

    EXPECT_EQ(fact(*small, "colour"), "red");
    EXPECT_TRUE(set_fact(*small, "colour", "blue"));
}

TEST_F(PostgresStore, AnotherOnesLockIsWaitedForAndThenUnavailable) {
    const auto hasty = storage::open_postgres(database_.url(), {.patience = 50ms});
    const auto other = database_.connect();
    other->begin_write();
    other->run_script("UPDATE fact SET value = 'blue' WHERE key = 'colour'");

    EXPECT_THROW((void)set_fact(*hasty, "colour", "green"), core::Unavailable);
    EXPECT_EQ(fact(*hasty, "colour"), "red") << "reads go on";
    other->rollback();

    EXPECT_TRUE(set_fact(*hasty, "colour", "green"));
}

TEST_F(PostgresStore, AStatementThatTakesTooLongIsUnavailable) {
    storage::postgres::Connection connection(database_.url(), storage::postgres::Access::read_write,
                                             {.statement = 50ms, .lock = 50ms});

    EXPECT_THROW((void)connection.query("SELECT COUNT(*) FROM generate_series(1, 10000000000)", {}),
                 core::Unavailable);
    EXPECT_TRUE(connection.is_usable());
}

// The first of two that decided from the same snapshot commits; the other one decides again.
TEST_F(PostgresStore, ASerializationFailureIsRunAgain) {
    int runs = 0;
    const auto done = store_->write([&](WriteTransaction& transaction) {
        const auto old = transaction.facts().find("colour");
        if (++runs == 1) {
            EXPECT_TRUE(set_fact(*store_, "colour", "blue"));
        }
        transaction.facts().set("colour", *old + " and more");
        return core::Done();
    });

    EXPECT_TRUE(done);
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(fact(*store_, "colour"), "blue and more");
}

TEST_F(PostgresStore, ADeadlockIsRunAgain) {
    ASSERT_TRUE(set_fact(*store_, "left", "0"));
    ASSERT_TRUE(set_fact(*store_, "right", "0"));
    std::atomic<int> runs = 0;
    std::atomic<int> holding = 0;
    const auto change_both = [&](const std::string& first, const std::string& second) {
        EXPECT_TRUE(store_->write([&](WriteTransaction& transaction) {
            const int run = ++runs;
            transaction.facts().set(first, "changed");
            ++holding;
            while (run <= 2 && holding < 2) { // each has its first before either wants its second
                std::this_thread::yield();
            }
            transaction.facts().set(second, "changed");
            return core::Done();
        }));
    };

    std::thread other([&] { change_both("right", "left"); });
    change_both("left", "right");
    other.join();

    EXPECT_GE(runs, 3);
    EXPECT_EQ(fact(*store_, "left"), "changed");
    EXPECT_EQ(fact(*store_, "right"), "changed");
}

TEST_F(PostgresStore, ConnectionsThatDiedWhileIdleAreReplacedUnseen) {
    for (int round = 0; round < 3; ++round) {
        // Two idle ones, so that the second one tried would be dead as well.
        store_->read([&](const ReadTransaction&) { EXPECT_TRUE(fact(*store_, "colour")); });
        end_connections();

        EXPECT_TRUE(fact(*store_, "colour"));
        end_connections();
        EXPECT_TRUE(set_fact(*store_, "round", std::to_string(round)));
    }
}

TEST_F(PostgresStore, AReadThatLosesItsConnectionIsRunAgainOnAnother) {
    int runs = 0;

    const auto colour = store_->read([&](const ReadTransaction& transaction) {
        EXPECT_TRUE(transaction.facts().find("epoch"));
        if (++runs == 1) {
            end_connections();
        }
        return transaction.facts().find("colour");
    });

    EXPECT_EQ(colour, "red");
    EXPECT_EQ(runs, 2);
}

TEST_F(PostgresStore, AWriteThatLosesItsConnectionBeforeItsCommitIsRunAgainWhole) {
    int runs = 0;

    const auto done = store_->write([&](WriteTransaction& transaction) {
        transaction.facts().set("run " + std::to_string(++runs), "was here");
        if (runs == 1) {
            end_connections();
        }
        transaction.facts().set("colour", "blue");
        return core::Done();
    });

    EXPECT_TRUE(done);
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(fact(*store_, "colour"), "blue");
    EXPECT_EQ(fact(*store_, "run 1"), std::nullopt) << "nothing of the lost one is left";
}

TEST_F(PostgresStore, AWriteWhoseConnectionsAllDieIsUnavailableAndChangesNothing) {
    int runs = 0;
    const auto doomed = [&](WriteTransaction& transaction) {
        ++runs;
        transaction.facts().set("colour", "blue");
        end_connections();
        transaction.facts().set("shape", "round");
        return core::Done();
    };

    EXPECT_THROW((void)store_->write(doomed), core::Unavailable);

    EXPECT_EQ(runs, 2) << "a bounded number of times";
    EXPECT_EQ(fact(*store_, "colour"), "red");
}

// The server ends the session while COMMIT runs: nobody can tell what became of it, so it is not
// run again.
TEST_F(PostgresStore, ACommitWithoutAnAnswerIsNotRepeated) {
    database_.connect()->run_script(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER die AFTER UPDATE ON fact DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW WHEN (NEW.value = 'poison') EXECUTE FUNCTION die()");
    int runs = 0;
    const auto poison = [&](WriteTransaction& transaction) {
        ++runs;
        transaction.facts().set("colour", "poison");
        return core::Done();
    };

    EXPECT_THAT(what_of([&] { (void)store_->write(poison); }), HasSubstr("outcome"));

    EXPECT_EQ(runs, 1);
    EXPECT_EQ(fact(*store_, "colour"), "red");
    EXPECT_TRUE(set_fact(*store_, "colour", "blue"));
}

TEST_F(PostgresStore, ANewerSchemaUnderPreparedStatementsIsNoFailure) {
    const auto connection = database_.connect();
    ASSERT_TRUE(fact(*store_, "colour"));

    connection->run_script("ALTER TABLE fact ALTER COLUMN value TYPE VARCHAR(1000)");

    EXPECT_EQ(fact(*store_, "colour"), "red");
    EXPECT_TRUE(set_fact(*store_, "colour", "blue"));
}

TEST_F(PostgresStore, ReferencesToNothingAreDamage) {
    const auto connection = database_.connect();
    EXPECT_THAT(connection->find_damage(), testing::IsEmpty());

    connection->run_script("SET session_replication_role = replica;"
                           "INSERT INTO home (owner, revision) VALUES ('nobody', 1)");

    EXPECT_THAT(connection->find_damage(),
                testing::ElementsAre(HasSubstr("1 rows of the table home name rows")));
}

} // namespace contract
