// The mails of a practice as they leave, whole, compared with files that somebody has read: what a
// guest gets changes only where it is meant to. What differs is left in a folder, from which it may
// be copied; tests/e2e/golden_mails_test.py has another program read the files.
#include "core/strings.h"
#include "domain/invitations.h"
#include "domain/reminders.h"
#include "src/app/mail_text.h"
#include "tests/support/domain_fixture.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace app::golden_mails_test {

namespace {

const std::string ben = "ATTENDEE;CN=Ben:mailto:ben@home.example\n";
const std::string cleo = "ATTENDEE;CN=Cleo:mailto:cleo@home.example\n";
const std::string weekly = "RRULE:FREQ=WEEKLY;COUNT=5\n";

std::string vevent(const std::string& lines, const std::string& start = "20261125T140000") {
    std::string end = start;
    end[end.size() - 4] = '5'; // until ten to
    return "BEGIN:VEVENT\nUID:golden@test\nDTSTAMP:20261101T000000Z\n"
           "DTSTART;TZID=Europe/Berlin:"
           + start + "\nDTEND;TZID=Europe/Berlin:" + end
           + "\nSUMMARY:Depression\nDESCRIPTION:Bring the diary\n"
             "ORGANIZER;CN=Dr. Änna Chen:mailto:anna@clinic.example\n"
           + lines + "END:VEVENT\n";
}

std::string calendar(const std::string& events) {
    return core::replace_all("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n" + events
                                 + "END:VCALENDAR\n",
                             "\n", "\r\n");
}

std::string path_of(const std::string& name) {
    return std::string(APPOINTED_SOURCE_DIR) + "/tests/data/mail/golden/" + name + ".eml";
}

// A practice whose clock, keys and numbers are always the same.
class GoldenMails : public testing::TestWithParam<domain::Language> {
protected:
    GoldenMails() {
        practice_.policy.mail_settle_seconds = 60;
        practice_.policy.mail_domain = "clinic.example";
        practice_.policy.language = GetParam();
    }
    static std::string suffix() { return GetParam() == domain::Language::german ? ".de" : ".en"; }

    void put(const std::string& events) {
        const auto stored = practice_.put("a.ics", calendar(events));
        ASSERT_TRUE(stored) << stored.error().detail;
    }
    // The mails of what changed, and of what is to be reminded of, as they would leave now.
    std::vector<std::string> leave(const std::string& name) {
        practice_.clock.advance(61);
        domain::write_settled_mails(*practice_.store, practice_.clock.now(), practice_.policy);
        domain::write_due_reminders(*practice_.store, practice_.clock.now(), practice_.policy);
        return *practice_.store->write(
            [&](storage::WriteTransaction& transaction) -> core::Result<std::vector<std::string>> {
                return texts(transaction, name);
            });
    }
    void is_as_it_was(const std::string& name, const std::vector<std::string>& mails) {
        ASSERT_EQ(mails.size(), 1U) << name;
        const std::string path = path_of(name + suffix());
        std::ostringstream expected;
        expected << std::ifstream(path, std::ios::binary).rdbuf();
        if (mails.front() != expected.str()) {
            const auto folder = std::filesystem::path(testing::TempDir()) / "golden";
            std::filesystem::create_directories(folder);
            const auto made = folder / (name + suffix() + ".eml");
            std::ofstream(made, std::ios::binary) << mails.front();
            ADD_FAILURE() << "If this is meant, read " << made << " and copy it to " << path;
        }
    }

    support::Practice practice_;

private:
    std::vector<std::string> texts(storage::WriteTransaction& transaction,
                                   const std::string& name) {
        const core::Instant now = practice_.clock.now();
        std::vector<std::string> all;
        for (storage::Mail& mail : transaction.outbox().claim(now, now + 1, 10)) {
            transaction.outbox().sent(mail.id, now);
            mail.message_id = name + suffix() + "@clinic.example";
            const auto read = domain::read_invitation(transaction, mail, now, practice_.policy,
                                                      practice_.keys, "sessions@clinic.example");
            all.push_back(
                gateways::to_mime(invitation_mail("sessions@clinic.example", mail, *read)));
        }
        return all;
    }
};

} // namespace

TEST_P(GoldenMails, OfASessionFromItsInvitationToItsEnd) {
    put(vevent(ben));
    is_as_it_was("new", leave("new"));

    put(vevent(ben, "20261126T093000"));
    is_as_it_was("changed", leave("changed"));

    practice_.clock.advance(core::day_seconds + 23 * 3'600 + 1'800); // a day before
    is_as_it_was("reminder", leave("reminder"));

    practice_.remove("a.ics");
    is_as_it_was("cancelled", leave("cancelled"));
}

TEST_P(GoldenMails, OfASeriesAndItsOccurrences) {
    put(vevent(ben + weekly));
    is_as_it_was("new_series", leave("new_series"));

    const std::string moved =
        vevent(ben + "RECURRENCE-ID;TZID=Europe/Berlin:20261202T140000\n", "20261203T160000");
    put(vevent(ben + weekly) + moved);
    is_as_it_was("occurrence_moved", leave("occurrence_moved"));

    put(vevent(ben + weekly + "EXDATE;TZID=Europe/Berlin:20261209T140000\n") + moved);
    is_as_it_was("occurrence_cancelled", leave("occurrence_cancelled"));
}

TEST_P(GoldenMails, OfAGuestWhoIsTakenOut) {
    put(vevent(ben + cleo));
    ASSERT_EQ(leave("new").size(), 2U);

    put(vevent(cleo));
    is_as_it_was("guest_removed", leave("guest_removed"));
}

INSTANTIATE_TEST_SUITE_P(InEveryLanguage, GoldenMails,
                         testing::Values(domain::Language::english, domain::Language::german),
                         [](const auto& given) {
                             return given.param == domain::Language::german ? "German" : "English";
                         });

} // namespace app::golden_mails_test
