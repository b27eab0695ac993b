#include "domain/access_window.h"

namespace domain {

std::string_view to_string(JoinState state) {
    switch (state) {
    case JoinState::early:
        return "early";
    case JoinState::open:
        return "open";
    case JoinState::over:
        return "over";
    case JoinState::cancelled:
        return "cancelled";
    case JoinState::removed:
        return "removed";
    case JoinState::unknown:
        break;
    }
    return "unknown";
}

AccessWindow access_window(core::Interval session, storage::Role role, const Policy& policy) {
    const std::int64_t lead = role == storage::Role::host ? policy.host_opens_before_seconds
                                                          : policy.guest_opens_before_seconds;
    return {session.start - lead, session.end};
}

JoinState state_at(const AccessWindow& window, core::Instant now) {
    if (now < window.opens) {
        return JoinState::early;
    }
    return now < window.closes ? JoinState::open : JoinState::over;
}

} // namespace domain
