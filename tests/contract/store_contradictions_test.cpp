// What appointed check finds between rows, on each engine.
#include "storage/sql/contradictions.h"
#include "tests/contract/store_contract.h"

#include <gmock/gmock.h>

namespace contract {

namespace {

std::vector<std::string> contradictions(TestDatabase& database) {
    const auto connection = database.connect();
    std::vector<std::string> found;
    connection->begin_read();
    storage::sql::find_contradictions(
        *connection, [&](std::string_view subject, std::string_view what) {
            found.push_back(std::string(subject) + ": " + std::string(what));
        });
    connection->rollback();
    return found;
}

// One session with an event, a removed event, and properties of everything that may have them.
void fill(storage::WriteTransaction& transaction, std::int64_t calendar) {
    for (const char* name : {"a.ics", "b.ics"}) {
        storage::Object event = object(calendar, name);
        event.head.revision = transaction.collections().next_revision(calendar);
        event.head.id = transaction.objects().insert(event);
        storage::Session session;
        session.owner = "anna";
        session.uid = event.head.uid;
        session.object = event.head.id;
        storage::Participant person;
        person.session = transaction.sessions().insert(session);
        person.address = "paul@mail.example";
        transaction.sessions().insert(person);
        transaction.properties().set("object:" + std::to_string(event.head.id), {"x", "p", "<p/>"});
    }
    for (const std::string& resource : {"collection:" + std::to_string(calendar),
                                        std::string("account:anna"), std::string("home:anna")}) {
        transaction.properties().set(resource, {"x", "p", "<p/>"});
    }
    storage::Share share;
    share.collection = calendar;
    share.sharee = "anna";
    share.owner = "anna";
    share.status = storage::ShareStatus::accepted;
    transaction.shares().set(share);
    transaction.grants().set({"anna", calendar, "anna", share.level, "anna", {}});
    const std::string shared = "share:" + std::to_string(calendar) + ":anna";
    transaction.properties().set(shared, {"x", "p", "<p/>"});
    storage::Feed feed;
    feed.subject = "account:anna";
    transaction.feeds().insert(feed);
}

struct Planted {
    std::string sql;
    std::string finding;
};

} // namespace

TEST_P(StoreContract, ARightDatabaseHasNoContradictions) {
    const std::int64_t calendar = add_collection("calendar");
    write([&](storage::WriteTransaction& transaction) { fill(transaction, calendar); });
    remove(put(object(calendar, "c.ics")));

    EXPECT_THAT(contradictions(*database_), testing::IsEmpty());
}

TEST_P(StoreContract, EveryContradictionIsNamedWithItsSubject) {
    const std::int64_t calendar = add_collection("calendar");
    write([&](storage::WriteTransaction& transaction) { fill(transaction, calendar); });
    remove(put(object(calendar, "c.ics")));
    const std::string a = "/calendars/anna/calendar/a.ics";
    const std::string c = "/calendars/anna/calendar/c.ics";
    const std::vector<Planted> plants{
        {"UPDATE object SET revision = 99 WHERE name = 'a.ics'", a + ": has a revision that"},
        {"UPDATE tombstone SET revision = 99", c + ": was removed at a revision"},
        {"UPDATE tombstone SET name = 'a.ics'", a + ": is there and noted as removed"},
        {"UPDATE object SET revision = 2", a + ": shares its revision"},
        {"UPDATE tombstone SET revision = 2", c + ": shares its revision"},
        {"UPDATE collection SET revision_floor = 99", "/calendars/anna/calendar/: has forgotten"},
        {"UPDATE collection SET revision = 99",
         "/calendars/anna/calendar/: has a revision that its home has not reached"},
        {"INSERT INTO collection_tombstone VALUES ('anna', 'old', 99, 0)",
         "/calendars/anna/old/: was removed at a revision that its home"},
        {"INSERT INTO collection_tombstone VALUES ('anna', 'calendar', 1, 0)",
         "/calendars/anna/calendar/: is there and noted as removed"},
        {"UPDATE home SET bytes = bytes + 1", "/calendars/anna/: has another size"},
        {"DELETE FROM home", "/calendars/anna/calendar/: is in a home without"},
        {"INSERT INTO occurrence (collection_id, length_class, starts, ends, object_id, doubt) "
         "SELECT 99, 1, 1, 2, id, 0 FROM object WHERE name = 'a.ics'",
         a + ": is indexed in another calendar"},
        {"DELETE FROM fact", "the database: has no epoch"},
        {"UPDATE fact SET value = '' WHERE key = 'epoch'", "the database: has no epoch"},
        {"UPDATE property SET resource = 'object:77' WHERE resource = 'object:1'",
         "object:77 p: is a property of an object"},
        {"UPDATE property SET resource = 'object:x' WHERE resource = 'object:1'",
         "object:x p: is a property of an object"},
        {"UPDATE property SET resource = 'collection:77' WHERE resource LIKE 'collection:%'",
         "collection:77 p: is a property of a calendar"},
        {"UPDATE property SET resource = 'share:1:bob' WHERE resource = 'share:1:anna'",
         "share:1:bob p: is a property of a shared calendar"},
        {"UPDATE share SET owner = 'bob'",
         "/calendars/anna/calendar/: is shared by somebody who does not own it"},
        {"UPDATE share SET level = 3",
         "/calendars/anna/calendar/ anna: is shared with somebody to whom it is not granted"},
        {"DELETE FROM access_grant",
         "/calendars/anna/calendar/ anna: is shared with somebody to whom it is not granted"},
        {"UPDATE property SET resource = 'account:bob' WHERE resource = 'account:anna'",
         "account:bob p: is a property of an account"},
        {"UPDATE property SET resource = 'home:bob' WHERE resource = 'home:anna'",
         "home:bob p: is a property of an account"},
        {"UPDATE feed SET subject = 'account:bob'", "feed 1: is a feed of an account"},
        {"UPDATE session SET uid = 'other' WHERE id = 1",
         "session 1 of anna: hangs on an event of another"},
        {"UPDATE session SET object_id = NULL WHERE id = 1", "session 1 of anna: has neither"},
        {"UPDATE participant SET removed = 1 WHERE id = 1", "session 1 of anna: has nobody"},
    };
    for (const Planted& plant : plants) {
        auto connection = database_->connect();
        connection->begin_write();
        connection->run_script(plant.sql);
        std::vector<std::string> found;
        storage::sql::find_contradictions(
            *connection, [&](std::string_view subject, std::string_view what) {
                found.push_back(std::string(subject) + ": " + std::string(what));
            });
        connection->rollback();

        EXPECT_THAT(found, testing::Contains(testing::StartsWith(plant.finding))) << plant.sql;
    }
}

} // namespace contract
