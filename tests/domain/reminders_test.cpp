// Who is reminded of what, when, and how often.
#include "core/strings.h"
#include "domain/invitations.h"
#include "domain/reminders.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <gmock/gmock.h>

namespace reminders_test {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr std::int64_t minute = 60;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;

class Reminders : public testing::Test {
protected:
    Reminders() {
        practice_.policy.mail_settle_seconds = 60;
        practice_.policy.reminder_seconds = {day, 10 * minute};
    }

    [[nodiscard]] core::Instant now() const { return practice_.clock.now(); }

    std::string event(core::Instant start, const std::string& extra = "",
                      const std::string& guests = "ATTENDEE:mailto:ben@home.example\n") {
        return support::calendar_of("BEGIN:VEVENT\nUID:1\nDTSTAMP:20261101T000000Z\nDTSTART:"
                                    + core::to_ical_utc(start)
                                    + "\nDURATION:PT50M\nSUMMARY:Depression\n"
                                    + "ORGANIZER;CN=Dr Anna Chen:mailto:anna@clinic.example\n"
                                    + guests + extra + "END:VEVENT\n");
    }
    void put(const std::string& text) {
        const auto stored = practice_.put("a.ics", text);
        ASSERT_TRUE(stored) << stored.error().detail;
        (void)reminded(); // the look that a change is a reason for
    }
    // Who gets a reminder at this moment; their mails are in mails_.
    std::vector<std::string> reminded() {
        while (domain::write_due_reminders(*practice_.store, now(), practice_.policy) != 0) {
        }
        std::vector<std::string> people;
        mails_.clear();
        (void)practice_.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            for (const storage::Mail& mail :
                 transaction.outbox().claim(now(), {now().seconds + 1}, 100)) {
                people.push_back(mail.recipient);
                EXPECT_EQ(mail.subject, "reminder");
                EXPECT_THAT(mail.text, HasSubstr("~~~~")) << "no link is at rest";
                mails_.push_back(*domain::read_invitation(transaction, mail, now(),
                                                          practice_.policy, practice_.keys));
                transaction.outbox().sent(mail.id, now());
            }
            return {};
        });
        return people;
    }
    std::vector<std::string> reminded_at(core::Instant at) {
        practice_.clock.advance(at - now());
        return reminded();
    }

    support::Practice practice_;
    std::vector<domain::Invitation> mails_;
};

} // namespace

TEST(ReminderMoment, IsTheLatestThatHasCome) {
    const std::vector<std::int64_t> leads{day, 10 * minute};
    const core::Instant start{10 * day};
    EXPECT_EQ(domain::reminder_moment(start, start - day - 1, leads), std::nullopt);
    EXPECT_EQ(domain::reminder_moment(start, start - day, leads), start - day);
    EXPECT_EQ(domain::reminder_moment(start, start - 11 * minute, leads), start - day);
    EXPECT_EQ(domain::reminder_moment(start, start - 1, leads), start - 10 * minute);
    EXPECT_EQ(domain::reminder_moment(start, start, leads), std::nullopt) << "it has started";
}

TEST_F(Reminders, ComeADayAndTenMinutesBeforeAndOnce) {
    const core::Instant start = now() + 3 * day;
    put(event(start));

    EXPECT_THAT(reminded_at(start - day - 1), IsEmpty());
    EXPECT_THAT(reminded_at(start - day), ElementsAre("ben@home.example"));
    EXPECT_THAT(reminded(), IsEmpty());
    EXPECT_THAT(reminded_at(start - 10 * minute), ElementsAre("ben@home.example"));
    EXPECT_THAT(reminded_at(start - 1), IsEmpty());
    EXPECT_THAT(reminded_at(start + day), IsEmpty());
}

