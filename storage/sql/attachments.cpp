#include "storage/sql/attachments.h"

#include "storage/sql/query.h"

namespace storage::sql {

namespace {

const std::string select_attachment =
    "SELECT attachment.id, managed_id, attachment.owner, hash, attachment.size, content_type, "
    "file_name, created, unused_since FROM attachment ";

Attachment read_attachment(Columns& row) {
    Attachment attachment{.id = row.integer(),
                          .managed_id = row.text(),
                          .owner = row.text(),
                          .hash = row.text(),
                          .size = row.integer(),
                          .content_type = row.text(),
                          .file_name = row.text(),
                          .created = row.instant(),
                          .unused_since = {}};
    if (const auto since = row.optional_integer()) {
        attachment.unused_since = core::Instant{*since};
    }
    return attachment;
}

} // namespace

std::optional<Attachment> SqlAttachments::find(std::string_view managed_id) const {
    static const std::string sql = select_attachment + "WHERE managed_id = $1";
    return find_one(connection_, sql, {managed_id}, read_attachment);
}

std::vector<Attachment> SqlAttachments::list_of_object(std::int64_t object) const {
    static const std::string sql =
        select_attachment
        + "JOIN attachment_use ON attachment_use.attachment_id = attachment.id "
          "WHERE attachment_use.object_id = $1 ORDER BY attachment.id";
    return find_all(connection_, sql, {object}, read_attachment);
}

std::vector<AttachmentUse> SqlAttachments::uses(std::int64_t attachment) const {
    return find_all(connection_,
                    "SELECT object.id, collection.id, collection.owner FROM attachment_use "
                    "JOIN object ON object.id = attachment_use.object_id "
                    "JOIN collection ON collection.id = object.collection_id "
                    "WHERE attachment_use.attachment_id = $1 ORDER BY object.id",
                    {attachment}, [](Columns& row) {
                        return AttachmentUse{.object = row.integer(),
                                             .collection = row.integer(),
                                             .owner = row.text()};
                    });
}

std::int64_t SqlAttachments::bytes(std::string_view owner) const {
    return returned_integer(
        connection_,
        "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM attachment WHERE owner = $1 AND "
        "EXISTS (SELECT 1 FROM attachment_use WHERE attachment_id = "
        "attachment.id)",
        {owner});
}

void SqlAttachments::for_each(const std::function<void(const Attachment&)>& visit) const {
    static const std::string sql = select_attachment + "ORDER BY attachment.id";
    auto rows = connection_.query(sql, {});
    while (rows->next()) {
        Columns columns(*rows);
        visit(read_attachment(columns));
    }
}

// An update even of a row that is there: it takes the lock that remove_content() needs.
void SqlAttachments::hold_content(std::string_view hash, std::int64_t size) {
    execute(connection_,
            "INSERT INTO content (hash, size) VALUES ($1, $2) "
            "ON CONFLICT (hash) DO UPDATE SET size = excluded.size",
            {hash, size});
}

std::int64_t SqlAttachments::insert(const Attachment& attachment) {
    return returned_integer(
        connection_,
        "INSERT INTO attachment (managed_id, owner, hash, size, content_type, file_name, created) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        {attachment.managed_id, attachment.owner, attachment.hash, attachment.size,
         attachment.content_type, attachment.file_name, attachment.created.seconds});
}

void SqlAttachments::use(std::int64_t object, std::int64_t attachment) {
    execute(connection_,
            "INSERT INTO attachment_use (object_id, attachment_id) VALUES ($1, $2) "
            "ON CONFLICT (object_id, attachment_id) DO NOTHING",
            {object, attachment});
    // Also where nothing was noted: whoever forgets the row meanwhile has to begin anew.
    execute(connection_, "UPDATE attachment SET unused_since = NULL WHERE id = $1", {attachment});
}

void SqlAttachments::release(std::int64_t object, std::int64_t attachment) {
    execute(connection_, "DELETE FROM attachment_use WHERE object_id = $1 AND attachment_id = $2",
            {object, attachment});
}

std::vector<std::int64_t> SqlAttachments::unnoted(std::size_t limit_count) const {
    return find_all(connection_,
                    "SELECT id FROM attachment WHERE unused_since IS NULL AND NOT EXISTS "
                    "(SELECT 1 FROM attachment_use WHERE attachment_id = attachment.id) LIMIT $1",
                    {limit(limit_count)}, [](Columns& row) { return row.integer(); });
}

void SqlAttachments::note_unused(std::int64_t attachment, core::Instant now) {
    execute(connection_,
            "UPDATE attachment SET unused_since = $2 WHERE id = $1 AND NOT EXISTS "
            "(SELECT 1 FROM attachment_use WHERE attachment_id = $1)",
            {attachment, now.seconds});
}

std::size_t SqlAttachments::forget(core::Instant before, std::size_t limit_count) {
    auto rows = connection_.query(
        "DELETE FROM attachment WHERE id IN (SELECT id FROM attachment WHERE unused_since < $1 "
        "ORDER BY unused_since LIMIT $2) AND NOT EXISTS "
        "(SELECT 1 FROM attachment_use WHERE attachment_id = attachment.id) RETURNING id",
        {before.seconds, limit(limit_count)});
    std::size_t count = 0;
    while (rows->next()) {
        ++count;
    }
    return count;
}

std::vector<std::string> SqlAttachments::idle_content(std::size_t limit_count) const {
    return find_all(connection_,
                    "SELECT hash FROM content WHERE NOT EXISTS "
                    "(SELECT 1 FROM attachment WHERE attachment.hash = content.hash) LIMIT $1",
                    {limit(limit_count)}, [](Columns& row) { return row.text(); });
}

bool SqlAttachments::has_content(std::string_view hash) const {
    return find_one(connection_, "SELECT size FROM content WHERE hash = $1", {hash},
                    [](Columns& row) { return row.integer(); })
        .has_value();
}

bool SqlAttachments::remove_content(std::string_view hash) {
    auto rows = connection_.query("DELETE FROM content WHERE hash = $1 AND NOT EXISTS "
                                  "(SELECT 1 FROM attachment WHERE attachment.hash = $1) "
                                  "RETURNING size",
                                  {hash});
    bool removed = false;
    while (rows->next()) {
        removed = true;
    }
    return removed;
}

} // namespace storage::sql
