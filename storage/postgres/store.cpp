#include "storage/postgres/store.h"

#include "core/unavailable.h"
#include "storage/postgres/connection.h"
#include "storage/postgres/errors.h"
#include "storage/sql/migrate.h"
#include "storage/sql/pool.h"
#include "storage/sql/transaction.h"

#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace storage {

namespace {

using postgres::ConnectionLost;

struct Session {
    Session(const std::string& url, const postgres::Timeouts& timeouts)
        : connection(url, postgres::Access::read_write, timeouts), transaction(connection) {}
    [[nodiscard]] bool is_usable() const { return connection.is_usable(); }

    postgres::Connection connection;
    sql::Transaction transaction;
};

using Pool = sql::Pool<Session>;

// How often a write is run before a race that it always loses counts as a failure.
constexpr int attempts_max = 5;
// How often a transaction is run on another connection after it has lost one.
constexpr int losses_max = 1;

// A short pause of no fixed length parts those who ran into each other.
void pause_before(int attempt) {
    thread_local std::minstd_rand random(std::random_device{}());
    std::uniform_int_distribution<int> microseconds(0, 1'000 << attempt);
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
}

class PostgresStore final : public Store {
public:
    PostgresStore(const std::string& url, const PostgresOptions& options)
        : pool_(options.connections_max, options.patience,
                [url, timeouts = postgres::Timeouts{options.statement_timeout, options.patience}] {
                    return std::make_unique<Session>(url, timeouts);
                }) {
        const Pool::Lease session = pool_.take();
        sql::migrate(session->connection);
        sql::ensure_epoch(session->connection);
    }

protected:
    void do_read(const std::function<void(const ReadTransaction&)>& f) override;
    void do_write(const std::function<bool(WriteTransaction&)>& f) override;

private:
    void write_once(const std::function<bool(WriteTransaction&)>& f,
                    std::vector<std::string>& places);

    Pool pool_;
};

void PostgresStore::do_read(const std::function<void(const ReadTransaction&)>& f) {
    for (int attempt = 1;; ++attempt) {
        std::string why;
        try {
            const Pool::Lease session = pool_.take();
            postgres::Connection& connection = session->connection;
            try {
                connection.begin_read();
                f(std::as_const(session->transaction));
            } catch (...) {
                connection.rollback();
                throw;
            }
            connection.rollback(); // there is nothing to keep, and nothing that could still fail
            return;
        } catch (const ConnectionLost& lost) {
            why = lost.what();
            pool_.close_idle();
        } catch (const sql::Conflict& conflict) {
            why = conflict.what(); // a standby had to take back what this read looked at
        }
        if (attempt > losses_max) {
            throw core::Unavailable(why);
        }
    }
}

void PostgresStore::do_write(const std::function<bool(WriteTransaction&)>& f) {
    std::vector<std::string> places; // where earlier attempts met others
    int losses = 0;
    for (int attempt = 1;; ++attempt) {
        try {
            write_once(f, places);
            return;
        } catch (const sql::Conflict& conflict) {
            if (attempt == attempts_max) {
                throw core::Unavailable(std::string("a race was lost too often: ")
                                        + conflict.what());
            }
        } catch (const ConnectionLost& lost) {
            pool_.close_idle();
            if (++losses > losses_max) {
                throw core::Unavailable(lost.what());
            }
        }
        pause_before(attempt);
    }
}

void PostgresStore::write_once(const std::function<bool(WriteTransaction&)>& f,
                               std::vector<std::string>& places) {
    const Pool::Lease session = pool_.take();
    postgres::Connection& connection = session->connection;
    try {
        connection.queue_at(places);
        connection.begin_write();
        if (f(session->transaction)) {
            connection.commit();
        } else {
            connection.rollback();
        }
    } catch (...) {
        connection.rollback();
        places.insert(places.end(), connection.announced().begin(), connection.announced().end());
        connection.leave_queues();
        throw;
    }
    connection.leave_queues();
}

} // namespace

std::unique_ptr<Store> open_postgres(const std::string& url, const PostgresOptions& options) {
    return std::make_unique<PostgresStore>(url, options);
}

std::optional<std::string> fault_of_postgres_url(const std::string& url) {
    return postgres::fault_of_url(url);
}

} // namespace storage
