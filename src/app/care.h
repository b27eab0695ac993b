// What the server does for its database while nobody asks: keeps the index of occurrences ahead of
// the clock, and forgets old removals, old versions and attachments that nobody has, by the time
// that it has seen pass. Any number of processes may do so over one database.
#pragma once

#include "core/clock.h"
#include "domain/policy.h"
#include "storage/content_folder.h"
#include "storage/store.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace app {

// Does what is due now, in small writes, until nothing is or `stopping` says so.
void care_once(storage::Store& store, const storage::ContentFolder& folder,
               const core::Clock& clock, const domain::Policy& policy,
               const std::atomic<bool>& stopping);

// A thread that does so at once and then again after every `interval`.
class Care {
public:
    Care(storage::Store& store, const storage::ContentFolder& folder, const core::Clock& clock,
         const domain::Policy& policy, std::chrono::seconds interval);
    Care(const Care&) = delete;
    Care& operator=(const Care&) = delete;
    ~Care(); // after the write that it is at

private:
    void work();

    storage::Store& store_;
    const storage::ContentFolder& folder_;
    const core::Clock& clock_;
    const domain::Policy& policy_;
    const std::chrono::seconds interval_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_; // last: it uses all the others
};

} // namespace app
