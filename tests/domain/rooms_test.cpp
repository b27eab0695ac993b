// Rooms and resources answer invitations by themselves, and are never had twice at one time.
#include "core/limits.h"
#include "core/strings.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace rooms_test {

namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int rounds = 12;

std::string time_at(int day, int hour) {
    return "DTSTART:202612" + std::string(day < 10 ? "0" : "") + std::to_string(day) + "T"
           + (hour < 10 ? "0" : "") + std::to_string(hour)
           + "0000Z\nDURATION:PT1H\nSUMMARY:Round\n";
}

std::string lines_of(const std::string& uid, const std::string& owner, const std::string& more,
                     const std::string& status = "NEEDS-ACTION") {
    return "UID:" + uid + "\nDTSTAMP:20261101T000000Z\n" + more + "ORGANIZER:mailto:" + owner
           + "@clinic.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:" + owner
           + "@clinic.example\nATTENDEE;CUTYPE=ROOM;PARTSTAT=" + status
           + ":mailto:blue@clinic.example\n";
}

std::string booking(const std::string& uid, const std::string& owner, const std::string& more,
                    const std::string& status = "NEEDS-ACTION") {
    return support::calendar_of("BEGIN:VEVENT\n" + lines_of(uid, owner, more, status)
                                + "END:VEVENT\n");
}

class Rooms : public testing::Test {
protected:
    Rooms() {
        practice_.add_account("bob", "Bob", "bob@clinic.example");
        const auto made = practice_.store->write([&](storage::WriteTransaction& transaction) {
            return domain::create_account(transaction,
                                          {"blue", "Blue room", "blue@clinic.example",
                                           "correct horse", false, storage::AccountKind::room},
                                          practice_.clock.now());
        });
        EXPECT_TRUE(made);
    }

    core::Result<domain::Stored> put(const std::string& owner, const std::string& text) {
        const auto target = practice_.collection("calendar", owner);
        const auto checked = practice_.calendars.check(target, text);
        EXPECT_TRUE(checked) << checked.error().detail;
        return practice_.store->write([&](storage::WriteTransaction& transaction) {
            return practice_.calendars.put(transaction, target, checked->object.uid + ".ics",
                                           *checked);
        });
    }
    void book(const std::string& owner, const std::string& text) {
        const auto stored = put(owner, text);
        ASSERT_TRUE(stored) << stored.error().detail;
    }
    // The room's answer as that calendar has it.
    std::string answer(const std::string& owner, const std::string& uid,
                       const std::string& occurrence = "") {
        const auto id = practice_.collection("calendar", owner).id;
        return practice_.store->read([&](const storage::ReadTransaction& transaction) {
            const auto head = transaction.objects().find_by_uid(id, uid);
            if (!head) {
                return std::string("none");
            }
            const auto calendar = ical::parse(transaction.objects().find(head->id)->text);
            for (const ical::Component& component : calendar->components) {
                for (const ical::Property* line : component.find_all("ATTENDEE")) {
                    if (component.value("RECURRENCE-ID") == occurrence
                        && line->value() == "mailto:blue@clinic.example") {
                        return std::string(line->parameter("PARTSTAT"));
                    }
                }
            }
            return std::string("none");
        });
    }
    void cancel(const std::string& owner, const std::string& uid) {
        const auto id = practice_.collection("calendar", owner).id;
        ASSERT_TRUE(practice_.store->write([&](storage::WriteTransaction& transaction) {
            practice_.calendars.remove(transaction, *transaction.objects().find_by_uid(id, uid));
            return core::Done();
        }));
    }

    support::Practice practice_;
};

} // namespace

TEST_F(Rooms, AFreeRoomAcceptsAndATakenOneDeclines) {
    book("anna", booking("a", "anna", time_at(1, 10)));
    EXPECT_EQ(answer("anna", "a"), "ACCEPTED");
    EXPECT_EQ(answer("blue", "a"), "ACCEPTED");

    book("bob", booking("b", "bob", time_at(1, 10)));
    EXPECT_EQ(answer("bob", "b"), "DECLINED");
    EXPECT_EQ(answer("blue", "b"), "none");

    book("bob", booking("c", "bob", time_at(1, 11))); // the next hour
    EXPECT_EQ(answer("bob", "c"), "ACCEPTED");
}

TEST_F(Rooms, ACancelledBookingMakesRoom) {
    book("anna", booking("a", "anna", time_at(1, 10)));
    cancel("anna", "a");
    book("bob", booking("b", "bob", time_at(1, 10)));
    EXPECT_EQ(answer("bob", "b"), "ACCEPTED");
}

