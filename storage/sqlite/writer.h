// Group commit: one thread takes every write that waits, runs each in a savepoint of its own,
// commits once and then answers them all. So sixteen writers share one synchronisation of the disk,
// and a lone one waits for nobody.
#pragma once

#include "storage/sql/connection.h"
#include "storage/sql/transaction.h"
#include "storage/store.h"

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace storage::sqlite {

class Writer {
public:
    using Function = std::function<bool(WriteTransaction&)>;

    explicit Writer(std::unique_ptr<sql::Connection> connection);
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer(); // after the writes that wait

    // Keeps what `function` does if it returns true. Returns when that is durable. Throws what
    // `function` threw, or core::Unavailable; nothing was changed then.
    void write(const Function& function);

    // How many writes wait for the batch that runs now.
    [[nodiscard]] std::size_t waiting() const;

private:
    // What the caller of write() keeps while it waits. The exception is handed over and not shared:
    // its last owner is the caller.
    struct Job {
        const Function& function;
        std::exception_ptr failure;
    };
    struct Ticket {
        Job* job = nullptr; // not touched after `done`
        std::promise<void> done;
    };

    void work();
    void run_batch(std::span<Ticket> batch);
    // Runs jobs until all have run or the transaction is lost; returns how many have run.
    std::size_t run_in_transaction(std::span<Ticket> batch);
    void run_one(Job& job);

    std::unique_ptr<sql::Connection> connection_;
    sql::Transaction transaction_;
    mutable std::mutex mutex_; // of the two below
    std::vector<Ticket> waiting_;
    bool stopping_ = false;
    std::condition_variable wake_;
    std::thread thread_; // last: it uses all the others
};

} // namespace storage::sqlite
