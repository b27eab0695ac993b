#include "core/strings.h"
#include "domain/feeds.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <utility>

namespace {

using support::afternoon;
using support::calendar_of;
using support::event_of;
using support::invited;
using support::session_event;

// Keeps everything, and counts what was made.
class Parts final : public domain::KeptTexts {
public:
    Text find(const std::string& tag) override {
        const auto found = texts_.find(tag);
        return found == texts_.end() ? nullptr : found->second;
    }
    void keep(const std::string& tag, Text text) override { texts_.emplace(tag, std::move(text)); }
    [[nodiscard]] std::size_t made() const { return texts_.size(); }

private:
    std::map<std::string, Text> texts_;
};

class Feeds : public testing::Test, public support::Practice {
protected:
    std::string url_of(const std::string& subject) {
        return *store->write([&](storage::WriteTransaction& transaction) {
            return domain::feed_url(transaction, subject, clock.now(), policy, keys);
        });
    }
    static std::string token_of(const std::string& url) {
        constexpr std::string_view prefix = "https://clinic.example/feeds/";
        EXPECT_TRUE(url.starts_with(prefix)) << url;
        EXPECT_TRUE(url.ends_with("/sessions.ics")) << url;
        return url.substr(prefix.size(), url.rfind('/') - prefix.size());
    }
    struct Content {
        std::string text;
        std::string etag;
        core::Instant modified;
    };
    // Whatever was kept, the text is what it is when all of it is made.
    core::Result<Content> fetch(const std::string& token) {
        return store->read(
            [&](const storage::ReadTransaction& transaction) -> core::Result<Content> {
                const auto version =
                    TRY(domain::feed_version(transaction, token, clock.now(), policy, keys));
                Parts none;
                const auto text = [&](Parts& from) {
                    return domain::feed_text(transaction, version.feed, clock.now(), policy, keys,
                                             from);
                };
                EXPECT_EQ(text(parts), text(none));
                return Content{text(parts), version.etag, version.modified};
            });
    }
    Parts parts;
    std::string tag_of(const std::string& subject) {
        return fetch(token_of(url_of(subject)))->etag;
    }
    void set_time_zone(const std::string& vtimezone) {
        const auto done = store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            auto changed = *transaction.collections().find("anna", "calendar");
            changed.time_zone = vtimezone;
            calendars.update(transaction, changed);
            return {};
        });
        ASSERT_TRUE(done);
    }
    ical::Component feed_of(const std::string& subject) {
        return *ical::parse(fetch(token_of(url_of(subject)))->text);
    }
};

TEST_F(Feeds, OfAPatientShowsTheirOwnLinkAndNobodyElse) {
    ASSERT_TRUE(put("a.ics", session_event("ATTENDEE;CN=Eva:mailto:eva@mail.example\n"
                                           "DESCRIPTION:Notes about Eva\n")));
    const std::string own = support::attendee_token(body("a.ics"), "paul@mail.example");

    const auto content = fetch(token_of(url_of("Paul@Mail.example")));

    ASSERT_TRUE(content);
    const auto calendar = *ical::parse(content->text);
    ASSERT_EQ(calendar.components.size(), 1U);
    const auto& event = calendar.components[0];
    EXPECT_EQ(event.value("URL"), domain::join_url(policy.public_url, own));
    EXPECT_EQ(event.text("SUMMARY"), "Video consultation with Dr Anna Chen");
    EXPECT_EQ(event.find("ATTENDEE"), nullptr);
    EXPECT_EQ(event.find("ORGANIZER"), nullptr);
    EXPECT_FALSE(core::icontains(content->text, "eva"));
}

TEST_F(Feeds, OfAPatientCarriesTheTitleAndNotesWhereThePracticeSaysSo) {
    policy.guest_details = domain::GuestDetails::full;
    ASSERT_TRUE(put("a.ics", session_event("DESCRIPTION:Bring the form\n")));

    const auto event = feed_of("paul@mail.example").components.at(0);

    EXPECT_EQ(event.text("SUMMARY"), "Follow-up");
    EXPECT_TRUE(event.text("DESCRIPTION").starts_with("Bring the form\n\n"));
}

TEST_F(Feeds, OfTheClinicianShowsHerSessionsAndNoOrdinaryMeeting) {
    ASSERT_TRUE(put("a.ics", session_event()));
    ASSERT_TRUE(put("b.ics", core::replace_all(support::event(afternoon), "one@", "two@")));

    const auto calendar = feed_of("anna");

    ASSERT_EQ(calendar.components.size(), 1U);
    EXPECT_EQ(calendar.components[0].text("SUMMARY"), "Follow-up");
    EXPECT_EQ(look(std::string(calendar.components[0].value("URL"))
                       .substr(std::string("https://clinic.example/j/").size()))
                  .participant.role,
              storage::Role::host);
}

