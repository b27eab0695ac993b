#include "domain/failure_limiter.h"

#include <algorithm>

namespace domain {

bool FailureLimiter::is_blocked(const std::string& key, core::Instant now) const {
    const auto found = windows_.find(key);
    return found != windows_.end() && now - found->second.began < limits_.window_seconds
           && found->second.failures >= limits_.failures;
}

void FailureLimiter::record_failure(const std::string& key, core::Instant now) {
    auto found = windows_.find(key);
    if (found == windows_.end()) {
        make_room(now);
        found = windows_.emplace(key, Window{now, 0}).first;
    } else if (now - found->second.began >= limits_.window_seconds) {
        found->second = Window{now, 0};
    }
    ++found->second.failures;
}

void FailureLimiter::forget(const std::string& key) {
    windows_.erase(key);
}

void FailureLimiter::make_room(core::Instant now) {
    if (windows_.size() < limits_.keys) {
        return;
    }
    std::erase_if(windows_, [&](const auto& entry) {
        return now - entry.second.began >= limits_.window_seconds;
    });
    if (windows_.size() >= limits_.keys) {
        windows_.erase(
            std::min_element(windows_.begin(), windows_.end(), [](const auto& a, const auto& b) {
                return a.second.began < b.second.began;
            }));
    }
}

} // namespace domain
