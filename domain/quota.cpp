// What an account may keep (RFC 4331).
#include "domain/calendars.h"

#include <algorithm>

namespace domain {

std::int64_t Calendars::bytes_used(const storage::ReadTransaction& transaction,
                                   std::string_view owner) {
    return transaction.collections().home(owner).bytes + transaction.attachments().bytes(owner);
}

std::optional<std::int64_t> Calendars::bytes_left(const storage::ReadTransaction& transaction,
                                                  std::string_view owner) const {
    if (policy_.account_bytes == 0) {
        return std::nullopt;
    }
    return std::max<std::int64_t>(policy_.account_bytes - bytes_used(transaction, owner), 0);
}

// RFC 4331 section 6. What makes a full account smaller is taken.
core::Done Calendars::check_quota(const storage::ReadTransaction& transaction,
                                  std::string_view owner, std::size_t before,
                                  std::size_t after) const {
    const auto growth = static_cast<std::int64_t>(after) - static_cast<std::int64_t>(before);
    const auto left = growth > 0 ? bytes_left(transaction, owner) : std::nullopt;
    if (left && growth > *left) {
        return core::fail(core::Errc::insufficient_storage,
                          "The account has no room for this: delete something first.",
                          core::Condition::quota_not_exceeded);
    }
    return {};
}

} // namespace domain
