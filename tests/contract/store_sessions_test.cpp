// Sessions, their participants and the attempts to join.
#include "core/unavailable.h"
#include "tests/contract/store_contract.h"

namespace contract {

using storage::Attempt;
using storage::Participant;
using storage::ReadTransaction;
using storage::Session;
using storage::WriteTransaction;

namespace {

constexpr std::optional<std::int64_t> no_object;

Session session(const std::string& uid, std::optional<std::int64_t> object_id = no_object) {
    Session session;
    session.owner = "anna";
    session.uid = uid;
    session.object = object_id;
    session.created = {10};
    session.modified = {11};
    return session;
}

Participant participant(std::int64_t session_id, const std::string& address) {
    Participant participant;
    participant.session = session_id;
    participant.address = address;
    participant.name = "Name of " + address;
    participant.created = {12};
    return participant;
}

} // namespace

TEST_P(StoreContract, SessionsAreFoundByIdAndByOwnerAndUid) {
    Session first = session("one");
    first.shift_seconds = -3600;
    first.last_text = "BEGIN:VCALENDAR";
    Session second = session("two");
    write([&](WriteTransaction& transaction) {
        first.id = transaction.sessions().insert(first);
        second.id = transaction.sessions().insert(second);
        second.last_text = "gone";
        second.modified = {99};
        second.shift_seconds = 60;
        transaction.sessions().update(second);
    });

    store_->read([&](const ReadTransaction& transaction) {
        const auto& sessions = transaction.sessions();
        EXPECT_EQ(fields(*sessions.find(first.id)), fields(first));
        EXPECT_EQ(fields(*sessions.find("anna", "two")), fields(second));
        EXPECT_FALSE(sessions.find("bert", "two"));
        EXPECT_FALSE(sessions.find(second.id + 1));
        ASSERT_EQ(sessions.list_by_owner("anna").size(), 2U);
        EXPECT_EQ(sessions.list_by_owner("anna")[1].uid, "two");
        EXPECT_TRUE(sessions.list_by_owner("bert").empty());
        EXPECT_EQ(sessions.list().size(), 2U);
    });
}

TEST_P(StoreContract, AnOwnerHasOneSessionPerUid) {
    EXPECT_THROW((void)store_->write([](WriteTransaction& transaction) {
        transaction.sessions().insert(session("one"));
        transaction.sessions().insert(session("one"));
        return core::Done();
    }),
                 core::Unavailable);
}

TEST_P(StoreContract, ASessionOutlivesItsObject) {
    const std::int64_t work = add_collection("work");
    const storage::Object removed = put(object(work, "a.ics"));
    const storage::Object cascaded = put(object(work, "b.ics"));
    write([&](WriteTransaction& transaction) {
        transaction.sessions().insert(session("a", removed.head.id));
        transaction.sessions().insert(session("b", cascaded.head.id));
    });
    EXPECT_EQ(store_->read([](const ReadTransaction& transaction) {
        return transaction.sessions().find("anna", "a")->object;
    }),
              removed.head.id);

    remove(removed);
    write([&](WriteTransaction& transaction) { transaction.collections().remove(work); });

    store_->read([](const ReadTransaction& transaction) {
        for (const char* uid : {"a", "b"}) {
            ASSERT_TRUE(transaction.sessions().find("anna", uid));
            EXPECT_EQ(transaction.sessions().find("anna", uid)->object, std::nullopt);
        }
    });
}

TEST_P(StoreContract, ParticipantsComeBackAsTheyWereStored) {
    Participant host;
    Participant guest;
    write([&](WriteTransaction& transaction) {
        const std::int64_t id = transaction.sessions().insert(session("one"));
        host = participant(id, "anna@practice.example");
        host.role = storage::Role::host;
        host.account = "anna";
        host.id = transaction.sessions().insert(host);
        guest = participant(id, "p@patient.example");
        guest.id = transaction.sessions().insert(guest);
        guest.generation = 3;
        guest.removed = true;
        guest.name = "Other";
        transaction.sessions().update(guest);
    });

    store_->read([&](const ReadTransaction& transaction) {
        const auto& sessions = transaction.sessions();
        EXPECT_EQ(fields(*sessions.participant(host.id)), fields(host));
        ASSERT_EQ(sessions.participants(host.session).size(), 2U);
        EXPECT_EQ(fields(sessions.participants(host.session)[1]), fields(guest));
        EXPECT_FALSE(sessions.participant(guest.id + 1));
        EXPECT_TRUE(sessions.participants(host.session + 1).empty());
    });
}

TEST_P(StoreContract, AnAddressTakesPartInASessionOnce) {
    EXPECT_THROW((void)store_->write([](WriteTransaction& transaction) {
        const std::int64_t id = transaction.sessions().insert(session("one"));
        transaction.sessions().insert(participant(id, "p@patient.example"));
        transaction.sessions().insert(participant(id, "p@patient.example"));
        return core::Done();
    }),
                 core::Unavailable);
}

TEST_P(StoreContract, ParticipationsAreFoundByAccountAndByAddress) {
    const storage::ObjectHead event = put(object(add_collection("work"), "a")).head;
    write([&](WriteTransaction& transaction) {
        for (const auto& [uid, object_id] :
             {std::pair{"one", std::optional(event.id)}, std::pair{"two", no_object}}) {
            const std::int64_t id = transaction.sessions().insert(session(uid, object_id));
            Participant host = participant(id, "anna@practice.example");
            host.account = "anna";
            transaction.sessions().insert(host);
            transaction.sessions().insert(participant(id, "p@patient.example"));
        }
        const std::int64_t id = transaction.sessions().insert(session("three"));
        transaction.sessions().insert(participant(id, "q@patient.example"));
    });

    store_->read([&](const ReadTransaction& transaction) {
        const auto& sessions = transaction.sessions();
        const auto of_account = sessions.participations_of_account("anna");
        ASSERT_EQ(of_account.size(), 2U);
        EXPECT_EQ(of_account[0].session.uid, "one");
        EXPECT_EQ(of_account[1].session.uid, "two");
        EXPECT_EQ(of_account[1].participant.account, "anna");
        EXPECT_EQ(of_account[1].participant.session, of_account[1].session.id);
        EXPECT_EQ(of_account[0].collection, event.collection);
        EXPECT_EQ(of_account[0].revision, event.revision);
        EXPECT_EQ(of_account[1].revision, 0);
        EXPECT_EQ(sessions.participations_of_address("p@patient.example").size(), 2U);
        EXPECT_EQ(sessions.participations_of_address("q@patient.example")[0].session.uid, "three");
        EXPECT_TRUE(sessions.participations_of_address("P@patient.example").empty());
        EXPECT_TRUE(sessions.participations_of_account("").empty());
    });
}

TEST_P(StoreContract, AttemptsAreKeptNewestFirstAndTrimmed) {
    std::int64_t one = 0;
    std::int64_t two = 0;
    write([&](WriteTransaction& transaction) {
        auto& sessions = transaction.sessions();
        const std::int64_t id = sessions.insert(session("one"));
        one = sessions.insert(participant(id, "p@patient.example"));
        two = sessions.insert(participant(id, "q@patient.example"));
        for (int i = 0; i < 10; ++i) {
            for (const std::int64_t who : {one, two}) {
                sessions.insert(Attempt{.participant = who,
                                        .occurrence = 1000 + i,
                                        .at = {2000 + i},
                                        .outcome = "too_early",
                                        .peer_address = "192.0.2.1"});
            }
        }
        EXPECT_EQ(sessions.attempts(one, 100).size(), 10U);
        sessions.trim_attempts(one, 4);
        sessions.trim_attempts(two, 10);
    });

    store_->read([&](const ReadTransaction& transaction) {
        const auto kept = transaction.sessions().attempts(one, 100);
        ASSERT_EQ(kept.size(), 4U);
        EXPECT_EQ(kept[0].at.seconds, 2009);
        EXPECT_EQ(kept[3].at.seconds, 2006);
        EXPECT_EQ(kept[0].occurrence, 1009);
        EXPECT_EQ(kept[0].outcome, "too_early");
        EXPECT_EQ(kept[0].peer_address, "192.0.2.1");
        EXPECT_EQ(transaction.sessions().attempts(one, 2).size(), 2U);
        EXPECT_EQ(transaction.sessions().attempts(two, 100).size(), 10U);
    });
    write([&](WriteTransaction& transaction) {
        transaction.sessions().trim_attempts(one, 0);
        EXPECT_TRUE(transaction.sessions().attempts(one, 100).empty());
    });
}

} // namespace contract
