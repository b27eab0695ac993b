// Invitations by mail: notes that a session changed, and once the change has settled writes one
// mail for each guest whom it concerns, with that guest's own link and nobody else's.
#pragma once

#include "core/time.h"
#include "domain/invitation_text.h"
#include "domain/policy.h"
#include "storage/store.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace domain {

// storage::Mail::subject of a reminder (reminders.h).
constexpr std::string_view reminder_subject = "reminder";

// Whoever has an account finds the session in a feed of their own.
bool gets_mail(const storage::Participant& participant);

std::string new_message_id(const Policy& policy);

// In the transaction of the change; `former` is the event's text before it, empty if there was
// none; `current` the event now, null if it is gone. One row, however many guests there are; none
// where nobody gets mail. Changes settle, unless the session is within a day and somebody in it has
// subscribed to a calendar, which shows the former until it is fetched again.
void note_change(storage::WriteTransaction& transaction, std::int64_t session,
                 std::string_view former, const ical::Object* current, core::Instant now,
                 const Policy& policy);

// Writes the mails of changes that have settled, of few sessions in one transaction. Returns of how
// many sessions; 0: there are no more.
std::size_t write_settled_mails(storage::Store& store, core::Instant now, const Policy& policy);

// A mail as it leaves: with the guest's links in it, which are never at rest.
struct Invitation {
    std::string calendar; // empty: a reminder, which is words only
    std::string method;   // REQUEST, CANCEL
    std::string organizer_name;
    std::string organizer_address;
    std::string reply_address; // with this guest's token; empty: answers are not taken by mail
    InvitationText text;
    std::optional<core::Instant> useful_until; // then it is not worth sending any more
};
// Nothing if its calendar cannot be read, which is so for none that was written here. Calendar
// programs answer to the ORGANIZER: it is the guest's reply address where `reply_base` is not
// empty.
std::optional<Invitation> read_invitation(storage::WriteTransaction& transaction,
                                          const storage::Mail& mail, core::Instant now,
                                          const Policy& policy, const Keys& keys,
                                          std::string_view reply_base = {});

} // namespace domain
