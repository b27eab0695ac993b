// The threads on which requests are answered. The queue is bounded: a server that is behind says so
// at once instead of letting its callers wait for an answer that comes too late.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace net {

class WorkerPool {
public:
    using Job = std::function<void()>; // must not throw

    WorkerPool(unsigned threads, std::size_t queue_length);
    // Waits for the jobs that run; those that have not begun are dropped.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    // False if no thread is free and the queue is full. Any thread.
    [[nodiscard]] bool submit(Job job);

private:
    void work();

    const std::size_t queue_length_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> jobs_;
    std::size_t idle_; // threads that have no job, those included that have not begun yet
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

} // namespace net
