// Coming sessions with every participant's link: for the command line and the practice's own tools.
#pragma once

#include "core/time.h"
#include "domain/feeds.h"
#include "domain/policy.h"
#include "storage/store.h"

#include <optional>
#include <string>
#include <vector>

namespace domain {

struct ListedParticipant {
    std::string name;
    std::string address;
    storage::Role role = storage::Role::guest;
    std::string link;
    FeedCopy feed = FeedCopy::none; // what their calendar program has of this session
};

struct ListedSession {
    std::string session_id; // as in JoinView
    std::string host_login;
    std::string title; // the event's own
    core::Interval time;
    std::string time_zone;
    bool cancelled = false;
    std::vector<ListedParticipant> participants;
};

struct SessionQuery {
    std::optional<std::string> host_login; // nothing: everybody's
    core::Instant from;
    core::Instant until;
    std::size_t limit = 1'000;
};

// By start. Sessions that overlap [from, until).
std::vector<ListedSession> list_sessions(const storage::ReadTransaction& transaction,
                                         const SessionQuery& query, const Policy& policy,
                                         const Keys& keys);

} // namespace domain
