// Answers of guests (RFC 5546 section 3.2.3): a REPLY becomes the PARTSTAT of that one guest in the
// organizer's event, through the one door for changes, and changes nothing else.
#pragma once

#include "core/result.h"
#include "domain/calendars.h"
#include "domain/policy.h"
#include "domain/reply_addresses.h"
#include "storage/store.h"

#include <string_view>

namespace domain {

// More occurrences are answered one mail each.
constexpr std::size_t reply_components_max = 100;

enum class Replied {
    changed, // the organizer finds it at her next synchronisation
    known    // it came before, or is older than what the event or a later answer says
};

// `token` says who answers: the ATTENDEE of the answer may be another address of theirs.
// Errors, each with a sentence for whoever answered, and nothing is changed: not_found (no such
// guest or session any more), invalid_input (no REPLY, or of another event), and those of
// Calendars::put.
core::Result<Replied> apply_reply(storage::WriteTransaction& transaction,
                                  const Calendars& calendars, const ReplyToken& token,
                                  std::string_view calendar, const Policy& policy);

} // namespace domain