TEST_F(Feeds, ByLoginAndByAddressAreTheSame) {
    EXPECT_EQ(url_of("anna"), url_of("mailto:Anna@clinic.example"));
    EXPECT_EQ(url_of("anna"), url_of("anna"));
    EXPECT_NE(url_of("anna"), url_of("paul@mail.example"));
}

TEST_F(Feeds, ShowEveryOccurrenceWithItsOwnLinkAndUid) {
    ASSERT_TRUE(
        put("a.ics", calendar_of(event_of(afternoon + "RRULE:FREQ=WEEKLY;COUNT=4\n" + invited))));

    const auto calendar = feed_of("paul@mail.example");

    std::set<std::string> links;
    std::set<std::string> uids;
    for (const auto& event : calendar.components) {
        links.emplace(event.value("URL"));
        uids.emplace(event.value("UID"));
        EXPECT_EQ(event.find("RRULE"), nullptr);
        EXPECT_EQ(event.find("RECURRENCE-ID"), nullptr);
    }
    EXPECT_EQ(links.size(), 4U);
    EXPECT_EQ(uids.size(), 4U);
}

TEST_F(Feeds, OfAnEndlessSeriesEndAtTheHorizon) {
    policy.feed_future_days = 60;
    ASSERT_TRUE(put("a.ics", calendar_of(event_of(afternoon + "RRULE:FREQ=WEEKLY\n" + invited))));

    EXPECT_EQ(feed_of("paul@mail.example").components.size(), 9U);
}

TEST_F(Feeds, ShowACancelledSessionWithoutALink) {
    ASSERT_TRUE(put("a.ics", session_event()));
    remove("a.ics");

    const auto event = feed_of("paul@mail.example").components.at(0);

    EXPECT_EQ(event.value("STATUS"), "CANCELLED");
    EXPECT_EQ(event.find("URL"), nullptr);
    EXPECT_EQ(event.find("CONFERENCE"), nullptr);
}

TEST_F(Feeds, LeaveOutSessionsThatThePersonWasRemovedFrom) {
    ASSERT_TRUE(put("a.ics", session_event()));
    ASSERT_TRUE(put("a.ics", core::replace_all(session_event(), "paul@", "eva@")));

    EXPECT_TRUE(feed_of("paul@mail.example").components.empty());
    EXPECT_EQ(feed_of("eva@mail.example").components.size(), 1U);
}

TEST_F(Feeds, HaveTheSameTagUntilSomethingChanges) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = token_of(url_of("paul@mail.example"));
    const std::string before = fetch(token)->etag;
    clock.advance(3'600);
    EXPECT_EQ(fetch(token)->etag, before);

    ASSERT_TRUE(put("a.ics", core::replace_all(session_event(), "T14", "T15")));

    EXPECT_NE(fetch(token)->etag, before);
}

TEST_F(Feeds, MakeOnlyThePartAnewOfWhichTheSessionChanged) {
    for (const char* name : {"a", "b", "c"}) {
        ASSERT_TRUE(put(std::string(name) + ".ics",
                        core::replace_all(session_event(), "UID:", std::string("UID:") + name)));
    }
    const std::string token = token_of(url_of("paul@mail.example"));
    const std::string before = fetch(token)->text;
    ASSERT_EQ(parts.made(), 3U);

    EXPECT_EQ(fetch(token)->text, before);
    EXPECT_EQ(parts.made(), 3U);
    ASSERT_TRUE(put("b.ics", core::replace_all(core::replace_all(session_event(), "UID:", "UID:b"),
                                               "T145000", "T153000")));

    EXPECT_NE(fetch(token)->text, before);
    EXPECT_EQ(parts.made(), 4U);
}

// The feed of each is made of parts of its own, and what is at work in a part without being in its
// event makes another one of it.
TEST_F(Feeds, MakeAPartAnewWhenItsReaderItsOwnerOrItsDayIsAnother) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string paul = token_of(url_of("paul@mail.example"));
    const std::string anna = token_of(url_of("anna"));
    std::size_t made = 0;
    const auto makes_one = [&](const std::string& token) {
        EXPECT_TRUE(fetch(token));
        return std::exchange(made, parts.made()) + 1 == made;
    };
    EXPECT_TRUE(makes_one(paul));
    EXPECT_TRUE(makes_one(anna));

    const auto renamed = store->write([&](storage::WriteTransaction& transaction) -> core::Done {
        auto account = *transaction.accounts().find("anna");
        account.name = "Dr Anna Chen-Meyer";
        transaction.accounts().update(account);
        return {};
    });
    ASSERT_TRUE(renamed);
    EXPECT_TRUE(makes_one(paul));
    clock.advance(86'400);
    EXPECT_TRUE(makes_one(paul));
    policy.guest_details = domain::GuestDetails::full;
    EXPECT_TRUE(makes_one(paul));
    set_time_zone("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\nEND:VCALENDAR\r\n");
    EXPECT_TRUE(makes_one(paul));
}

