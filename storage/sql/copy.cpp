#include "storage/sql/copy.h"

#include "core/strings.h"
#include "storage/sql/migrate.h"
#include "storage/sql/query.h"

#include <algorithm>
#include <optional>
#include <ranges>
#include <string>

namespace storage::sql {

namespace {

// Rows that are read at once: a driver may hold a whole answer in memory.
constexpr std::int64_t page_rows = 100;

Column integer(std::string_view name) {
    return {name, Kind::integer};
}

Column text(std::string_view name) {
    return {name, Kind::text};
}

Column blob(std::string_view name) {
    return {name, Kind::blob};
}

Table object_version_table() {
    return {"object_version",
            {integer("id"), text("owner"), integer("collection_id"), text("collection_name"),
             text("name"), text("uid"), text("component"), text("content_type"), text("ending"),
             integer("written"), integer("ended"), blob("text"), integer("running_bytes")},
            1,
            true};
}

Table feed_table() {
    return {"feed",
            {integer("id"), text("subject"), integer("generation"), integer("created"),
             integer("revision"), integer("modified"), integer("fetched"), integer("fetched_at")},
            1,
            true};
}

Table mail_table() {
    return {"mail",
            {integer("id"), integer("session_id"), text("message_id"), text("recipient"),
             text("subject"), blob("text"), blob("links"), integer("created"), integer("due"),
             integer("attempts"), integer("state"), text("failure")},
            1,
            true};
}

Table access_grant_table() {
    return {"access_grant",
            {text("owner"), integer("collection_id"), text("grantee"), integer("level"),
             text("granted_by"), integer("created")},
            3};
}

Table share_table() {
    return {"share",
            {integer("collection_id"), text("sharee"), text("owner"), text("invitation"),
             integer("level"), integer("status"), integer("unread"), text("summary"),
             text("sharee_name"), text("name"), text("display_name"), text("color"),
             text("sort_order"), integer("created")},
            2};
}

Table attachment_table() {
    return {"attachment",
            {integer("id"), text("managed_id"), text("owner"), text("hash"), integer("size"),
             text("content_type"), text("file_name"), integer("created"), integer("unused_since")},
            1,
            true};
}

// "$1, $2, ..."
std::string placeholders(std::size_t count) {
    std::string list;
    for (std::size_t i = 1; i <= count; ++i) {
        list += (i == 1 ? "$" : ", $") + std::to_string(i);
    }
    return list;
}

std::string names(std::span<const Column> columns) {
    std::string list;
    for (const Column& column : columns) {
        list.append(list.empty() ? "" : ", ").append(column.name);
    }
    return list;
}

std::int64_t count_rows(Connection& connection, const Table& table) {
    return returned_integer(connection, "SELECT COUNT(*) FROM " + std::string(table.name), {});
}

// A value that outlives its row.
using KeptValue = std::variant<std::int64_t, std::string>;

KeptValue keep(const Rows& rows, int column, Kind kind) {
    return kind == Kind::integer ? KeptValue(rows.integer(column))
                                 : KeptValue(std::string(rows.bytes(column)));
}

Value view(const KeptValue& kept) {
    const auto* number = std::get_if<std::int64_t>(&kept);
    return number != nullptr ? Value(*number)
                             : Value(std::string_view(std::get<std::string>(kept)));
}

Value value_of(const Rows& rows, int column, Kind kind) {
    if (rows.is_null(column)) {
        return {};
    }
    switch (kind) {
    case Kind::integer:
        return rows.integer(column);
    case Kind::text:
        return rows.bytes(column);
    case Kind::blob:
        break;
    }
    return Blob{rows.bytes(column)};
}

// Reads one table in order of its key, a page at a time, and inserts row by row.
class TableCopy {
public:
    TableCopy(Connection& from, Connection& to, const Table& table)
        : from_(from), to_(to), table_(table) {
        const std::string columns = names(table.columns);
        const std::string keys = names(std::span(table.columns).first(table.key_columns));
        const std::string name(table.name);
        first_page_ = "SELECT " + columns + " FROM " + name + " ORDER BY " + keys + " LIMIT $1";
        next_page_ = "SELECT " + columns + " FROM " + name + " WHERE (" + keys + ") > ("
                     + placeholders(table.key_columns) + ") ORDER BY " + keys + " LIMIT $"
                     + std::to_string(table.key_columns + 1);
        insert_ = "INSERT INTO " + name + " (" + columns + ") VALUES ("
                  + placeholders(table.columns.size()) + ")";
    }

    // Returns how many rows it copied; none: the table is done.
    std::int64_t copy_page() {
        std::vector<Value> parameters;
        parameters.reserve(last_key_.size() + 1);
        for (const KeptValue& value : last_key_) {
            parameters.push_back(view(value));
        }
        parameters.emplace_back(page_rows);
        auto rows = from_.query(last_key_.empty() ? first_page_ : next_page_, Values(parameters));
        std::int64_t count = 0;
        std::vector<KeptValue> key;
        while (rows->next()) {
            insert(*rows);
            ++count;
            key = key_of(*rows);
        }
        if (count > 0) {
            last_key_ = std::move(key);
        }
        return count;
    }

private:
    void insert(const Rows& rows) {
        std::vector<Value> values;
        values.reserve(table_.columns.size());
        for (std::size_t i = 0; i < table_.columns.size(); ++i) {
            values.push_back(value_of(rows, static_cast<int>(i), table_.columns[i].kind));
        }
        execute(to_, insert_, Values(values));
    }

