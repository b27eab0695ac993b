#include "storage/sql/query.h"
#include "storage/sql/repositories.h"

#include <string>

namespace storage::sql {

namespace {

const std::string version_columns = "owner, collection_id, collection_name, name, uid, component, "
                                    "content_type, ending, written, ended, text";

std::string_view ending_name(Ending ending) {
    switch (ending) {
    case Ending::replaced:
        return "replaced";
    case Ending::moved:
        return "moved";
    case Ending::removed:
        break;
    }
    return "removed";
}

Ending ending_from(std::string_view name) {
    return name == "replaced" ? Ending::replaced
           : name == "moved"  ? Ending::moved
                              : Ending::removed;
}

Version read_version(Columns& row) {
    return Version{.id = row.integer(),
                   .owner = row.text(),
                   .collection = row.integer(),
                   .collection_name = row.text(),
                   .name = row.text(),
                   .uid = row.text(),
                   .component = row.text(),
                   .content_type = row.text(),
                   .ending = ending_from(row.text()),
                   .written = row.instant(),
                   .ended = row.instant(),
                   .text = row.text()};
}

} // namespace

std::optional<Version> SqlVersions::find(std::int64_t id) const {
    static const std::string sql =
        "SELECT id, " + version_columns + " FROM object_version WHERE id = $1";
    return find_one(connection_, sql, {id}, read_version);
}

std::vector<Version> SqlVersions::list(std::string_view owner, std::string_view collection_name,
                                       std::string_view uid, std::size_t newest) const {
    static const std::string sql = "SELECT id, " + version_columns
                                   + " FROM object_version WHERE owner = $1 "
                                     "AND (collection_name = $2 OR $2 = '') "
                                     "AND (uid = $3 OR $3 = '') ORDER BY id DESC LIMIT $4";
    return find_all(connection_, sql, {owner, collection_name, uid, limit(newest)}, read_version);
}

std::int64_t SqlVersions::insert(const Version& version) {
    static const std::string sql =
        "INSERT INTO object_version (" + version_columns
        + ", running_bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
          "$12 + COALESCE((SELECT MAX(running_bytes) FROM object_version WHERE owner = $1), 0)) "
          "RETURNING id";
    return returned_integer(connection_, sql,
                            {version.owner, version.collection, version.collection_name,
                             version.name, version.uid, version.component, version.content_type,
                             ending_name(version.ending), version.written.seconds,
                             version.ended.seconds, Blob{version.text},
                             static_cast<std::int64_t>(version.text.size())});
}

void SqlVersions::trim(std::int64_t collection, std::string_view name, std::size_t count) {
    // The first row after the ones to keep; no such row, and the comparison with NULL removes none.
    execute(connection_,
            "DELETE FROM object_version WHERE collection_id = $1 AND name = $2 AND id <= "
            "(SELECT id FROM object_version WHERE collection_id = $1 AND name = $2 "
            "ORDER BY id DESC LIMIT 1 OFFSET $3)",
            {collection, name, limit(count)});
}

void SqlVersions::trim_owner(std::string_view owner, std::size_t bytes) {
    execute(connection_,
            "DELETE FROM object_version WHERE owner = $1 AND running_bytes <= "
            "(SELECT MAX(running_bytes) FROM object_version WHERE owner = $1) - $2",
            {owner, limit(bytes)});
}

std::size_t SqlVersions::forget(core::Instant before, std::size_t limit_count) {
    auto rows = connection_.query("DELETE FROM object_version WHERE id IN (SELECT id "
                                  "FROM object_version WHERE ended < $1 ORDER BY ended LIMIT $2) "
                                  "RETURNING id",
                                  {before.seconds, limit(limit_count)});
    std::size_t count = 0;
    while (rows->next()) {
        ++count;
    }
    return count;
}

} // namespace storage::sql