TEST_F(Rooms, AMovedBookingIsAnsweredAnew) {
    book("anna", booking("a", "anna", time_at(1, 10)));
    book("bob", booking("b", "bob", time_at(1, 12)));

    book("bob", booking("b", "bob", time_at(1, 10), "ACCEPTED"));
    EXPECT_EQ(answer("bob", "b"), "DECLINED");
    EXPECT_EQ(answer("blue", "b"), "DECLINED");
    book("bob", booking("b", "bob", time_at(1, 13), "DECLINED"));
    EXPECT_EQ(answer("bob", "b"), "ACCEPTED");
}

TEST_F(Rooms, AnOrganizerDoesNotAnswerInItsPlace) {
    book("anna", booking("a", "anna", time_at(1, 10)));
    book("bob", booking("b", "bob", time_at(1, 10), "ACCEPTED"));
    EXPECT_EQ(answer("bob", "b"), "DECLINED");
    book("bob", booking("b", "bob", time_at(1, 10), "ACCEPTED")); // and not by repeating it
    EXPECT_EQ(answer("bob", "b"), "DECLINED");
}

TEST_F(Rooms, AnEventThatTakesNobodysTimeStillTakesTheRoom) {
    book("anna", booking("a", "anna", time_at(1, 10) + "TRANSP:TRANSPARENT\n"));
    book("bob", booking("b", "bob", time_at(1, 10)));
    EXPECT_EQ(answer("bob", "b"), "DECLINED");
}

TEST_F(Rooms, EachOccurrenceOfASeriesIsLookedAt) {
    book("bob", booking("b", "bob", time_at(8, 10)));

    book("anna", booking("a", "anna", time_at(1, 10) + "RRULE:FREQ=WEEKLY;COUNT=4\n"));

    EXPECT_EQ(answer("anna", "a"), "ACCEPTED");
    EXPECT_EQ(answer("anna", "a", "20261208T100000Z"), "DECLINED");
    book("bob", booking("c", "bob", time_at(15, 10)));
    EXPECT_EQ(answer("bob", "c"), "DECLINED");
}

TEST_F(Rooms, ASeriesThatIsMostlyTakenOrTooLongIsDeclined) {
    book("bob", booking("b", "bob", time_at(1, 10) + "RRULE:FREQ=DAILY;COUNT=28\n"));
    ASSERT_EQ(answer("bob", "b"), "ACCEPTED");

    book("anna", booking("a", "anna", time_at(1, 10) + "RRULE:FREQ=DAILY;COUNT=29\n"));
    EXPECT_EQ(answer("anna", "a"), "DECLINED");
    book("anna", booking("endless", "anna", time_at(1, 15) + "RRULE:FREQ=WEEKLY\n"));
    EXPECT_EQ(answer("anna", "endless"), "DECLINED");
    book("anna", booking("far", "anna", "DTSTART:20361201T100000Z\nDURATION:PT1H\nSUMMARY:x\n"));
    EXPECT_EQ(answer("anna", "far"), "ACCEPTED");
}

TEST_F(Rooms, AMovedOccurrenceIsAnsweredByItself) {
    const std::string series =
        "BEGIN:VEVENT\n"
        + lines_of("a", "anna", time_at(1, 10) + "RRULE:FREQ=WEEKLY;COUNT=3\n", "ACCEPTED")
        + "END:VEVENT\n";
    book("bob", booking("b", "bob", time_at(8, 12)));
    book("anna", support::calendar_of(series));
    ASSERT_EQ(answer("anna", "a"), "ACCEPTED");

    book("anna", support::calendar_of(
                     series + "BEGIN:VEVENT\n"
                     + lines_of("a", "anna", "RECURRENCE-ID:20261208T100000Z\n" + time_at(8, 12),
                                "ACCEPTED")
                     + "END:VEVENT\n"));

    EXPECT_EQ(answer("anna", "a"), "ACCEPTED");
    EXPECT_EQ(answer("anna", "a", "20261208T100000Z"), "DECLINED");
}

// Whatever the engine: of two who write at once, one finds the room taken.
TEST_F(Rooms, TwoOrganizersAtOnceNeverHaveItBoth) {
    for (int round = 1; round <= rounds; ++round) {
        const std::string uid = std::to_string(round);
        std::atomic<int> ready{0};
        const auto race = [&](const std::string& owner) {
            ++ready;
            while (ready < 2) {
                std::this_thread::yield();
            }
            EXPECT_TRUE(put(owner, booking(owner + uid, owner, time_at(round, 10))));
        };
        std::thread other(race, "bob");
        race("anna");
        other.join();

        const bool annas = answer("anna", "anna" + uid) == "ACCEPTED";
        const bool bobs = answer("bob", "bob" + uid) == "ACCEPTED";
        EXPECT_TRUE(annas != bobs) << round << annas << bobs;
    }
}

} // namespace rooms_test
