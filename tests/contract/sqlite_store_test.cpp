// The contract on SQLite, and what only a file can do: be locked, be full, be read only.
#include "core/unavailable.h"
#include "tests/contract/sqlite_database.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>

namespace contract {

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract,
                         testing::Values(Engine{"Sqlite",
                                                [] { return std::make_unique<SqliteDatabase>(); }}),
                         engine_name);

using storage::ReadTransaction;

namespace {

// No file of this process may grow beyond `bytes` while this lives.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &old_);
        const rlimit limit{bytes, old_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, old_handler_);
    }

private:
    void (*old_handler_)(int);
    rlimit old_{};
};

} // namespace

TEST(SqliteStore, FilesAreForTheirOwnerOnly) {
    const SqliteDatabase database;
    const auto store = storage::open_sqlite(database.path());
    ASSERT_TRUE(set_fact(*store, "colour", "red"));

    for (const char* suffix : {"", "-wal", "-shm"}) {
        struct stat status {};
        ASSERT_EQ(::stat((database.path() + suffix).c_str(), &status), 0) << suffix;
        EXPECT_EQ(status.st_mode & 0777U, 0600U) << suffix;
    }
}

TEST(SqliteStore, APathThatCannotBeOpenedIsUnavailable) {
    const SqliteDatabase database;

    EXPECT_THROW(storage::open_sqlite(database.path() + "/no/such/folder"), core::Unavailable);
}

TEST(SqliteStore, AFileThatIsNoDatabaseIsUnavailableAndKept) {
    const SqliteDatabase database;
    const std::string letter(4096, 'x');
    std::ofstream(database.path()) << letter;

    EXPECT_THROW(storage::open_sqlite(database.path()), core::Unavailable);

    EXPECT_EQ(std::filesystem::file_size(database.path()), letter.size());
}

TEST(SqliteStore, AnotherProcessesLockIsWaitedForAndThenUnavailable) {
    const SqliteDatabase database;
    const auto store =
        storage::open_sqlite(database.path(), {.patience = std::chrono::milliseconds(30)});
    storage::sqlite::Connection other(database.path(), storage::sqlite::Access::read_write,
                                      std::chrono::seconds(10));

    other.begin_write();
    EXPECT_THROW((void)set_fact(*store, "colour", "red"), core::Unavailable);
    EXPECT_EQ(fact(*store, "colour"), std::nullopt) << "reads go on";
    other.rollback();

    EXPECT_TRUE(set_fact(*store, "colour", "red"));
    EXPECT_EQ(fact(*store, "colour"), "red");
}

TEST(SqliteStore, AWriteWaitsUntilAnotherProcessHasFinished) {
    const SqliteDatabase database;
    const auto store = storage::open_sqlite(database.path());
    storage::sqlite::Connection other(database.path(), storage::sqlite::Access::read_write,
                                      std::chrono::seconds(10));
    other.begin_write();
    other.run_script("INSERT INTO fact (key, value) VALUES ('colour', 'red')");

    std::thread writer([&] { EXPECT_TRUE(set_fact(*store, "colour", "blue")); });
    other.commit();
    writer.join();

    EXPECT_EQ(fact(*store, "colour"), "blue");
}

TEST(SqliteStore, TwoProcessesWriteAtTheSameTime) {
    constexpr int writes = 40;
    const SqliteDatabase database;
    const pid_t child = ::fork();
    const auto store = storage::open_sqlite(database.path());
    for (int i = 0; i < writes; ++i) {
        const std::string who = child == 0 ? "child " : "parent ";
        if (!set_fact(*store, who + std::to_string(i), "was here")) {
            break;
        }
    }
    if (child == 0) {
        ::_exit(0);
    }

    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);

    EXPECT_EQ(status, 0);
    for (int i = 0; i < writes; ++i) {
        EXPECT_EQ(fact(*store, "child " + std::to_string(i)), "was here");
        EXPECT_EQ(fact(*store, "parent " + std::to_string(i)), "was here");
    }
}

TEST(SqliteStore, WhatAWriteReportedSurvivesTheDeathOfItsProcess) {
    const SqliteDatabase database;
    int reported[2] = {-1, -1};
    ASSERT_EQ(::pipe(reported), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto store = storage::open_sqlite(database.path());
        for (int i = 0; set_fact(*store, std::to_string(i), "done"); ++i) {
            if (::write(reported[1], &i, sizeof i) != sizeof i) {
                break;
            }
        }
        ::_exit(1);
    }
    int last = -1;
    while (last < 30) {
        ASSERT_EQ(::read(reported[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
    }
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ::close(reported[1]);
    for (int next = 0; ::read(reported[0], &next, sizeof next) > 0;) {
        last = next;
    }
    ::close(reported[0]);

    const auto store = storage::open_sqlite(database.path());

    for (int i = 0; i <= last; ++i) {
        EXPECT_EQ(fact(*store, std::to_string(i)), "done") << i;
    }
}

TEST(SqliteStore, AFullDiskIsUnavailableAndChangesNothing) {
    const SqliteDatabase database;
    const auto store = storage::open_sqlite(database.path());
    ASSERT_TRUE(set_fact(*store, "colour", "red"));
    {
        const FileSizeLimit limit(std::filesystem::file_size(database.path() + "-wal") + 16384);
        EXPECT_THROW((void)set_fact(*store, "colour", std::string(1'000'000, 'x')),
                     core::Unavailable);
        EXPECT_EQ(fact(*store, "colour"), "red");
    }

    EXPECT_TRUE(set_fact(*store, "colour", "blue"));
    EXPECT_EQ(fact(*store, "colour"), "blue");
}

TEST(SqliteStore, MoreReadersThanConnectionsWaitForEachOther) {
    const SqliteDatabase database;
    const auto store = storage::open_sqlite(database.path(), {.readers_max = 2});
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;

    std::vector<std::thread> readers;
    for (int i = 0; i < 8; ++i) {
        readers.emplace_back([&] {
            for (int round = 0; round < 50; ++round) {
                store->read([&](const ReadTransaction& transaction) {
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

TEST(SqliteStore, AReaderThatFindsNoConnectionInTimeIsUnavailable) {
    const SqliteDatabase database;
    const auto store = storage::open_sqlite(
        database.path(), {.readers_max = 1, .patience = std::chrono::milliseconds(20)});

    store->read([&](const ReadTransaction& transaction) {
        EXPECT_THROW((void)fact(*store, "epoch"), core::Unavailable);
        EXPECT_TRUE(transaction.facts().find("epoch"));
    });

    EXPECT_TRUE(fact(*store, "epoch"));
}

TEST(SqliteStore, AReadingConnectionCannotWrite) {
    SqliteDatabase database;
    database.open();
    storage::sqlite::Connection reader(database.path(), storage::sqlite::Access::read_only,
                                       std::chrono::seconds(1));

    EXPECT_THROW(reader.run_script("DELETE FROM fact"), core::Unavailable);
}

TEST(SqliteStore, DurabilityIsSwitchedOn) {
    SqliteDatabase database;
    const auto connection = database.connect();
    const auto setting = [&](const char* name) {
        auto rows = connection->query("PRAGMA " + std::string(name), {});
        EXPECT_TRUE(rows->next());
        return std::string(rows->bytes(0));
    };

    EXPECT_EQ(setting("journal_mode"), "wal");
    EXPECT_EQ(setting("synchronous"), "2");
    EXPECT_EQ(setting("foreign_keys"), "1");
}

} // namespace contract
