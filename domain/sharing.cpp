#include "domain/sharing.h"

#include "core/crypto.h"
#include "core/limits.h"

#include <algorithm>
#include <utility>

namespace domain {

namespace {

using storage::Level;
using storage::Share;
using storage::ShareStatus;

constexpr std::size_t invitation_random_bytes = 16; // nobody guesses another's

bool is_taken(const storage::ReadTransaction& transaction, const Share& share,
              std::string_view name) {
    const auto other = transaction.shares().find_by_name(share.sharee, name);
    return transaction.collections().find(share.sharee, name)
           || (other && other->collection != share.collection);
}

// The calendar's number names it: what the owner calls it may be taken, or change.
std::string free_name(const storage::ReadTransaction& transaction, const Share& share) {
    const std::string first = "shared-" + std::to_string(share.collection);
    std::string name = first;
    for (int number = 2; is_taken(transaction, share, name); ++number) {
        name = first + "-" + std::to_string(number);
    }
    return name;
}

// "Calendar (Dr Ada)": everybody has one that is called so.
std::optional<std::string> telling_name(const storage::ReadTransaction& transaction,
                                        const Share& share) {
    const auto calendar = transaction.collections().find(share.collection);
    const auto owner = transaction.accounts().find(share.owner);
    if (!calendar || !owner) {
        return std::nullopt;
    }
    return calendar->display_name.value_or(calendar->name) + " (" + owner->name + ")";
}

core::Done check_room(const storage::ReadTransaction& transaction, std::int64_t collection,
                      std::string_view sharee) {
    if (transaction.shares().list(collection).size() >= core::limits::sharees_per_calendar
        || transaction.shares().list_of_sharee(sharee).size() >= core::limits::shares_per_account) {
        return core::fail(core::Errc::insufficient_storage,
                          "This would be shared with too many, or too much with one.");
    }
    return {};
}

// The owner's clients see who answered by the calendar's tag.
void note_change(storage::WriteTransaction& transaction, std::int64_t collection) {
    transaction.collections().next_revision(collection);
}

// Whoever follows the sharee's home learns that nothing of that name is there any more.
void leave_home(storage::WriteTransaction& transaction, const Share& share, core::Instant now) {
    if (!share.name.empty()) {
        transaction.collections().leave_tombstone(share.sharee, share.name, now);
    }
}

void remove_share(storage::WriteTransaction& transaction, const Share& share, core::Instant now) {
    transaction.shares().remove(share);
    leave_home(transaction, share, now);
}

} // namespace

core::Done invite(storage::WriteTransaction& transaction, const storage::Collection& calendar,
                  const ShareOffer& offer, core::Instant now) {
    if (offer.sharee == calendar.owner || offer.level == Level::free_busy) {
        return core::fail(core::Errc::forbidden, "A calendar is shared with others, to be read.");
    }
    auto known = transaction.shares().find(calendar.id, offer.sharee);
    if (!known) {
        TRYV(check_room(transaction, calendar.id, offer.sharee));
        known.emplace();
        known->collection = calendar.id;
        known->sharee = offer.sharee;
        known->owner = calendar.owner;
        known->created = now;
    }
    note_change(transaction, calendar.id);
    known->level = offer.level;
    known->sharee_name = offer.sharee_name;
    known->summary = offer.summary;
    if (known->status == ShareStatus::accepted) {
        transaction.grants().set(
            {calendar.owner, calendar.id, known->sharee, known->level, calendar.owner, now});
    } else {
        known->status = ShareStatus::unanswered;
        known->unread = true;
        known->invitation = core::random_token(invitation_random_bytes);
    }
    transaction.shares().set(*known);
    return {};
}

bool uninvite(storage::WriteTransaction& transaction, const storage::Collection& calendar,
              std::string_view sharee, core::Instant now) {
    const auto share = transaction.shares().find(calendar.id, sharee);
    if (!share) {
        return false;
    }
    note_change(transaction, calendar.id);
    if (share->status == ShareStatus::accepted) {
        transaction.grants().remove(calendar.owner, calendar.id, sharee);
    }
    remove_share(transaction, *share, now);
    return true;
}

void unshare(storage::WriteTransaction& transaction, const storage::Collection& calendar,
             core::Instant now) {
    for (const Share& share : transaction.shares().list(calendar.id)) {
        uninvite(transaction, calendar, share.sharee, now);
    }
}

Share accept(storage::WriteTransaction& transaction, Share share, std::string_view granted_by,
             core::Instant now) {
    note_change(transaction, share.collection);
    if (share.name.empty()) {
        share.name = free_name(transaction, share);
        transaction.collections().forget_name(share.sharee, share.name);
    }
    if (!share.display_name) {
        share.display_name =
            share.summary.empty() ? telling_name(transaction, share) : std::optional(share.summary);
    }
    share.status = ShareStatus::accepted;
    share.unread = false;
    transaction.grants().set(
        {share.owner, share.collection, share.sharee, share.level, std::string(granted_by), now});
    transaction.shares().set(share);
    return share;
}

void decline(storage::WriteTransaction& transaction, Share share, core::Instant now) {
    note_change(transaction, share.collection);
    if (share.status == ShareStatus::accepted) {
        transaction.grants().remove(share.owner, share.collection, share.sharee);
    }
    const Share before = share;
    share.status = ShareStatus::declined;
    share.unread = false;
    share.name.clear();
    transaction.shares().set(share);
    leave_home(transaction, before, now);
}

void dismiss(storage::WriteTransaction& transaction, Share share) {
    share.unread = false;
    transaction.shares().set(share);
}

void grant_calendar(storage::WriteTransaction& transaction, const storage::Grant& grant) {
    const auto calendar = transaction.collections().find(*grant.collection);
    const auto account = transaction.accounts().find(grant.grantee);
    auto share = transaction.shares().find(*grant.collection, grant.grantee);
    const bool is_shown =
        calendar && calendar->is_calendar && account && grant.level != Level::free_busy;
    if (!is_shown) {
        if (share && share->status == ShareStatus::accepted) {
            remove_share(transaction, *share, grant.created);
        }
        note_change(transaction, *grant.collection);
        transaction.grants().set(grant);
        return;
    }
    if (!share) {
        share.emplace();
        share->collection = *grant.collection;
        share->sharee = grant.grantee;
        share->owner = grant.owner;
        share->invitation = core::random_token(invitation_random_bytes);
        share->sharee_name = account->name;
        share->created = grant.created;
    }
    share->level = grant.level;
    accept(transaction, std::move(*share), grant.granted_by, grant.created);
}

bool revoke_calendar(storage::WriteTransaction& transaction, std::string_view owner,
                     std::int64_t collection, std::string_view grantee, core::Instant now) {
    const bool was_there = transaction.grants().remove(owner, collection, grantee);
    if (!was_there) {
        return false;
    }
    note_change(transaction, collection);
    const auto share = transaction.shares().find(collection, grantee);
    if (share && share->status == ShareStatus::accepted) {
        remove_share(transaction, *share, now);
    }
    return true;
}

std::vector<Share> accepted_shares(const storage::ReadTransaction& transaction,
                                   std::string_view sharee) {
    auto shares = transaction.shares().list_of_sharee(sharee);
    shares.erase(
        std::remove_if(shares.begin(), shares.end(),
                       [](const Share& share) { return share.status != ShareStatus::accepted; }),
        shares.end());
    return shares;
}

storage::Collection as_shown(storage::Collection calendar, const Share& share) {
    if (share.display_name) {
        calendar.display_name = share.display_name;
    }
    if (share.color) {
        calendar.color = share.color;
    }
    calendar.order = share.order; // the owner's says nothing about another home
    return calendar;
}

} // namespace domain
