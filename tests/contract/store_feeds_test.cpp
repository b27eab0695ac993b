// Who has which revision of a feed.
#include "tests/contract/store_contract.h"

#include <gtest/gtest.h>

namespace contract {

namespace {

storage::Feed feed_of(const std::string& subject) {
    storage::Feed feed;
    feed.subject = subject;
    feed.generation = 1;
    return feed;
}

} // namespace

TEST_P(StoreContract, AFeedRemembersTheNewestRevisionThatWasFetched) {
    write([&](storage::WriteTransaction& transaction) {
        auto& feeds = transaction.feeds();
        storage::Feed feed = feed_of("address:ben@home.example");
        feed.id = feeds.insert(feed);
        EXPECT_EQ(feeds.find(feed.id)->fetched, -1);

        feeds.note_fetched(*feeds.find(feed.id), {10});
        EXPECT_EQ(feeds.find(feed.id)->fetched, 0);
        EXPECT_EQ(feeds.find(feed.id)->fetched_at, core::Instant{10});

        feeds.raise(feed.subject, {15});
        const storage::Feed newer = *feeds.find(feed.id);
        EXPECT_EQ(newer.fetched, 0);
        feeds.note_fetched(newer, {20});
        feeds.note_fetched(newer, {30});
        feeds.note_fetched(feed, {40}); // was read before
        EXPECT_EQ(feeds.find(feed.id)->fetched, 1);
        EXPECT_EQ(feeds.find(feed.id)->fetched_at, core::Instant{20});

        feeds.update(feed);
        EXPECT_EQ(feeds.find(feed.id)->fetched, 1);
        feed.generation = 2;
        feeds.update(feed);
        EXPECT_EQ(feeds.find_by_subject(feed.subject)->fetched, -1) << "its address is another";
    });
}

TEST_P(StoreContract, ASessionIsFollowedOnceSomebodyInItFetchedTheirFeed) {
    write([&](storage::WriteTransaction& transaction) {
        storage::Session session;
        session.owner = "anna";
        session.uid = "1";
        const std::int64_t one = transaction.sessions().insert(session);
        session.uid = "2";
        const std::int64_t other = transaction.sessions().insert(session);
        for (const auto& [id, address] :
             {std::pair(one, "ben@home.example"), std::pair(other, "cleo@home.example")}) {
            storage::Participant person;
            person.session = id;
            person.address = address;
            transaction.sessions().insert(person);
        }
        auto& feeds = transaction.feeds();
        storage::Feed feed = feed_of("address:ben@home.example");
        feed.id = feeds.insert(feed);
        EXPECT_FALSE(feeds.is_followed(one, "address:"));

        feeds.note_fetched(feed, {10});

        EXPECT_TRUE(feeds.is_followed(one, "address:"));
        EXPECT_FALSE(feeds.is_followed(other, "address:"));
    });
}

} // namespace contract
