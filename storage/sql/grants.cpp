#include "storage/sql/grants.h"

#include "storage/sql/query.h"

namespace storage::sql {

namespace {

// A whole home is kept as collection 0: a row's key holds no NULL.
constexpr std::int64_t whole_home = 0;

std::optional<std::int64_t> collection_of(std::int64_t stored) {
    return stored == whole_home ? std::nullopt : std::optional(stored);
}

Level read_level(Columns& row) {
    return static_cast<Level>(row.integer());
}

Holding read_holding(Columns& row) {
    return Holding{.collection = collection_of(row.integer()), .level = read_level(row)};
}

TrustedHome read_trusted_home(Columns& row) {
    return TrustedHome{.owner = row.text(), .level = read_level(row)};
}

Grant read_grant(Columns& row) {
    return Grant{.owner = row.text(),
                 .collection = collection_of(row.integer()),
                 .grantee = row.text(),
                 .level = read_level(row),
                 .granted_by = row.text(),
                 .created = row.instant()};
}

Group read_group(Columns& row) {
    return Group{.id = row.text(), .name = row.text(), .created = row.instant()};
}

bool changed_any(Connection& connection, std::string_view sql, Values values) {
    return find_one(connection, sql, values, [](Columns& row) { return row.integer(); })
        .has_value();
}

} // namespace

std::vector<Holding> SqlGrants::held(std::string_view owner, std::string_view account) const {
    return find_all(connection_,
                    "SELECT collection_id, level FROM access_grant WHERE owner = $1 AND "
                    "(grantee = $2 OR grantee IN (SELECT group_id FROM team_member "
                    "WHERE account_id = $2))",
                    {owner, account}, read_holding);
}

std::vector<TrustedHome> SqlGrants::homes_of(std::string_view account) const {
    return find_all(connection_,
                    "SELECT owner, level FROM access_grant WHERE (grantee = $1 OR grantee IN "
                    "(SELECT group_id FROM team_member WHERE account_id = $1)) "
                    "AND collection_id = 0 ORDER BY owner",
                    {account}, read_trusted_home);
}

std::vector<TrustedHome> SqlGrants::homes_granted_to(std::string_view grantee) const {
    return find_all(connection_,
                    "SELECT owner, level FROM access_grant WHERE grantee = $1 "
                    "AND collection_id = 0 ORDER BY owner",
                    {grantee}, read_trusted_home);
}

std::vector<Grant> SqlGrants::list(std::string_view owner) const {
    return find_all(connection_,
                    "SELECT owner, collection_id, grantee, level, granted_by, created "
                    "FROM access_grant WHERE owner = $1 ORDER BY grantee, collection_id",
                    {owner}, read_grant);
}

void SqlGrants::set(const Grant& grant) {
    execute(connection_,
            "INSERT INTO access_grant (owner, collection_id, grantee, level, granted_by, created) "
            "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (owner, collection_id, grantee) "
            "DO UPDATE SET level = excluded.level, granted_by = excluded.granted_by, "
            "created = excluded.created",
            {grant.owner, grant.collection.value_or(whole_home), grant.grantee,
             static_cast<std::int64_t>(grant.level), grant.granted_by, grant.created.seconds});
}

bool SqlGrants::remove(std::string_view owner, std::optional<std::int64_t> collection,
                       std::string_view grantee) {
    return changed_any(connection_,
                       "DELETE FROM access_grant WHERE owner = $1 AND collection_id = $2 "
                       "AND grantee = $3 RETURNING level",
                       {owner, collection.value_or(whole_home), grantee});
}

std::optional<Group> SqlGrants::group(std::string_view id) const {
    return find_one(connection_, "SELECT id, name, created FROM team WHERE id = $1", {id},
                    read_group);
}

std::vector<Group> SqlGrants::groups() const {
    return find_all(connection_, "SELECT id, name, created FROM team ORDER BY id", {}, read_group);
}

void SqlGrants::insert(const Group& group) {
    execute(connection_, "INSERT INTO team (id, name, created) VALUES ($1, $2, $3)",
            {group.id, group.name, group.created.seconds});
}

void SqlGrants::remove_group(std::string_view id) {
    execute(connection_, "DELETE FROM access_grant WHERE grantee = $1", {id});
    execute(connection_, "DELETE FROM team_member WHERE group_id = $1", {id});
    execute(connection_, "DELETE FROM team WHERE id = $1", {id});
}

std::vector<std::string> SqlGrants::members(std::string_view group) const {
    return find_all(connection_,
                    "SELECT account_id FROM team_member WHERE group_id = $1 ORDER BY account_id",
                    {group}, [](Columns& row) { return row.text(); });
}

std::vector<Group> SqlGrants::groups_of(std::string_view account) const {
    return find_all(connection_,
                    "SELECT id, name, created FROM team JOIN team_member "
                    "ON team_member.group_id = team.id WHERE team_member.account_id = $1 "
                    "ORDER BY id",
                    {account}, read_group);
}

void SqlGrants::add_member(std::string_view group, std::string_view account) {
    execute(connection_,
            "INSERT INTO team_member (group_id, account_id) VALUES ($1, $2) "
            "ON CONFLICT (group_id, account_id) DO NOTHING",
            {group, account});
}

bool SqlGrants::remove_member(std::string_view group, std::string_view account) {
    return changed_any(connection_,
                       "DELETE FROM team_member WHERE group_id = $1 AND account_id = $2 "
                       "RETURNING 1",
                       {group, account});
}

} // namespace storage::sql
