// Calendar objects: lookups, changes since a revision (RFC 6578), candidates for a time range.
#include "core/unavailable.h"
#include "tests/contract/store_contract.h"

#include <algorithm>

namespace contract {

using storage::Change;
using storage::Object;
using storage::ReadTransaction;
using storage::WriteTransaction;

TEST_P(StoreContract, AnObjectComesBackByteForByte) {
    const std::int64_t work = add_collection("work");
    Object full = object(work, "a.ics");
    full.head.schedule_tag = "tag";
    full.text = std::string("\0\xff\xfe'\r\n", 6) + std::string(100'000, 'x');
    full.links = std::string("12\0"
                             "34",
                             5);
    full.index = {{{-5'000'000'000}, {5'000'000'000}}, {{-1}, {4'000'000'000}}, {3}};

    full = put(full);

    store_->read([&](const ReadTransaction& transaction) {
        const auto& objects = transaction.objects();
        EXPECT_EQ(fields(*objects.find(work, "a.ics")), fields(full));
        EXPECT_EQ(fields(*objects.find(full.head.id)), fields(full));
        EXPECT_EQ(fields(*objects.find_head(work, "a.ics")), fields(full.head));
        EXPECT_EQ(fields(*objects.find_by_uid(work, "uid of a.ics")), fields(full.head));
        EXPECT_FALSE(objects.find(work, "A.ics"));
        EXPECT_FALSE(objects.find_head(work + 1, "a.ics"));
        EXPECT_FALSE(objects.find_by_uid(work, "other"));
        EXPECT_FALSE(objects.find(full.head.id + 1));
    });
}

TEST_P(StoreContract, AnUpdatedObjectIsTheNewOneInEveryField) {
    const std::int64_t work = add_collection("work");
    Object changed = put(object(work, "a.ics"));
    changed.head.uid = "other uid";
    changed.head.component = "VTODO";
    changed.head.etag = "other etag";
    changed.head.schedule_tag = "other tag";
    changed.head.size = 3;
    changed.head.modified = {7};
    changed.text = "new";
    changed.links = "1";
    changed.index = {{{1}, {2}}, {}, core::end_of_time};

    write([&](WriteTransaction& transaction) {
        changed.head.revision = transaction.collections().next_revision(work);
        transaction.objects().update(changed);
    });

    store_->read([&](const ReadTransaction& transaction) {
        EXPECT_EQ(fields(*transaction.objects().find(changed.head.id)), fields(changed));
        EXPECT_FALSE(transaction.objects().find_by_uid(work, "uid of a.ics"));
    });
}

TEST_P(StoreContract, ACollectionHoldsOneObjectPerNameAndUid) {
    const std::int64_t work = add_collection("work");
    put(object(work, "a.ics"));
    Object same_uid = object(work, "b.ics");
    same_uid.head.uid = "uid of a.ics";
    Object same_name = object(work, "a.ics");
    same_name.head.uid = "another";

    EXPECT_THROW(put(same_uid), core::Unavailable);
    EXPECT_THROW(put(same_name), core::Unavailable);

    EXPECT_EQ(changes(work, 0).size(), 1U);
}

TEST_P(StoreContract, MembersOfAPlainCollectionHaveNoUid) {
    const std::int64_t files = add_collection("files");
    for (const char* name : {"a.txt", "b.txt"}) {
        Object file = object(files, name);
        file.head.uid.clear();
        put(file);
    }

    store_->read([&](const ReadTransaction& transaction) {
        EXPECT_TRUE(transaction.objects().find(files, "b.txt"));
        EXPECT_FALSE(transaction.objects().find_by_uid(files, ""));
        EXPECT_TRUE(transaction.objects().find_by_owner_and_uid("anna", "").empty());
    });
}

TEST_P(StoreContract, AUidIsFoundInAllCollectionsOfItsOwnerNewestFirst) {
    write([](WriteTransaction& transaction) { transaction.accounts().insert(account("bert")); });
    const std::vector<std::int64_t> calendars = {add_collection("one"), add_collection("two"),
                                                 add_collection("three"),
                                                 add_collection("one", "bert")};
    const std::vector<std::int64_t> modified = {20, 30, 10, 40};
    for (std::size_t i = 0; i < calendars.size(); ++i) {
        Object copy = object(calendars[i], "a.ics");
        copy.head.modified = {modified[i]};
        put(copy);
    }

    std::vector<std::int64_t> found;
    store_->read([&](const ReadTransaction& transaction) {
        for (const Object& copy :
             transaction.objects().find_by_owner_and_uid("anna", "uid of a.ics")) {
            EXPECT_FALSE(copy.text.empty());
            found.push_back(copy.head.collection);
        }
    });

    EXPECT_EQ(found, (std::vector{calendars[1], calendars[0], calendars[2]}));
}

TEST_P(StoreContract, MembersComeInOrderOfRevisionUntilTheVisitorStops) {
    const std::int64_t work = add_collection("work");
    const std::int64_t other = add_collection("other");
    for (const char* name : {"c", "a", "d", "b"}) {
        put(object(work, name));
    }
    put(object(other, "x"));

    std::vector<std::string> all;
    std::vector<std::string> two;
    store_->read([&](const ReadTransaction& transaction) {
        transaction.objects().for_each_member(work, [&](const storage::ObjectHead& head) {
            all.push_back(head.name);
            return true;
        });
        transaction.objects().for_each_member(work, [&](const storage::ObjectHead& head) {
            two.push_back(head.name);
            return two.size() < 2;
        });
    });

    EXPECT_EQ(all, (std::vector<std::string>{"c", "a", "d", "b"}));
    EXPECT_EQ(two, (std::vector<std::string>{"c", "a"}));
}

TEST_P(StoreContract, AListOfNamesHoldsWhatItPromisesAndNoMore) {
    const std::int64_t work = add_collection("work");
    put(object(work, "a"));
    remove(put(object(work, "b")));

    std::vector<storage::ObjectHead> members;
    std::vector<storage::Change> changed;
    store_->read([&](const ReadTransaction& transaction) {
        transaction.objects().for_each_member(
            work,
            [&](const storage::ObjectHead& head) {
                members.push_back(head);
                return true;
            },
            storage::Listing::names);
        transaction.objects().for_each_change(
            work, 0, 10,
            [&](const storage::Change& change) {
                changed.push_back(change);
                return true;
            },
            storage::Listing::names);
    });

    const storage::ObjectHead whole = changes(work, 0).at(0).head;
    ASSERT_EQ(members.size(), 1U);
    ASSERT_EQ(changed.size(), 2U);
    for (const storage::ObjectHead& head : {members[0], changed[0].head}) {
        EXPECT_EQ(head.id, whole.id);
        EXPECT_EQ(head.collection, work);
        EXPECT_EQ(head.revision, whole.revision);
        EXPECT_EQ(head.name, "a");
        EXPECT_EQ(head.etag, whole.etag);
        EXPECT_EQ(head.content_type, "");
    }
    EXPECT_TRUE(changed[1].removed);
    EXPECT_EQ(changed[1].head.name, "b");
}

TEST_P(StoreContract, AVisitorMayAskTheSameQuestionAgain) {
    const std::int64_t work = add_collection("work");
    for (const char* name : {"a", "b", "c"}) {
        put(object(work, name));
    }

    int visits = 0;
    store_->read([&](const ReadTransaction& transaction) {
        transaction.objects().for_each_member(work, [&](const storage::ObjectHead& outer) {
            transaction.objects().for_each_member(work, [&](const storage::ObjectHead& inner) {
                EXPECT_EQ(transaction.objects().find(inner.id)->head.name, inner.name);
                ++visits;
                return true;
            });
            return outer.name != "b";
        });
    });

    EXPECT_EQ(visits, 6);
}

TEST_P(StoreContract, AnExceptionOfAVisitorLeavesTheStoreWorking) {
    const std::int64_t work = add_collection("work");
    put(object(work, "a"));
    const auto throwing = [](const storage::ObjectHead&) -> bool {
        throw std::out_of_range("visitor");
    };

    EXPECT_THROW(store_->read([&](const ReadTransaction& transaction) {
        transaction.objects().for_each_member(work, throwing);
    }),
                 std::out_of_range);
    EXPECT_THROW((void)store_->write([&](WriteTransaction& transaction) {
        put(transaction, object(work, "b"));
        transaction.objects().for_each_member(work, throwing);
        return core::Done();
    }),
                 std::out_of_range);

    EXPECT_EQ(changes(work, 0).size(), 1U);
}

TEST_P(StoreContract, AMemberHasOneChangeWhateverHappenedToIt) {
    const std::int64_t work = add_collection("work");
    Object a = put(object(work, "a.ics"));
    ASSERT_EQ(changes(work, 0).size(), 1U);
    EXPECT_EQ(changes(work, 0)[0].head.id, a.head.id);
    EXPECT_FALSE(changes(work, 0)[0].removed);
    EXPECT_EQ(changes(work, 0)[0].head.etag, "etag of a.ics");
    EXPECT_EQ(changes(work, 0)[0].head.component, "VEVENT");
    EXPECT_EQ(changes(work, 0)[0].head.content_type, "text/calendar");

    write([&](WriteTransaction& transaction) {
        a.head.revision = transaction.collections().next_revision(work);
        a.head.etag = "second";
        transaction.objects().update(a);
    });
    ASSERT_EQ(changes(work, 0).size(), 1U);
    EXPECT_EQ(changes(work, 0)[0].head.revision, 3);
    EXPECT_EQ(changes(work, 0)[0].head.etag, "second");
    EXPECT_EQ(changes(work, 2).size(), 1U);
    EXPECT_TRUE(changes(work, 3).empty());

    remove(a);
    ASSERT_EQ(changes(work, 0).size(), 1U);
    EXPECT_TRUE(changes(work, 0)[0].removed);
    EXPECT_EQ(changes(work, 0)[0].head.revision, 4);
    EXPECT_EQ(changes(work, 0)[0].head.name, "a.ics");
    EXPECT_EQ(changes(work, 0)[0].head.id, 0);
    EXPECT_EQ(changes(work, 0)[0].head.etag, "");

    const Object again = put(object(work, "a.ics"));
    ASSERT_EQ(changes(work, 0).size(), 1U);
    EXPECT_FALSE(changes(work, 0)[0].removed);
    EXPECT_EQ(changes(work, 0)[0].head.revision, 5);
    EXPECT_EQ(changes(work, 0)[0].head.id, again.head.id);

    remove(again);
    ASSERT_EQ(changes(work, 4).size(), 1U);
    EXPECT_EQ(changes(work, 4)[0].head.revision, 6);
}

TEST_P(StoreContract, CreatedAndRemovedSinceIsListedAsRemoved) {
    const std::int64_t work = add_collection("work");
    const Object before = put(object(work, "before.ics"));
    const Object brief = put(object(work, "brief.ics"));
    remove(brief);

    const auto since = changes(work, before.head.revision);

    ASSERT_EQ(since.size(), 1U);
    EXPECT_EQ(since[0].head.name, "brief.ics");
    EXPECT_TRUE(since[0].removed);
}

TEST_P(StoreContract, ChangesInPiecesAreTheWholeInOrderOfRevision) {
    const std::int64_t work = add_collection("work");
    const std::int64_t other = add_collection("other");
    std::vector<Object> objects;
    for (int i = 0; i < 20; ++i) {
        objects.push_back(put(object(work, std::to_string(i))));
        put(object(other, std::to_string(i)));
    }
    for (std::size_t i = 0; i < objects.size(); i += 3) {
        remove(objects[i]);
    }

    std::vector<std::string> pieces;
    std::int64_t revision = 0;
    for (;;) {
        const auto piece = changes(work, revision, 3);
        if (piece.empty()) {
            break;
        }
        EXPECT_LE(piece.size(), 3U);
        for (const Change& change : piece) {
            EXPECT_GT(change.head.revision, revision);
            revision = change.head.revision;
            pieces.push_back(change.head.name);
        }
    }

    std::vector<std::string> whole;
    for (const Change& change : changes(work, 0)) {
        whole.push_back(change.head.name);
    }
    EXPECT_EQ(pieces, whole);
    EXPECT_EQ(whole.size(), 20U);
    EXPECT_TRUE(changes(work, 0, 0).empty());
    EXPECT_EQ(changes(work, 0, std::numeric_limits<std::size_t>::max()).size(), 20U);
}

TEST_P(StoreContract, AMovedObjectKeepsItsIdAndDeadProperties) {
    const std::int64_t from = add_collection("from");
    const std::int64_t to = add_collection("to");
    Object moved = put(object(from, "a.ics"));
    const Object old = put(object(to, "b.ics"));
    remove(old);
    const std::string key = "object:" + std::to_string(moved.head.id);
    write([&](WriteTransaction& transaction) {
        transaction.properties().set(key, {"urn:x", "note", "<note/>"});
        transaction.objects().leave_tombstone(from, "a.ics",
                                              transaction.collections().next_revision(from), {});
        moved.head.collection = to;
        moved.head.name = "b.ics";
        moved.head.revision = transaction.collections().next_revision(to);
        transaction.objects().update(moved);
    });

    store_->read([&](const ReadTransaction& transaction) {
        EXPECT_EQ(transaction.objects().find(to, "b.ics")->head.id, moved.head.id);
        EXPECT_FALSE(transaction.objects().find(from, "a.ics"));
        EXPECT_EQ(transaction.properties().list(key).size(), 1U);
    });
    ASSERT_EQ(changes(from, 0).size(), 1U);
    EXPECT_TRUE(changes(from, 0)[0].removed);
    ASSERT_EQ(changes(to, 0).size(), 1U);
    EXPECT_FALSE(changes(to, 0)[0].removed);
    EXPECT_EQ(changes(to, 0)[0].head.name, "b.ics");
}

TEST_P(StoreContract, ARemovedObjectTakesItsDeadPropertiesAlong) {
    const std::int64_t work = add_collection("work");
    const Object gone = put(object(work, "a.ics"));
    const std::string key = "object:" + std::to_string(gone.head.id);
    write([&](WriteTransaction& transaction) {
        transaction.properties().set(key, {"urn:x", "note", "<note/>"});
        transaction.properties().set(key + "0", {"urn:x", "note", "<note/>"});
    });

    remove(gone);

    store_->read([&](const ReadTransaction& transaction) {
        EXPECT_TRUE(transaction.properties().list(key).empty());
        EXPECT_EQ(transaction.properties().list(key + "0").size(), 1U);
    });
}

TEST_P(StoreContract, ListsTellEverythingButTheUid) {
    const std::int64_t work = add_collection("work");
    Object full = object(work, "a.ics");
    full.head.schedule_tag = "tag";
    full = put(full);

    store_->read([&](const ReadTransaction& transaction) {
        transaction.objects().for_each_member(work, [&](const storage::ObjectHead& head) {
            EXPECT_EQ(fields(head), fields(without_uid(full.head)));
            return true;
        });
    });
    ASSERT_EQ(changes(work, 0).size(), 1U);
    EXPECT_EQ(fields(changes(work, 0)[0].head), fields(without_uid(full.head)));
}

TEST_P(StoreContract, AllObjectsOfAComponentComeWithTheirText) {
    const std::int64_t work = add_collection("work");
    const Object event = put(object(work, "event"));
    Object todo = object(work, "todo");
    todo.head.component = "VTODO";
    put(todo);
    put(object(add_collection("other"), "event"));
    const auto found = [&](std::string_view component) {
        std::vector<Object> all;
        store_->read([&](const ReadTransaction& transaction) {
            transaction.objects().for_each_object(work, component, [&](const Object& each) {
                all.push_back(each);
                return all.size() < 2;
            });
        });
        return all;
    };

    ASSERT_EQ(found("VEVENT").size(), 1U);
    EXPECT_EQ(fields(found("VEVENT")[0]), fields(event));
    EXPECT_TRUE(found("VJOURNAL").empty());
    EXPECT_EQ(found("").size(), 2U);
}

TEST_P(StoreContract, OldTombstonesAreForgottenAndTheFloorIsAboveThem) {
    const std::int64_t work = add_collection("work");
    const std::int64_t other = add_collection("other");
    write([&](WriteTransaction& transaction) {
        auto& objects = transaction.objects();
        for (int i = 1; i <= 9; ++i) {
            objects.leave_tombstone(work, std::to_string(i),
                                    transaction.collections().next_revision(work), {100 * i});
        }
        objects.leave_tombstone(other, "young", transaction.collections().next_revision(other),
                                {1'000});
    });
    const auto forget = [&](std::int64_t before, std::size_t limit) {
        return *store_->write([&](WriteTransaction& transaction) -> core::Result<std::size_t> {
            return transaction.objects().forget_tombstones({before}, limit);
        });
    };
    const auto floor = [&](std::int64_t collection) {
        return store_->read([&](const ReadTransaction& transaction) {
            return transaction.collections().find(collection)->revision_floor;
        });
    };

    EXPECT_EQ(forget(100, 10), 0U);
    EXPECT_EQ(floor(work), 0);
    EXPECT_EQ(forget(500, 3), 3U);
    EXPECT_EQ(floor(work), 5);
    EXPECT_EQ(forget(500, 3), 1U);
    EXPECT_EQ(forget(500, 3), 0U);

    EXPECT_EQ(floor(work), 6);
    EXPECT_EQ(changes(work, 0).size(), 5U);
    EXPECT_EQ(floor(other), 0);
    EXPECT_EQ(changes(other, 0).size(), 1U);
}

} // namespace contract
