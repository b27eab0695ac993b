// A guest asks for another time (COUNTER, RFC 5546 section 3.2.7), on their page or by mail. It
// changes nothing by itself: the organizer is told by mail, in words and as the COUNTER that
// calendar programs show, and moves the event in her calendar if it suits her.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "domain/invitation_text.h"
#include "domain/policy.h"
#include "domain/session_event.h"
#include "storage/store.h"

#include <optional>
#include <string>
#include <string_view>

namespace domain {

// storage::Mail::subject of a mail that tells the organizer.
constexpr std::string_view proposal_subject = "proposal";
// A day of one guest: who asks more often is not asking.
constexpr std::size_t proposals_a_day = 10;
constexpr std::size_t proposal_comment_bytes_max = 2'000;

struct Proposal {
    std::optional<core::Instant> occurrence; // its RECURRENCE-ID; nothing: the series or the event
    core::Interval time;                     // asked for
    std::string comment;                     // the guest's words, may be empty
};

// Errors: not_found for an occurrence that is none, invalid_input for a time that makes no sense,
// rate_limited, and unsupported where no mail leaves.
core::Done note_proposal(storage::WriteTransaction& transaction, const SessionEvent& session,
                         const storage::Participant& guest, const Proposal& proposal,
                         core::Instant now, const Policy& policy);

// A proposal as its mail leaves: from whom, and what it says.
struct ProposalMail {
    std::string guest_name;
    std::string guest_address;
    InvitationText text;
};
// Nothing if it cannot be read, which is so for none that was written here.
std::optional<ProposalMail> read_proposal(const storage::Mail& mail, const Policy& policy);

} // namespace domain
