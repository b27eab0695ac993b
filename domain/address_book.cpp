#include "domain/address_book.h"

#include "core/strings.h"
#include "core/uri.h"
#include "domain/addresses.h"

namespace domain {

std::optional<storage::Account> account_of_address(const storage::ReadTransaction& transaction,
                                                   std::string_view address,
                                                   std::string_view public_url) {
    std::string_view path = core::trim(address);
    if (!public_url.empty() && path.starts_with(public_url)) {
        path.remove_prefix(public_url.size());
    }
    if (!path.starts_with('/')) {
        return transaction.accounts().find_by_email(normalise_address(address));
    }
    const auto target = core::parse_target(path);
    if (!target || target->segments.size() != 2 || target->segments[0] != "principals") {
        return std::nullopt;
    }
    return transaction.accounts().find(target->segments[1]);
}

const std::string& AddressBook::account_of(std::string_view address) {
    const auto known = known_.find(address);
    if (known != known_.end()) {
        return known->second;
    }
    const auto account = account_of_address(transaction_, address, public_url_);
    if (account && account->kind != storage::AccountKind::individual) {
        kinds_.emplace(account->id, account->kind);
    }
    return known_.emplace(address, account ? account->id : "").first->second;
}

storage::AccountKind AddressBook::kind_of(const std::string& account) const {
    const auto found = kinds_.find(account);
    return found == kinds_.end() ? storage::AccountKind::individual : found->second;
}

} // namespace domain
