// Scheduling inboxes (RFC 6638 sections 2.2 and 4.1): what was told to an account is there as a
// message for the clients that show it, and only there for that: the calendar has it already.
// Clients delete what they have read; of the rest the newest stay, for a while.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "domain/rendering.h"
#include "storage/store.h"

#include <cstddef>
#include <string_view>

namespace domain {

// An inbox is made with the first message; until then it looks as if it were there and empty.
storage::Collection inbox_of(const storage::ReadTransaction& transaction, std::string_view owner);

// `message` is an iTIP message for that account alone. Errors: valid_calendar_data.
core::Done deliver(storage::WriteTransaction& transaction, std::string_view account,
                   const Rendered& message, core::Instant now);

// No answer and no cancellation follows from it.
void remove_message(storage::WriteTransaction& transaction, const storage::ObjectHead& message,
                    core::Instant now);

// Removes messages older than core::limits::inbox_days, `batch` at most; returns how many, 0 when
// there are no more.
std::size_t forget_old_messages(storage::Store& store, core::Instant now, std::size_t batch);

} // namespace domain
