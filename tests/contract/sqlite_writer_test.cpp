// Group commit: what shares a commit, and who hears of a failure.
#include "core/unavailable.h"
#include "storage/sql/migrate.h"
#include "storage/sqlite/writer.h"
#include "tests/contract/forwarding_connection.h"
#include "tests/contract/sqlite_database.h"

#include <atomic>
#include <thread>

namespace contract {

using storage::WriteTransaction;

namespace {

struct Faults {
    std::atomic<int> commits = 0;
    std::atomic<bool> begin_fails = false;
    std::atomic<bool> commit_fails = false;
    std::atomic<bool> transaction_is_lost = false; // as after an I/O error in a statement
};

class FaultyConnection final : public ForwardingConnection {
public:
    FaultyConnection(std::unique_ptr<storage::sql::Connection> real, Faults& faults)
        : ForwardingConnection(std::move(real)), faults_(faults) {}

    void begin_write() override {
        if (faults_.begin_fails.exchange(false)) {
            throw core::Unavailable("locked");
        }
        real_->begin_write();
    }
    void commit() override {
        if (faults_.commit_fails.exchange(false)) {
            throw core::Unavailable("disk is full");
        }
        real_->commit();
        ++faults_.commits;
    }
    void rollback_to_savepoint() override {
        if (faults_.transaction_is_lost.exchange(false)) {
            real_->rollback();
        }
        real_->rollback_to_savepoint();
    }

private:
    Faults& faults_;
};

class SqliteWriter : public testing::Test {
protected:
    SqliteWriter() {
        auto connection = database_.connect();
        storage::sql::migrate(*connection);
        writer_.emplace(std::make_unique<FaultyConnection>(std::move(connection), faults_));
    }

    static auto set(const std::string& key, bool keep = true) {
        return [key, keep](WriteTransaction& transaction) {
            transaction.facts().set(key, "set");
            return keep;
        };
    }

    // Runs `functions` in one batch: the first write holds the writer until all the others wait.
    // Returns what each of them threw, or "".
    std::vector<std::string>
    run_together(const std::vector<storage::sqlite::Writer::Function>& functions) {
        std::vector<std::string> outcomes(functions.size());
        std::vector<std::thread> threads;
        writer_->write([&](WriteTransaction&) {
            for (std::size_t i = 0; i < functions.size(); ++i) {
                threads.emplace_back([&, i] { outcomes[i] = outcome(functions[i]); });
                while (writer_->waiting() != i + 1) {
                    std::this_thread::yield();
                }
            }
            return false;
        });
        for (std::thread& thread : threads) {
            thread.join();
        }
        return outcomes;
    }

    std::string outcome(const storage::sqlite::Writer::Function& function) {
        try {
            writer_->write(function);
            return "";
        } catch (const core::Unavailable&) {
            return "unavailable";
        } catch (const std::exception& error) {
            return error.what();
        }
    }

    bool is_set(const std::string& key) {
        return database_.open()->read([&](const storage::ReadTransaction& transaction) {
            return transaction.facts().find(key).has_value();
        });
    }

    using Outcomes = std::vector<std::string>;
    SqliteDatabase database_;
    Faults faults_;
    std::optional<storage::sqlite::Writer> writer_;
};

} // namespace

TEST_F(SqliteWriter, WritesThatWaitShareOneCommit) {
    const int before = faults_.commits;

    const Outcomes outcomes = run_together({set("a"), set("b"), set("c"), set("d")});

    EXPECT_EQ(outcomes, Outcomes({"", "", "", ""}));
    EXPECT_EQ(faults_.commits - before, 2) << "the one that held the writer, and the batch";
    for (const char* key : {"a", "b", "c", "d"}) {
        EXPECT_TRUE(is_set(key)) << key;
    }
}

TEST_F(SqliteWriter, WithinABatchLaterWritesSeeEarlierOnes) {
    bool seen = false;

    run_together({set("a"), [&](WriteTransaction& transaction) {
                      seen = transaction.facts().find("a").has_value();
                      return true;
                  }});

    EXPECT_TRUE(seen);
}

TEST_F(SqliteWriter, AWriteThatFailsInABatchFailsAlone) {
    const auto throwing = [](WriteTransaction& transaction) -> bool {
        transaction.facts().set("b", "set");
        throw std::out_of_range("broken");
    };

    const Outcomes outcomes = run_together({set("a"), throwing, set("c", false), set("d")});

    EXPECT_EQ(outcomes, Outcomes({"", "broken", "", ""}));
    EXPECT_TRUE(is_set("a"));
    EXPECT_FALSE(is_set("b"));
    EXPECT_FALSE(is_set("c"));
    EXPECT_TRUE(is_set("d"));
}

TEST_F(SqliteWriter, AFailedCommitFailsEveryMemberOfItsBatch) {
    const auto breaking = [&](WriteTransaction& transaction) {
        faults_.commit_fails = true;
        return set("a")(transaction);
    };

    const Outcomes outcomes = run_together({breaking, set("b"), set("c", false)});

    EXPECT_EQ(outcomes, Outcomes({"unavailable", "unavailable", "unavailable"}));
    EXPECT_FALSE(is_set("a"));
    EXPECT_FALSE(is_set("b"));
    EXPECT_EQ(outcome(set("d")), "") << "and the next batch works";
    EXPECT_TRUE(is_set("d"));
}

TEST_F(SqliteWriter, ALostTransactionFailsThoseWhoRanInItAndNotThoseWhoWait) {
    const auto losing = [&](WriteTransaction& transaction) -> bool {
        transaction.facts().set("b", "set");
        faults_.transaction_is_lost = true;
        throw std::out_of_range("broken");
    };

    const Outcomes outcomes = run_together({set("a"), losing, set("c")});

    EXPECT_EQ(outcomes, Outcomes({"unavailable", "broken", ""}));
    EXPECT_FALSE(is_set("a"));
    EXPECT_FALSE(is_set("b"));
    EXPECT_TRUE(is_set("c"));
}

TEST_F(SqliteWriter, ABatchThatCannotBeginIsUnavailable) {
    faults_.begin_fails = true;

    EXPECT_EQ(outcome(set("a")), "unavailable");

    EXPECT_EQ(outcome(set("b")), "");
    EXPECT_FALSE(is_set("a"));
}

TEST_F(SqliteWriter, ClosingWaitsForTheWritesThatAreQueued) {
    std::vector<std::thread> threads;
    std::thread closing;
    std::atomic<bool> done = false;
    writer_->write([&](WriteTransaction&) {
        threads.emplace_back([&] { done = outcome(set("a")).empty(); });
        while (writer_->waiting() != 1) {
            std::this_thread::yield();
        }
        closing = std::thread([&] { writer_.reset(); });
        return true;
    });
    closing.join();
    for (std::thread& thread : threads) {
        thread.join();
    }

    EXPECT_TRUE(done);
    EXPECT_TRUE(is_set("a"));
}

TEST_F(SqliteWriter, AWriteInsideAWriteIsABugAndNotADeadlock) {
    const auto nested = [&](WriteTransaction&) {
        writer_->write(set("inner"));
        return true;
    };

    EXPECT_THROW(writer_->write(nested), std::logic_error);

    EXPECT_FALSE(is_set("inner"));
}

} // namespace contract
