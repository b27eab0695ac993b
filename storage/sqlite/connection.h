// One connection to a SQLite file: the driver behind storage/sql, and with store.cpp and
// writer.cpp the only code that knows of SQLite.
#pragma once

#include "storage/sql/connection.h"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace storage::sqlite {

enum class Access {
    read_only,
    read_write,
    // A file that one process writes as a whole, before anybody else knows of it: nothing beside
    // it, and durable only when the caller has synchronised it.
    whole_file
};

// A prepared statement with the positions of its parameters.
struct Statement {
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> handle;
    std::vector<int> positions; // of $1, $2 ...
};

class Connection final : public sql::Connection {
public:
    // Creates the file, for the owner's eyes only, unless `access` is read_only. Throws
    // core::Unavailable. `patience` is how long to wait for a lock that another process holds.
    Connection(const std::string& path, Access access, std::chrono::milliseconds patience);
    ~Connection() override;

    [[nodiscard]] const sql::Dialect& dialect() const override;
    [[nodiscard]] std::unique_ptr<sql::Rows> query(std::string_view sql,
                                                   sql::Values values) override;
    void run_script(const std::string& sql) override;

    void begin_read() override;
    void begin_write() override;
    void begin_migration() override;
    void commit() override;
    void rollback() noexcept override;
    void savepoint() override;
    void release_savepoint() override;
    void rollback_to_savepoint() override;
    [[nodiscard]] std::int64_t last_identity(std::string_view table) override;
    void skip_identities(std::string_view table, std::int64_t last) override;
    [[nodiscard]] std::vector<std::string> find_damage() override;

private:
    friend class StatementRows;
    struct Close {
        void operator()(sqlite3* handle) const;
    };

    static int wait_for_lock(void* self, int calls);
    void configure(Access access);
    void use_write_ahead_log();
    Statement prepare(std::string_view sql);
    void run(std::string_view sql);
    void bind(const Statement& statement, sql::Values values);
    void check(int code);
    [[noreturn]] void fail(int code);

    std::unique_ptr<sqlite3, Close> handle_;
    std::chrono::milliseconds patience_;
    std::chrono::steady_clock::time_point waiting_since_;
    // By text; those in use are with their Rows.
    std::map<std::string, std::vector<Statement>, std::less<>> idle_;
};

} // namespace storage::sqlite
