// No statement of a repository reads a whole table, and a question about one week of a large
// calendar reads a week.
#include "storage/sql/migrate.h"
#include "storage/sql/transaction.h"
#include "tests/contract/forwarding_connection.h"
#include "tests/contract/sqlite_database.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <memory>
#include <set>

namespace contract {

namespace {

class RecordingConnection final : public ForwardingConnection {
public:
    using ForwardingConnection::ForwardingConnection;

    std::unique_ptr<storage::sql::Rows> query(std::string_view sql,
                                              storage::sql::Values values) override {
        statements.insert(std::string(sql));
        return real_->query(sql, values);
    }

    std::set<std::string> statements;
};

void use_accounts_and_collections(storage::WriteTransaction& transaction) {
    auto& accounts = transaction.accounts();
    accounts.insert(account("anna"));
    accounts.update(account("anna"));
    (void)accounts.find("anna");
    (void)accounts.find_by_login("anna");
    (void)accounts.find_by_email("anna@practice.example");
    (void)accounts.list();
    auto& collections = transaction.collections();
    const std::int64_t id = collections.insert(collection("anna", "work"));
    collections.next_revision(id);
    collections.update(*collections.find(id));
    (void)collections.find("anna", "work");
    (void)collections.list("anna");
    (void)collections.home_revision("anna");
    collections.remove(id);
    auto& properties = transaction.properties();
    properties.set("home:anna", {"urn:x", "note", "<note/>"});
    (void)properties.list("home:anna");
    properties.copy_all("home:anna", "home:bert");
    properties.remove("home:anna", "urn:x", "note");
    properties.remove_all("home:bert");
    auto& feeds = transaction.feeds();
    storage::Feed feed{.id = 0, .subject = "account:anna", .generation = 0, .created = {}};
    feed.id = feeds.insert(feed);
    feeds.update(feed);
    (void)feeds.find(feed.id);
    (void)feeds.find_by_subject("account:anna");
    feeds.raise("account:anna", {});
    transaction.facts().set("colour", "red");
    (void)transaction.facts().find("colour");
}

void use_objects(storage::WriteTransaction& transaction) {
    const std::int64_t work = transaction.collections().insert(collection("anna", "work"));
    auto& objects = transaction.objects();
    const std::int64_t id = objects.insert(object(work, "a.ics"));
    objects.update(*objects.find(id));
    (void)objects.find(work, "a.ics");
    (void)objects.find_head(work, "a.ics");
    (void)objects.find_by_uid(work, "uid of a.ics");
    (void)objects.find_by_owner_and_uid("anna", "uid of a.ics");
    objects.for_each_head(work, [](const storage::ObjectHead&) { return true; });
    objects.for_each_candidate(work, "VEVENT", {}, [](const storage::Object&) { return true; });
    (void)objects.changes(work, 0, 10);
    objects.leave_tombstone(work, "b.ics", 1);
    objects.remove(id);
}

void use_sessions(storage::WriteTransaction& transaction) {
    auto& sessions = transaction.sessions();
    storage::Session session;
    session.owner = "anna";
    session.id = sessions.insert(session);
    sessions.update(session);
    (void)sessions.find(session.id);
    (void)sessions.find("anna", "");
    (void)sessions.list_by_owner("anna");
    (void)sessions.list();
    storage::Participant participant;
    participant.session = session.id;
    participant.id = sessions.insert(participant);
    sessions.update(participant);
    (void)sessions.participant(participant.id);
    (void)sessions.participants(session.id);
    (void)sessions.participations_of_account("anna");
    (void)sessions.participations_of_address("");
    sessions.insert(storage::Attempt{.participant = participant.id,
                                     .occurrence = 0,
                                     .at = {},
                                     .outcome = "",
                                     .peer_address = ""});
    (void)sessions.attempts(participant.id, 10);
    sessions.trim_attempts(participant.id, 10);
}

struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

// A migrated database, the statements of all repositories, and SQLite's own interface to both.
class SqlitePlans : public testing::Test {
protected:
    void SetUp() override {
        RecordingConnection recorder(database_.connect());
        storage::sql::migrate(recorder);
        recorder.statements.clear();
        storage::sql::Transaction transaction(recorder);
        recorder.begin_write();
        use_accounts_and_collections(transaction);
        use_objects(transaction);
        use_sessions(transaction);
        recorder.rollback();
        statements_ = recorder.statements;
        ASSERT_EQ(sqlite3_open(database_.path().c_str(), &handle_), SQLITE_OK);
    }
    void TearDown() override { sqlite3_close(handle_); }

    Prepared prepare(const std::string& sql) {
        sqlite3_stmt* statement = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr), SQLITE_OK)
            << sql << ": " << sqlite3_errmsg(handle_);
        return Prepared(statement);
    }

    // Its steps, a line each.
    std::vector<std::string> plan(const std::string& sql) {
        const Prepared explain = prepare("EXPLAIN QUERY PLAN " + sql);
        std::vector<std::string> steps;
        while (sqlite3_step(explain.get()) == SQLITE_ROW) {
            steps.emplace_back(
                reinterpret_cast<const char*>(sqlite3_column_text(explain.get(), 3)));
        }
        return steps;
    }

