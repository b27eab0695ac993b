#include "core/limits.h"
#include "domain/history.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <gmock/gmock.h>

namespace {

using storage::Ending;
using testing::HasSubstr;

std::string titled(const std::string& title, const std::string& uid = "one@test",
                   const std::string& more = "") {
    return support::calendar_of("BEGIN:VEVENT\nUID:" + uid + "\nDTSTAMP:20261101T000000Z\n"
                                + "DTSTART;TZID=Europe/Berlin:20261123T140000\nDURATION:PT50M\n"
                                + "SUMMARY:" + title + "\n" + more + "END:VEVENT\n");
}

class History : public testing::Test {
protected:
    std::vector<storage::Version> versions() {
        return practice.store->read([](const storage::ReadTransaction& transaction) {
            return transaction.versions().list("anna", "", "", 1000);
        });
    }
    // "replaced First" and so on, newest first.
    std::vector<std::string> story() {
        std::vector<std::string> lines;
        for (const storage::Version& version : versions()) {
            const char* what = version.ending == Ending::replaced ? "replaced "
                               : version.ending == Ending::moved  ? "moved "
                                                                  : "removed ";
            lines.push_back(what + domain::summary_of(version));
        }
        return lines;
    }
    core::Result<domain::PutBack> put_back(std::int64_t version,
                                           std::optional<std::string> calendar = std::nullopt) {
        return practice.store->write([&](storage::WriteTransaction& transaction) {
            return domain::put_back(transaction, practice.calendars, version, calendar);
        });
    }
    void put(const std::string& name, const std::string& text,
             const std::string& calendar = "calendar") {
        ASSERT_TRUE(practice.put(name, text, calendar));
    }
    std::string title(const std::string& name, const std::string& calendar = "calendar") {
        const auto event = ical::parse(practice.body(name, calendar));
        return std::string(event->components.front().text("SUMMARY"));
    }
    void move(const std::string& name, const std::string& target_calendar,
              const std::string& target) {
        const auto object = practice.object(name);
        const auto collection = practice.collection(target_calendar);
        ASSERT_TRUE(practice.store->write([&](storage::WriteTransaction& transaction) {
            return practice.calendars.move(transaction, object, collection, target);
        }));
    }

    support::Practice practice;
};

TEST_F(History, KeepsWhatIsReplacedMovedAndRemoved) {
    practice.add_calendar("other");
    put("a.ics", titled("First"));
    const std::int64_t stored = practice.object("a.ics").head.modified.seconds;
    practice.clock.advance(60);
    put("a.ics", titled("Second"));
    move("a.ics", "other", "b.ics");
    practice.remove("b.ics", "other");

    EXPECT_THAT(story(), testing::ElementsAre("removed Second", "moved Second", "replaced First"));
    const storage::Version first = versions().back();
    EXPECT_EQ(first.name, "a.ics");
    EXPECT_EQ(first.collection_name, "calendar");
    EXPECT_EQ(first.written.seconds, stored);
    EXPECT_EQ(first.ended.seconds, stored + 60);
    EXPECT_EQ(versions().front().collection_name, "other");
}

TEST_F(History, KeepsNothingOfATextThatDidNotChange) {
    put("a.ics", titled("Same"));
    put("a.ics", titled("Same"));
    put("s.ics", titled("Session", "two@test", support::invited));
    put("s.ics", practice.body("s.ics")); // with the links that it was given

    EXPECT_THAT(story(), testing::IsEmpty());
}

TEST_F(History, KeepsWhatACopyAndAMoveReplaceAndWhatACalendarTakesAlong) {
    practice.add_calendar("other");
    put("a.ics", titled("Winner"));
    put("x.ics", titled("Loser", "two@test"), "other");
    move("a.ics", "other", "x.ics");
    EXPECT_THAT(story(), testing::ElementsAre("moved Winner", "replaced Loser"));

    const auto other = practice.collection("other");
    ASSERT_TRUE(practice.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
        practice.calendars.remove(transaction, other);
        return {};
    }));
    EXPECT_EQ(story().front(), "removed Winner");
}

TEST_F(History, HoldsNoLink) {
    put("s.ics", titled("Session", "one@test", support::invited));
    practice.remove("s.ics");

    const std::string text = versions().front().text;
    EXPECT_THAT(text, HasSubstr("~~~~"));
    EXPECT_THAT(text, HasSubstr("SUMMARY:Session"));
}

TEST_F(History, KeepsNothingWhereThePolicySaysSo) {
    practice.policy.history_days = 0;
    put("a.ics", titled("First"));
    put("a.ics", titled("Second"));
    practice.remove("a.ics");

    EXPECT_THAT(story(), testing::IsEmpty());
}

TEST_F(History, IsBoundedForEachObject) {
    for (std::size_t i = 0; i < core::limits::versions_per_object + 10; ++i) {
        put("a.ics", titled("T" + std::to_string(i)));
    }

    EXPECT_EQ(versions().size(), core::limits::versions_per_object);
    EXPECT_EQ(domain::summary_of(versions().front()),
              "T" + std::to_string(core::limits::versions_per_object + 8));
}

