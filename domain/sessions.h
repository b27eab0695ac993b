// Keeps the session of an event in step with the event: its row, its participants, its links.
#pragma once

#include "core/time.h"
#include "domain/links.h"
#include "domain/participants.h"
#include "domain/policy.h"
#include "domain/rendering.h"
#include "ical/object.h"
#include "storage/store.h"

#include <optional>
#include <string>

namespace domain {

Owner owner_of(const storage::ReadTransaction& transaction, std::string_view account);

// The event as it will be stored: `event` has no links of ours any more, `object` is the row that
// it will be stored in. Makes or updates session and participants where the event is a session;
// ends the session where it no longer is one (its links say `removed`). Nothing to render: not a
// session.
std::optional<Rendered> settle_session(storage::WriteTransaction& transaction,
                                       const storage::Collection& collection, std::int64_t object,
                                       const ical::Object& event, core::Instant now,
                                       const Policy& policy);

// The row that a session hangs on goes: the session is cancelled. False if none hangs on it.
bool cancel_session(storage::WriteTransaction& transaction, const storage::Object& last,
                    std::string_view owner, core::Instant now, const Policy& policy);

// What a session's feeds show is another, though its rows are the same.
void session_changed(storage::WriteTransaction& transaction, std::int64_t session,
                     core::Instant now);

// How far a series was dragged from `before` to `after`, in wall-clock seconds: the move of its
// first start, unless the new first start was an occurrence already (then it was cut, not moved).
std::int64_t dragged_seconds(const ical::Object& before, const ical::Object& after);

} // namespace domain
