#include "storage/postgres/connection.h"

#include "core/unavailable.h"
#include "storage/postgres/damage.h"
#include "storage/postgres/errors.h"
#include "storage/sql/query.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <deque>
#include <stdexcept>
#include <utility>

namespace storage::postgres {

namespace {

// Statements are constants of the program, far fewer than this. What comes after is run unprepared.
constexpr std::size_t statements_max = 256;

// A transaction that touches more homes than this (a new public URL) does without further places:
// each is a lock in the server's shared memory.
constexpr std::size_t places_max = 16;

// The server answers with an error before the client gives up.
constexpr std::chrono::milliseconds grace{5'000};

// Between two statements of a transaction the program only computes. A node that has vanished must
// not hold its locks for long.
constexpr std::chrono::milliseconds idle_in_transaction{60'000};

// Advisory locks are numbers; the prefix keeps other programs' out of the way.
const std::string try_place =
    "SELECT CAST(pg_try_advisory_xact_lock_shared(hashtextextended('appointed ' || $1, 0)) AS INT)";
const std::string queue_at_place =
    "SELECT pg_advisory_lock(hashtextextended('appointed ' || $1, 0))";

// Big end first, as the binary format has them; eight, four or two bytes.
std::int64_t read_integer(const unsigned char* bytes, int length) {
    std::uint64_t value = (bytes[0] & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
    for (int i = 0; i < length; ++i) {
        value = (value << 8U) | bytes[i];
    }
    return static_cast<std::int64_t>(value);
}

class ResultRows final : public sql::Rows {
public:
    explicit ResultRows(Result result)
        : result_(std::move(result)), count_(PQntuples(result_.get())) {}

    bool next() override {
        if (row_ < count_) {
            ++row_;
        }
        return row_ < count_;
    }
    bool is_null(int column) const override {
        return PQgetisnull(result_.get(), row_, column) != 0;
    }
    std::int64_t integer(int column) const override {
        const int length = PQgetlength(result_.get(), row_, column);
        if (length == 0) {
            return 0; // NULL
        }
        const Oid type = PQftype(result_.get(), column);
        if (type != int8_type && type != int4_type && type != int2_type) {
            throw std::logic_error(
                "a column is no integer; the statement has to cast it to BIGINT");
        }
        return read_integer(
            reinterpret_cast<const unsigned char*>(PQgetvalue(result_.get(), row_, column)),
            length);
    }
    std::string_view bytes(int column) const override {
        return {PQgetvalue(result_.get(), row_, column),
                static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
    }

private:
    // From the server's catalogue, where they never change.
    static constexpr Oid int8_type = 20;
    static constexpr Oid int2_type = 21;
    static constexpr Oid int4_type = 23;

    Result result_;
    int count_;
    int row_ = -1;
};

// Keeps the digits of integers, which go as text so that the server reads them as whatever type
// the statement has there; texts and blobs go as they are, with their length.
class Arguments {
public:
    explicit Arguments(sql::Values values) {
        for (const sql::Value& value : values) {
            add(value);
        }
    }
    [[nodiscard]] const Parameters& parameters() const { return parameters_; }

private:
    void add(const sql::Value& value) {
        if (const auto* integer = std::get_if<std::int64_t>(&value)) {
            digits_.push_back(std::to_string(*integer));
            add(digits_.back(), 0);
        } else if (const auto* text = std::get_if<std::string_view>(&value)) {
            add(*text, 1);
        } else if (const auto* blob = std::get_if<sql::Blob>(&value)) {
            add(blob->bytes, 1);
        } else {
            parameters_.values.push_back(nullptr);
            parameters_.lengths.push_back(0);
            parameters_.formats.push_back(1);
        }
    }
    void add(std::string_view bytes, int format) {
        parameters_.values.push_back(bytes.empty() ? "" : bytes.data());
        parameters_.lengths.push_back(static_cast<int>(bytes.size()));
        parameters_.formats.push_back(format);
    }

    std::deque<std::string> digits_; // stay where they are
    Parameters parameters_;
};

std::string milliseconds(std::chrono::milliseconds time) {
    return std::to_string(time.count());
}

} // namespace

Connection::Connection(const std::string& url, Access access, const Timeouts& timeouts)
    : link_(url), timeouts_(timeouts) {
    be_patient();
    if (link_.server_setting("server_encoding") != "UTF8") {
        throw core::Unavailable("postgresql: the database's encoding is "
                                + link_.server_setting("server_encoding") + ", it has to be UTF8");
    }
    set_up(access);
}

void Connection::be_patient() {
    const bool bounded = timeouts_.statement.count() > 0;
    link_.set_patience(bounded ? timeouts_.statement + grace : timeouts_.statement);
}

// An acknowledged write is on disk, whatever the server's default is; waiting for a standby to
// apply it as well is more, and stays.
void Connection::set_up(Access access) {
    std::string script =
        "SELECT set_config('synchronous_commit', 'on', false) "
        "WHERE current_setting('synchronous_commit') <> 'remote_apply';"
        "SET statement_timeout = "
        + milliseconds(timeouts_.statement) + ";SET lock_timeout = " + milliseconds(timeouts_.lock)
        + ";SET idle_in_transaction_session_timeout = " + milliseconds(idle_in_transaction)
        + ";SET jit = off";
    if (access == Access::read_only) {
        script += ";SET default_transaction_read_only = on";
    }
    link_.run_script(script.c_str());
}

const sql::Dialect& Connection::dialect() const {
    // BY DEFAULT and not ALWAYS, so that a copy of a database keeps its numbers.
    static const sql::Dialect dialect{.engine = "postgres",
                                      .identity =
                                          "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
                                      .text = "TEXT COLLATE \"C\"",
                                      .blob = "BYTEA"};
    return dialect;
}

std::unique_ptr<sql::Rows> Connection::query(std::string_view sql, sql::Values values) {
    const Arguments arguments(values);
    const std::string* const name = prepared(sql);
    return std::make_unique<ResultRows>(
        name == nullptr ? link_.run_once(std::string(sql), arguments.parameters())
                        : link_.run_prepared(*name, arguments.parameters()));
}

// The name of a statement, prepared if it was not yet; nullptr if there are too many.
const std::string* Connection::prepared(std::string_view sql) {
    const auto found = statements_.find(sql);
    if (found != statements_.end()) {
        return &found->second;
    }
    if (statements_.size() >= statements_max) {
        return nullptr;
    }
    std::string text(sql);
    std::string name = "appointed_" + std::to_string(statements_.size());
    link_.prepare(name, text);
    return &statements_.emplace(std::move(text), std::move(name)).first->second;
}

void Connection::run_script(const std::string& sql) {
    link_.run_script(sql.c_str());
}

void Connection::begin(const char* statement) {
    announced_.clear();
    link_.run_script(statement);
}

void Connection::begin_read() {
    begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

void Connection::begin_write() {
    begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE");
}

// READ COMMITTED, so that what another process did while this one waited is seen. Building an index
// may take as long as it takes.
void Connection::begin_migration() {
    link_.set_patience(std::chrono::milliseconds(0));
    begin("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
          "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;"
          "SELECT pg_advisory_xact_lock(hashtextextended('appointed migration', 0))");
}

void Connection::commit() {
    link_.commit();
    be_patient();
}

void Connection::rollback() noexcept {
    try {
        if (link_.is_alive() && link_.is_in_transaction()) {
            link_.run_script("ROLLBACK");
        }
        be_patient();
    } catch (const std::exception&) {
        // The server rolls back what a lost connection did; is_usable() says that it is lost.
    }
}

void Connection::savepoint() {
    link_.run_script("SAVEPOINT one");
}

void Connection::release_savepoint() {
    link_.run_script("RELEASE SAVEPOINT one");
}

void Connection::rollback_to_savepoint() {
    link_.run_script("ROLLBACK TO SAVEPOINT one; RELEASE SAVEPOINT one");
}

std::int64_t Connection::last_identity(std::string_view table) {
    return sql::returned_integer(*this,
                                 "SELECT COALESCE(pg_sequence_last_value("
                                 "CAST(pg_get_serial_sequence($1, 'id') AS regclass)), 0)",
                                 {table});
}

// Sequences know no transaction: this stays.
void Connection::skip_identities(std::string_view table, std::int64_t last) {
    if (last_identity(table) < last) {
        (void)query("SELECT setval(CAST(pg_get_serial_sequence($1, 'id') AS regclass), $2)",
                    {table, last});
    }
}

std::vector<std::string> Connection::find_damage() {
    return postgres::find_damage(*this);
}

void Connection::announce_change(std::string_view place) {
    const auto is_place = [&](const std::string& other) { return other == place; };
    if (announced_.size() >= places_max
        || std::any_of(announced_.begin(), announced_.end(), is_place)) {
        return;
    }
    announced_.emplace_back(place);
    if (std::any_of(queues_.begin(), queues_.end(), is_place)) {
        return;
    }
    const auto rows = query(try_place, {place});
    if (!rows->next() || rows->integer(0) == 0) {
        throw sql::Conflict("others queue to change " + std::string(place));
    }
}

// In one order, so that two that queue for the same places do not wait for each other.
void Connection::queue_at(std::vector<std::string> places) {
    announced_.clear();
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    for (std::string& place : places) {
        (void)query(queue_at_place, {std::string_view(place)});
        queues_.push_back(std::move(place));
    }
}

void Connection::leave_queues() noexcept {
    if (queues_.empty()) {
        return;
    }
    try {
        (void)query("SELECT pg_advisory_unlock_all()", {});
        queues_.clear();
    } catch (const std::exception&) {
        // The server lets go of what a lost connection held; is_usable() says that it is lost.
    }
}

bool Connection::is_usable() const {
    return link_.is_alive() && !link_.is_in_transaction() && queues_.empty();
}

} // namespace storage::postgres
