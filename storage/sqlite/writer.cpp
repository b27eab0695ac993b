#include "storage/sqlite/writer.h"

#include "core/unavailable.h"

#include <stdexcept>
#include <string>
#include <utility>

namespace storage::sqlite {

namespace {

// How often a write is run before a race that it always loses counts as a failure.
constexpr int attempts_max = 5;

std::exception_ptr unavailable(const std::string& why) {
    return std::make_exception_ptr(core::Unavailable(why));
}

} // namespace

Writer::Writer(std::unique_ptr<sql::Connection> connection)
    : connection_(std::move(connection)), transaction_(*connection_), thread_([this] { work(); }) {}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Writer::write(const Function& function) {
    if (std::this_thread::get_id() == thread_.get_id()) {
        throw std::logic_error("a write inside a write would wait for itself");
    }
    Job job{function, nullptr};
    Ticket ticket{&job, {}};
    std::future<void> done = ticket.done.get_future();
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(ticket));
        wake_.notify_one();
    }
    done.get();
    if (job.failure) {
        std::rethrow_exception(std::exchange(job.failure, nullptr));
    }
}

std::size_t Writer::waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

void Writer::work() {
    for (;;) {
        std::vector<Ticket> batch;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) {
                return;
            }
            batch.swap(waiting_);
        }
        run_batch(batch);
    }
}

void Writer::run_batch(std::span<Ticket> batch) {
    while (!batch.empty()) {
        const std::size_t count = run_in_transaction(batch);
        for (Ticket& ticket : batch.first(count)) {
            ticket.done.set_value();
        }
        batch = batch.subspan(count);
    }
}

std::size_t Writer::run_in_transaction(std::span<Ticket> batch) {
    std::size_t count = 0;
    std::string why;
    try {
        connection_->begin_write();
        while (count < batch.size()) {
            run_one(*batch[count++].job);
        }
        connection_->commit();
        return count;
    } catch (const std::exception& error) {
        why = error.what();
    }
    connection_->rollback();
    if (count == 0) {
        count = batch.size(); // it did not even begin
    }
    // Whatever they answered may rest on what was lost, an error as well as a value.
    for (const Ticket& ticket : batch.first(count)) {
        if (!ticket.job->failure) {
            ticket.job->failure = unavailable("the transaction was lost: " + why);
        }
    }
    return count;
}

// Throws if the whole transaction is lost.
void Writer::run_one(Job& job) {
    for (int attempt = 1;; ++attempt) {
        connection_->savepoint();
        try {
            if (job.function(transaction_)) {
                connection_->release_savepoint();
            } else {
                connection_->rollback_to_savepoint();
            }
            return;
        } catch (const sql::Conflict& conflict) {
            if (attempt == attempts_max) {
                job.failure =
                    unavailable(std::string("a race was lost too often: ") + conflict.what());
            }
        } catch (...) {
            job.failure = std::current_exception();
        }
        connection_->rollback_to_savepoint();
        if (job.failure) {
            return;
        }
    }
}

} // namespace storage::sqlite
