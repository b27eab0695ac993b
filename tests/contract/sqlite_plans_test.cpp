// No statement of a repository reads a whole table, and a question about one week of a large
// calendar reads a week.
#include "storage/sql/migrate.h"
#include "storage/sql/transaction.h"
#include "tests/contract/forwarding_connection.h"
#include "tests/contract/large_calendar.h"
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
    (void)collections.removed("anna", 0);
    collections.remove(id);
    collections.leave_tombstone("anna", "work", {0});
    EXPECT_EQ(collections.forget_tombstones({1}, 10), 1U);
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
    feeds.note_fetched(feed, {});
    (void)feeds.is_followed(1, "address:");
    auto& versions = transaction.versions();
    storage::Version version;
    version.owner = "anna";
    (void)versions.find(versions.insert(version));
    (void)versions.list("anna", "work", "", 10);
    versions.trim(id, "a.ics", 10);
    versions.trim_owner("anna", 10);
    versions.forget({7}, 10);
    transaction.facts().set("colour", "red");
    (void)transaction.facts().find("colour");
}

void use_grants(storage::WriteTransaction& transaction) {
    auto& grants = transaction.grants();
    grants.insert({"desk", "Front desk", {}});
    (void)grants.group("desk");
    (void)grants.groups();
    grants.add_member("desk", "anna");
    (void)grants.members("desk");
    grants.set({"anna", std::nullopt, "desk", storage::Level::read, "anna", {}});
    (void)grants.held("anna", "bert");
    (void)grants.homes_of("bert");
    (void)grants.list("anna");
    grants.remove("anna", std::nullopt, "desk");
    grants.remove_member("desk", "anna");
    grants.remove_group("desk");
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
    for (const auto listing : {storage::Listing::heads, storage::Listing::names}) {
        objects.for_each_member(
            work, [](const storage::ObjectHead&) { return true; }, listing);
        objects.for_each_change(
            work, 0, 10, [](const storage::Change&) { return true; }, listing);
    }
    objects.for_each_object(work, "VEVENT", [](const storage::Object&) { return true; });
    const storage::Object found = *objects.find(id);
    objects.set_occurrences(found.head, std::vector<storage::IndexedOccurrence>(1));
    (void)objects.occurrences(id);
    for (const auto detail : {storage::Detail::head, storage::Detail::text}) {
        for (const core::Interval range : {core::Interval{}, core::Interval{{0}, {1}}}) {
            objects.for_each_in_range(
                work, "VEVENT", range, detail,
                [](const storage::Object&, storage::Certainty) { return true; });
        }
    }
    EXPECT_EQ(objects.index_due({0}, 10).size(), 1U);
    EXPECT_TRUE(objects.old_messages({0}, 10).empty());
    transaction.collections().set_default_calendar("anna", work);
    EXPECT_TRUE(objects.refresh_index(found, {{}, {{0}, {1}}, {0}}, {}));
    objects.leave_tombstone(work, "b.ics", 1, {0});
    EXPECT_EQ(objects.forget_tombstones({1}, 10), 1U);
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
    auto& outbox = transaction.outbox();
    outbox.announce(session.id, "", {7});
    (void)outbox.due_announcements({7}, 10);
    outbox.announced(session.id, 1);
    outbox.note_delivery(session.id, {7});
    (void)outbox.due_deliveries({7}, 10);
    outbox.delivery_written(session.id);
    outbox.look_at_reminders(session.id, {7});
    (void)outbox.due_reminders({7}, 10);
    outbox.reminded(session.id, {7}, core::Instant{8});
    storage::Mail mail;
    mail.session = session.id;
    mail.subject = "new";
    mail.id = outbox.insert(mail);
    (void)outbox.claim({7}, {9}, 10);
    outbox.retry(mail.id, {7}, "");
    outbox.give_up(mail.id, "");
    (void)outbox.list(10);
    (void)outbox.find(mail.id);
    (void)outbox.mails_of(session.id);
    outbox.sent(mail.id, {7});
    outbox.forget(storage::MailState::sent, {7});
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

void use_attachments(storage::WriteTransaction& transaction) {
    auto& attachments = transaction.attachments();
    attachments.hold_content("hash", 3);
    storage::Attachment attachment;
    attachment.managed_id = "x";
    attachment.owner = "anna";
    attachment.hash = "hash";
    attachment.id = attachments.insert(attachment);
    (void)attachments.find("x");
    (void)attachments.list_of_object(1);
    (void)attachments.uses(attachment.id);
    (void)attachments.bytes("anna");
    attachments.for_each([](const storage::Attachment&) {});
    const std::int64_t work = transaction.collections().insert(collection("anna", "attached"));
    const std::int64_t event = transaction.objects().insert(object(work, "a.ics"));
    attachments.use(event, attachment.id);
    attachments.release(event, attachment.id);
    (void)attachments.unnoted(10);
    attachments.note_unused(attachment.id, {7});
    EXPECT_EQ(attachments.forget({8}, 10), 1U);
    (void)attachments.idle_content(10);
    (void)attachments.has_content("hash");
    EXPECT_TRUE(attachments.remove_content("hash"));
}

struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

// A migrated database, the statements of all repositories, and SQLite's own interface to both.
// How often statements of the connections that are made while this lives are compiled.
class Compilations {
public:
    Compilations() {
        count_ = 0;
        sqlite3_auto_extension(reinterpret_cast<void (*)()>(watch));
    }
    Compilations(const Compilations&) = delete;
    Compilations& operator=(const Compilations&) = delete;
    ~Compilations() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(watch)); }
    [[nodiscard]] static int count() { return count_; }

