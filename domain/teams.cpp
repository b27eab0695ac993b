#include "domain/teams.h"

#include "core/strings.h"
#include "domain/sharing.h"

#include <algorithm>

namespace domain {

namespace {

constexpr std::size_t group_name_bytes = 200;
constexpr std::size_t group_id_bytes = 64;

bool is_group_id(std::string_view id) {
    return !id.empty() && id.size() <= group_id_bytes && id.front() != '.'
           && std::all_of(id.begin(), id.end(), [](char c) {
                  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_'
                         || c == '-';
              });
}

bool is_group_name(std::string_view name) {
    return !name.empty() && name.size() <= group_name_bytes && core::is_valid_utf8(name)
           && std::none_of(name.begin(), name.end(), [](char c) {
                  const auto byte = static_cast<unsigned char>(c);
                  return byte < 0x20 || byte == 0x7f;
              });
}

core::Result<std::string> account_id_of(const storage::ReadTransaction& transaction,
                                        std::string_view login) {
    const auto account = transaction.accounts().find_by_login(login);
    if (!account) {
        return core::fail(core::Errc::not_found, "There is no account " + std::string(login) + ".");
    }
    return account->id;
}

core::Done check_group(const storage::ReadTransaction& transaction, std::string_view group) {
    if (!transaction.grants().group(group)) {
        return core::fail(core::Errc::not_found, "There is no group " + std::string(group) + ".");
    }
    return {};
}

struct Parties {
    std::string owner;
    std::string grantee;
    std::optional<std::int64_t> collection;
};

core::Result<Parties> find_parties(const storage::ReadTransaction& transaction,
                                   const Delegation& delegation) {
    Parties parties;
    parties.owner = TRY(account_id_of(transaction, delegation.login));
    if (transaction.grants().group(delegation.to)) {
        parties.grantee = delegation.to;
    } else if (const auto account = transaction.accounts().find_by_login(delegation.to)) {
        parties.grantee = account->id;
    } else {
        return core::fail(core::Errc::not_found,
                          "There is no account and no group " + delegation.to + ".");
    }
    if (delegation.calendar) {
        const auto calendar = transaction.collections().find(parties.owner, *delegation.calendar);
        if (!calendar) {
            return core::fail(core::Errc::not_found,
                              delegation.login + " has no calendar " + *delegation.calendar + ".");
        }
        parties.collection = calendar->id;
    }
    return parties;
}

void store_grant(storage::WriteTransaction& transaction, const storage::Grant& grant) {
    if (grant.collection) {
        grant_calendar(transaction, grant);
    } else {
        transaction.grants().set(grant);
    }
}

bool remove_grant(storage::WriteTransaction& transaction, std::string_view owner,
                  std::optional<std::int64_t> collection, std::string_view grantee,
                  core::Instant now) {
    return collection ? revoke_calendar(transaction, owner, *collection, grantee, now)
                      : transaction.grants().remove(owner, std::nullopt, grantee);
}

} // namespace

core::Done create_group(storage::WriteTransaction& transaction, std::string_view id,
                        std::string_view name, core::Instant now) {
    if (!is_group_id(id)) {
        return core::fail(core::Errc::invalid_input,
                          "A group is called by 1 to 64 of a-z, 0-9, '.', '_' and '-'.");
    }
    if (!is_group_name(name)) {
        return core::fail(core::Errc::invalid_input, "A name has 1 to 200 characters.");
    }
    if (transaction.grants().group(id) || transaction.accounts().find(id)
        || transaction.accounts().find_by_login(id)) {
        return core::fail(core::Errc::conflict,
                          "There is a group or an account " + std::string(id) + " already.");
    }
    transaction.grants().insert({std::string(id), std::string(name), now});
    return {};
}

core::Done remove_group(storage::WriteTransaction& transaction, std::string_view id) {
    TRYV(check_group(transaction, id));
    transaction.grants().remove_group(id);
    return {};
}

core::Done add_member(storage::WriteTransaction& transaction, std::string_view group,
                      std::string_view login) {
    TRYV(check_group(transaction, group));
    transaction.grants().add_member(group, TRY(account_id_of(transaction, login)));
    return {};
}

core::Done remove_member(storage::WriteTransaction& transaction, std::string_view group,
                         std::string_view login) {
    TRYV(check_group(transaction, group));
    if (!transaction.grants().remove_member(group, TRY(account_id_of(transaction, login)))) {
        return core::fail(core::Errc::not_found,
                          std::string(login) + " is no member of " + std::string(group) + ".");
    }
    return {};
}

core::Done delegate(storage::WriteTransaction& transaction, const Delegation& delegation,
                    storage::Level level, std::string_view granted_by, core::Instant now) {
    const Parties parties = TRY(find_parties(transaction, delegation));
    if (parties.owner == parties.grantee) {
        return core::fail(core::Errc::invalid_input, "Everybody may do everything with their own.");
    }
    store_grant(transaction, {parties.owner, parties.collection, parties.grantee, level,
                              std::string(granted_by), now});
    return {};
}

core::Done end_delegation(storage::WriteTransaction& transaction, const Delegation& delegation,
                          core::Instant now) {
    const Parties parties = TRY(find_parties(transaction, delegation));
    if (!remove_grant(transaction, parties.owner, parties.collection, parties.grantee, now)) {
        return core::fail(core::Errc::not_found, delegation.to + " was granted nothing there.");
    }
    return {};
}

Rights rights_on(const storage::ReadTransaction& transaction, std::string_view owner,
                 std::optional<std::int64_t> collection) {
    Rights rights;
    for (const storage::Grant& grant : transaction.grants().list(owner)) {
        if (grant.collection == collection) {
            rights.emplace(grant.grantee, grant.level);
        }
    }
    return rights;
}

void replace_rights(storage::WriteTransaction& transaction, const std::string& owner,
                    std::optional<std::int64_t> collection, const Rights& rights,
                    const std::string& granted_by, core::Instant now) {
    const Rights former = rights_on(transaction, owner, collection);
    for (const auto& [grantee, level] : former) {
        if (!rights.contains(grantee)) {
            remove_grant(transaction, owner, collection, grantee, now);
        }
    }
    for (const auto& [grantee, level] : rights) {
        const auto known = former.find(grantee);
        if (known == former.end() || known->second != level) {
            store_grant(transaction, {owner, collection, grantee, level, granted_by, now});
        }
    }
}

} // namespace domain
