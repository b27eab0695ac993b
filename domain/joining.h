// What a join link means now, and what comes of using it.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "domain/access_window.h"
#include "domain/links.h"
#include "domain/policy.h"
#include "storage/store.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

// All that a join page may show to this participant. Times are set unless the state is `unknown` or
// nothing is known of them any more.
struct JoinView {
    JoinState state = JoinState::unknown;
    JoinToken token;
    storage::Participant participant; // meaningless for `unknown`
    std::string title;                // by Policy::guest_details for guests
    std::vector<std::string> with; // names of the hosts for a guest, of everybody else for a host
    std::optional<core::Interval> time;
    std::optional<AccessWindow> window;
    std::string time_zone; // IANA name of the event's zone
    ical::ZonePtr zone = ical::utc();
    bool all_day = false;
    std::string session_id; // opaque, one for each occurrence; the same for all participants
    // The token of the occurrence that a series link leads to; the page redirects there.
    std::optional<std::string> redirect;
};

// Changes nothing.
JoinView look(const storage::ReadTransaction& transaction, std::string_view token,
              core::Instant now, const Policy& policy, const Keys& keys);

struct Admission {
    std::string call_url; // where the call is
};

struct EnterOutcome {
    JoinView view;
    std::optional<Admission> admission; // only in state `open`
};

// Looks, records the attempt (not for `unknown`), and admits inside the window. A series link
// enters the occurrence that it leads to. Each attempt is a durable write, so a participant who
// makes them by the dozen is told to wait. Errors: rate_limited.
core::Result<EnterOutcome> enter(storage::WriteTransaction& transaction, std::string_view token,
                                 core::Instant now, std::string_view peer_address,
                                 const Policy& policy, const Keys& keys);

// The occurrence as an .ics file for "add to calendar": this participant's link and nobody else.
// Errors: not_found, gone.
core::Result<std::string> invitation_file(const storage::ReadTransaction& transaction,
                                          std::string_view token, core::Instant now,
                                          const Policy& policy, const Keys& keys);

} // namespace domain
