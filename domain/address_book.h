// Whose account a calendar user address means (RFC 6638 section 2.4.1): an address of mail, or the
// URL of a principal. Asked once for each address in the life of a book.
#pragma once

#include "storage/store.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace domain {

std::optional<storage::Account> account_of_address(const storage::ReadTransaction& transaction,
                                                   std::string_view address,
                                                   std::string_view public_url);

class AddressBook {
public:
    // Both outlive the book.
    AddressBook(const storage::ReadTransaction& transaction, std::string_view public_url)
        : transaction_(transaction), public_url_(public_url) {}

    // The id of the account; empty for everybody else.
    const std::string& account_of(std::string_view address);
    // Of an account that was found so.
    [[nodiscard]] storage::AccountKind kind_of(const std::string& account) const;

private:
    const storage::ReadTransaction& transaction_;
    std::string_view public_url_;
    std::map<std::string, std::string, std::less<>> known_;
    std::map<std::string, storage::AccountKind> kinds_; // but of individuals
};

} // namespace domain
