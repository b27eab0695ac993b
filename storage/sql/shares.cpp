#include "storage/sql/shares.h"

#include "storage/sql/home.h"
#include "storage/sql/query.h"

namespace storage::sql {

namespace {

const std::string select_share =
    "SELECT collection_id, sharee, owner, invitation, level, status, unread, summary, "
    "sharee_name, name, display_name, color, sort_order, created FROM share ";

Share read_share(Columns& row) {
    return Share{.collection = row.integer(),
                 .sharee = row.text(),
                 .owner = row.text(),
                 .invitation = row.text(),
                 .level = static_cast<Level>(row.integer()),
                 .status = static_cast<ShareStatus>(row.integer()),
                 .unread = row.flag(),
                 .summary = row.text(),
                 .sharee_name = row.text(),
                 .name = row.text(),
                 .display_name = row.optional_text(),
                 .color = row.optional_text(),
                 .order = row.optional_text(),
                 .created = row.instant()};
}

} // namespace

std::optional<Share> SqlShares::find(std::int64_t collection, std::string_view sharee) const {
    static const std::string sql = select_share + "WHERE collection_id = $1 AND sharee = $2";
    return find_one(connection_, sql, {collection, sharee}, read_share);
}

std::optional<Share> SqlShares::find_by_name(std::string_view sharee, std::string_view name) const {
    static const std::string sql = select_share + "WHERE sharee = $1 AND name = $2 AND name <> ''";
    return find_one(connection_, sql, {sharee, name}, read_share);
}

std::vector<Share> SqlShares::list(std::int64_t collection) const {
    static const std::string sql = select_share + "WHERE collection_id = $1 ORDER BY sharee";
    return find_all(connection_, sql, {collection}, read_share);
}

std::vector<Share> SqlShares::list_of_sharee(std::string_view sharee) const {
    static const std::string sql = select_share + "WHERE sharee = $1 ORDER BY collection_id";
    return find_all(connection_, sql, {sharee}, read_share);
}

void SqlShares::set(const Share& share) {
    raise_home(connection_, share.sharee);
    execute(connection_,
            "INSERT INTO share (collection_id, sharee, owner, invitation, level, status, unread, "
            "summary, sharee_name, name, display_name, color, sort_order, created) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
            "ON CONFLICT (collection_id, sharee) DO UPDATE SET invitation = excluded.invitation, "
            "level = excluded.level, status = excluded.status, unread = excluded.unread, "
            "summary = excluded.summary, sharee_name = excluded.sharee_name, "
            "name = excluded.name, display_name = excluded.display_name, color = excluded.color, "
            "sort_order = excluded.sort_order, created = excluded.created",
            {share.collection, share.sharee, share.owner, share.invitation,
             static_cast<std::int64_t>(share.level), static_cast<std::int64_t>(share.status),
             flag(share.unread), share.summary, share.sharee_name, share.name,
             nullable(share.display_name), nullable(share.color), nullable(share.order),
             share.created.seconds});
}

void SqlShares::remove(const Share& share) {
    raise_home(connection_, share.sharee);
    // Dead properties are kept by a text key, so no foreign key takes them along.
    execute(connection_, "DELETE FROM property WHERE resource = $1",
            {"share:" + std::to_string(share.collection) + ":" + share.sharee});
    execute(connection_, "DELETE FROM share WHERE collection_id = $1 AND sharee = $2",
            {share.collection, share.sharee});
}

} // namespace storage::sql
