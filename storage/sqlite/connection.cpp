#include "storage/sqlite/connection.h"

#include "core/unavailable.h"
#include "storage/sql/query.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

namespace storage::sqlite {

// Rows end by giving their statement back, so that the next use of the same text prepares nothing.
class StatementRows final : public sql::Rows {
public:
    StatementRows(Connection& connection, std::vector<Statement>& idle, Statement statement)
        : connection_(connection), idle_(idle), statement_(std::move(statement)) {}
    ~StatementRows() override {
        sqlite3_reset(handle());
        sqlite3_clear_bindings(handle());
        idle_.push_back(std::move(statement_));
    }

    [[nodiscard]] const Statement& statement() const { return statement_; }

    bool next() override {
        if (done_) {
            return false;
        }
        const int code = sqlite3_step(handle());
        done_ = code != SQLITE_ROW;
        if (done_ && code != SQLITE_DONE) {
            connection_.fail(code);
        }
        return !done_;
    }
    bool is_null(int column) const override {
        return sqlite3_column_type(handle(), column) == SQLITE_NULL;
    }
    std::int64_t integer(int column) const override {
        return sqlite3_column_int64(handle(), column);
    }
    std::string_view bytes(int column) const override {
        // Of a text this is its UTF-8. The pointer comes first: it settles what the size is.
        const void* data = sqlite3_column_blob(handle(), column);
        const int size = sqlite3_column_bytes(handle(), column);
        return data == nullptr ? std::string_view()
                               : std::string_view(static_cast<const char*>(data),
                                                  static_cast<std::size_t>(size));
    }

private:
    [[nodiscard]] sqlite3_stmt* handle() const { return statement_.handle.get(); }

    Connection& connection_;
    std::vector<Statement>& idle_;
    Statement statement_;
    bool done_ = false;
};

namespace {

// Another process held a lock for longer than the connection's patience.
class Busy final : public core::Unavailable {
public:
    using core::Unavailable::Unavailable;
};

// SQLite gives its log and shared memory files the mode of the database, so it is enough to create
// the database itself.
void create_for_owner_only(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        throw core::Unavailable("cannot open " + path + ": "
                                + std::generic_category().message(errno));
    }
    ::close(file);
}

} // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

void Connection::Close::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}

Connection::Connection(const std::string& path, Access access, std::chrono::milliseconds patience)
    : patience_(patience) {
    if (access != Access::read_only) {
        create_for_owner_only(path);
    }
    sqlite3* handle = nullptr;
    // One thread at a time uses a connection, so its own mutex is of no use.
    const int code = sqlite3_open_v2(path.c_str(), &handle,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    handle_.reset(handle);
    if (handle == nullptr) {
        throw core::Unavailable("sqlite: out of memory");
    }
    if (code != SQLITE_OK) {
        throw core::Unavailable("cannot open " + path + ": " + sqlite3_errmsg(handle));
    }
    configure(access);
}

Connection::~Connection() {
    idle_.clear();
}

void Connection::configure(Access access) {
    sqlite3_extended_result_codes(handle_.get(), 1);
    sqlite3_busy_handler(handle_.get(), wait_for_lock, this);
    // Else a statement is compiled again for every value of which a partial index might depend.
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
    // Damaged pages are noticed when they are read, not only when their content makes no sense.
    run("PRAGMA cell_size_check = ON");
    switch (access) {
    case Access::read_only:
        run("PRAGMA query_only = ON");
        break;
    case Access::read_write:
        use_write_ahead_log();
        // Durable: the log is synchronised at every commit.
        run("PRAGMA synchronous = FULL");
        run("PRAGMA foreign_keys = ON");
        break;
    case Access::whole_file:
        run("PRAGMA journal_mode = MEMORY");
        run("PRAGMA synchronous = OFF");
        run("PRAGMA foreign_keys = ON");
        break;
    }
    run("PRAGMA temp_store = MEMORY");
    run("PRAGMA trusted_schema = OFF");
}

// The mode is a property of the file. While it is being set for the first time, another process
// that does the same gets SQLITE_BUSY at once, without the busy handler being asked.
void Connection::use_write_ahead_log() {
    for (int calls = 0;; ++calls) {
        try {
            auto rows = query("PRAGMA journal_mode = WAL", {});
            if (!rows->next() || rows->bytes(0) != "wal") {
                throw core::Unavailable("sqlite: this file system allows no write-ahead log");
            }
            return;
        } catch (const Busy&) {
            if (wait_for_lock(this, calls) == 0) {
                throw;
            }
        }
    }
}

// A server under load frees the lock for moments only, so a slow poll would hardly ever meet one.
int Connection::wait_for_lock(void* self, int calls) {
    auto& connection = *static_cast<Connection*>(self);
    const auto now = std::chrono::steady_clock::now();
    if (calls == 0) {
        connection.waiting_since_ = now;
    }
    if (now - connection.waiting_since_ >= connection.patience_) {
        return 0;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(500));
    return 1;
}

const sql::Dialect& Connection::dialect() const {
    static const sql::Dialect dialect{.engine = "sqlite",
                                      .identity = "INTEGER PRIMARY KEY AUTOINCREMENT",
                                      .text = "TEXT",
                                      .blob = "BLOB",
                                      .clustered = "WITHOUT ROWID"};
    return dialect;
}

std::unique_ptr<sql::Rows> Connection::query(std::string_view sql, sql::Values values) {
    auto found = idle_.find(sql);
    if (found == idle_.end()) {
        found = idle_.emplace(std::string(sql), std::vector<Statement>()).first;
    }
    std::vector<Statement>& idle = found->second;
    if (idle.empty()) {
        idle.push_back(prepare(sql));
    }
    Statement statement = std::move(idle.back());
    idle.pop_back();
    auto rows = std::make_unique<StatementRows>(*this, idle, std::move(statement));
    bind(rows->statement(), values);
    return rows;
}

Statement Connection::prepare(std::string_view sql) {
    sqlite3_stmt* handle = nullptr;
    const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    Statement statement;
    statement.handle.reset(handle);
    check(code);
    // SQLite numbers "$1" and its like in order of appearance, not by their digits.
    const int count = sqlite3_bind_parameter_count(handle);
    for (int number = 1; number <= count; ++number) {
        const std::string name = "$" + std::to_string(number);
        const int position = sqlite3_bind_parameter_index(handle, name.c_str());
        if (position == 0) {
            throw std::logic_error("a statement does not use " + name + ": " + std::string(sql));
        }
        statement.positions.push_back(position);
    }
    return statement;
}

void Connection::bind(const Statement& statement, sql::Values values) {
    if (values.size() != statement.positions.size()) {
        throw std::logic_error("a statement was given the wrong number of values");
    }
    sqlite3_stmt* handle = statement.handle.get();
    const int* position = statement.positions.data();
    for (const sql::Value& value : values) {
        if (const auto* integer = std::get_if<std::int64_t>(&value)) {
            check(sqlite3_bind_int64(handle, *position, *integer));
        } else if (const auto* text = std::get_if<std::string_view>(&value)) {
            check(sqlite3_bind_text64(handle, *position, text->empty() ? "" : text->data(),
                                      text->size(), SQLITE_TRANSIENT, SQLITE_UTF8));
        } else if (const auto* blob = std::get_if<sql::Blob>(&value)) {
            check(sqlite3_bind_blob64(handle, *position,
                                      blob->bytes.empty() ? "" : blob->bytes.data(),
                                      blob->bytes.size(), SQLITE_TRANSIENT));
        } else {
            check(sqlite3_bind_null(handle, *position));
        }
        ++position;
    }
}

void Connection::run(std::string_view sql) {
    auto rows = query(sql, {});
    while (rows->next()) {
    }
}

void Connection::run_script(const std::string& sql) {
    check(sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr));
}

