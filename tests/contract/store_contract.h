// One suite for every engine: a test of StoreContract runs on each of them. An engine joins in with
// an INSTANTIATE_TEST_SUITE_P in its own file and a TestDatabase that it makes and removes.
#pragma once

#include "core/result.h"
#include "storage/sql/connection.h"
#include "storage/store.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace contract {

// A database of its own for one test, removed with the object.
class TestDatabase {
public:
    TestDatabase() = default;
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;
    virtual ~TestDatabase() = default;
    // Each call is what another process would do.
    virtual std::unique_ptr<storage::Store> open() = 0;
    // The bare driver on the same database.
    virtual std::unique_ptr<storage::sql::Connection> connect() = 0;
};

struct Engine {
    std::string name;
    std::function<std::unique_ptr<TestDatabase>()> make_database;

    friend std::ostream& operator<<(std::ostream& out, const Engine& engine) {
        return out << engine.name;
    }
};

inline std::string engine_name(const testing::TestParamInfo<Engine>& info) {
    return info.param.name;
}

inline storage::Account account(const std::string& id) {
    storage::Account account;
    account.id = id;
    account.login = id + "-login";
    account.name = "Dr " + id;
    account.email = id + "@practice.example";
    account.password_hash = "hash of " + id;
    account.created = {1'700'000'000};
    return account;
}

inline storage::Collection collection(const std::string& owner, const std::string& name) {
    storage::Collection collection;
    collection.owner = owner;
    collection.name = name;
    collection.created = {1'700'000'001};
    return collection;
}

inline storage::Object object(std::int64_t collection, const std::string& name) {
    storage::Object object;
    object.head.collection = collection;
    object.head.name = name;
    object.head.uid = "uid of " + name;
    object.head.component = "VEVENT";
    object.head.content_type = "text/calendar";
    object.head.etag = "etag of " + name;
    object.head.created = {1'700'000'002};
    object.head.modified = {1'700'000'003};
    object.text = "BEGIN:VCALENDAR\r\nX-NAME:" + name + "\r\nEND:VCALENDAR\r\n";
    object.head.size = static_cast<std::int64_t>(object.text.size());
    return object;
}

// Records as values to compare.
inline auto fields(const storage::Account& a) {
    return std::tuple(a.id, a.login, a.name, a.email, a.password_hash, a.admin, a.disabled,
                      a.created);
}

inline auto fields(const storage::Collection& c) {
    return std::tuple(c.id, c.owner, c.name, c.is_calendar, c.components, c.display_name,
                      c.description, c.color, c.order, c.time_zone, c.transparent, c.sessions,
                      c.revision, c.revision_floor, c.created);
}

inline auto fields(const storage::ObjectHead& h) {
    return std::tuple(h.id, h.collection, h.name, h.uid, h.component, h.content_type, h.etag,
                      h.schedule_tag, h.size, h.revision, h.created, h.modified);
}

// What lists tell of a head.
inline storage::ObjectHead without_uid(storage::ObjectHead head) {
    head.uid.clear();
    return head;
}

inline auto fields(const storage::Object& o) {
    return std::tuple_cat(fields(o.head),
                          std::tuple(o.text, o.links, o.index.span.start, o.index.span.end,
                                     o.index.complete.start, o.index.complete.end, o.index.due));
}

inline auto fields(const storage::Session& s) {
    return std::tuple(s.id, s.owner, s.uid, s.object, s.shift_seconds, s.last_text, s.created,
                      s.modified);
}

inline auto fields(const storage::Participant& p) {
    return std::tuple(p.id, p.session, p.address, p.name, p.role, p.account, p.generation,
                      p.removed, p.created);
}

// An open store with the account "anna".
class StoreContract : public testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        database_ = GetParam().make_database();
        store_ = database_->open();
        write([](storage::WriteTransaction& transaction) {
            transaction.accounts().insert(account("anna"));
        });
    }

    // A write that must succeed.
    template <class F>
    void write(F f) {
        const core::Done done = store_->write([&](storage::WriteTransaction& transaction) {
            f(transaction);
            return core::Done();
        });
        ASSERT_TRUE(done);
    }

    std::int64_t add_collection(const std::string& name, const std::string& owner = "anna") {
        return *store_->write(
            [&](storage::WriteTransaction& transaction) -> core::Result<std::int64_t> {
                return transaction.collections().insert(collection(owner, name));
            });
    }

    // Inserts under the collection's next revision; returns the object as it is stored.
    static storage::Object put(storage::WriteTransaction& transaction, storage::Object object) {
        object.head.revision = transaction.collections().next_revision(object.head.collection);
        object.head.id = transaction.objects().insert(object);
        return object;
    }

    storage::Object put(const storage::Object& object) {
        return *store_->write(
            [&](storage::WriteTransaction& transaction) -> core::Result<storage::Object> {
                return put(transaction, object);
            });
    }

    // Removes as a DELETE does.
    void remove(const storage::Object& object) {
        write([&](storage::WriteTransaction& transaction) {
            const std::int64_t revision =
                transaction.collections().next_revision(object.head.collection);
            transaction.objects().remove(object.head.id);
            transaction.objects().leave_tombstone(object.head.collection, object.head.name,
                                                  revision, {1'700'000'004});
        });
    }

    static std::vector<storage::Change> changes(const storage::ReadTransaction& transaction,
                                                std::int64_t collection, std::int64_t since,
                                                std::size_t limit = 1000) {
        std::vector<storage::Change> changes;
        transaction.objects().for_each_change(collection, since, limit,
                                              [&](const storage::Change& change) {
                                                  changes.push_back(change);
                                                  return true;
                                              });
        return changes;
    }

    std::vector<storage::Change> changes(std::int64_t collection, std::int64_t since,
                                         std::size_t limit = 1000) {
        return store_->read([&](const storage::ReadTransaction& transaction) {
            return changes(transaction, collection, since, limit);
        });
    }

    // An object that is indexed so.
    storage::Object add_indexed(std::int64_t collection, const std::string& name,
                                const std::vector<storage::IndexedOccurrence>& rows,
                                core::Interval complete = {}, core::Interval span = {},
                                const std::string& component = "VEVENT");
    // By name, what for_each_in_range visits.
    std::map<std::string, storage::Certainty>
    find_in_range(std::int64_t collection, core::Interval range,
                  storage::Detail detail = storage::Detail::text, std::string_view component = "");
    std::vector<storage::IndexedOccurrence> index_of(const storage::Object& object);

    std::unique_ptr<TestDatabase> database_;
    std::unique_ptr<storage::Store> store_;
};

inline std::optional<std::string> fact(storage::Store& store, std::string_view key) {
    return store.read(
        [&](const storage::ReadTransaction& transaction) { return transaction.facts().find(key); });
}

inline core::Done set_fact(storage::Store& store, std::string_view key, std::string_view value) {
    return store.write([&](storage::WriteTransaction& transaction) {
        transaction.facts().set(key, value);
        return core::Done();
    });
}

} // namespace contract
