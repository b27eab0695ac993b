#include "tests/routes/site_fixture.h"

#include <gtest/gtest.h>

namespace routes {

namespace {

struct FeedSite : Clinic {
    std::string path;

    FeedSite() {
        EXPECT_TRUE(practice.put("one.ics", support::session_event()));
        path = path_for("paul@mail.example");
    }

    std::string path_for(const std::string& address) {
        const auto url = practice.store->write([&](storage::WriteTransaction& transaction) {
            return domain::feed_url(transaction, address, practice.clock.now(), practice.policy,
                                    practice.keys);
        });
        return url->substr(practice.policy.public_url.size());
    }

    void revoke() {
        const auto url = practice.store->write([&](storage::WriteTransaction& transaction) {
            return domain::revoke_feed(transaction, "paul@mail.example", practice.clock.now(),
                                       practice.policy, practice.keys);
        });
        EXPECT_TRUE(url);
    }
};

} // namespace

TEST(Feeds, FeedIsServedAsGoogleAppleAndOutlookWantIt) {
    FeedSite site;

    const auto response = site.get(site.path);

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(field(response, "Content-Type"), "text/calendar; charset=utf-8");
    EXPECT_TRUE(field(response, "Content-Disposition").starts_with("inline"));
    EXPECT_EQ(field(response, "Cache-Control"), "private, max-age=300");
    EXPECT_EQ(field(response, "X-Robots-Tag"), "noindex, nofollow");
    EXPECT_EQ(field(response, "Referrer-Policy"), "no-referrer");
    EXPECT_TRUE(response.headers.has("Last-Modified"));
    EXPECT_TRUE(response.body.starts_with("BEGIN:VCALENDAR"));
    EXPECT_TRUE(has(response.body, "BEGIN:VEVENT"));
}

TEST(Feeds, FormDoesNotDependOnAccept) {
    FeedSite site;

    for (const char* accept : {"text/html", "application/json", "nonsense", ""}) {
        EXPECT_EQ(field(site.get(site.path, {{"Accept", accept}}), "Content-Type"),
                  "text/calendar; charset=utf-8");
    }
}

TEST(Feeds, UnchangedFeedIsNotSentAgain) {
    FeedSite site;
    const auto first = site.get(site.path);
    const std::string etag = field(first, "ETag");
    const std::string modified = field(first, "Last-Modified");
    struct Row {
        Fields fields;
        int status;
    };
    const std::vector<Row> table{
        {{{"If-None-Match", etag}}, 304},
        {{{"If-None-Match", "W/" + etag}}, 304}, // a proxy that gzips weakens it
        {{{"If-None-Match", "\"other\", " + etag}}, 304},
        {{{"If-None-Match", "*"}}, 304},
        {{{"If-None-Match", "\"other\""}}, 200},
        {{{"If-Modified-Since", modified}}, 304},
        {{{"If-Modified-Since", "Sun, 01 Nov 2020 00:00:00 GMT"}}, 200},
        {{{"If-Modified-Since", "nonsense"}}, 200},
        // RFC 9110 section 13.2.2: the tag decides alone
        {{{"If-None-Match", "\"other\""}, {"If-Modified-Since", modified}}, 200},
    };

    for (const Row& row : table) {
        const auto response = site.get(site.path, row.fields);

        EXPECT_EQ(response.status, row.status) << row.fields.front().second;
        EXPECT_EQ(field(response, "ETag"), etag);
        EXPECT_EQ(response.body.empty(), row.status == 304);
    }
}

TEST(Feeds, ChangedSessionChangesTheTag) {
    FeedSite site;
    const std::string before = field(site.get(site.path), "ETag");

    site.practice.clock.advance(60);
    ASSERT_TRUE(site.practice.put("one.ics", support::session_event("LOCATION:Room 2\n")));
    site.practice.remove("one.ics");

    EXPECT_NE(field(site.get(site.path), "ETag"), before);
}

TEST(Feeds, WrongAndRevokedAddressesAreNotFound) {
    FeedSite site;
    const std::string old = site.path;
    site.revoke();

    for (const std::string& path :
         {old, std::string("/feeds/x/sessions.ics"), "/feeds/" + std::string(255, 'A') + "/s.ics",
          std::string("/feeds/%00/s.ics"), std::string("/feeds//s.ics")}) {
        const auto response = site.get(path);

        EXPECT_TRUE(response.status == 404 || response.status == 400) << path;
        EXPECT_FALSE(has(response.body, "VCALENDAR"));
    }
    EXPECT_EQ(site.get(site.path_for("paul@mail.example")).status, 200);
}

TEST(Feeds, NameIsFreeButEndsInIcs) {
    FeedSite site;
    const std::string folder = site.path.substr(0, site.path.rfind('/'));

    EXPECT_EQ(site.get(folder + "/anything.ics").status, 200);
    EXPECT_EQ(site.get(folder + "/.ics").status, 404);
    EXPECT_EQ(site.get(folder + "/sessions.txt").status, 404);
    EXPECT_EQ(site.get(folder).status, 404);
}

// client rule 8: Thunderbird tries whether a feed is a calendar that it may write to.
TEST(Feeds, CalendarMethodsAreRefusedAndChangeNothing) {
    FeedSite site;
    site.get(site.path); // the first time it is noted who has it
    const std::string before = site.bytes_at_rest();

    for (const char* method : {"PROPFIND", "REPORT", "PUT", "DELETE", "POST", "MKCALENDAR"}) {
        const auto response = site.send(method, site.path, {{"If-Match", "nothing"}}, "x");

        EXPECT_EQ(response.status, 405) << method;
        EXPECT_EQ(field(response, "Allow"), "GET, HEAD, OPTIONS") << method;
    }
    const auto options = site.send("OPTIONS", site.path);
    EXPECT_EQ(options.status, 204);
    EXPECT_EQ(field(options, "Allow"), "GET, HEAD, OPTIONS");
    EXPECT_FALSE(options.headers.has("DAV"));
    site.get(site.path);
    site.send("HEAD", site.path);
    EXPECT_TRUE(site.bytes_at_rest() == before);
}

TEST(Feeds, WhichStateWasFetchedIsNotedOnceForEach) {
    FeedSite site;
    const auto feed = [&] {
        return *site.practice.store->read([](const storage::ReadTransaction& transaction) {
            return transaction.feeds().find_by_subject("address:paul@mail.example");
        });
    };
    site.send("HEAD", site.path);
    EXPECT_EQ(feed().fetched, -1);

    const std::string tag = field(site.get(site.path), "ETag");
    EXPECT_EQ(feed().fetched, feed().revision);
    const core::Instant first = feed().fetched_at;
    EXPECT_EQ(first, site.practice.clock.now());

    site.practice.clock.advance(60);
    EXPECT_EQ(site.get(site.path, {{"If-None-Match", tag}}).status, 304);
    EXPECT_EQ(site.get(site.path).status, 200);
    EXPECT_EQ(feed().fetched_at, first);

    site.practice.remove("one.ics");
    EXPECT_LT(feed().fetched, feed().revision);
    EXPECT_EQ(site.get(site.path, {{"If-None-Match", tag}}).status, 200);
    EXPECT_EQ(feed().fetched, feed().revision);
    EXPECT_EQ(feed().fetched_at, first + 60);
}

} // namespace routes