    [[nodiscard]] std::string statement_with(const std::string& part) const {
        for (const std::string& sql : statements_) {
            if (sql.find(part) != std::string::npos) {
                return sql;
            }
        }
        ADD_FAILURE() << "no statement has " << part;
        return "SELECT 1";
    }

    SqliteDatabase database_;
    std::set<std::string> statements_;
    sqlite3* handle_ = nullptr;
};

constexpr std::int64_t day = 86400;

} // namespace

TEST_F(SqlitePlans, NoStatementReadsAWholeTable) {
    // By their nature: they list everybody.
    const std::set<std::string> lists = {statement_with("FROM account ORDER BY login"),
                                         statement_with("FROM session ORDER BY id")};
    EXPECT_GE(statements_.size(), 50U);

    for (const std::string& sql : statements_) {
        for (const std::string& step : plan(sql)) {
            // "SCAN (subquery-1)" and the like read what a search has found.
            const bool scans = step.starts_with("SCAN ") && !step.starts_with("SCAN (")
                               && step != "SCAN CONSTANT ROW";
            EXPECT_TRUE(!scans || lists.contains(sql)) << step << "\n" << sql;
        }
    }
}

TEST_F(SqlitePlans, LongListsAreReadInOrderAndNotSorted) {
    for (const char* part :
         {"FROM tombstone", "FROM object WHERE collection_id = $1 ORDER BY name"}) {
        EXPECT_THAT(plan(statement_with(part)),
                    testing::Not(testing::Contains(testing::HasSubstr("TEMP B-TREE"))))
            << part;
    }
}

TEST_F(SqlitePlans, EveryForeignKeyHasAnIndex) {
    int keys = 0;
    const Prepared all = prepare("SELECT m.name, k.\"from\" FROM sqlite_schema m, "
                                 "pragma_foreign_key_list(m.name) k WHERE m.type = 'table'");
    while (sqlite3_step(all.get()) == SQLITE_ROW) {
        const std::string table = reinterpret_cast<const char*>(sqlite3_column_text(all.get(), 0));
        const std::string column = reinterpret_cast<const char*>(sqlite3_column_text(all.get(), 1));
        const auto steps = plan("SELECT 1 FROM " + table + " WHERE " + column + " = $1");
        EXPECT_THAT(steps, testing::Each(testing::StartsWith("SEARCH"))) << table << "." << column;
        ++keys;
    }
    EXPECT_EQ(keys, 9);
}

TEST_F(SqlitePlans, AQuestionAboutAWeekReadsAWeekOfAHundredThousandObjects) {
    // Ten years of appointments, and one in fifty a series: half of those ended, half going on.
    const auto connection = database_.connect();
    connection->begin_write();
    connection->run_script(
        "INSERT INTO account VALUES ('anna', 'anna', '', '', '', 0, 0, 0);"
        "INSERT INTO collection (id, owner, name, is_calendar, components, time_zone, transparent, "
        "sessions, revision, revision_floor, created) VALUES (1, 'anna', 'w', 1, 1, '', 0, 1, 0, "
        "0, 0);"
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999) "
        "INSERT INTO object (collection_id, name, uid, component, content_type, etag, "
        "schedule_tag, "
        "size, revision, created, modified, span_start, span_end, links, text) "
        "SELECT 1, i, i, 'VEVENT', '', '', '', 0, i, 0, 0, i * 3153, "
        "i * 3153 + CASE WHEN i % 50 <> 0 THEN 3600 WHEN i % 100 = 0 THEN 30 * 86400 "
        "ELSE 1000000000000 END, '', 'text' FROM n;");
    connection->commit();
    const Prepared statement = prepare(statement_with("UNION ALL SELECT object.id"));
    const core::Instant start{3000 * day};
    const auto bind = [&](const char* name, std::int64_t value) {
        sqlite3_bind_int64(statement.get(), sqlite3_bind_parameter_index(statement.get(), name),
                           value);
    };
    bind("$1", 1);
    bind("$2", start.seconds - 7 * day);
    bind("$3", start.seconds);
    bind("$4", start.seconds + 7 * day);
    sqlite3_bind_text(statement.get(), sqlite3_bind_parameter_index(statement.get(), "$5"),
                      "VEVENT", -1, SQLITE_STATIC);

    int rows = 0;
    while (sqlite3_step(statement.get()) == SQLITE_ROW) {
        ++rows;
    }

    // 192 appointments of that week; some 820 series that go on and 8 that are about to end.
    EXPECT_GT(rows, 900);
    EXPECT_LT(rows, 1100);
    // Some 20 steps of SQLite's machine for each row, and not a multiple of the table's size.
    EXPECT_LT(sqlite3_stmt_status(statement.get(), SQLITE_STMTSTATUS_VM_STEP, 0), 40'000);
    EXPECT_EQ(sqlite3_stmt_status(statement.get(), SQLITE_STMTSTATUS_FULLSCAN_STEP, 0), 0);
}

} // namespace contract
