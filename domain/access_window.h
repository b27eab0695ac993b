// When a link admits: pure arithmetic on instants, never on wall clocks (design, section 5).
#pragma once

#include "core/time.h"
#include "domain/policy.h"
#include "storage/records.h"

#include <string_view>

namespace domain {

// Each state's machine name, HTTP status and page are its own (src/routes/join.cpp).
enum class JoinState { early, open, over, cancelled, removed, unknown };

std::string_view to_string(JoinState state); // "early" ...

struct AccessWindow {
    core::Instant opens;
    core::Instant closes; // the session's end: at this instant the link admits no more
};

AccessWindow access_window(core::Interval session, storage::Role role, const Policy& policy);
JoinState state_at(const AccessWindow& window, core::Instant now); // early, open or over

} // namespace domain