TEST_F(Feeds, HoldFiveThousandEventsAtMostHoweverTheyAreCalled) {
    policy.guest_details = domain::GuestDetails::full;
    policy.feed_future_days = 1'000;
    const std::string daily = core::replace_all(session_event("RRULE:FREQ=DAILY;COUNT=900\n"),
                                                "SUMMARY:Follow-up", "SUMMARY:BEGIN:VEVENT");
    for (int i = 0; i < 6; ++i) {
        ASSERT_TRUE(put(std::to_string(i) + ".ics",
                        core::replace_all(daily, "UID:", "UID:" + std::to_string(i))));
    }

    const std::string text = fetch(token_of(url_of("paul@mail.example")))->text;

    EXPECT_EQ(core::split(core::replace_all(text, "\r\nBEGIN:VEVENT\r\n", "\v"), '\v').size(),
              5'001U);
    EXPECT_EQ(core::split(core::replace_all(text, "\r\nEND:VEVENT\r\n", "\v"), '\v').size(),
              5'001U);
    EXPECT_TRUE(text.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
}

TEST_F(Feeds, HaveANewTagAfterEveryChangeEvenWithinOneSecond) {
    const std::string empty = tag_of("paul@mail.example");
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string made = tag_of("paul@mail.example");
    ASSERT_TRUE(put("a.ics", core::replace_all(session_event(), "T14", "T15")));
    const std::string moved = tag_of("paul@mail.example");
    remove("a.ics");
    const std::string cancelled = tag_of("paul@mail.example");
    ASSERT_TRUE(put("a.ics", core::replace_all(session_event(), "paul@", "eva@")));
    const std::string left = tag_of("paul@mail.example");

    const std::set<std::string> tags{empty, made, moved, cancelled, left};
    EXPECT_EQ(tags.size(), 5U);
}

TEST_F(Feeds, HaveAnotherTagForEveryPerson) {
    EXPECT_NE(tag_of("paul@mail.example"), tag_of("eva@mail.example"));
}

TEST_F(Feeds, KeepTheirTagWhenSomebodyElsesSessionChanges) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string before = tag_of("paul@mail.example");

    ASSERT_TRUE(put("b.ics", core::replace_all(core::replace_all(session_event(), "paul@", "eva@"),
                                               "one@", "two@")));

    EXPECT_EQ(tag_of("paul@mail.example"), before);
    EXPECT_EQ(feed_of("eva@mail.example").components.size(), 1U);
}

TEST_F(Feeds, OfTheClinicianHaveANewTagWithEverySession) {
    const std::string before = tag_of("anna");

    ASSERT_TRUE(put("a.ics", session_event()));

    EXPECT_NE(tag_of("anna"), before);
}

// Floating times are meant in it.
TEST_F(Feeds, HaveANewTagWhenTheCalendarsTimeZoneChanges) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string before = tag_of("paul@mail.example");

    set_time_zone("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");

    EXPECT_NE(tag_of("paul@mail.example"), before);
}

TEST_F(Feeds, HaveANewTagWhenTheConfigurationSaysMore) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string before = tag_of("paul@mail.example");

    policy.guest_details = domain::GuestDetails::full;

    EXPECT_NE(tag_of("paul@mail.example"), before);
}

TEST_F(Feeds, AreNewerWhenThePersonWasRemovedAndAfterMidnight) {
    ASSERT_TRUE(put("a.ics", session_event()));
    const std::string token = token_of(url_of("paul@mail.example"));
    const auto before = fetch(token)->modified;
    clock.advance(60);
    ASSERT_TRUE(put("a.ics", core::replace_all(session_event(), "paul@", "eva@")));
    const auto removed = fetch(token)->modified;
    clock.advance(86'400);

    EXPECT_GT(removed, before);
    EXPECT_GT(fetch(token)->modified, removed);
}

TEST_F(Feeds, HaveANewAddressWhenRevokedAndTheOldOneDies) {
    const std::string old = token_of(url_of("paul@mail.example"));

    const auto fresh = store->write([&](storage::WriteTransaction& transaction) {
        return domain::revoke_feed(transaction, "paul@mail.example", clock.now(), policy, keys);
    });

    ASSERT_TRUE(fresh);
    EXPECT_FALSE(fetch(old));
    EXPECT_TRUE(fetch(token_of(*fresh)));
    EXPECT_EQ(url_of("paul@mail.example"), *fresh);
}

TEST_F(Feeds, WithAGuessedTokenAreNotFound) {
    for (const std::string& guess : {std::string(), std::string("x"), std::string(32, 'A')}) {
        const auto refused = fetch(guess);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, core::Errc::not_found);
    }
}

TEST_F(Feeds, OfNeitherALoginNorAnAddressAreRefused) {
    const auto refused = store->write([&](storage::WriteTransaction& transaction) {
        return domain::feed_url(transaction, "nobody", clock.now(), policy, keys);
    });

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, core::Errc::invalid_input);
}

} // namespace
