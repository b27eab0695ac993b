// Answers of guests: a REPLY (RFC 5546 section 3.2.3), or what they say on their page, becomes the
// PARTSTAT of that one guest in the organizer's event, through the one door for changes, and
// changes nothing else. A COUNTER (section 3.2.7) is passed on to the organizer (proposals.h).
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "domain/calendars.h"
#include "domain/policy.h"
#include "domain/reply_addresses.h"
#include "domain/session_event.h"
#include "storage/store.h"

#include <optional>
#include <string_view>

namespace domain {

// More occurrences are answered one mail each.
constexpr std::size_t reply_components_max = 100;

enum class Replied {
    changed,  // the organizer finds it at her next synchronisation
    known,    // it came before, or is older than what the event or a later answer says
    proposed, // the organizer gets a mail
};

// `token` says who answers: the ATTENDEE of the answer may be another address of theirs.
// Errors, each with a sentence for whoever answered, and nothing is changed: not_found (no such
// guest or session any more), invalid_input (no REPLY, or of another event), and those of
// Calendars::put.
core::Result<Replied> apply_reply(storage::WriteTransaction& transaction,
                                  const Calendars& calendars, const ReplyToken& token,
                                  std::string_view calendar, core::Instant now,
                                  const Policy& policy);

// What a guest answers now: later than whatever they answered before.
struct CurrentAnswer {
    std::string_view status;                 // ACCEPTED, TENTATIVE or DECLINED
    std::optional<core::Instant> occurrence; // nothing: all of them
};
// Errors as above.
core::Result<Replied> apply_answer(storage::WriteTransaction& transaction,
                                   const Calendars& calendars, SessionEvent session,
                                   const storage::Participant& guest, const CurrentAnswer& answer,
                                   core::Instant now);

} // namespace domain
