#include "storage/sql/object_rows.h"
#include "storage/sql/repositories.h"

#include <array>
#include <memory>
#include <utility>

namespace storage::sql {

namespace {

// Up to which revision the removals from a collection are forgotten.
struct Forgotten {
    std::int64_t collection = 0;
    std::int64_t revision = 0;
};

void read_listed(Columns& row, Listing listing, ObjectHead& head) {
    if (listing == Listing::heads) {
        read_member(row, head);
    } else {
        read_name(row, head);
    }
}

// Changes in order of revision, the next of them read.
class ChangeList {
public:
    ChangeList(std::unique_ptr<Rows> rows, Listing listing, std::int64_t collection, bool removed)
        : rows_(std::move(rows)), listing_(listing) {
        next_.head.collection = collection;
        next_.removed = removed;
        advance();
    }

    [[nodiscard]] const Change* next() const { return is_left_ ? &next_ : nullptr; }

    void advance() {
        is_left_ = rows_->next();
        if (!is_left_) {
            return;
        }
        Columns row(*rows_);
        if (next_.removed) {
            next_.head.revision = row.integer();
            row.text_into(next_.head.name);
        } else {
            read_listed(row, listing_, next_.head);
        }
    }

private:
    std::unique_ptr<Rows> rows_;
    Listing listing_;
    Change next_;
    bool is_left_ = false;
};

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

void SqlObjects::for_each_member(std::int64_t collection,
                                 const std::function<bool(const ObjectHead&)>& visit,
                                 Listing listing) const {
    static const std::string from = "FROM object WHERE collection_id = $1 ORDER BY revision";
    static const std::string heads = "SELECT " + member_columns + from;
    static const std::string names = "SELECT " + name_columns + from;
    auto rows = connection_.query(listing == Listing::heads ? heads : names, {collection});
    ObjectHead head;
    head.collection = collection;
    while (rows->next()) {
        Columns row(*rows);
        read_listed(row, listing, head);
        if (!visit(head)) {
            return;
        }
    }
}

// By revision, which is about the order in which the rows lie on the disk.
void SqlObjects::for_each_object(std::int64_t collection, std::string_view component,
                                 const std::function<bool(const Object&)>& visit) const {
    static const std::string sql =
        "SELECT " + all_columns
        + "FROM object WHERE collection_id = $1 AND (component = $2 OR $2 = '') ORDER BY revision";
    auto rows = connection_.query(sql, {collection, component});
    while (rows->next()) {
        Columns row(*rows);
        if (!visit(read_object(row))) {
            return;
        }
    }
}

// Two lists put together here: a UNION would cost each of ten thousand rows more than reading it.
void SqlObjects::for_each_change(std::int64_t collection, std::int64_t revision,
                                 std::size_t limit_count,
                                 const std::function<bool(const Change&)>& visit,
                                 Listing listing) const {
    static const std::string newer =
        "WHERE collection_id = $1 AND revision > $2 ORDER BY revision LIMIT $3";
    static const std::string heads = "SELECT " + member_columns + "FROM object " + newer;
    static const std::string names = "SELECT " + name_columns + "FROM object " + newer;
    static const std::string removals = "SELECT revision, name FROM tombstone " + newer;
    const std::array<Value, 3> values{collection, revision, limit(limit_count)};
    ChangeList changed(connection_.query(listing == Listing::heads ? heads : names, Values(values)),
                       listing, collection, false);
    ChangeList removed(connection_.query(removals, Values(values)), listing, collection, true);
    for (std::size_t count = 0; count < limit_count; ++count) {
        const bool removal_first =
            changed.next() == nullptr
            || (removed.next() != nullptr
                && removed.next()->head.revision < changed.next()->head.revision);
        ChangeList& first = removal_first ? removed : changed;
        if (first.next() == nullptr || !visit(*first.next())) {
            return;
        }
        first.advance();
    }
}

std::int64_t SqlObjects::insert(const Object& object) {
    const ObjectHead& head = object.head;
    const IndexReach& index = object.index;
    remove_tombstone(head.collection, head.name);
    execute(connection_,
            "UPDATE home SET bytes = bytes + $2 "
            "WHERE owner = (SELECT owner FROM collection WHERE id = $1)",
            {head.collection, head.size});
    return returned_integer(
        connection_,
        "INSERT INTO object (collection_id, name, uid, component, content_type, etag, "
        "schedule_tag, size, revision, created, modified, span_start, span_end, complete_start, "
        "complete_end, index_due, links, text) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) "
        "RETURNING id",
        {head.collection, head.name, head.uid, head.component, head.content_type, head.etag,
         head.schedule_tag, head.size, head.revision, head.created.seconds, head.modified.seconds,
         index.span.start.seconds, index.span.end.seconds, index.complete.start.seconds,
         index.complete.end.seconds, index.due.seconds, Blob{object.links}, Blob{object.text}});
}

void SqlObjects::update(const Object& object) {
    const ObjectHead& head = object.head;
    const IndexReach& index = object.index;
    remove_tombstone(head.collection, head.name);
    execute(connection_,
            "UPDATE home SET bytes = bytes + $2 - (SELECT size FROM object WHERE id = $3) "
            "WHERE owner = (SELECT owner FROM collection WHERE id = $1)",
            {head.collection, head.size, head.id});
    execute(connection_,
            "UPDATE object SET collection_id = $2, name = $3, uid = $4, component = $5, "
            "content_type = $6, etag = $7, schedule_tag = $8, size = $9, revision = $10, "
            "created = $11, modified = $12, span_start = $13, span_end = $14, "
            "complete_start = $15, complete_end = $16, index_due = $17, links = $18, text = $19 "
            "WHERE id = $1",
            {head.id, head.collection, head.name, head.uid, head.component, head.content_type,
             head.etag, head.schedule_tag, head.size, head.revision, head.created.seconds,
             head.modified.seconds, index.span.start.seconds, index.span.end.seconds,
             index.complete.start.seconds, index.complete.end.seconds, index.due.seconds,
             Blob{object.links}, Blob{object.text}});
}

void SqlObjects::remove(std::int64_t id) {
    execute(connection_, "DELETE FROM property WHERE resource = $1",
            {"object:" + std::to_string(id)});
    execute(connection_,
            "UPDATE home SET bytes = bytes - (SELECT size FROM object WHERE id = $1) "
            "WHERE owner = (SELECT collection.owner FROM object JOIN collection "
            "ON collection.id = object.collection_id WHERE object.id = $1)",
            {id});
    execute(connection_, "DELETE FROM object WHERE id = $1", {id});
}

void SqlObjects::leave_tombstone(std::int64_t collection, std::string_view name,
                                 std::int64_t revision, core::Instant now) {
    execute(connection_,
            "INSERT INTO tombstone (collection_id, name, revision, removed) "
            "VALUES ($1, $2, $3, $4) ON CONFLICT (collection_id, name) "
            "DO UPDATE SET revision = excluded.revision, removed = excluded.removed",
            {collection, name, revision, now.seconds});
}

// Through the newest of them that is that old, so that the floor is right; where the clock was put
// back, a younger one may be among them. The collection's row first, as every change of it does.
std::size_t SqlObjects::forget_tombstones(core::Instant before, std::size_t limit_count) {
    const auto old =
        find_all(connection_,
                 "SELECT collection_id, MAX(revision) FROM (SELECT collection_id, revision "
                 "FROM tombstone WHERE removed < $1 ORDER BY removed LIMIT $2) AS old "
                 "GROUP BY collection_id ORDER BY collection_id",
                 {before.seconds, limit(limit_count)}, [](Columns& row) {
                     return Forgotten{.collection = row.integer(), .revision = row.integer()};
                 });
    std::size_t count = 0;
    for (const Forgotten& each : old) {
        execute(connection_,
                "UPDATE collection SET revision_floor = $2 WHERE id = $1 AND revision_floor < $2",
                {each.collection, each.revision});
        auto rows = connection_.query("DELETE FROM tombstone WHERE collection_id = $1 "
                                      "AND revision <= $2 RETURNING revision",
                                      {each.collection, each.revision});
        while (rows->next()) {
            ++count;
        }
    }
    return count;
}

std::vector<ObjectHead> SqlObjects::old_messages(core::Instant before,
                                                 std::size_t limit_count) const {
    static const std::string sql = "SELECT " + head_columns
                                   + "FROM object WHERE uid = '' AND component <> '' "
                                     "AND created < $1 ORDER BY created LIMIT $2";
    return find_all(connection_, sql, {before.seconds, limit(limit_count)}, read_head);
}

void SqlObjects::remove_tombstone(std::int64_t collection, std::string_view name) {
    execute(connection_, "DELETE FROM tombstone WHERE collection_id = $1 AND name = $2",
            {collection, name});
}

} // namespace storage::sql