    std::vector<KeptValue> key_of(const Rows& rows) const {
        std::vector<KeptValue> key;
        for (std::size_t i = 0; i < table_.key_columns; ++i) {
            key.push_back(keep(rows, static_cast<int>(i), table_.columns[i].kind));
        }
        return key;
    }

    Connection& from_;
    Connection& to_;
    const Table& table_;
    std::string first_page_;
    std::string next_page_;
    std::string insert_;
    std::vector<KeptValue> last_key_;
};

// A transaction that is rolled back unless it was committed.
class Scope {
public:
    explicit Scope(Connection& connection) : connection_(connection) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() {
        if (!committed_) {
            connection_.rollback();
        }
    }
    void commit() {
        connection_.commit();
        committed_ = true;
    }

private:
    Connection& connection_;
    bool committed_ = false;
};

bool has_rows(Connection& connection) {
    return std::ranges::any_of(tables(), [&](const Table& table) {
        // A new database has facts about itself.
        return table.name != "fact" && count_rows(connection, table) > 0;
    });
}

// Children first, so that no reference is ever without its row.
void remove_everything(Connection& connection) {
    for (const Table& table : std::views::reverse(tables())) {
        execute(connection, "DELETE FROM " + std::string(table.name), {});
    }
}

std::int64_t copy_rows(Connection& from, Connection& to, const CopyOptions& options) {
    std::int64_t all = 0;
    for (const Table& table : tables()) {
        all += count_rows(from, table);
    }
    std::int64_t done = 0;
    for (const Table& table : tables()) {
        TableCopy copy(from, to, table);
        while (const std::int64_t count = copy.copy_page()) {
            done += count;
            if (options.on_progress) {
                options.on_progress(done, all);
            }
        }
    }
    return done;
}

void go_on_with_identities(Connection& from, Connection& to, std::int64_t skipped) {
    for (const Table& table : tables()) {
        if (table.identity) {
            const std::int64_t last =
                std::max(from.last_identity(table.name), to.last_identity(table.name));
            to.skip_identities(table.name, last + skipped);
        }
    }
}

} // namespace

std::span<const Table> tables() {
    static const std::vector<Table> all{
        {"account",
         {text("id"), text("login"), text("name"), text("email"), text("password_hash"),
          integer("admin"), integer("disabled"), integer("created"), integer("kind")}},
        {"home",
         {text("owner"), integer("revision"), integer("revision_floor"), integer("renamed"),
          integer("bytes"), integer("default_calendar")}},
        {"collection",
         {integer("id"), text("owner"), text("name"), integer("is_calendar"), integer("components"),
          text("display_name"), text("description"), text("color"), text("sort_order"),
          text("time_zone"), integer("transparent"), integer("sessions"), integer("revision"),
          integer("revision_floor"), integer("created")},
         1,
         true},
        {"collection_tombstone",
         {text("owner"), text("name"), integer("revision"), integer("removed")},
         2},
        {"object",
         {integer("id"), integer("collection_id"), text("name"), text("uid"), text("component"),
          text("content_type"), text("etag"), text("schedule_tag"), integer("size"),
          integer("revision"), integer("created"), integer("modified"), integer("span_start"),
          integer("span_end"), integer("complete_start"), integer("complete_end"),
          integer("index_due"), blob("links"), blob("text")},
         1,
         true},
        {"occurrence",
         {integer("collection_id"), integer("length_class"), integer("starts"), integer("ends"),
          integer("object_id"), integer("doubt"), integer("taken")},
         6},
        {"tombstone",
         {integer("collection_id"), text("name"), integer("revision"), integer("removed")},
         2},
        {"property", {text("resource"), text("name_space"), text("name"), text("xml")}, 3},
        {"session",
         {integer("id"), text("owner"), text("uid"), integer("object_id"), integer("shift_seconds"),
          blob("last_text"), integer("created"), integer("modified")},
         1,
         true},
        {"participant",
         {integer("id"), integer("session_id"), text("address"), text("name"), text("role"),
          text("account_id"), integer("generation"), integer("removed"), integer("created")},
         1,
         true},
        {"attempt",
         {integer("id"), integer("participant_id"), integer("occurrence"), integer("at"),
          text("outcome"), text("peer_address")},
         1,
         true},
        feed_table(),
        {"announcement",
         {integer("session_id"), integer("sequence"), integer("due"), blob("former"),
          integer("delivery_due")}},
        {"reminder", {integer("session_id"), integer("due"), integer("handled")}},
        mail_table(),
        object_version_table(),
        {"team", {text("id"), text("name"), integer("created")}},
        {"team_member", {text("group_id"), text("account_id")}, 2},
        access_grant_table(),
        share_table(),
        {"content", {text("hash"), integer("size")}},
        attachment_table(),
        {"attachment_use", {integer("object_id"), integer("attachment_id")}, 2},
        {"fact", {text("key"), text("value")}},
    };
    return all;
}

core::Result<std::int64_t> copy_everything(Connection& from, Connection& to,
                                           const CopyOptions& options) {
    from.begin_read();
    Scope reading(from);
    to.begin_write();
    Scope writing(to);
    if (options.existing == CopyOptions::Existing::refuse && has_rows(to)) {
        return core::fail(core::Errc::conflict, "The target is not empty.");
    }
    remove_everything(to);
    const std::int64_t copied = copy_rows(from, to, options);
    go_on_with_identities(from, to, options.skipped_identities);
    renew_epoch(to);
    writing.commit();
    return copied;
}

} // namespace storage::sql
