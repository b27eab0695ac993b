// Teams: groups of accounts, and what account holders grant to each other and to groups
// (storage/grants.h). What a grant allows says domain/access.h.
#pragma once

#include "core/result.h"
#include "storage/store.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace domain {

// `id`: 1 to 64 of a-z 0-9 . _ -, and no account's. Errors: invalid_input, conflict.
core::Done create_group(storage::WriteTransaction& transaction, std::string_view id,
                        std::string_view name, core::Instant now);
// With everything that was granted to it. Errors: not_found.
core::Done remove_group(storage::WriteTransaction& transaction, std::string_view id);
// Errors: not_found for a group or a login that is not there, or that was no member.
core::Done add_member(storage::WriteTransaction& transaction, std::string_view group,
                      std::string_view login);
core::Done remove_member(storage::WriteTransaction& transaction, std::string_view group,
                         std::string_view login);

struct Delegation {
    std::string login;                   // whose
    std::string to;                      // a login or a group
    std::optional<std::string> calendar; // its name; nothing: all, and the home itself
};

// Replaces what `to` had there. Errors: not_found, invalid_input (to oneself).
core::Done delegate(storage::WriteTransaction& transaction, const Delegation& delegation,
                    storage::Level level, std::string_view granted_by, core::Instant now);
// Errors: not_found, also if there was nothing to take back.
core::Done end_delegation(storage::WriteTransaction& transaction, const Delegation& delegation,
                          core::Instant now);

// What accounts and groups hold on one calendar, or on a whole home, by Account::id or Group::id.
using Rights = std::map<std::string, storage::Level>;
Rights rights_on(const storage::ReadTransaction& transaction, std::string_view owner,
                 std::optional<std::int64_t> collection);
// Exactly these from now on: who is not named holds nothing there any more.
void replace_rights(storage::WriteTransaction& transaction, const std::string& owner,
                    std::optional<std::int64_t> collection, const Rights& rights,
                    const std::string& granted_by, core::Instant now);

} // namespace domain
