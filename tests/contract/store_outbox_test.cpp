// What is to be told by mail.
#include "storage/outbox.h"
#include "tests/contract/store_contract.h"

#include <gmock/gmock.h>

#include <array>
#include <set>
#include <thread>

namespace contract {

namespace {

storage::Mail mail(std::int64_t session, std::int64_t due) {
    return storage::Mail{.id = 0,
                         .session = session,
                         .message_id = "x@clinic.example",
                         .recipient = "ben@home.example",
                         .subject = "new",
                         .text = std::string("BEGIN\0\xff", 7),
                         .links = "3 14",
                         .created = {5},
                         .due = {due},
                         .attempts = 0,
                         .state = storage::MailState::waiting,
                         .failure = ""};
}

auto fields(const storage::Mail& m) {
    return std::tuple(m.id, m.session, m.message_id, m.recipient, m.subject, m.text, m.links,
                      m.created, m.due, m.attempts, m.state, m.failure);
}

std::int64_t session(storage::WriteTransaction& transaction, const std::string& uid) {
    storage::Session row;
    row.owner = "anna";
    row.uid = uid;
    return transaction.sessions().insert(row);
}

std::vector<std::int64_t> ids(const std::vector<storage::Mail>& mails) {
    std::vector<std::int64_t> found;
    for (const storage::Mail& each : mails) {
        found.push_back(each.id);
    }
    return found;
}

} // namespace

TEST_P(StoreContract, AMailComesBackAsItWasStored) {
    storage::Mail stored;
    write([&](storage::WriteTransaction& transaction) {
        stored = mail(session(transaction, "1"), 9);
        stored.id = transaction.outbox().insert(stored);
    });

    const auto found = store_->read(
        [&](const storage::ReadTransaction& transaction) { return transaction.outbox().list(10); });

    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(fields(found.front()), fields(stored));
}

TEST_P(StoreContract, AClaimedMailIsNobodyElsesUntilItsLeaseEnds) {
    write([&](storage::WriteTransaction& transaction) {
        auto& outbox = transaction.outbox();
        const std::int64_t one = session(transaction, "1");
        outbox.insert(mail(one, 10));
        outbox.insert(mail(one, 20));
        outbox.insert(mail(one, 30));

        const auto first = outbox.claim({20}, {100}, 10);
        EXPECT_THAT(ids(first), testing::ElementsAre(1, 2));
        EXPECT_EQ(first.front().attempts, 1);
        EXPECT_THAT(outbox.claim({20}, {100}, 10), testing::IsEmpty());
        EXPECT_THAT(ids(outbox.claim({100}, {200}, 1)), testing::ElementsAre(3));
        EXPECT_THAT(ids(outbox.claim({100}, {200}, 10)), testing::ElementsAre(1, 2));
    });
}

TEST_P(StoreContract, WhatWasSentAndWhatFailedIsNotClaimedAgain) {
    write([&](storage::WriteTransaction& transaction) {
        auto& outbox = transaction.outbox();
        const std::int64_t one = session(transaction, "1");
        for (int i = 0; i < 3; ++i) {
            outbox.insert(mail(one, 10));
        }
        outbox.sent(1, {9});
        outbox.give_up(2, "550 no such user");
        outbox.retry(3, {50}, "451 later");

        const auto left = outbox.list(10);
        ASSERT_THAT(ids(left), testing::ElementsAre(2, 3));
        EXPECT_EQ(left[0].state, storage::MailState::failed);
        EXPECT_EQ(left[0].failure, "550 no such user");
        EXPECT_EQ(left[1].state, storage::MailState::waiting);
        EXPECT_EQ(left[1].failure, "451 later");
        EXPECT_THAT(outbox.claim({49}, {90}, 10), testing::IsEmpty());
        EXPECT_THAT(ids(outbox.claim({50}, {90}, 10)), testing::ElementsAre(3));
        outbox.forget(storage::MailState::failed, {10});
        EXPECT_EQ(outbox.list(10).size(), 2U);
        outbox.forget(storage::MailState::failed, {11});
        EXPECT_THAT(ids(outbox.list(10)), testing::ElementsAre(3));
    });
}

TEST_P(StoreContract, ASentMailIsRememberedWithoutItsTextUntilItComesBack) {
    write([&](storage::WriteTransaction& transaction) {
        auto& outbox = transaction.outbox();
        const std::int64_t one = session(transaction, "1");
        const std::int64_t other = session(transaction, "2");
        outbox.insert(mail(one, 10));
        outbox.insert(mail(one, 10));
        outbox.insert(mail(other, 10));
        outbox.sent(1, {20});
        outbox.sent(2, {30});

        EXPECT_EQ(outbox.find(1)->state, storage::MailState::sent);
        EXPECT_EQ(outbox.find(1)->recipient, "ben@home.example");
        EXPECT_EQ(outbox.find(1)->text, "");
        EXPECT_EQ(outbox.find(1)->links, "");
        EXPECT_FALSE(outbox.find(4));
        EXPECT_THAT(ids(outbox.list(10)), testing::ElementsAre(3));
        EXPECT_THAT(ids(outbox.mails_of(one)), testing::ElementsAre(1, 2));

        outbox.give_up(2, "550 came back");
        outbox.forget(storage::MailState::sent, {21});
        EXPECT_THAT(ids(outbox.list(10)), testing::ElementsAre(2, 3));
        EXPECT_FALSE(outbox.find(1));
    });
}

TEST_P(StoreContract, AMailThatCameBackBeforeItWasNotedAsSentHasFailed) {
    write([&](storage::WriteTransaction& transaction) {
        auto& outbox = transaction.outbox();
        const std::int64_t one = session(transaction, "1");
        outbox.insert(mail(one, 10));
        outbox.claim({10}, {100}, 10);

        outbox.give_up(1, "came back");
        outbox.sent(1, {20});
        outbox.retry(1, {30}, "451 later");

        EXPECT_EQ(outbox.find(1)->state, storage::MailState::failed);
        EXPECT_EQ(outbox.find(1)->failure, "came back");
        EXPECT_EQ(outbox.find(1)->due, core::Instant{100});
    });
}

TEST_P(StoreContract, ChangesOfASessionSettleTogetherAndRememberTheFirstText) {
    write([&](storage::WriteTransaction& transaction) {
        auto& outbox = transaction.outbox();
        const std::int64_t one = session(transaction, "1");
        outbox.announce(one, "first", {10});
        outbox.announce(one, "second", {20});

        EXPECT_THAT(outbox.due_announcements({19}, 10), testing::IsEmpty());
        const auto due = outbox.due_announcements({20}, 10);
        ASSERT_EQ(due.size(), 1U);
        EXPECT_EQ(due.front().session, one);
        EXPECT_EQ(due.front().former, "first");
        EXPECT_EQ(due.front().sequence, 0);
    });
}

TEST_P(StoreContract, WhatWasAnnouncedIsNotDueAndItsSequenceIsRemembered) {
    write([&](storage::WriteTransaction& transaction) {
        auto& outbox = transaction.outbox();
        const std::int64_t one = session(transaction, "1");
        outbox.announce(one, "", {10});
        outbox.announced(one, 3);
        EXPECT_THAT(outbox.due_announcements({1'000}, 10), testing::IsEmpty());

        outbox.announce(one, "third", {20});
        const auto due = outbox.due_announcements({20}, 10);
        ASSERT_EQ(due.size(), 1U);
        EXPECT_EQ(due.front().former, "third");
        EXPECT_EQ(due.front().sequence, 3);
    });
}

TEST_P(StoreContract, WhatBecameOfMailsIsDueOnceTheSessionsChangesHaveSettled) {
    write([&](storage::WriteTransaction& transaction) {
        auto& outbox = transaction.outbox();
        const std::int64_t one = session(transaction, "1");
        const std::int64_t other = session(transaction, "2");
        outbox.note_delivery(one, {10}); // nothing was announced
        outbox.announce(one, "", {10});
        outbox.announce(other, "", {10});
        outbox.announced(one, 1);
        EXPECT_THAT(outbox.due_deliveries({100}, 10), testing::IsEmpty());

        outbox.note_delivery(other, {20});
        outbox.note_delivery(one, {30});
        EXPECT_THAT(outbox.due_deliveries({29}, 10), testing::IsEmpty());
        EXPECT_THAT(outbox.due_deliveries({30}, 10), testing::ElementsAre(one));
        outbox.announced(other, 1);
        EXPECT_THAT(outbox.due_deliveries({30}, 10), testing::ElementsAre(other, one));
        EXPECT_THAT(outbox.due_deliveries({30}, 1), testing::ElementsAre(other));

        outbox.delivery_written(other);
        EXPECT_THAT(outbox.due_deliveries({30}, 10), testing::ElementsAre(one));
    });
}

TEST_P(StoreContract, TwoThatClaimAtTheSameTimeNeverGetTheSameMail) {
    constexpr int mails = 40;
    write([&](storage::WriteTransaction& transaction) {
        const std::int64_t one = session(transaction, "1");
        for (int i = 0; i < mails; ++i) {
            transaction.outbox().insert(mail(one, 10));
        }
    });
    std::array<std::vector<std::int64_t>, 2> claimed;
    const auto work = [&](std::vector<std::int64_t>& mine) {
        for (std::size_t got = 1; got != 0;) {
            const auto some = store_->write([](storage::WriteTransaction& transaction)
                                                -> core::Result<std::vector<storage::Mail>> {
                return transaction.outbox().claim({20}, {100}, 3);
            });
            got = some->size();
            for (const storage::Mail& each : *some) {
                mine.push_back(each.id);
            }
        }
    };

    std::thread other([&] { work(claimed[1]); });
    work(claimed[0]);
    other.join();

    std::set<std::int64_t> all(claimed[0].begin(), claimed[0].end());
    all.insert(claimed[1].begin(), claimed[1].end());
    EXPECT_EQ(all.size(), static_cast<std::size_t>(mails));
    EXPECT_EQ(claimed[0].size() + claimed[1].size(), static_cast<std::size_t>(mails));
}

TEST_P(StoreContract, RemindersAreLookedAtWhenTheyAreDue) {
    write([&](storage::WriteTransaction& transaction) {
        const std::int64_t first = session(transaction, "one");
        const std::int64_t second = session(transaction, "two");
        auto& outbox = transaction.outbox();
        const auto due = [&](std::int64_t at) {
            std::vector<std::pair<std::int64_t, std::int64_t>> found;
            for (const storage::DueReminder& each : outbox.due_reminders({at}, 10)) {
                found.emplace_back(each.session, each.handled.seconds);
            }
            return found;
        };
        outbox.look_at_reminders(second, {20});
        outbox.look_at_reminders(first, {10});
        EXPECT_THAT(due(9), testing::IsEmpty());
        EXPECT_THAT(due(20), testing::ElementsAre(std::pair(first, 10), std::pair(second, 20)));

        outbox.reminded(first, {15}, core::Instant{40});
        outbox.reminded(second, {25}, std::nullopt);
        EXPECT_THAT(due(39), testing::IsEmpty());
        EXPECT_THAT(due(40), testing::ElementsAre(std::pair(first, 15)));

        outbox.look_at_reminders(second, {30});
        EXPECT_THAT(due(30), testing::ElementsAre(std::pair(second, 25)))
            << "what was handled stays";
    });
}

} // namespace contract
