// A bounded number of connections: opened when needed, kept, and lent to one user at a time; who
// finds none waits, for a bounded time.
#pragma once

#include "core/unavailable.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace storage::sql {

// `Session` is a connection with what belongs to it; its is_usable() says whether it may be lent
// again.
template <class Session>
class Pool {
public:
    using Open = std::function<std::unique_ptr<Session>()>; // throws core::Unavailable

    // A session for as long as it lives; then the pool has it back, if it may be used again.
    class Lease {
    public:
        Lease(Pool& pool, std::unique_ptr<Session> session)
            : pool_(pool), session_(std::move(session)) {}
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease() { pool_.give_back(session_->is_usable() ? std::move(session_) : nullptr); }
        [[nodiscard]] Session* operator->() const { return session_.get(); }

    private:
        Pool& pool_;
        std::unique_ptr<Session> session_;
    };

    Pool(std::size_t sessions_max, std::chrono::milliseconds patience, Open open)
        : sessions_max_(sessions_max), patience_(patience), open_(std::move(open)) {}

    // Throws core::Unavailable if none comes free in time, and what `open` throws.
    Lease take() { return {*this, take_session()}; }

    // One connection was lost, so the others that idle may be as well: a restarted server knows
    // none of them.
    void close_idle() {
        std::vector<std::unique_ptr<Session>> lost;
        {
            const std::lock_guard lock(mutex_);
            lost.swap(idle_);
            opened_ -= lost.size();
        }
        returned_.notify_all();
    }

private:
    std::unique_ptr<Session> take_session() {
        {
            std::unique_lock lock(mutex_);
            const bool free = returned_.wait_for(
                lock, patience_, [this] { return !idle_.empty() || opened_ < sessions_max_; });
            if (!free) {
                throw core::Unavailable("every database connection is busy");
            }
            if (!idle_.empty()) {
                std::unique_ptr<Session> session = std::move(idle_.back());
                idle_.pop_back();
                return session;
            }
            ++opened_;
        }
        try {
            return open_();
        } catch (...) {
            give_back(nullptr);
            throw;
        }
    }

    void give_back(std::unique_ptr<Session> session) { // nullptr: it is gone
        {
            const std::lock_guard lock(mutex_);
            if (session) {
                idle_.push_back(std::move(session));
            } else {
                --opened_;
            }
        }
        returned_.notify_one();
    }

    const std::size_t sessions_max_;
    const std::chrono::milliseconds patience_;
    const Open open_;
    std::mutex mutex_; // of the two below
    std::vector<std::unique_ptr<Session>> idle_;
    std::size_t opened_ = 0; // idle or lent
    std::condition_variable returned_;
};

} // namespace storage::sql