private:
    // SQLite asks the authorizer for each SELECT in a statement while it compiles it.
    static int watch(sqlite3* handle, char** /*error*/, const sqlite3_api_routines* /*api*/) {
        return sqlite3_set_authorizer(handle, note, nullptr);
    }
    static int note(void* /*nothing*/, int action, const char* /*first*/, const char* /*second*/,
                    const char* /*database*/, const char* /*view*/) {
        count_ += action == SQLITE_SELECT ? 1 : 0;
        return SQLITE_OK;
    }
    inline static int count_ = 0;
};

class SqlitePlans : public testing::Test {
protected:
    void SetUp() override {
        RecordingConnection recorder(database_.connect());
        storage::sql::migrate(recorder);
        recorder.statements.clear();
        storage::sql::Transaction transaction(recorder);
        recorder.begin_write();
        use_accounts_and_collections(transaction);
        use_grants(transaction);
        use_objects(transaction);
        use_sessions(transaction);
        use_attachments(transaction);
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

} // namespace

TEST_F(SqlitePlans, NoStatementReadsAWholeTable) {
    // By their nature: they list everybody.
    const std::set<std::string> lists = {
        statement_with("FROM account ORDER BY login"), statement_with("FROM team ORDER BY id"),
        statement_with("FROM session ORDER BY id"),    statement_with("FROM mail WHERE state < 2"),
        statement_with("FROM attachment ORDER BY"),    statement_with("SELECT hash FROM content")};
    EXPECT_GE(statements_.size(), 50U);

    for (const std::string& sql : statements_) {
        for (const std::string& step : plan(sql)) {
            // "SCAN (subquery-1)" and the like read what a search has found.
            const std::set<std::string> found = {"SCAN CONSTANT ROW", "SCAN met", "SCAN found",
                                                 "SCAN old"};
            const bool scans =
                step.starts_with("SCAN ") && !step.starts_with("SCAN (") && !found.contains(step);
            EXPECT_TRUE(!scans || lists.contains(sql)) << step << "\n" << sql;
        }
    }
}

TEST_F(SqlitePlans, LongListsAreReadInOrderAndNotSorted) {
    for (const char* part :
         {"schedule_tag, object.size, object.created, object.modified FROM object "
          "WHERE collection_id = $1 AND revision > $2 ORDER BY revision LIMIT $3",
          "object.name, object.etag FROM object "
          "WHERE collection_id = $1 AND revision > $2 ORDER BY revision LIMIT $3",
          "object.modified FROM object WHERE collection_id = $1 ORDER BY revision",
          "object.etag FROM object WHERE collection_id = $1 ORDER BY revision"}) {
        const auto steps = plan(statement_with(part));
        EXPECT_THAT(steps, testing::Not(testing::Contains(testing::HasSubstr("TEMP B-TREE"))))
            << part;
        // Without a look at the rows, which hold the texts.
        EXPECT_THAT(steps, testing::Contains(testing::HasSubstr("COVERING INDEX object_member")))
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
    EXPECT_EQ(keys, 24);
}

TEST_F(SqlitePlans, AQuestionAboutAWeekReadsAWeekOfAHundredThousandObjects) {
    const auto connection = database_.connect();
    connection->begin_write();
    connection->run_script(hundred_thousand_objects);
    connection->commit();
    const core::Instant start{3000 * core::day_seconds};
    int rows = 0;
    int steps = 0;
    for (const char* part : {"AS sure FROM", "AND complete_end < $3"}) {
        const Prepared statement = prepare(statement_with(part));
        const auto bind = [&](const char* name, std::int64_t value) {
            sqlite3_bind_int64(statement.get(), sqlite3_bind_parameter_index(statement.get(), name),
                               value);
        };
        bind("$1", 1);
        bind("$2", start.seconds);
        bind("$3", start.seconds + 7 * core::day_seconds);
        sqlite3_bind_text(statement.get(), sqlite3_bind_parameter_index(statement.get(), "$4"),
                          "VEVENT", -1, SQLITE_STATIC);
        while (sqlite3_step(statement.get()) == SQLITE_ROW) {
            ++rows;
        }
        // Of what was found, not of a table.
        EXPECT_LE(sqlite3_stmt_status(statement.get(), SQLITE_STMTSTATUS_FULLSCAN_STEP, 0), rows);
        steps += sqlite3_stmt_status(statement.get(), SQLITE_STMTSTATUS_VM_STEP, 0);
    }

    // 182 appointments of that week, 5,000 series that meet in every week, some 2 stays.
    EXPECT_GT(rows, 5'150);
    EXPECT_LT(rows, 5'250);
    // Some 75 steps of SQLite's machine for each row, and not a multiple of the table's size.
    EXPECT_LT(steps, 100 * rows);
}

// Columns of partial indexes are compared with parameters here, and without the planner's stability
// guarantee each value would be planned for.
TEST_F(SqlitePlans, AStatementIsCompiledOnceWhateverIsAskedFor) {
    const Compilations compilations;
    const auto connection = database_.connect();
    storage::sql::Transaction transaction(*connection);
    const auto ask = [&](std::int64_t day) {
        const core::Instant start{day * core::day_seconds};
        const core::Interval week{start, start + 7 * core::day_seconds};
        transaction.objects().for_each_in_range(
            1, "VEVENT", week, storage::Detail::head,
            [](const storage::Object&, storage::Certainty) { return true; });
    };

    ask(1);
    const int once = Compilations::count();
    for (std::int64_t day = 2; day < 10; ++day) {
        ask(day);
    }

    EXPECT_GT(once, 0);
    EXPECT_EQ(Compilations::count(), once);
}

} // namespace contract