void Connection::begin_read() {
    run("BEGIN");
}

void Connection::begin_write() {
    run("BEGIN IMMEDIATE");
}

void Connection::begin_migration() {
    run("BEGIN IMMEDIATE");
}

void Connection::commit() {
    run("COMMIT");
}

void Connection::rollback() noexcept {
    // A failed statement may have ended the transaction already.
    if (sqlite3_get_autocommit(handle_.get()) == 0) {
        sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

void Connection::savepoint() {
    run("SAVEPOINT one");
}

void Connection::release_savepoint() {
    run("RELEASE one");
}

void Connection::rollback_to_savepoint() {
    run("ROLLBACK TO one");
    run("RELEASE one");
}

std::int64_t Connection::last_identity(std::string_view table) {
    auto rows = query("SELECT seq FROM sqlite_sequence WHERE name = $1", {table});
    return rows->next() ? rows->integer(0) : 0;
}

void Connection::skip_identities(std::string_view table, std::int64_t last) {
    sql::execute(*this,
                 "INSERT INTO sqlite_sequence (name, seq) SELECT $1, 0 "
                 "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = $1)",
                 {table});
    sql::execute(*this, "UPDATE sqlite_sequence SET seq = $2 WHERE name = $1 AND seq < $2",
                 {table, last});
}

std::vector<std::string> Connection::find_damage() {
    constexpr std::size_t most = 100; // of each kind; a damaged file can have one for every row
    std::vector<std::string> found;
    // Damage may end the search for it; what was found by then counts.
    const auto look = [&](std::string_view sql, const auto& describe) {
        try {
            auto rows = query(sql, {});
            for (std::size_t count = 0; count < most && rows->next(); ++count) {
                if (auto damage = describe(*rows); !damage.empty()) {
                    found.push_back(std::move(damage));
                }
            }
        } catch (const core::Unavailable& failure) {
            found.emplace_back(failure.what());
        }
    };
    look("PRAGMA integrity_check", [](const sql::Rows& rows) {
        return rows.bytes(0) == "ok" ? std::string() : std::string(rows.bytes(0));
    });
    look("PRAGMA foreign_key_check", [](const sql::Rows& rows) {
        // A table that is clustered by its key has no row numbers.
        const std::string row = rows.is_null(1) ? "a row" : "row " + std::string(rows.bytes(1));
        return row + " of the table " + std::string(rows.bytes(0)) + " names a row of the table "
               + std::string(rows.bytes(2)) + " that is not there";
    });
    return found;
}

void Connection::check(int code) {
    if (code != SQLITE_OK) {
        fail(code);
    }
}

void Connection::fail(int code) {
    const std::string message =
        "sqlite: " + std::string(sqlite3_errmsg(handle_.get())) + " (" + std::to_string(code) + ")";
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        throw sql::Conflict(message);
    case SQLITE_BUSY:
        throw Busy(message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        throw core::Unavailable("the database is damaged: " + message);
    default:
        break;
    }
    throw core::Unavailable(message);
}

} // namespace storage::sqlite
