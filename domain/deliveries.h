// What became of the mails about a session, in the organizer's event: the SCHEDULE-STATUS of each
// guest (RFC 6638 sections 3.2.9 and 7.3) is pending until the mail left, then sent, and says so
// if it failed or came back. Her program finds it at its next synchronisation.
#pragma once

#include "core/time.h"
#include "domain/calendars.h"
#include "domain/policy.h"
#include "ical/object.h"
#include "storage/store.h"

#include <cstddef>
#include <functional>
#include <string_view>

namespace domain {

// In front of what a mail server says of a mail that it took and could not deliver.
constexpr std::string_view came_back = "came back: ";

using IsGuest = std::function<bool(const ical::Property& attendee)>;

// Before a client's write is stored: whatever it says of guests becomes what `former` said, and
// pending where the change is such that guests may be told of it. Neither has links; null: there
// was none. True if anything changed.
bool mark_pending(ical::Object& event, const ical::Object* former, const IsGuest& is_guest,
                  const Policy& policy);

// In the transaction in which a mail was noted as sent or failed: its event is to say so.
void note_delivery(storage::Outbox& outbox, const storage::Mail& mail, core::Instant now);

// Writes what was noted into the events, of few sessions in one transaction. Returns of how many
// sessions; 0: there are no more.
std::size_t write_deliveries(storage::Store& store, const Calendars& calendars, core::Instant now);

} // namespace domain