TEST_F(Reminders, SayWhenAndHoldTheGuestsOwnLinkAndNothingOfOthers) {
    const core::Instant start = now() + 2 * day;
    put(event(start, "",
              "ATTENDEE:mailto:ben@home.example\nATTENDEE;CN=Cleo:mailto:cleo@home.example\n"));

    EXPECT_THAT(reminded_at(start - day),
                UnorderedElementsAre("ben@home.example", "cleo@home.example"));
    const auto& mail = mails_.front();
    EXPECT_TRUE(mail.calendar.empty());
    EXPECT_THAT(mail.text.subject, testing::StartsWith("Reminder: Video consultation with "));
    EXPECT_THAT(mail.text.plain, HasSubstr("/j/"));
    EXPECT_THAT(mail.text.plain, Not(HasSubstr("Depression")));
    EXPECT_THAT(mail.text.plain, Not(HasSubstr("Cleo")));
    EXPECT_NE(mails_[0].text.plain, mails_[1].text.plain);
    EXPECT_EQ(mail.useful_until, start + 50 * minute);
}

TEST_F(Reminders, AreOneForEachOccurrenceOfASeriesWithLinksOfTheirOwn) {
    const core::Instant start = now() + 2 * day;
    put(event(start, "RRULE:FREQ=WEEKLY\n"));

    ASSERT_THAT(reminded_at(start - day), ElementsAre("ben@home.example"));
    const std::string first = mails_.front().text.plain;
    ASSERT_THAT(reminded_at(start - 10 * minute), ElementsAre("ben@home.example"));
    ASSERT_THAT(reminded_at(start + 7 * day - day), ElementsAre("ben@home.example"));
    const auto link = [](const std::string& text) {
        const std::size_t at = text.find("/j/");
        return text.substr(at, text.find('\r', at) - at);
    };
    EXPECT_NE(link(first), link(mails_.front().text.plain));
}

TEST_F(Reminders, OfWhatWasMovedComeAtTheNewTimeOnly) {
    const core::Instant start = now() + 3 * day;
    put(event(start));
    ASSERT_THAT(reminded_at(start - day), ElementsAre("ben@home.example"));

    put(event(start + 2 * day));

    EXPECT_THAT(reminded_at(start - 10 * minute), IsEmpty());
    EXPECT_THAT(reminded_at(start + day), ElementsAre("ben@home.example"));
    EXPECT_THAT(reminded_at(start + 2 * day - 10 * minute), ElementsAre("ben@home.example"));
}

TEST_F(Reminders, AreNotMadeUpForWhenASessionIsMadeLate) {
    const core::Instant start = now() + hour;
    put(event(start));

    EXPECT_THAT(reminded(), IsEmpty()) << "the day before was over";
    EXPECT_THAT(reminded_at(start - 10 * minute), ElementsAre("ben@home.example"));
}

TEST_F(Reminders, ThatWereMissedAreSentOnceWhenTheServerIsBack) {
    const core::Instant start = now() + 3 * day;
    put(event(start));

    EXPECT_THAT(reminded_at(start - 5 * minute), ElementsAre("ben@home.example"));
    EXPECT_THAT(reminded_at(start - 1), IsEmpty());
}

TEST_F(Reminders, GoToNobodyWhoDeclinedAndNotForWhatIsCancelled) {
    const core::Instant start = now() + 3 * day;
    put(event(start, "",
              "ATTENDEE;PARTSTAT=DECLINED:mailto:ben@home.example\n"
              "ATTENDEE;PARTSTAT=TENTATIVE:mailto:cleo@home.example\n"));
    EXPECT_THAT(reminded_at(start - day), ElementsAre("cleo@home.example"));

    put(event(start, "STATUS:CANCELLED\nSEQUENCE:1\n"));
    EXPECT_THAT(reminded_at(start - 10 * minute), IsEmpty());
}

TEST_F(Reminders, EndWithTheSession) {
    const core::Instant start = now() + 3 * day;
    put(event(start));
    practice_.remove("a.ics");

    EXPECT_THAT(reminded_at(start - day), IsEmpty());
}

TEST_F(Reminders, AreNoneWhereThePracticeWantsNone) {
    practice_.policy.reminder_seconds.clear();
    const core::Instant start = now() + 3 * day;
    put(event(start));

    EXPECT_THAT(reminded_at(start - day), IsEmpty());
}

} // namespace reminders_test
