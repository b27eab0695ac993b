#include "storage/sql/query.h"
#include "storage/sql/repositories.h"

#include <algorithm>

namespace storage::sql {

namespace {

const std::string head_columns =
    "object.id, object.collection_id, object.name, object.uid, object.component, "
    "object.content_type, object.etag, object.schedule_tag, object.size, object.revision, "
    "object.created, object.modified ";
const std::string all_columns =
    "object.id, object.collection_id, object.name, object.uid, object.component, "
    "object.content_type, object.etag, object.schedule_tag, object.size, object.revision, "
    "object.created, object.modified, object.span_start, object.span_end, object.links, "
    "object.text ";

ObjectHead read_head(Columns& row) {
    return ObjectHead{.id = row.integer(),
                      .collection = row.integer(),
                      .name = row.text(),
                      .uid = row.text(),
                      .component = row.text(),
                      .content_type = row.text(),
                      .etag = row.text(),
                      .schedule_tag = row.text(),
                      .size = row.integer(),
                      .revision = row.integer(),
                      .created = row.instant(),
                      .modified = row.instant()};
}

Object read_object(Columns& row) {
    Object object;
    object.head = read_head(row);
    object.span_start = row.instant();
    object.span_end = row.instant();
    object.links = row.text();
    object.text = row.text();
    return object;
}

Change read_change(Columns& row) {
    return Change{.name = row.text(),
                  .revision = row.integer(),
                  .removed = row.flag(),
                  .etag = row.text(),
                  .content_type = row.text(),
                  .component = row.text(),
                  .object = row.integer()};
}

// Two kinds of spans, each with an index of its own (migration 0001). A short one that overlaps a
// range starts at most a week before it, so it is found by its start; of the long ones, which are
// series mostly, those that ended before the range are skipped by their end.
constexpr std::int64_t short_span_seconds = 604800;

const std::string& candidates_sql() {
    static const std::string sql =
        "SELECT " + all_columns
        + "FROM object WHERE collection_id = $1 AND span_end - span_start <= 604800 "
          "AND span_start >= $2 AND span_start <= $4 AND span_end >= $3 "
          "AND (component = $5 OR $5 = '') UNION ALL SELECT "
        + all_columns
        + "FROM object WHERE collection_id = $1 AND span_end - span_start > 604800 "
          "AND span_end >= $3 AND span_start <= $4 AND (component = $5 OR $5 = '')";
    return sql;
}

} // namespace

std::optional<Object> SqlObjects::find(std::int64_t collection, std::string_view name) const {
    static const std::string sql =
        "SELECT " + all_columns + "FROM object WHERE collection_id = $1 AND name = $2";
    return find_one(connection_, sql, {collection, name}, read_object);
}

std::optional<Object> SqlObjects::find(std::int64_t id) const {
    static const std::string sql = "SELECT " + all_columns + "FROM object WHERE id = $1";
    return find_one(connection_, sql, {id}, read_object);
}

std::optional<ObjectHead> SqlObjects::find_head(std::int64_t collection,
                                                std::string_view name) const {
    static const std::string sql =
        "SELECT " + head_columns + "FROM object WHERE collection_id = $1 AND name = $2";
    return find_one(connection_, sql, {collection, name}, read_head);
}

std::optional<ObjectHead> SqlObjects::find_by_uid(std::int64_t collection,
                                                  std::string_view uid) const {
    static const std::string sql =
        "SELECT " + head_columns
        + "FROM object WHERE collection_id = $1 AND uid = $2 AND uid <> ''";
    return find_one(connection_, sql, {collection, uid}, read_head);
}

std::vector<Object> SqlObjects::find_by_owner_and_uid(std::string_view owner,
                                                      std::string_view uid) const {
    static const std::string sql =
        "SELECT " + all_columns
        + "FROM collection JOIN object ON object.collection_id = collection.id "
          "WHERE collection.owner = $1 AND object.uid = $2 AND object.uid <> '' "
          "ORDER BY object.modified DESC, object.id DESC";
    return find_all(connection_, sql, {owner, uid}, read_object);
}

void SqlObjects::for_each_head(std::int64_t collection,
                               const std::function<bool(const ObjectHead&)>& visit) const {
    static const std::string sql =
        "SELECT " + head_columns + "FROM object WHERE collection_id = $1 ORDER BY name";
    auto rows = connection_.query(sql, {collection});
    while (rows->next()) {
        Columns row(*rows);
        if (!visit(read_head(row))) {
            return;
        }
    }
}

// Both ends count as overlapping here: an event of no length, and a task that is due at the very
// start or end of the range, may match it (RFC 4791 section 9.9). The reader decides.
void SqlObjects::for_each_candidate(std::int64_t collection, std::string_view component,
                                    core::Interval range,
                                    const std::function<bool(const Object&)>& visit) const {
    const core::Instant start = std::max(range.start, core::beginning_of_time);
    const core::Instant end = std::min(range.end, core::end_of_time);
    const std::int64_t first_start = (start - short_span_seconds).seconds;
    auto rows = connection_.query(candidates_sql(),
                                  {collection, first_start, start.seconds, end.seconds, component});
    while (rows->next()) {
        Columns row(*rows);
        if (!visit(read_object(row))) {
            return;
        }
    }
}

std::vector<Change> SqlObjects::changes(std::int64_t collection, std::int64_t revision,
                                        std::size_t limit_count) const {
    return find_all(connection_,
                    "SELECT name, revision, 0 AS removed, etag, content_type, component, id "
                    "FROM object WHERE collection_id = $1 AND revision > $2 UNION ALL "
                    "SELECT name, revision, 1, '', '', '', 0 "
                    "FROM tombstone WHERE collection_id = $1 AND revision > $2 "
                    "ORDER BY revision LIMIT $3",
                    {collection, revision, limit(limit_count)}, read_change);
}

std::int64_t SqlObjects::insert(const Object& object) {
    const ObjectHead& head = object.head;
    remove_tombstone(head.collection, head.name);
    return returned_integer(
        connection_,
        "INSERT INTO object (collection_id, name, uid, component, content_type, etag, "
        "schedule_tag, size, revision, created, modified, span_start, span_end, links, text) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id",
        {head.collection, head.name, head.uid, head.component, head.content_type, head.etag,
         head.schedule_tag, head.size, head.revision, head.created.seconds, head.modified.seconds,
         object.span_start.seconds, object.span_end.seconds, Blob{object.links},
         Blob{object.text}});
}

void SqlObjects::update(const Object& object) {
    const ObjectHead& head = object.head;
    remove_tombstone(head.collection, head.name);
    execute(connection_,
            "UPDATE object SET collection_id = $2, name = $3, uid = $4, component = $5, "
            "content_type = $6, etag = $7, schedule_tag = $8, size = $9, revision = $10, "
            "created = $11, modified = $12, span_start = $13, span_end = $14, links = $15, "
            "text = $16 WHERE id = $1",
            {head.id, head.collection, head.name, head.uid, head.component, head.content_type,
             head.etag, head.schedule_tag, head.size, head.revision, head.created.seconds,
             head.modified.seconds, object.span_start.seconds, object.span_end.seconds,
             Blob{object.links}, Blob{object.text}});
}

void SqlObjects::remove(std::int64_t id) {
    execute(connection_, "DELETE FROM property WHERE resource = $1",
            {"object:" + std::to_string(id)});
    execute(connection_, "DELETE FROM object WHERE id = $1", {id});
}

void SqlObjects::leave_tombstone(std::int64_t collection, std::string_view name,
                                 std::int64_t revision) {
    execute(connection_,
            "INSERT INTO tombstone (collection_id, name, revision) VALUES ($1, $2, $3) "
            "ON CONFLICT (collection_id, name) DO UPDATE SET revision = excluded.revision",
            {collection, name, revision});
}

void SqlObjects::remove_tombstone(std::int64_t collection, std::string_view name) {
    execute(connection_, "DELETE FROM tombstone WHERE collection_id = $1 AND name = $2",
            {collection, name});
}

} // namespace storage::sql
