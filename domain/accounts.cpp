#include "domain/accounts.h"

#include "core/crypto.h"
#include "core/limits.h"
#include "core/strings.h"
#include "domain/addresses.h"

#include <algorithm>

namespace domain {

namespace {

constexpr std::size_t login_bytes = 64;
constexpr std::size_t name_bytes = 200;
constexpr std::size_t password_bytes_min = 8;

bool has_control_characters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

bool is_plain_id(std::string_view login) {
    return std::all_of(login.begin(), login.end(),
                       [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.'
                                  || c == '_' || c == '-';
                       })
           && login.front() != '.';
}

// The login where it is plain, never an e-mail address (design, section 6; R-C8).
std::string account_id(std::string_view login) {
    constexpr std::size_t random_id_bytes = 12;
    return is_plain_id(login) ? std::string(login) : "u-" + core::random_token(random_id_bytes);
}

core::Done check_password(std::string_view password) {
    if (password.size() < password_bytes_min
        || password.size() > core::limits::password_bytes_max) {
        return core::fail(core::Errc::invalid_input,
                          "A password has between 8 and 1024 characters.");
    }
    return {};
}

core::Done check_account(const NewAccount& account) {
    if (account.login.empty() || account.login.size() > login_bytes
        || has_control_characters(account.login) || !core::is_valid_utf8(account.login)
        || account.login.find_first_of("/: ") != std::string::npos) {
        return core::fail(core::Errc::invalid_input,
                          "A login has 1 to 64 characters, and no blank, '/' or ':' among them.");
    }
    if (account.name.empty() || account.name.size() > name_bytes
        || has_control_characters(account.name) || !core::is_valid_utf8(account.name)) {
        return core::fail(core::Errc::invalid_input, "A name has 1 to 200 characters.");
    }
    if (!is_email_address(account.email)) {
        return core::fail(core::Errc::invalid_input,
                          "That is not an e-mail address: " + account.email);
    }
    return check_password(account.password);
}

core::Result<storage::Account> find_login(const storage::ReadTransaction& transaction,
                                          std::string_view login) {
    auto account = transaction.accounts().find_by_login(login);
    if (!account) {
        return core::fail(core::Errc::not_found, "There is no account " + std::string(login) + ".");
    }
    return *account;
}

storage::Collection first_collection(const storage::Account& account, std::string name,
                                     std::string display_name, unsigned components) {
    storage::Collection collection;
    collection.owner = account.id;
    collection.name = std::move(name);
    collection.display_name = std::move(display_name);
    collection.components = components;
    collection.sessions = (components & storage::components::event) != 0;
    collection.created = account.created;
    return collection;
}

} // namespace

core::Result<storage::Account> create_account(storage::WriteTransaction& transaction,
                                              const NewAccount& account, core::Instant now) {
    TRYV(check_account(account));
    storage::Account row;
    row.login = account.login;
    row.id = account_id(account.login);
    row.name = account.name;
    row.email = core::to_lower(account.email);
    row.admin = account.admin;
    row.kind = account.kind;
    row.created = now;
    if (transaction.accounts().find_by_login(row.login) || transaction.accounts().find(row.id)
        || transaction.grants().group(row.id)) {
        return core::fail(core::Errc::conflict, "The login " + row.login + " is taken.");
    }
    if (transaction.accounts().find_by_email(row.email)) {
        return core::fail(core::Errc::conflict, "The address " + row.email + " is taken.");
    }
    row.password_hash = core::hash_password(account.password);
    transaction.accounts().insert(row);
    transaction.collections().insert(
        first_collection(row, "calendar", "Calendar", storage::components::event));
    transaction.collections().insert(
        first_collection(row, "tasks", "Tasks", storage::components::todo));
    return row;
}

core::Done change_password(storage::WriteTransaction& transaction, std::string_view login,
                           std::string_view password) {
    TRYV(check_password(password));
    auto account = TRY(find_login(transaction, login));
    account.password_hash = core::hash_password(password);
    transaction.accounts().update(account);
    return {};
}

core::Done set_disabled(storage::WriteTransaction& transaction, std::string_view login,
                        bool disabled) {
    auto account = TRY(find_login(transaction, login));
    account.disabled = disabled;
    transaction.accounts().update(account);
    return {};
}

} // namespace domain
