// Copying a whole database, from each engine to a file and back.
#include "core/unavailable.h"
#include "storage/sql/copy.h"
#include "storage/sql/query.h"
#include "tests/contract/forwarding_connection.h"
#include "tests/contract/sqlite_database.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

namespace contract {

using storage::sql::Connection;
using storage::sql::copy_everything;
using storage::sql::CopyOptions;
using storage::sql::Kind;
using storage::sql::Table;

namespace {

const CopyOptions replacing{CopyOptions::Existing::replace, 0, {}};

// "table.column kind" of everything that the migrations made.
std::set<std::string> schema_of(Connection& connection) {
    const bool sqlite = connection.dialect().engine == "sqlite";
    auto rows = connection.query(
        sqlite ? "SELECT m.name, c.name, c.type FROM sqlite_schema AS m "
                 "JOIN pragma_table_info(m.name) AS c "
                 "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!'"
               : "SELECT table_name, column_name, data_type FROM information_schema.columns "
                 "WHERE table_schema = current_schema()",
        {});
    std::set<std::string> found;
    while (rows->next()) {
        std::string type(rows->bytes(2));
        std::transform(type.begin(), type.end(), type.begin(), ::tolower);
        const char* kind = type == "text"                      ? "text"
                           : type == "blob" || type == "bytea" ? "blob"
                                                               : "integer";
        if (rows->bytes(0) != "schema_migration") {
            found.insert(std::string(rows->bytes(0)) + "." + std::string(rows->bytes(1)) + " "
                         + kind);
        }
    }
    return found;
}

// Every row of a database as text, by table.
std::map<std::string, std::vector<std::string>> dump(Connection& connection) {
    std::map<std::string, std::vector<std::string>> rows_by_table;
    for (const Table& table : storage::sql::tables()) {
        auto& lines = rows_by_table[std::string(table.name)];
        std::string columns;
        for (const auto& column : table.columns) {
            columns.append(columns.empty() ? "" : ", ").append(column.name);
        }
        auto rows = connection.query("SELECT " + columns + " FROM " + std::string(table.name), {});
        while (rows->next()) {
            std::string line;
            for (int i = 0; i < static_cast<int>(table.columns.size()); ++i) {
                const bool number =
                    table.columns[static_cast<std::size_t>(i)].kind == Kind::integer;
                line += rows->is_null(i) ? "null"
                        : number         ? std::to_string(rows->integer(i))
                                         : "'" + std::string(rows->bytes(i)) + "'";
                line += '|';
            }
            if (!line.starts_with("'epoch'|")) {
                lines.push_back(std::move(line));
            }
        }
        std::sort(lines.begin(), lines.end());
    }
    return rows_by_table;
}

std::string epoch(Connection& connection) {
    auto rows = connection.query("SELECT value FROM fact WHERE key = 'epoch'", {});
    return rows->next() ? std::string(rows->bytes(0)) : "";
}

// A disk that is full after so many rows.
class FailingInserts final : public ForwardingConnection {
public:
    FailingInserts(std::unique_ptr<Connection> real, int rows)
        : ForwardingConnection(std::move(real)), left_(rows) {}
    std::unique_ptr<storage::sql::Rows> query(std::string_view sql,
                                              storage::sql::Values values) override {
        if (sql.starts_with("INSERT") && left_-- == 0) {
            throw core::Unavailable("the disk is full");
        }
        return ForwardingConnection::query(sql, values);
    }

private:
    int left_;
};

storage::Object insert(storage::WriteTransaction& transaction, storage::Object object) {
    object.head.revision = transaction.collections().next_revision(object.head.collection);
    object.head.id = transaction.objects().insert(object);
    return object;
}

void fill_sessions(storage::WriteTransaction& transaction, const storage::Object& object) {
    storage::Session session;
    session.owner = "anna";
    session.uid = object.head.uid;
    session.object = object.head.id;
    session.id = transaction.sessions().insert(session);
    storage::Participant person;
    person.session = session.id;
    person.address = "paul@mail.example";
    person.id = transaction.sessions().insert(person);
    transaction.sessions().insert(storage::Attempt{person.id, -5, {7}, "admitted", "127.0.0.1"});
    transaction.outbox().announce(session.id, std::string("x\0y", 3), {9});
    transaction.outbox().note_delivery(session.id, {9});
    transaction.outbox().look_at_reminders(session.id, {9});
    storage::Mail mail;
    mail.session = session.id;
    mail.subject = "new";
    mail.text = std::string("\0x", 2);
    transaction.outbox().insert(mail);
    session.uid = "over";
    session.object.reset();
    session.last_text = std::string("a\0b", 3);
    transaction.sessions().insert(session);
    storage::Feed feed;
    feed.subject = "account:anna";
    transaction.feeds().insert(feed);
}

// Rows of every table, with what is hard to carry: nulls, empty texts, bytes that are no text, keys
// that share a beginning, and more rows than are read at once.
void fill_every_table(storage::WriteTransaction& transaction, std::int64_t calendar) {
    auto colored = *transaction.collections().find(calendar);
    colored.color = "";
    transaction.collections().update(colored);
    storage::Object odd = object(calendar, "odd.ics");
    odd.text = std::string("\0\xff\xfe text", 8);
    odd.links = "3 14";
    odd = insert(transaction, odd);
    fill_sessions(transaction, odd);
    for (int i = 0; i < 150; ++i) {
        const storage::Object made =
            insert(transaction, object(calendar, "o" + std::to_string(i) + ".ics"));
        transaction.objects().set_occurrences(
            made.head, {{{{i}, {i + 3'600}}, 0}, {{core::beginning_of_time, {i}}, 7}});
        std::string gone = "gone";
        for (int repeat = 0; repeat <= i; ++repeat) {
            gone += "\u00e9"; // two bytes
        }
        transaction.objects().leave_tombstone(
            calendar, gone, transaction.collections().next_revision(calendar), {i});
        transaction.properties().set(
            "object:" + std::to_string(i / 40),
            {"urn:x" + std::to_string(i % 7), "p" + std::to_string(i), "<x/>"});
    }
    transaction.collections().leave_tombstone("anna", "gone", {5});
    transaction.collections().set_default_calendar("anna", calendar);
    storage::Version version;
    version.owner = "anna";
    version.text = std::string("\0x", 2);
    transaction.versions().insert(version);
    transaction.grants().insert({"desk", "Front desk", {7}});
    transaction.grants().add_member("desk", "anna");
    transaction.grants().set({"anna", calendar, "desk", storage::Level::read, "anna", {7}});
    storage::Share share;
    share.collection = calendar;
    share.sharee = "anna";
    share.owner = "anna";
    share.name = "shared";
    share.color = "#112233";
    transaction.shares().set(share);
    transaction.attachments().hold_content("hash", 3);
    transaction.attachments().use(odd.head.id,
                                  transaction.attachments().insert({.id = 0,
                                                                    .managed_id = "m",
                                                                    .owner = "anna",
                                                                    .hash = "hash",
                                                                    .size = 3,
                                                                    .content_type = "a/b",
                                                                    .file_name = "\u00e9",
                                                                    .created = {7},
                                                                    .unused_since = {}}));
    transaction.facts().set("link_base", "https://clinic.example");
}

std::int64_t copy(TestDatabase& from, Connection& to, const CopyOptions& options = {}) {
    const auto rows = copy_everything(*from.connect(), to, options);
    EXPECT_TRUE(rows) << rows.error().detail;
    return rows.value_or(0);
}

} // namespace

TEST_P(StoreContract, EveryTableAndColumnOfTheSchemaIsCopied) {
    std::set<std::string> known;
    for (const Table& table : storage::sql::tables()) {
        for (const auto& column : table.columns) {
            known.insert(std::string(table.name) + "." + std::string(column.name) + " "
                         + (column.kind == Kind::integer ? "integer"
                            : column.kind == Kind::text  ? "text"
                                                         : "blob"));
        }
    }

    EXPECT_EQ(known, schema_of(*database_->connect()));
}

TEST_P(StoreContract, EveryRowIsCopiedToAFileAndBack) {
    const std::int64_t calendar = add_collection("calendar");
    write([&](storage::WriteTransaction& transaction) { fill_every_table(transaction, calendar); });
    SqliteDatabase other;
    other.open();
    const auto file = other.connect();
    const auto second = GetParam().make_database();
    second->open();
    const auto back = second->connect();

    copy(*database_, *file);
    ASSERT_TRUE(copy_everything(*file, *back, {}));

    const auto original = dump(*database_->connect());
    for (const auto& [table, rows] : original) {
        EXPECT_FALSE(rows.empty()) << "nothing was tested of " << table;
    }
    EXPECT_EQ(original, dump(*file));
    EXPECT_EQ(original, dump(*back));
}

TEST_P(StoreContract, ACopyHasAnEpochOfItsOwn) {
    const std::int64_t calendar = add_collection("calendar");
    write([&](storage::WriteTransaction& transaction) { fill_every_table(transaction, calendar); });
    SqliteDatabase other;
    other.open();
    const auto file = other.connect();
    copy(*database_, *file);
    const std::string first = epoch(*file);

    copy(*database_, *file, replacing);

    EXPECT_NE(first, epoch(*database_->connect()));
    EXPECT_NE(first, epoch(*file));
}

TEST_P(StoreContract, ACopyGivesNoNumberThatTheSourceGave) {
    const std::int64_t calendar = add_collection("calendar");
    write([&](storage::WriteTransaction& transaction) { fill_every_table(transaction, calendar); });
    SqliteDatabase other;
    other.open();
    const storage::Object last = put(object(calendar, "last.ics"));
    remove(last);
    const auto file = other.connect();

    copy(*database_, *file);

    const auto copied = other.open();
    const auto next =
        copied->write([&](storage::WriteTransaction& transaction) -> core::Result<std::int64_t> {
            return put(transaction, object(calendar, "next.ics")).head.id;
        });
    EXPECT_EQ(next, last.head.id + 1);
}

TEST_P(StoreContract, ACopyGivesNoNumberThatTheTargetGaveEither) {
    const std::int64_t calendar = add_collection("calendar");
    write([&](storage::WriteTransaction& transaction) { fill_every_table(transaction, calendar); });
    SqliteDatabase other;
    other.open();
    const auto file = other.connect();
    copy(*database_, *file);
    const storage::Object last = put(object(calendar, "last.ics"));
    const auto target = database_->connect();

    ASSERT_TRUE(copy_everything(*file, *target, {CopyOptions::Existing::replace, 1000, {}}));

    const storage::Object next = put(object(calendar, "next.ics"));
    EXPECT_EQ(next.head.id, last.head.id + 1001);
}

TEST_P(StoreContract, ACopyReplacesRowsOnlyWhenTold) {
    const std::int64_t calendar = add_collection("calendar");
    write([&](storage::WriteTransaction& transaction) { fill_every_table(transaction, calendar); });
    SqliteDatabase other;
    other.open();
    const auto before = dump(*database_->connect());

    const auto refused = copy_everything(*other.connect(), *database_->connect(), {});

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, core::Errc::conflict);
    EXPECT_EQ(dump(*database_->connect()), before);
    EXPECT_EQ(copy_everything(*other.connect(), *database_->connect(), replacing), 1)
        << "its epoch";
    EXPECT_TRUE(dump(*database_->connect())["account"].empty());
}

TEST_P(StoreContract, ACopyThatFailsOnTheWayChangesNothing) {
    const std::int64_t calendar = add_collection("calendar");
    write([&](storage::WriteTransaction& transaction) { fill_every_table(transaction, calendar); });
    SqliteDatabase other;
    other.open();
    const auto before = dump(*database_->connect());
    const std::string old_epoch = epoch(*database_->connect());
    const auto file = other.connect();
    copy(*database_, *file);
    FailingInserts target(database_->connect(), 200);

    EXPECT_THROW((void)copy_everything(*file, target, replacing), core::Unavailable);

    EXPECT_EQ(dump(*database_->connect()), before);
    EXPECT_EQ(epoch(*database_->connect()), old_epoch);
}

TEST_P(StoreContract, ACopyIsOfOneSnapshot) {
    const std::int64_t calendar = add_collection("calendar");
    write([&](storage::WriteTransaction& transaction) { fill_every_table(transaction, calendar); });
    SqliteDatabase other;
    other.open();
    const auto before = dump(*database_->connect());
    const auto file = other.connect();
    CopyOptions options;
    int pages = 0;
    options.on_progress = [&](std::int64_t, std::int64_t) {
        put(object(calendar, "meanwhile" + std::to_string(++pages) + ".ics"));
    };

    copy(*database_, *file, options);

    EXPECT_GT(pages, 5);
    EXPECT_EQ(dump(*file), before);
}

TEST_P(StoreContract, TheProgressOfACopyRisesToTheNumberOfRows) {
    const std::int64_t calendar = add_collection("calendar");
    write([&](storage::WriteTransaction& transaction) { fill_every_table(transaction, calendar); });
    SqliteDatabase other;
    other.open();
    std::vector<std::int64_t> seen{0};
    std::int64_t whole = 0;
    CopyOptions options;
    options.on_progress = [&](std::int64_t done, std::int64_t all) {
        EXPECT_GT(done, seen.back());
        seen.push_back(done);
        whole = all;
    };

    const std::int64_t rows = copy(*database_, *other.connect(), options);

    EXPECT_EQ(seen.back(), rows);
    EXPECT_EQ(whole, rows);
    EXPECT_GT(seen.size(), 8U);
}

TEST_P(StoreContract, AnIntactDatabaseHasNoDamage) {
    EXPECT_THAT(database_->connect()->find_damage(), testing::IsEmpty());
}

} // namespace contract
