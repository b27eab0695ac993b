// Accounts, collections, dead properties, feeds and facts.
#include "core/unavailable.h"
#include "tests/contract/store_contract.h"

namespace contract {

using storage::ReadTransaction;
using storage::WriteTransaction;

namespace {

// Text that would do harm if it ever became part of a statement, and text that an engine could
// change.
const std::vector<std::string> hostile = {
    "'; DROP TABLE object; --",
    "\" OR \"1\"=\"1",
    "$1",
    "%_\\",
    "caf\xc3\xa9 \xf0\x9f\x93\x85 \xe6\x97\xa5\xe6\x9c\xac",
    "a b\tc\r\nd",
    std::string(4000, 'x'),
};

} // namespace

TEST_P(StoreContract, AccountsAreFoundByIdLoginAndEmail) {
    storage::Account bert = account("bert");
    bert.admin = true;
    bert.disabled = true;
    write([&](WriteTransaction& transaction) { transaction.accounts().insert(bert); });

    store_->read([&](const ReadTransaction& transaction) {
        const auto& accounts = transaction.accounts();
        ASSERT_TRUE(accounts.find("bert"));
        EXPECT_EQ(fields(*accounts.find("bert")), fields(bert));
        ASSERT_TRUE(accounts.find_by_login("bert-login"));
        EXPECT_EQ(accounts.find_by_login("bert-login")->id, "bert");
        ASSERT_TRUE(accounts.find_by_email("bert@practice.example"));
        EXPECT_EQ(accounts.find_by_email("bert@practice.example")->id, "bert");
        EXPECT_FALSE(accounts.find("BERT"));
        EXPECT_FALSE(accounts.find_by_login("bert"));
        EXPECT_FALSE(accounts.find_by_email("nobody@practice.example"));
        ASSERT_EQ(accounts.list().size(), 2U);
        EXPECT_EQ(accounts.list()[0].id, "anna");
        EXPECT_EQ(accounts.list()[1].id, "bert");
    });
}

TEST_P(StoreContract, AnUpdatedAccountIsTheNewOneInEveryField) {
    storage::Account changed = account("anna");
    changed.login = "a";
    changed.name = "Anna B\xc3\xbchler";
    changed.email = "a@b.example";
    changed.password_hash = "other";
    changed.admin = true;
    changed.disabled = true;

    write([&](WriteTransaction& transaction) { transaction.accounts().update(changed); });

    store_->read([&](const ReadTransaction& transaction) {
        EXPECT_EQ(fields(*transaction.accounts().find("anna")), fields(changed));
        EXPECT_FALSE(transaction.accounts().find_by_login("anna-login"));
    });
}

TEST_P(StoreContract, AccountsShareNeitherIdNorLoginNorEmail) {
    for (const auto member :
         {&storage::Account::id, &storage::Account::login, &storage::Account::email}) {
        storage::Account other = account("bert");
        other.*member = account("anna").*member;
        EXPECT_THROW((void)store_->write([&](WriteTransaction& transaction) {
            transaction.accounts().insert(other);
            return core::Done();
        }),
                     core::Unavailable);
    }
}

TEST_P(StoreContract, AnyNumberOfAccountsHaveNoEmail) {
    for (const char* id : {"room-1", "room-2"}) {
        storage::Account room = account(id);
        room.email.clear();
        write([&](WriteTransaction& transaction) { transaction.accounts().insert(room); });
    }

    store_->read([](const ReadTransaction& transaction) {
        EXPECT_FALSE(transaction.accounts().find_by_email(""));
    });
}

TEST_P(StoreContract, ACollectionComesBackAsItWasStored) {
    storage::Collection full = collection("anna", "work");
    full.is_calendar = false;
    full.components = storage::components::todo | storage::components::availability;
    full.display_name = "Work";
    full.description = "";
    full.color = "#FF0000FF";
    full.order = "7";
    full.time_zone = "BEGIN:VCALENDAR";
    full.transparent = true;
    full.sessions = true;
    full.revision = 12;
    full.revision_floor = 3;
    storage::Collection bare = collection("anna", "private");

    write([&](WriteTransaction& transaction) {
        full.id = transaction.collections().insert(full);
        full.revision = transaction.collections().home_revision("anna");
        bare.id = transaction.collections().insert(bare);
        bare.revision = transaction.collections().home_revision("anna");
    });

    store_->read([&](const ReadTransaction& transaction) {
        const auto& collections = transaction.collections();
        EXPECT_EQ(fields(*collections.find("anna", "work")), fields(full));
        EXPECT_EQ(fields(*collections.find(bare.id)), fields(bare));
        ASSERT_EQ(collections.list("anna").size(), 2U);
        EXPECT_EQ(collections.list("anna")[0].name, "private");
        EXPECT_TRUE(collections.list("bert").empty());
        EXPECT_FALSE(collections.find("bert", "work"));
    });
}

TEST_P(StoreContract, UpdatingACollectionLeavesItsOwnerRevisionAndFloor) {
    const std::int64_t id = add_collection("work");
    std::int64_t revision = 0;
    write([&](WriteTransaction& transaction) {
        revision = transaction.collections().next_revision(id);
        storage::Collection changed = *transaction.collections().find(id);
        changed.name = "renamed";
        changed.display_name = "Renamed";
        changed.sessions = true;
        changed.owner = "nobody";
        changed.revision = 99;
        changed.revision_floor = 98;
        transaction.collections().update(changed);
    });

    store_->read([&](const ReadTransaction& transaction) {
        const auto found = transaction.collections().find("anna", "renamed");
        ASSERT_TRUE(found);
        EXPECT_EQ(found->display_name, "Renamed");
        EXPECT_TRUE(found->sessions);
        EXPECT_EQ(found->revision, revision);
        EXPECT_EQ(found->revision_floor, 0);
        EXPECT_FALSE(transaction.collections().find("anna", "work"));
    });
}

TEST_P(StoreContract, ARemovedCollectionTakesEverythingOfItAlong) {
    const std::int64_t work = add_collection("work");
    const std::int64_t other = add_collection("other");
    const storage::Object gone = put(object(work, "a.ics"));
    const storage::Object stays = put(object(other, "a.ics"));
    const auto keys = [](std::int64_t collection_id, std::int64_t object_id) {
        return std::vector{"collection:" + std::to_string(collection_id),
                           "object:" + std::to_string(object_id)};
    };
    write([&](WriteTransaction& transaction) {
        for (const auto& all : {keys(work, gone.head.id), keys(other, stays.head.id)}) {
            for (const std::string& key : all) {
                transaction.properties().set(key, {"urn:x", "note", "<note/>"});
            }
        }
        transaction.objects().leave_tombstone(work, "old.ics", 1, {});
        transaction.collections().remove(work);
    });

    store_->read([&](const ReadTransaction& transaction) {
        EXPECT_FALSE(transaction.collections().find(work));
        EXPECT_FALSE(transaction.objects().find(gone.head.id));
        EXPECT_TRUE(changes(transaction, work, 0).empty());
        for (const std::string& key : keys(work, gone.head.id)) {
            EXPECT_TRUE(transaction.properties().list(key).empty()) << key;
        }
        for (const std::string& key : keys(other, stays.head.id)) {
            EXPECT_EQ(transaction.properties().list(key).size(), 1U) << key;
        }
    });
}

TEST_P(StoreContract, TheIdOfTheNewestCollectionIsNotUsedAgain) {
    const std::int64_t first = add_collection("work");
    write([&](WriteTransaction& transaction) { transaction.collections().remove(first); });
    store_.reset();
    store_ = database_->open();

    const std::int64_t second = add_collection("work");

    EXPECT_GT(second, first);
}

TEST_P(StoreContract, TheNextRevisionIsTheHomesNext) {
    const std::int64_t work = add_collection("work");
    const std::int64_t other = add_collection("other");

    write([&](WriteTransaction& transaction) {
        const std::int64_t made = transaction.collections().find(other)->revision;
        EXPECT_EQ(transaction.collections().home_revision("anna"), made);
        EXPECT_EQ(transaction.collections().next_revision(work), made + 1);
        EXPECT_EQ(transaction.collections().next_revision(work), made + 2);
        EXPECT_EQ(transaction.collections().next_revision(other), made + 3);
        EXPECT_EQ(transaction.collections().find(work)->revision, made + 2);
        EXPECT_EQ(transaction.collections().home_revision("anna"), made + 3);
    });
}

TEST_P(StoreContract, TellsWhichCollectionsAreGone) {
    const std::int64_t work = add_collection("work");
    const std::int64_t before = store_->read([](const ReadTransaction& transaction) {
        return transaction.collections().home_revision("anna");
    });
    write([&](WriteTransaction& transaction) {
        transaction.collections().remove(work);
        transaction.collections().leave_tombstone("anna", "work", {5});
    });

    store_->read([&](const ReadTransaction& transaction) {
        const auto& collections = transaction.collections();
        const auto gone = collections.removed("anna", before);
        ASSERT_EQ(gone.size(), 1U);
        EXPECT_EQ(gone[0].name, "work");
        EXPECT_EQ(gone[0].revision, collections.home_revision("anna"));
        EXPECT_TRUE(collections.removed("anna", gone[0].revision).empty());
        EXPECT_TRUE(collections.removed("bert", 0).empty());
        EXPECT_EQ(collections.home("anna").renamed, 0);
    });
    add_collection("work");
    store_->read([&](const ReadTransaction& transaction) {
        const storage::Home home = transaction.collections().home("anna");
        EXPECT_TRUE(transaction.collections().removed("anna", 0).empty());
        EXPECT_EQ(home.renamed, home.revision);
    });
}

TEST_P(StoreContract, ForgetsCollectionsThatAreLongGone) {
    write([](WriteTransaction& transaction) {
        for (int i = 1; i <= 3; ++i) {
            const std::string name = std::to_string(i);
            transaction.collections().remove(
                transaction.collections().insert(collection("anna", name)));
            transaction.collections().leave_tombstone("anna", name, {100 * i});
        }
        EXPECT_EQ(transaction.collections().forget_tombstones({250}, 10), 2U);
        EXPECT_EQ(transaction.collections().forget_tombstones({250}, 10), 0U);
        const auto left = transaction.collections().removed("anna", 0);
        ASSERT_EQ(left.size(), 1U);
        EXPECT_EQ(left[0].name, "3");
        const std::int64_t floor = transaction.collections().home("anna").revision_floor;
        EXPECT_GT(floor, 0);
        EXPECT_LT(floor, left[0].revision);
    });
}

TEST_P(StoreContract, TheHomeCountsTheBytesOfItsObjects) {
    const std::int64_t work = add_collection("work");
    const std::int64_t other = add_collection("other");
    const auto bytes = [&] {
        return store_->read([](const ReadTransaction& transaction) {
            return transaction.collections().home("anna").bytes;
        });
    };
    storage::Object a = object(work, "a.ics");
    a.head.size = 100;
    a = put(a);
    storage::Object b = object(other, "b.ics");
    b.head.size = 30;
    b = put(b);
    EXPECT_EQ(bytes(), 130);
    write([&](WriteTransaction& transaction) {
        a.head.size = 7;
        a.head.collection = other;
        transaction.objects().update(a);
    });
    EXPECT_EQ(bytes(), 37);
    write([&](WriteTransaction& transaction) { transaction.objects().remove(b.head.id); });
    EXPECT_EQ(bytes(), 7);
    write([&](WriteTransaction& transaction) { transaction.collections().remove(other); });
    EXPECT_EQ(bytes(), 0);
}

TEST_P(StoreContract, ARevisionThatWasRolledBackIsGivenAgain) {
    const std::int64_t work = add_collection("work");
    const std::int64_t first = store_->read([](const ReadTransaction& transaction) {
        return transaction.collections().home_revision("anna");
    });
    (void)store_->write([&](WriteTransaction& transaction) -> core::Done {
        transaction.collections().next_revision(work);
        return core::fail(core::Errc::conflict, "no");
    });

    EXPECT_EQ(put(object(work, "a.ics")).head.revision, first + 1);
}

TEST_P(StoreContract, TheNextRevisionOfACollectionThatIsGoneIsALostRace) {
    EXPECT_THROW((void)store_->write([](WriteTransaction& transaction) {
        transaction.collections().next_revision(4711);
        return core::Done();
    }),
                 core::Unavailable);
}

TEST_P(StoreContract, TheHomeRevisionRisesWithEveryChangeOfTheOwnersCollections) {
    write([](WriteTransaction& transaction) { transaction.accounts().insert(account("bert")); });
    std::vector<std::int64_t> seen;
    const auto look = [&] {
        seen.push_back(store_->read([](const ReadTransaction& transaction) {
            return transaction.collections().home_revision("anna");
        }));
    };

    look();
    const std::int64_t work = add_collection("work");
    look();
    const std::int64_t other = add_collection("other");
    look();
    put(object(work, "a.ics"));
    look();
    write([&](WriteTransaction& transaction) {
        transaction.collections().update(*transaction.collections().find(other));
    });
    look();
    write([&](WriteTransaction& transaction) { transaction.collections().remove(work); });
    look();
    write([&](WriteTransaction& transaction) { transaction.collections().remove(other); });
    look();

    for (std::size_t i = 1; i < seen.size(); ++i) {
        EXPECT_GT(seen[i], seen[i - 1]) << i;
    }
    add_collection("work", "bert");
    look();
    EXPECT_EQ(seen.back(), seen[seen.size() - 2]) << "another owner's change";
}

TEST_P(StoreContract, NamesAreNeverPartOfAStatement) {
    write([&](WriteTransaction& transaction) {
        for (const std::string& text : hostile) {
            const std::int64_t id = transaction.collections().insert(collection("anna", text));
            put(transaction, object(id, text));
            transaction.properties().set(text, {text, text, text});
            transaction.facts().set(text, text);
            transaction.objects().leave_tombstone(id, "gone " + text,
                                                  transaction.collections().next_revision(id), {});
        }
    });

    store_->read([&](const ReadTransaction& transaction) {
        EXPECT_EQ(transaction.collections().list("anna").size(), hostile.size());
        for (const std::string& text : hostile) {
            const auto found = transaction.collections().find("anna", text);
            ASSERT_TRUE(found) << text;
            EXPECT_EQ(found->name, text);
            EXPECT_EQ(transaction.objects().find(found->id, text)->head.name, text);
            EXPECT_EQ(transaction.objects().find_by_uid(found->id, "uid of " + text)->name, text);
            EXPECT_EQ(changes(transaction, found->id, 0).back().head.name, "gone " + text);
            ASSERT_EQ(transaction.properties().list(text).size(), 1U);
            EXPECT_EQ(transaction.properties().list(text)[0].xml, text);
            EXPECT_EQ(transaction.facts().find(text), text);
        }
    });
}

TEST_P(StoreContract, ATextWithANulByteIsKeptWholeOrRefused) {
    const std::string text("a\0b", 3);
    bool kept = false;
    try {
        kept = store_
                   ->write([&](WriteTransaction& transaction) {
                       transaction.facts().set(text, text);
                       return core::Done();
                   })
                   .has_value();
    } catch (const core::Unavailable&) {
        kept = false;
    }

    store_->read([&](const ReadTransaction& transaction) {
        EXPECT_EQ(transaction.facts().find("a"), std::nullopt);
        if (kept) {
            EXPECT_EQ(transaction.facts().find(text), text);
        }
    });
}

TEST_P(StoreContract, NamesDifferByEveryByte) {
    write([](WriteTransaction& transaction) {
        for (const char* name : {"b", "B", "a", "\xc3\xa9", "e\xcc\x81", "b "}) {
            transaction.collections().insert(collection("anna", name));
        }
    });

    std::vector<std::string> names;
    store_->read([&](const ReadTransaction& transaction) {
        for (const storage::Collection& found : transaction.collections().list("anna")) {
            names.push_back(found.name);
        }
    });

    EXPECT_EQ(names, (std::vector<std::string>{"B", "a", "b", "b ", "e\xcc\x81", "\xc3\xa9"}));
}

TEST_P(StoreContract, DeadPropertiesAreSetReplacedAndRemoved) {
    write([](WriteTransaction& transaction) {
        auto& properties = transaction.properties();
        properties.set("home:anna", {"urn:b", "two", "<two/>"});
        properties.set("home:anna", {"urn:a", "one", "<one/>"});
        properties.set("home:anna", {"urn:a", "one", "<one>new</one>"});
        properties.set("home:bert", {"urn:a", "one", "<one/>"});
    });

    store_->read([](const ReadTransaction& transaction) {
        const auto found = transaction.properties().list("home:anna");
        ASSERT_EQ(found.size(), 2U);
        EXPECT_EQ(found[0].name_space, "urn:a");
        EXPECT_EQ(found[0].name, "one");
        EXPECT_EQ(found[0].xml, "<one>new</one>");
        EXPECT_EQ(found[1].name, "two");
    });
    write([](WriteTransaction& transaction) {
        transaction.properties().remove("home:anna", "urn:a", "one");
        transaction.properties().remove("home:anna", "urn:a", "never was");
        EXPECT_EQ(transaction.properties().list("home:anna").size(), 1U);
        transaction.properties().remove_all("home:anna");
        EXPECT_TRUE(transaction.properties().list("home:anna").empty());
        EXPECT_EQ(transaction.properties().list("home:bert").size(), 1U);
    });
}

TEST_P(StoreContract, CopyingDeadPropertiesReplacesTheOldOnes) {
    write([](WriteTransaction& transaction) {
        auto& properties = transaction.properties();
        properties.set("object:1", {"urn:a", "one", "<one/>"});
        properties.set("object:2", {"urn:a", "one", "<old/>"});
        properties.set("object:2", {"urn:a", "other", "<old/>"});

        properties.copy_all("object:1", "object:2");
        properties.copy_all("object:1", "object:1");

        ASSERT_EQ(properties.list("object:2").size(), 1U);
        EXPECT_EQ(properties.list("object:2")[0].xml, "<one/>");
        EXPECT_EQ(properties.list("object:1").size(), 1U);
    });
}

TEST_P(StoreContract, FeedsAreFoundByIdAndSubject) {
    storage::Feed feed{.id = 0, .subject = "account:anna", .generation = 1, .created = {5}};
    write([&](WriteTransaction& transaction) {
        feed.id = transaction.feeds().insert(feed);
        feed.generation = 2;
        transaction.feeds().update(feed);
    });

    store_->read([&](const ReadTransaction& transaction) {
        ASSERT_TRUE(transaction.feeds().find(feed.id));
        EXPECT_EQ(transaction.feeds().find(feed.id)->generation, 2);
        EXPECT_EQ(transaction.feeds().find(feed.id)->created, feed.created);
        ASSERT_TRUE(transaction.feeds().find_by_subject("account:anna"));
        EXPECT_EQ(transaction.feeds().find_by_subject("account:anna")->id, feed.id);
        EXPECT_FALSE(transaction.feeds().find_by_subject("account:bert"));
        EXPECT_FALSE(transaction.feeds().find(feed.id + 1));
    });
}

TEST_P(StoreContract, FeedsAreRaisedBySubjectAndKeepThatWhenUpdated) {
    storage::Feed feed{.id = 0, .subject = "account:anna", .generation = 1, .created = {5}};
    storage::Feed other{.id = 0, .subject = "account:bert", .generation = 1, .created = {5}};
    write([&](WriteTransaction& transaction) {
        feed.id = transaction.feeds().insert(feed);
        other.id = transaction.feeds().insert(other);
        transaction.feeds().raise("account:anna", {70});
        transaction.feeds().raise("account:anna", {80});
        transaction.feeds().raise("account:nobody", {90});
        transaction.feeds().update(feed);
    });

    store_->read([&](const ReadTransaction& transaction) {
        EXPECT_EQ(transaction.feeds().find(feed.id)->revision, 2);
        EXPECT_EQ(transaction.feeds().find(feed.id)->modified, core::Instant{80});
        EXPECT_EQ(transaction.feeds().find(other.id)->revision, 0);
    });
}

} // namespace contract
