#include "src/net/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <thread>

namespace {

using net::WorkerPool;

TEST(WorkerPool, RunsWhatIsSubmitted) {
    std::latch done(100);
    WorkerPool pool(4, 100);

    for (int i = 0; i < 100; ++i) {
        while (!pool.submit([&done] { done.count_down(); })) {
        }
    }

    done.wait();
}

TEST(WorkerPool, IsFreeBeforeItsThreadsHaveBegun) {
    for (int i = 0; i < 50; ++i) {
        WorkerPool pool(1, 0);
        EXPECT_TRUE(pool.submit([] {}));
    }
}

TEST(WorkerPool, RefusesWhenNoThreadIsFreeAndTheQueueIsFull) {
    std::latch running(1);
    std::latch release(1);
    std::latch ran(2);
    WorkerPool pool(1, 1);
    ASSERT_TRUE(pool.submit([&] {
        running.count_down();
        release.wait();
        ran.count_down();
    }));
    running.wait();

    EXPECT_TRUE(pool.submit([&] { ran.count_down(); }));
    EXPECT_FALSE(pool.submit([] {}));

    release.count_down();
    ran.wait();
}

TEST(WorkerPool, AtItsEndWaitsForRunningJobsAndDropsWaitingOnes) {
    std::latch running(1);
    std::latch release(1);
    std::atomic<bool> finished{false};
    std::atomic<bool> began{false};
    auto held = std::make_shared<int>(0); // lives as long as the job that waits
    std::thread releaser;
    {
        WorkerPool pool(1, 1);
        ASSERT_TRUE(pool.submit([&] {
            running.count_down();
            release.wait();
            finished = true;
        }));
        running.wait();
        ASSERT_TRUE(pool.submit([&began, held] { began = true; }));
        releaser = std::thread([&release, job = std::weak_ptr<int>(held)] {
            while (!job.expired()) {
                std::this_thread::yield();
            }
            release.count_down();
        });
        held.reset();
    }
    releaser.join();

    EXPECT_TRUE(finished);
    EXPECT_FALSE(began);
}

} // namespace
