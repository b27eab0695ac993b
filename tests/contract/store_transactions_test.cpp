// What storage/store.h promises about transactions: snapshots, atomicity, durability, concurrency.
#include "core/unavailable.h"
#include "tests/contract/store_contract.h"

#include <atomic>
#include <set>
#include <stdexcept>
#include <thread>

namespace contract {

using storage::ReadTransaction;
using storage::WriteTransaction;

TEST_P(StoreContract, AReadSeesOneSnapshotWhileOthersWrite) {
    ASSERT_TRUE(set_fact(*store_, "colour", "red"));

    store_->read([&](const ReadTransaction& transaction) {
        EXPECT_EQ(transaction.facts().find("colour"), "red");
        ASSERT_TRUE(set_fact(*store_, "colour", "blue"));
        ASSERT_TRUE(set_fact(*store_, "shape", "round"));
        EXPECT_EQ(transaction.facts().find("colour"), "red");
        EXPECT_EQ(transaction.facts().find("shape"), std::nullopt);
    });

    EXPECT_EQ(fact(*store_, "colour"), "blue");
}

TEST_P(StoreContract, AReadDuringAWriteSeesWhatWasBefore) {
    ASSERT_TRUE(set_fact(*store_, "colour", "red"));

    write([&](WriteTransaction& transaction) {
        transaction.facts().set("colour", "blue");
        EXPECT_EQ(transaction.facts().find("colour"), "blue");
        EXPECT_EQ(fact(*store_, "colour"), "red");
    });

    EXPECT_EQ(fact(*store_, "colour"), "blue");
}

TEST_P(StoreContract, AnErrorValueRollsBackAndIsReturned) {
    const core::Done done = store_->write([](WriteTransaction& transaction) -> core::Done {
        transaction.facts().set("colour", "red");
        transaction.collections().insert(collection("anna", "work"));
        return core::fail(core::Errc::conflict, "no");
    });

    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, core::Errc::conflict);
    EXPECT_EQ(fact(*store_, "colour"), std::nullopt);
    EXPECT_EQ(store_->read([](const ReadTransaction& transaction) {
        return transaction.collections().list("anna").size();
    }),
              0U);
}

TEST_P(StoreContract, AnExceptionRollsBackAndReachesTheCaller) {
    const auto failing = [](WriteTransaction& transaction) -> core::Done {
        transaction.facts().set("colour", "red");
        throw std::out_of_range("broken");
    };

    EXPECT_THROW((void)store_->write(failing), std::out_of_range);

    EXPECT_EQ(fact(*store_, "colour"), std::nullopt);
    EXPECT_TRUE(set_fact(*store_, "colour", "blue"));
}

TEST_P(StoreContract, AnExceptionOfAReadReachesTheCallerAndTheNextReadWorks) {
    for (int i = 0; i < 40; ++i) {
        EXPECT_THROW(store_->read([](const ReadTransaction& transaction) {
            (void)transaction.facts().find("epoch");
            throw std::out_of_range("broken");
        }),
                     std::out_of_range);
    }

    EXPECT_NE(fact(*store_, "epoch"), std::nullopt);
}

TEST_P(StoreContract, AWriteReturnsItsValue) {
    const core::Result<std::string> value =
        store_->write([](WriteTransaction& transaction) -> core::Result<std::string> {
            transaction.facts().set("colour", "red");
            return *transaction.facts().find("colour");
        });

    EXPECT_EQ(value, "red");
}

TEST_P(StoreContract, WhatWasWrittenIsThereAfterReopening) {
    const std::int64_t work = add_collection("work");
    const storage::Object stored = put(object(work, "a.ics"));

    store_.reset();
    store_ = database_->open();

    store_->read([&](const ReadTransaction& transaction) {
        ASSERT_TRUE(transaction.objects().find(work, "a.ics"));
        EXPECT_EQ(fields(*transaction.objects().find(work, "a.ics")), fields(stored));
    });
}

TEST_P(StoreContract, TheEpochIsMadeOnceAndStays) {
    const auto epoch = fact(*store_, "epoch");
    ASSERT_TRUE(epoch);
    EXPECT_GE(epoch->size(), 16U);

    const auto second = database_->open();

    EXPECT_EQ(fact(*second, "epoch"), epoch);
    const auto other_database = GetParam().make_database();
    EXPECT_NE(fact(*other_database->open(), "epoch"), epoch);
}

TEST_P(StoreContract, AViolatedKeyIsRetriedBeforeItIsUnavailable) {
    int runs = 0;
    const auto twice = [&](WriteTransaction& transaction) -> core::Done {
        ++runs;
        transaction.facts().set("colour", "red");
        transaction.collections().insert(collection("anna", "work"));
        transaction.collections().insert(collection("anna", "work"));
        return {};
    };

    EXPECT_THROW((void)store_->write(twice), core::Unavailable);

    EXPECT_EQ(runs, 5);
    EXPECT_EQ(fact(*store_, "colour"), std::nullopt);
}

TEST_P(StoreContract, ALostRaceIsWonByRunningAgain) {
    int runs = 0;

    write([&](WriteTransaction& transaction) {
        ++runs;
        transaction.collections().insert(collection("anna", "work"));
        if (runs == 1) {
            transaction.collections().insert(collection("anna", "work"));
        }
    });

    EXPECT_EQ(runs, 2);
    EXPECT_EQ(store_->read([](const ReadTransaction& transaction) {
        return transaction.collections().list("anna").size();
    }),
              1U);
}

