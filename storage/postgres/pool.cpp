#include "storage/postgres/pool.h"

#include "core/unavailable.h"

#include <utility>

namespace storage::postgres {

Pool::Lease::Lease(Pool& pool, std::unique_ptr<Session> session)
    : pool_(pool), session_(std::move(session)) {}

Pool::Lease::~Lease() {
    pool_.give_back(session_->connection.is_usable() ? std::move(session_) : nullptr);
}

Pool::Pool(std::string url, std::size_t connections_max, std::chrono::milliseconds patience,
           const Timeouts& timeouts)
    : url_(std::move(url)), connections_max_(connections_max), patience_(patience),
      timeouts_(timeouts) {}

Pool::Lease Pool::take() {
    return {*this, take_session()};
}

std::unique_ptr<Session> Pool::take_session() {
    {
        std::unique_lock lock(mutex_);
        const bool free = returned_.wait_for(
            lock, patience_, [this] { return !idle_.empty() || open_ < connections_max_; });
        if (!free) {
            throw core::Unavailable("every database connection is busy");
        }
        if (!idle_.empty()) {
            std::unique_ptr<Session> session = std::move(idle_.back());
            idle_.pop_back();
            return session;
        }
        ++open_;
    }
    try {
        return std::make_unique<Session>(url_, timeouts_);
    } catch (...) {
        give_back(nullptr);
        throw;
    }
}

void Pool::give_back(std::unique_ptr<Session> session) {
    {
        const std::lock_guard lock(mutex_);
        if (session) {
            idle_.push_back(std::move(session));
        } else {
            --open_;
        }
    }
    returned_.notify_one();
}

void Pool::close_idle() {
    std::vector<std::unique_ptr<Session>> lost;
    {
        const std::lock_guard lock(mutex_);
        lost.swap(idle_);
        open_ -= lost.size();
    }
    returned_.notify_all();
}

} // namespace storage::postgres
