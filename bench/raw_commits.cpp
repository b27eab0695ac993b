#include "bench/calendars.h"
#include "bench/floors.h"
#include "bench/process.h"
#include "bench/subject.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace bench {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t collections = 20;
// Before measuring: past the first checkpoint, the log is written over instead of growing.
constexpr std::size_t warm_rows = 6'000;
constexpr std::size_t warm_batch = 100;

struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
};

class Database {
public:
    explicit Database(const std::string& file) {
        sqlite3* handle = nullptr;
        const int code = sqlite3_open(file.c_str(), &handle);
        handle_.reset(handle);
        require(code == SQLITE_OK);
        run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE collection (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL);"
            "CREATE TABLE object (id INTEGER PRIMARY KEY, collection INTEGER NOT NULL,"
            " name TEXT NOT NULL, uid TEXT NOT NULL, etag TEXT NOT NULL, revision INTEGER NOT NULL,"
            " span_start INTEGER NOT NULL, span_end INTEGER NOT NULL, text BLOB NOT NULL,"
            " UNIQUE (collection, name));"
            "CREATE UNIQUE INDEX by_uid ON object (collection, uid);"
            "CREATE INDEX by_revision ON object (collection, revision);"
            "CREATE INDEX by_span ON object (collection, span_start, span_end)");
        for (std::size_t i = 0; i < collections; ++i) {
            run("INSERT INTO collection (revision) VALUES (0)");
        }
        insert_ = prepare("INSERT INTO object (collection, name, uid, etag, revision, span_start,"
                          " span_end, text) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)");
        raise_ = prepare("UPDATE collection SET revision = revision + 1 WHERE id = $1");
    }

    void run(const char* sql) {
        require(sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    }

    // What a PUT of a new event stores: the collection's revision and the object.
    void insert(std::size_t number, const std::string& text) {
        const int collection = 1 + static_cast<int>(number % collections);
        sqlite3_bind_int(raise_.get(), 1, collection);
        step(raise_.get());
        const std::string name = "e" + std::to_string(number) + ".ics";
        const std::string uid = "bench-" + std::to_string(number) + "@practice.example";
        const std::string etag = "0123456789abcdef0123456789abcdef";
        sqlite3_stmt* statement = insert_.get();
        sqlite3_bind_int(statement, 1, collection);
        bind_text(statement, 2, name);
        bind_text(statement, 3, uid);
        bind_text(statement, 4, etag);
        sqlite3_bind_int64(statement, 5, static_cast<sqlite3_int64>(number));
        sqlite3_bind_int64(statement, 6, static_cast<sqlite3_int64>(number) * 617);
        sqlite3_bind_blob(statement, 7, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
        step(statement);
    }

private:
    void require(bool done) {
        if (!done) {
            throw std::runtime_error(std::string("sqlite: ") + sqlite3_errmsg(handle_.get()));
        }
    }

    using Statement = std::unique_ptr<sqlite3_stmt, Close>;

    Statement prepare(const char* sql) {
        sqlite3_stmt* statement = nullptr;
        require(sqlite3_prepare_v2(handle_.get(), sql, -1, &statement, nullptr) == SQLITE_OK);
        return Statement(statement);
    }

    static void bind_text(sqlite3_stmt* statement, int position, const std::string& text) {
        sqlite3_bind_text(statement, position, text.data(), static_cast<int>(text.size()),
                          SQLITE_STATIC);
    }

    void step(sqlite3_stmt* statement) {
        require(sqlite3_step(statement) == SQLITE_DONE);
        sqlite3_reset(statement);
    }

    std::unique_ptr<sqlite3, Close> handle_;
    Statement insert_;
    Statement raise_;
};

} // namespace

Commits commit_rows(const std::string& file, std::size_t batch, double seconds) {
    constexpr std::size_t rows_max = 200'000;
    constexpr std::size_t texts_max = 2'000; // made beforehand, so that making them costs nothing
    const Calendar calendar(seed, texts_max);
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < texts_max; ++i) {
        texts.push_back(calendar.text(i));
    }
    Database database(file);
    std::size_t rows = 0;
    const auto commit = [&](std::size_t count) {
        database.run("BEGIN IMMEDIATE");
        for (std::size_t i = 0; i < count; ++i, ++rows) {
            database.insert(rows, texts.at(rows % texts_max));
        }
        database.run("COMMIT");
    };
    while (rows < warm_rows) {
        commit(warm_batch);
    }
    std::vector<double> spent;
    const double cpu = own_cpu_seconds();
    const Steady::time_point begun = Steady::now();
    Steady::time_point now = begun;
    while (rows < rows_max && std::chrono::duration<double>(now - begun).count() < seconds) {
        commit(batch);
        const Steady::time_point before = std::exchange(now, Steady::now());
        spent.push_back(std::chrono::duration<double, std::milli>(now - before).count());
    }
    std::sort(spent.begin(), spent.end());
    const auto part = [&](double share) {
        return spent.at(static_cast<std::size_t>(share * static_cast<double>(spent.size() - 1)));
    };
    const auto count = static_cast<double>(rows - warm_rows);
    return {count / std::chrono::duration<double>(now - begun).count(),
            (own_cpu_seconds() - cpu) * 1000 / count, part(0.1), part(0.5), part(0.99)};
}

std::string to_text(const Commits& commits) {
    std::ostringstream text;
    text << commits.rows_per_second << ' ' << commits.cpu_milliseconds << ' ' << commits.p10 << ' '
         << commits.p50 << ' ' << commits.p99 << '\n';
    return text.str();
}

Commits commits_from(const std::string& text) {
    Commits commits;
    std::istringstream words(text);
    words >> commits.rows_per_second >> commits.cpu_milliseconds >> commits.p10 >> commits.p50
        >> commits.p99;
    return commits;
}

} // namespace bench
