// What a guest without a calendar program sees and does at the link in their mail: accept, decline,
// or ask for another time, for one occurrence or for the series. Looking changes nothing, because
// mail scanners open links; what is done goes the way of every mailed answer (replies.h).
#pragma once

#include "core/result.h"
#include "domain/calendars.h"
#include "domain/joining.h"
#include "domain/policy.h"
#include "storage/store.h"

#include <optional>
#include <string>
#include <string_view>

namespace domain {

struct AnswerView {
    JoinView session;       // of the occurrence that is shown; `early` and `open` can be answered
    std::string status;     // PARTSTAT of what the link is for
    bool has_one = true;    // that occurrence can be answered on its own
    bool has_all = false;   // so can the whole series
    bool is_series = false; // the link is for the series
    bool can_propose = false;
    [[nodiscard]] bool can_answer() const {
        return session.state == JoinState::early || session.state == JoinState::open;
    }
};

// Changes nothing.
AnswerView look_at_answer(const storage::ReadTransaction& transaction, std::string_view token,
                          core::Instant now, const Policy& policy, const Keys& keys);

enum class AnswerScope { one, all };

struct GivenAnswer {
    std::string_view status; // ACCEPTED, TENTATIVE or DECLINED
    AnswerScope scope = AnswerScope::one;
};
// In place of the occurrence that is shown. The event lasts as long as before.
struct ProposedStart {
    core::Instant start;
    std::string comment;
};

// Errors: not_found (no such link), gone (there is nothing to answer any more), rate_limited,
// invalid_input, and those of apply_answer and note_proposal.
core::Done give_answer(storage::WriteTransaction& transaction, const Calendars& calendars,
                       std::string_view token, const GivenAnswer& answer, core::Instant now,
                       std::string_view peer_address, const Policy& policy, const Keys& keys);
core::Done propose_time(storage::WriteTransaction& transaction, std::string_view token,
                        const ProposedStart& proposed, core::Instant now, const Policy& policy,
                        const Keys& keys);

} // namespace domain