TEST_P(StoreContract, ConcurrentWritersAllSucceedAndTheirRevisionsHaveNoGap) {
    constexpr int threads = 8;
    constexpr int writes = 25;
    const std::int64_t work = add_collection("work");
    std::vector<std::vector<std::int64_t>> revisions(threads);

    std::vector<std::thread> writers;
    for (int thread = 0; thread < threads; ++thread) {
        writers.emplace_back([&, thread] {
            for (int i = 0; i < writes; ++i) {
                const std::string name = std::to_string(thread) + "-" + std::to_string(i) + ".ics";
                revisions[static_cast<std::size_t>(thread)].push_back(
                    put(object(work, name)).head.revision);
            }
        });
    }
    for (std::thread& writer : writers) {
        writer.join();
    }

    std::set<std::int64_t> distinct;
    for (const auto& own : revisions) {
        EXPECT_TRUE(std::is_sorted(own.begin(), own.end()));
        distinct.insert(own.begin(), own.end());
    }
    EXPECT_EQ(distinct.size(), threads * writes);
    EXPECT_EQ(*distinct.begin(), 2); // the calendar's own is 1
    EXPECT_EQ(*distinct.rbegin(), threads * writes + 1);
    EXPECT_EQ(changes(work, 0).size(), threads * writes);
}

TEST_P(StoreContract, AmongConcurrentWritersOnlyTheFailingOnesFail) {
    constexpr int threads = 12;
    std::atomic<int> failed = 0;

    std::vector<std::thread> writers;
    for (int thread = 0; thread < threads; ++thread) {
        writers.emplace_back([&, thread] {
            const core::Done done = store_->write([&](WriteTransaction& transaction) -> core::Done {
                transaction.facts().set("writer " + std::to_string(thread), "was here");
                if (thread % 3 == 0) {
                    return core::fail(core::Errc::conflict, "no");
                }
                return {};
            });
            failed += done ? 0 : 1;
        });
    }
    for (std::thread& writer : writers) {
        writer.join();
    }

    EXPECT_EQ(failed, threads / 3);
    for (int thread = 0; thread < threads; ++thread) {
        EXPECT_EQ(fact(*store_, "writer " + std::to_string(thread)).has_value(), thread % 3 != 0);
    }
}

TEST_P(StoreContract, ReadersSeeWholeTransactionsOnly) {
    ASSERT_TRUE(set_fact(*store_, "left", "0"));
    ASSERT_TRUE(set_fact(*store_, "right", "0"));
    std::atomic<bool> stop = false;
    std::atomic<int> torn = 0;

    std::vector<std::thread> readers;
    for (int i = 0; i < 4; ++i) {
        readers.emplace_back([&] {
            while (!stop) {
                const bool equal = store_->read([](const ReadTransaction& transaction) {
                    return transaction.facts().find("left") == transaction.facts().find("right");
                });
                torn += equal ? 0 : 1;
            }
        });
    }
    for (int i = 1; i <= 100; ++i) {
        write([&](WriteTransaction& transaction) {
            transaction.facts().set("left", std::to_string(i));
            transaction.facts().set("right", std::to_string(i));
        });
    }
    stop = true;
    for (std::thread& reader : readers) {
        reader.join();
    }

    EXPECT_EQ(torn, 0);
}

TEST_P(StoreContract, TwoStoresOnOneDatabaseWriteAtTheSameTime) {
    constexpr int writes = 50;
    const std::int64_t work = add_collection("work");
    const auto second = database_->open();

    const auto write_all = [&](storage::Store& store, const std::string& prefix) {
        for (int i = 0; i < writes; ++i) {
            const core::Done done = store.write([&](WriteTransaction& transaction) {
                put(transaction, object(work, prefix + std::to_string(i)));
                return core::Done();
            });
            EXPECT_TRUE(done);
        }
    };
    std::thread other([&] { write_all(*second, "second-"); });
    write_all(*store_, "first-");
    other.join();

    const auto all = changes(work, 0);
    ASSERT_EQ(all.size(), 2 * writes);
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(all[i].head.revision,
                  static_cast<std::int64_t>(i) + 2); // the calendar's own is 1
    }
}

TEST_P(StoreContract, AStoreSeesAtOnceWhatAnotherHasWritten) {
    const auto second = database_->open();

    ASSERT_TRUE(set_fact(*second, "colour", "red"));

    EXPECT_EQ(fact(*store_, "colour"), "red");
}

TEST_P(StoreContract, ManyOpenANewDatabaseAtTheSameTime) {
    const auto fresh = GetParam().make_database();
    std::vector<std::optional<std::string>> epochs(6);

    std::vector<std::thread> openers;
    for (auto& epoch : epochs) {
        openers.emplace_back([&] { epoch = fact(*fresh->open(), "epoch"); });
    }
    for (std::thread& opener : openers) {
        opener.join();
    }

    for (const auto& epoch : epochs) {
        EXPECT_NE(epoch, std::nullopt);
        EXPECT_EQ(epoch, epochs.front());
    }
}

} // namespace contract
