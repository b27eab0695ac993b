// Accounts: making them, and proving who somebody is.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "domain/principal.h"
#include "storage/store.h"

#include <memory>
#include <string>
#include <string_view>

namespace domain {

struct NewAccount {
    std::string login; // 1 to 64 characters, no control characters, no '/' and no ':'
    std::string name;
    std::string email;
    std::string password; // 8 to 1,024 bytes
    bool admin = false;
    storage::AccountKind kind = storage::AccountKind::individual;
};

// Makes the account, its calendar `calendar` (events, sessions on) and its list `tasks` (VTODO).
// Errors: invalid_input (a sentence for the administrator), conflict (login or email taken).
core::Result<storage::Account> create_account(storage::WriteTransaction& transaction,
                                              const NewAccount& account, core::Instant now);
core::Done change_password(storage::WriteTransaction& transaction, std::string_view login,
                           std::string_view password);
core::Done set_disabled(storage::WriteTransaction& transaction, std::string_view login,
                        bool disabled);

// Name and password to principal, for HTTP Basic. Verified credentials are cached (bounded, for
// minutes, only as a keyed hash, and only while the stored password hash is the same), because
// calendar clients send them with every request and argon2id is meant to be slow. Unknown users
// take as long as wrong passwords. Failures are limited per account and address, and per address.
// Thread-safe.
class Authenticator {
public:
    Authenticator(storage::Store& store, const core::Clock& clock);
    ~Authenticator();

    // A login is also accepted percent-encoded (R-C8), a password also in Latin-1 (R-C23).
    // Errors: unauthenticated (wrong or disabled), rate_limited.
    core::Result<Principal> authenticate(std::string_view login, std::string_view password,
                                         std::string_view peer_address);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace domain