TEST_F(History, IsBoundedForEachAccount) {
    practice.policy.history_bytes = 1;
    put("a.ics", titled("First"));
    put("b.ics", titled("Other", "two@test"));
    practice.remove("a.ics");
    practice.remove("b.ics");

    EXPECT_THAT(story(), testing::ElementsAre("removed Other"));
}

TEST_F(History, IsForgottenAfterTheDaysOfThePolicy) {
    put("a.ics", titled("First"));
    put("a.ics", titled("Second"));
    practice.clock.advance(86'400);
    put("a.ics", titled("Third"));
    practice.policy.history_days = 1;
    practice.clock.advance(1);

    EXPECT_EQ(domain::prune_history(*practice.store, practice.clock.now(), practice.policy, 10),
              1U);
    EXPECT_EQ(domain::prune_history(*practice.store, practice.clock.now(), practice.policy, 10),
              0U);
    EXPECT_THAT(story(), testing::ElementsAre("replaced Second"));
    practice.policy.history_days = 0;
    practice.clock.advance(1);
    EXPECT_EQ(domain::prune_history(*practice.store, practice.clock.now(), practice.policy, 10),
              1U);
}

TEST_F(History, PutsADeletedSessionBackWithItsLinks) {
    put("s.ics", titled("Session", "one@test", support::invited));
    const std::string token = support::attendee_token(practice.body("s.ics"), "paul@mail.example");
    ASSERT_FALSE(token.empty());
    practice.remove("s.ics");

    const auto done = put_back(versions().front().id);

    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_EQ(done->path, "/calendars/anna/calendar/s.ics");
    EXPECT_EQ(support::attendee_token(practice.body("s.ics"), "paul@mail.example"), token);
    std::vector<bool> removed;
    const std::int64_t calendar = practice.collection().id;
    practice.store->read([&](const storage::ReadTransaction& transaction) {
        transaction.objects().for_each_change(calendar, 0, 10, [&](const storage::Change& change) {
            removed.push_back(change.removed);
            return true;
        });
    });
    EXPECT_THAT(removed, testing::ElementsAre(false)) << "its tombstone is gone";
}

TEST_F(History, PutsAnOverwrittenTextBackAndKeepsTheOneThatOverwroteIt) {
    put("a.ics", titled("Right"));
    put("a.ics", titled("Wrong"));

    ASSERT_TRUE(put_back(versions().front().id));

    EXPECT_EQ(title("a.ics"), "Right");
    EXPECT_THAT(story(), testing::ElementsAre("replaced Wrong", "replaced Right"));
}

TEST_F(History, PutsBackWhereTheUidIsNowOrBesideWhoHasItsName) {
    put("a.ics", titled("Old"));
    put("a.ics", titled("New"));
    move("a.ics", "calendar", "moved.ics");
    const std::int64_t old = versions().back().id;
    EXPECT_EQ(put_back(old)->path, "/calendars/anna/calendar/moved.ics");
    EXPECT_EQ(title("moved.ics"), "Old");

    practice.remove("moved.ics");
    put("a.ics", titled("Another", "two@test"));
    const auto beside = put_back(old);
    ASSERT_TRUE(beside) << beside.error().detail;
    EXPECT_EQ(beside->path, "/calendars/anna/calendar/" + std::to_string(old) + "-a.ics");
    EXPECT_EQ(title("a.ics"), "Another");
}

TEST_F(History, PutsBackIntoAnotherCalendarWhereItsOwnIsGone) {
    practice.add_calendar("short-lived");
    put("a.ics", titled("Kept"), "short-lived");
    const auto collection = practice.collection("short-lived");
    ASSERT_TRUE(practice.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
        practice.calendars.remove(transaction, collection);
        return {};
    }));
    const std::int64_t id = versions().front().id;

    const auto nowhere = put_back(id);
    ASSERT_FALSE(nowhere);
    EXPECT_THAT(nowhere.error().detail, HasSubstr("no calendar short-lived"));
    EXPECT_FALSE(put_back(id, "no such calendar"));
    EXPECT_FALSE(put_back(id + 100));
    EXPECT_TRUE(put_back(id, "calendar"));
    practice.add_calendar("short-lived");
    EXPECT_TRUE(put_back(id)) << "a new one of the same name";
    EXPECT_EQ(title("a.ics", "short-lived"), "Kept");
}

TEST_F(History, KeepsFilesOfPlainCollectionsToo) {
    storage::Collection plain;
    plain.is_calendar = false;
    ASSERT_TRUE(practice.store->write([&](storage::WriteTransaction& transaction) {
        return practice.calendars.create(transaction, "anna", "files", {plain, {}});
    }));
    const auto put_file = [&](const std::string& text) {
        const auto files = practice.collection("files");
        ASSERT_TRUE(practice.store->write([&](storage::WriteTransaction& transaction) {
            return practice.calendars.put_plain(transaction, files, "note.txt", text, "text/plain");
        }));
    };
    put_file("one");
    put_file("one");
    put_file("two");

    ASSERT_EQ(versions().size(), 1U);
    ASSERT_TRUE(put_back(versions().front().id));

    EXPECT_EQ(practice.object("note.txt", "files").text, "one");
    EXPECT_EQ(practice.object("note.txt", "files").head.content_type, "text/plain");
    EXPECT_EQ(versions().size(), 2U);
}

} // namespace
