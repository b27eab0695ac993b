// The connections of a store: opened when needed, kept, and bounded in number; who finds none
// waits, for a bounded time.
#pragma once

#include "storage/postgres/connection.h"
#include "storage/sql/transaction.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace storage::postgres {

struct Session {
    Session(const std::string& url, const Timeouts& timeouts)
        : connection(url, Access::read_write, timeouts), transaction(connection) {}
    Connection connection;
    sql::Transaction transaction;
};

class Pool {
public:
    // A session for as long as it lives; then the pool has it back, if it may be used again.
    class Lease {
    public:
        Lease(Pool& pool, std::unique_ptr<Session> session);
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease();
        [[nodiscard]] Connection& connection() const { return session_->connection; }
        [[nodiscard]] sql::Transaction& transaction() const { return session_->transaction; }

    private:
        Pool& pool_;
        std::unique_ptr<Session> session_;
    };

    Pool(std::string url, std::size_t connections_max, std::chrono::milliseconds patience,
         const Timeouts& timeouts);

    // Throws core::Unavailable if none comes free in time, or if the server cannot be reached.
    Lease take();
    // One connection was lost, so the others that idle may be as well: a restarted server knows
    // none of them.
    void close_idle();

private:
    std::unique_ptr<Session> take_session();
    void give_back(std::unique_ptr<Session> session); // nullptr: it is gone

    const std::string url_;
    const std::size_t connections_max_;
    const std::chrono::milliseconds patience_;
    const Timeouts timeouts_;
    std::mutex mutex_; // of the two below
    std::vector<std::unique_ptr<Session>> idle_;
    std::size_t open_ = 0;
    std::condition_variable returned_;
};

} // namespace storage::postgres
