// Sharing one calendar with one account: invited, accepted, declined, taken back; and how it comes
// to stand in that account's home. What an accepted share allows is a grant (storage/grants.h) like
// every other, so domain/access.h decides. Whoever is granted a calendar without being asked, by
// the administrator or by its access control list, has accepted.
#pragma once

#include "core/result.h"
#include "storage/store.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

struct ShareOffer {
    std::string sharee; // Account::id
    storage::Level level = storage::Level::read;
    std::string sharee_name; // as the owner writes it
    std::string summary;
};

// Of whom was invited before, changes what was offered; who had accepted holds it at once. Errors:
// forbidden (to the owner; free-busy is nothing to show), insufficient_storage (too many).
core::Done invite(storage::WriteTransaction& transaction, const storage::Collection& calendar,
                  const ShareOffer& offer, core::Instant now);
// Takes the calendar, or the invitation, away again. Whether there was anything to take.
bool uninvite(storage::WriteTransaction& transaction, const storage::Collection& calendar,
              std::string_view sharee, core::Instant now);
// The same for everybody, before the calendar is removed.
void unshare(storage::WriteTransaction& transaction, const storage::Collection& calendar,
             core::Instant now);
// Returns the share as it is now, which was perhaps accepted before.
storage::Share accept(storage::WriteTransaction& transaction, storage::Share share,
                      std::string_view granted_by, core::Instant now);
// Also of what was accepted: the calendar leaves the sharee's home.
void decline(storage::WriteTransaction& transaction, storage::Share share, core::Instant now);

// The sharee has read of it; the invitation stays.
void dismiss(storage::WriteTransaction& transaction, storage::Share share);

// The rights of one principal on one calendar, and what they show in an account's home. `grant` has
// a collection.
void grant_calendar(storage::WriteTransaction& transaction, const storage::Grant& grant);
// Whether there were any.
bool revoke_calendar(storage::WriteTransaction& transaction, std::string_view owner,
                     std::int64_t collection, std::string_view grantee, core::Instant now);

// What is shared with that account and accepted.
std::vector<storage::Share> accepted_shares(const storage::ReadTransaction& transaction,
                                            std::string_view sharee);
// The owner's calendar as this sharee sees it.
storage::Collection as_shown(storage::Collection calendar, const storage::Share& share);

} // namespace domain
