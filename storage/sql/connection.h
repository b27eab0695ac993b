// The driver port: what a database client must do so that storage/sql runs on it. A statement is
// named by its text, written in the common subset of SQLite 3.40 and PostgreSQL 15; drivers prepare
// each text once and keep it. A connection belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace storage::sql {

// Bytes of any kind; a plain string_view is UTF-8 text.
struct Blob {
    std::string_view bytes;
};

using Value = std::variant<std::monostate, std::int64_t, std::string_view, Blob>;

// Of $1, $2 ... in that order: a braced list, or as many as a table has columns. A view for the
// time of the call.
class Values {
public:
    Values(std::initializer_list<Value> values) : values_(std::data(values), values.size()) {}
    explicit Values(std::span<const Value> values) : values_(values) {}
    [[nodiscard]] std::size_t size() const { return values_.size(); }
    [[nodiscard]] auto begin() const { return values_.begin(); }
    [[nodiscard]] auto end() const { return values_.end(); }

private:
    std::span<const Value> values_;
};

// A race was lost: a violated key, a deadlock, a serialization failure. Whoever runs the
// transaction runs it again. Everything else that fails is a core::Unavailable.
class Conflict : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The answer to one statement, row by row. Views are good until the next next().
class Rows {
public:
    Rows() = default;
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    virtual ~Rows() = default;
    [[nodiscard]] virtual bool next() = 0;
    [[nodiscard]] virtual bool is_null(int column) const = 0;
    [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
    [[nodiscard]] virtual std::string_view bytes(int column) const = 0; // of text or blob
};

// What a migration spells differently in each engine. "{identity}" and so on in its text stand for
// these.
struct Dialect {
    std::string_view engine;   // NNNN_name.ENGINE.sql replaces NNNN_name.sql
    std::string_view identity; // type and constraint of a primary key that is never given twice
    std::string_view text;     // text that compares byte by byte
    std::string_view blob;
    std::string_view clustered{}; // after a table that is kept in the order of its primary key
};

class Connection {
public:
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection() = default;

    [[nodiscard]] virtual const Dialect& dialect() const = 0;

    // The values are copied. Rows may be left early, and any number of them may be open at once;
    // they end before the transaction does.
    [[nodiscard]] virtual std::unique_ptr<Rows> query(std::string_view sql, Values values) = 0;
    // Several statements without parameters.
    virtual void run_script(const std::string& sql) = 0;

    virtual void begin_read() = 0;        // one snapshot
    virtual void begin_write() = 0;       // waits for the right to write, for a bounded time
    virtual void begin_migration() = 0;   // as begin_write, and excludes every other migration
    virtual void commit() = 0;            // returns when the changes are durable
    virtual void rollback() noexcept = 0; // also where there is no transaction any more

    // This transaction is about to change a row where writers meet, named by `place`. An engine
    // whose writers run side by side may have them queue there; throws Conflict if one has to.
    virtual void announce_change(std::string_view /*place*/) {}

    // One level is enough: a savepoint is released or rolled back before the next is made.
    virtual void savepoint() = 0;
    virtual void release_savepoint() = 0;
    // Throws if the transaction itself is gone.
    virtual void rollback_to_savepoint() = 0;

    // The greatest number that the identity column of `table` has given; 0: none yet.
    [[nodiscard]] virtual std::int64_t last_identity(std::string_view table) = 0;
    // It gives no number up to `last` any more. Ends with the transaction if that is rolled back,
    // or stays: numbers may be skipped, but never come twice.
    virtual void skip_identities(std::string_view table, std::int64_t last) = 0;

    // What the engine itself finds wrong with its files and with references between rows: a
    // sentence each, a bounded number of them. For a reading connection, outside of a transaction.
    [[nodiscard]] virtual std::vector<std::string> find_damage() = 0;
};

} // namespace storage::sql
