#include "storage/sql/home.h"
#include "storage/sql/query.h"
#include "storage/sql/repositories.h"
#include "storage/sql/shares.h"

namespace storage::sql {

namespace {

const std::string select_collection =
    "SELECT id, owner, name, is_calendar, components, display_name, description, color, "
    "sort_order, time_zone, transparent, sessions, revision, revision_floor, created "
    "FROM collection ";

Collection read_collection(Columns& row) {
    return Collection{.id = row.integer(),
                      .owner = row.text(),
                      .name = row.text(),
                      .is_calendar = row.flag(),
                      .components = static_cast<unsigned>(row.integer()),
                      .display_name = row.optional_text(),
                      .description = row.optional_text(),
                      .color = row.optional_text(),
                      .order = row.optional_text(),
                      .time_zone = row.text(),
                      .transparent = row.flag(),
                      .sessions = row.flag(),
                      .revision = row.integer(),
                      .revision_floor = row.integer(),
                      .created = row.instant()};
}

} // namespace

std::optional<Collection> SqlCollections::find(std::string_view owner,
                                               std::string_view name) const {
    static const std::string sql = select_collection + "WHERE owner = $1 AND name = $2";
    return find_one(connection_, sql, {owner, name}, read_collection);
}

std::optional<Collection> SqlCollections::find(std::int64_t id) const {
    static const std::string sql = select_collection + "WHERE id = $1";
    return find_one(connection_, sql, {id}, read_collection);
}

std::vector<Collection> SqlCollections::list(std::string_view owner) const {
    static const std::string sql = select_collection + "WHERE owner = $1 ORDER BY name";
    return find_all(connection_, sql, {owner}, read_collection);
}

// Every change begins with the home's row, so that writers of one home meet there and nowhere else:
// two that took rows in different order would wait for each other.
std::int64_t SqlCollections::insert(const Collection& collection) {
    raise_home_revision(collection.owner);
    return returned_integer(
        connection_,
        "INSERT INTO collection (owner, name, is_calendar, components, display_name, description, "
        "color, sort_order, time_zone, transparent, sessions, revision, revision_floor, created) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id",
        {collection.owner, collection.name, flag(collection.is_calendar),
         std::int64_t{collection.components}, nullable(collection.display_name),
         nullable(collection.description), nullable(collection.color), nullable(collection.order),
         collection.time_zone, flag(collection.transparent), flag(collection.sessions),
         collection.revision, collection.revision_floor, collection.created.seconds});
}

void SqlCollections::update(const Collection& collection) {
    raise_home_revision(collection.id);
    execute(connection_,
            "UPDATE collection SET name = $2, is_calendar = $3, components = $4, "
            "display_name = $5, description = $6, color = $7, sort_order = $8, time_zone = $9, "
            "transparent = $10, sessions = $11, created = $12 WHERE id = $1",
            {collection.id, collection.name, flag(collection.is_calendar),
             std::int64_t{collection.components}, nullable(collection.display_name),
             nullable(collection.description), nullable(collection.color),
             nullable(collection.order), collection.time_zone, flag(collection.transparent),
             flag(collection.sessions), collection.created.seconds});
}

void SqlCollections::remove(std::int64_t id) {
    raise_home_revision(id);
    for (const Share& share : SqlShares(connection_).list(id)) {
        SqlShares(connection_).remove(share);
    }
    execute(connection_, "DELETE FROM access_grant WHERE collection_id = $1 AND collection_id <> 0",
            {id});
    // Dead properties are kept by a text key, so no foreign key takes them along.
    execute(connection_,
            "DELETE FROM property WHERE resource IN "
            "(SELECT 'object:' || id FROM object WHERE collection_id = $1)",
            {id});
    execute(connection_, "DELETE FROM property WHERE resource = $1",
            {"collection:" + std::to_string(id)});
    execute(connection_, "DELETE FROM collection WHERE id = $1", {id});
}

std::int64_t SqlCollections::next_revision(std::int64_t id) {
    raise_home_revision(id);
    return returned_integer(
        connection_,
        "UPDATE collection SET revision = revision + 1 WHERE id = $1 RETURNING revision", {id});
}

void SqlCollections::raise_home_revision(std::int64_t collection) {
    const auto owner = find_one(connection_, "SELECT owner FROM collection WHERE id = $1",
                                {collection}, [](Columns& row) { return row.text(); });
    if (owner) {
        raise_home_revision(*owner);
    }
}

void SqlCollections::raise_home_revision(std::string_view owner) {
    raise_home(connection_, owner);
}

std::int64_t SqlCollections::home_revision(std::string_view owner) const {
    return find_one(connection_, "SELECT revision FROM home WHERE owner = $1", {owner},
                    [](Columns& row) { return row.integer(); })
        .value_or(0);
}

} // namespace storage::sql
