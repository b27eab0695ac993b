#include "src/net/worker_pool.h"

#include <utility>

namespace net {

WorkerPool::WorkerPool(unsigned threads, std::size_t queue_length)
    : queue_length_(queue_length), idle_(threads) {
    threads_.reserve(threads);
    for (unsigned i = 0; i < threads; ++i) {
        threads_.emplace_back([this] { work(); });
    }
}

WorkerPool::~WorkerPool() {
    std::deque<Job> dropped; // destroyed without the lock: a job may own anything
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        dropped.swap(jobs_);
    }
    wake_.notify_all();
    dropped.clear();
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

bool WorkerPool::submit(Job job) {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        // A job that an idle thread is about to take does not count as waiting.
        if (stopping_ || jobs_.size() >= queue_length_ + idle_) {
            return false;
        }
        jobs_.push_back(std::move(job));
        wake = idle_ > 0;
    }
    if (wake) {
        wake_.notify_one();
    }
    return true;
}

void WorkerPool::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        --idle_;
        if (stopping_) {
            return;
        }
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job();
        job = nullptr; // what it holds is released without the lock
        lock.lock();
        ++idle_;
    }
}

} // namespace net
