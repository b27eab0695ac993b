// The server crashes again and again while others write and follow: what was acknowledged is there,
// what was not is whole or absent, and no change is skipped.
#include "core/unavailable.h"
#include "storage/postgres/store.h"
#include "tests/contract/store_contract.h"
#include "tests/support/postgres_cluster.h"

#include <atomic>
#include <map>
#include <thread>

namespace contract {

using storage::ReadTransaction;
using storage::WriteTransaction;

namespace {

constexpr int writers = 4;
constexpr int crashes = 5;
constexpr std::size_t at_once = 3; // changes that the follower takes

// Each object is written with a fact of its own in the same transaction.
struct Load {
    storage::Store& store;
    std::int64_t calendar;
    std::atomic<bool> enough = false;
    std::atomic<int> acknowledged = 0;
    std::atomic<int> unavailable = 0;
    std::vector<std::vector<std::string>> kept{writers};

    core::Done put(const std::string& name) {
        return store.write([&](WriteTransaction& transaction) {
            storage::Object row = object(calendar, name);
            if (const auto there = transaction.objects().find_head(calendar, name)) {
                row.head.id = there->id; // an attempt without an answer came through
            }
            row.head.revision = transaction.collections().next_revision(calendar);
            if (row.head.id != 0) {
                transaction.objects().update(row);
            } else {
                transaction.objects().insert(row);
            }
            transaction.facts().set(name, "whole");
            return core::Done();
        });
    }
    void insist(const std::string& name) {
        for (;;) {
            try {
                EXPECT_TRUE(put(name));
                return;
            } catch (const core::Unavailable&) {
                ++unavailable;
            }
        }
    }
    void run(std::size_t writer) {
        for (int i = 0; !enough; ++i) {
            const std::string name = std::to_string(writer) + "-" + std::to_string(i) + ".ics";
            insist(name);
            kept[writer].push_back(name);
            ++acknowledged;
        }
    }
};

// What a client knows that asks for what changed since last time, in small pieces.
struct Follower {
    storage::Store& store;
    std::int64_t calendar;
    std::int64_t revision = 0;
    std::map<std::string, std::string> view;

    bool step() {
        try {
            const auto changes = store.read([&](const ReadTransaction& transaction) {
                std::vector<storage::Change> found;
                transaction.objects().for_each_change(calendar, revision, at_once,
                                                      [&](const storage::Change& change) {
                                                          found.push_back(change);
                                                          return true;
                                                      });
                return found;
            });
            for (const storage::Change& change : changes) {
                EXPECT_GT(change.head.revision, revision);
                revision = change.head.revision;
                view[change.head.name] = change.head.etag;
            }
            return !changes.empty();
        } catch (const core::Unavailable&) {
            return true;
        }
    }
};

std::map<std::string, std::string> listing(storage::Store& store, std::int64_t calendar) {
    return store.read([&](const ReadTransaction& transaction) {
        std::map<std::string, std::string> found;
        transaction.objects().for_each_member(calendar, [&](const storage::ObjectHead& head) {
            EXPECT_EQ(transaction.facts().find(head.name), "whole");
            found[head.name] = head.etag;
            return true;
        });
        return found;
    });
}

std::int64_t make_calendar(storage::Store& store) {
    return *store.write([](WriteTransaction& transaction) -> core::Result<std::int64_t> {
        transaction.accounts().insert(account("anna"));
        return transaction.collections().insert(collection("anna", "work"));
    });
}

} // namespace

TEST(PostgresCrash, UnderLoadLosesNothingAcknowledgedAndSkipsNoChange) {
    support::PostgresCluster cluster; // its crashes are nobody else's
    const auto store = storage::open_postgres(cluster.url(cluster.create_database()));
    Load load{*store, make_calendar(*store)};
    Follower follower{*store, load.calendar, 0, {}};

    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < writers; ++i) {
        threads.emplace_back([&load, i] { load.run(i); });
    }
    threads.emplace_back([&] {
        while (!load.enough) {
            follower.step();
        }
    });
    for (int i = 0; i < crashes; ++i) {
        const int before = load.acknowledged;
        while (load.acknowledged < before + 20) {
            std::this_thread::yield();
        }
        cluster.crash();
        cluster.start();
    }
    load.enough = true;
    for (std::thread& thread : threads) {
        thread.join();
    }
    while (follower.step()) {
    }

    const auto found = listing(*store, load.calendar);
    std::size_t kept = 0;
    for (const auto& names : load.kept) {
        kept += names.size();
        for (const std::string& name : names) {
            EXPECT_TRUE(found.contains(name)) << name;
        }
    }
    EXPECT_EQ(found.size(), kept);
    EXPECT_EQ(found, follower.view);
    EXPECT_GT(load.unavailable, 0);
}

} // namespace contract
