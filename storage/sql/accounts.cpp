#include "storage/sql/query.h"
#include "storage/sql/repositories.h"

namespace storage::sql {

namespace {

const std::string select_account =
    "SELECT id, login, name, email, password_hash, admin, disabled, created, kind "
    "FROM account ";

Account read_account(Columns& row) {
    return Account{.id = row.text(),
                   .login = row.text(),
                   .name = row.text(),
                   .email = row.text(),
                   .password_hash = row.text(),
                   .admin = row.flag(),
                   .disabled = row.flag(),
                   .created = row.instant(),
                   .kind = static_cast<AccountKind>(row.integer())};
}

} // namespace

std::optional<Account> SqlAccounts::find(std::string_view id) const {
    static const std::string sql = select_account + "WHERE id = $1";
    return find_one(connection_, sql, {id}, read_account);
}

std::optional<Account> SqlAccounts::find_by_login(std::string_view login) const {
    static const std::string sql = select_account + "WHERE login = $1";
    return find_one(connection_, sql, {login}, read_account);
}

std::optional<Account> SqlAccounts::find_by_email(std::string_view email) const {
    static const std::string sql = select_account + "WHERE email = $1 AND email <> ''";
    return find_one(connection_, sql, {email}, read_account);
}

std::vector<Account> SqlAccounts::list() const {
    static const std::string sql = select_account + "ORDER BY login";
    return find_all(connection_, sql, {}, read_account);
}

void SqlAccounts::insert(const Account& account) {
    execute(connection_,
            "INSERT INTO account (id, login, name, email, password_hash, admin, disabled, created, "
            "kind) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            {account.id, account.login, account.name, account.email, account.password_hash,
             flag(account.admin), flag(account.disabled), account.created.seconds,
             static_cast<std::int64_t>(account.kind)});
}

void SqlAccounts::update(const Account& account) {
    execute(connection_,
            "UPDATE account SET login = $2, name = $3, email = $4, password_hash = $5, admin = $6, "
            "disabled = $7, created = $8, kind = $9 WHERE id = $1",
            {account.id, account.login, account.name, account.email, account.password_hash,
             flag(account.admin), flag(account.disabled), account.created.seconds,
             static_cast<std::int64_t>(account.kind)});
}

} // namespace storage::sql
