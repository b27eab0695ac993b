// Which mails a change of a session makes, and what a guest finds in theirs.
#include "core/strings.h"
#include "domain/answer_links.h"
#include "domain/invitations.h"
#include "tests/support/domain_fixture.h"

#include <gmock/gmock.h>

namespace invitations_test {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr std::string_view wednesday = "DTSTART;TZID=Europe/Berlin:20261125T140000\n"
                                       "DTEND;TZID=Europe/Berlin:20261125T150000\n";
constexpr std::string_view ben = "ATTENDEE;CN=Ben:mailto:ben@home.example\n";
constexpr std::string_view cleo = "ATTENDEE;CN=Cleo:mailto:cleo@home.example\n";

std::string event(const std::string& guests, std::string_view when = wednesday,
                  const std::string& extra = "") {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
           "DTSTAMP:20261101T000000Z\r\n"
           + core::replace_all(std::string(when) + "SUMMARY:Depression\n"
                                   + "ORGANIZER;CN=Dr Anna Chen:mailto:anna@clinic.example\n"
                                   + guests + extra,
                               "\n", "\r\n")
           + "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

const std::string both = std::string(ben) + std::string(cleo);

class Invitations : public testing::Test {
protected:
    Invitations() { practice_.policy.mail_settle_seconds = 60; }

    void put(const std::string& text) {
        const auto stored = practice_.put("a.ics", text);
        ASSERT_TRUE(stored) << stored.error().detail;
    }

    // "RECIPIENT SUBJECT" of what a change makes once it has settled; and they are sent.
    std::vector<std::string> settled() {
        practice_.clock.advance(61);
        while (
            domain::write_settled_mails(*practice_.store, practice_.clock.now(), practice_.policy)
            != 0) {
        }
        return sent();
    }

    std::vector<std::string> sent() {
        std::vector<std::string> all;
        (void)practice_.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            all.clear();
            mails_.clear();
            const core::Instant now = practice_.clock.now();
            for (const storage::Mail& mail :
                 transaction.outbox().claim(now, {now.seconds + 1}, 100)) {
                all.push_back(mail.recipient + ' ' + mail.subject);
                rows_.push_back(mail);
                mails_.push_back(*domain::read_invitation(transaction, mail, now, practice_.policy,
                                                          practice_.keys));
                transaction.outbox().sent(mail.id, now);
            }
            return {};
        });
        return all;
    }

    support::Practice practice_;
    std::vector<storage::Mail> rows_;
    std::vector<domain::Invitation> mails_;
};

} // namespace

TEST_F(Invitations, EachGuestGetsOneMailAndOnlyOnceItHasSettled) {
    put(event(both));

    EXPECT_EQ(
        domain::write_settled_mails(*practice_.store, practice_.clock.now(), practice_.policy), 0U);
    EXPECT_THAT(settled(), UnorderedElementsAre("ben@home.example new", "cleo@home.example new"));
    EXPECT_THAT(settled(), IsEmpty());
}

TEST_F(Invitations, NothingIsKeptWithoutMailOrWithoutGuests) {
    practice_.policy.mail_settle_seconds.reset();
    put(event(both));
    practice_.policy.mail_settle_seconds = 60;
    practice_.add_account("bert", "Bert", "bert@clinic.example");
    (void)practice_.put("b.ics", core::replace_all(event("ATTENDEE:mailto:bert@clinic.example\n"),
                                                   "UID:1", "UID:2"));

    EXPECT_THAT(settled(), IsEmpty());
}

TEST_F(Invitations, AGuestFindsTheirOwnLinkAndNobodyElses) {
    put(event(both));
    settled();
    const std::string body = practice_.body("a.ics");
    const std::string ben_link = support::attendee_token(body, "ben@home.example");
    const std::string cleo_link = support::attendee_token(body, "cleo@home.example");

    ASSERT_EQ(mails_.size(), 2U);
    const domain::Invitation& mail = mails_.front();
    const std::string unfolded = core::replace_all(mail.calendar, "\r\n ", "");
    ASSERT_EQ(rows_.front().recipient, "ben@home.example");
    for (const std::string& text : {unfolded, mail.text.plain, mail.text.html}) {
        EXPECT_THAT(text, HasSubstr(ben_link));
        EXPECT_THAT(text, Not(HasSubstr(cleo_link)));
        EXPECT_THAT(text, Not(HasSubstr("leo")));
        EXPECT_THAT(text, Not(HasSubstr("Depression")));
    }
}

TEST_F(Invitations, AGuestFindsAnswerLinksOfTheirOwnInTheWordsAlone) {
    put(event(std::string(ben)));
    settled();

    ASSERT_EQ(mails_.size(), 1U);
    const domain::Invitation& mail = mails_.front();
    const auto own = domain::read_token(
        practice_.keys.join, support::attendee_token(practice_.body("a.ics"), "ben@home.example"));
    const std::string url = domain::answer_url("https://clinic.example", practice_.keys, *own);
    for (const char* path : {"/accept", "/decline", "/another-time"}) {
        EXPECT_THAT(mail.text.plain, HasSubstr(url + path + "\r\n"));
        EXPECT_THAT(mail.text.html, HasSubstr("<a href=\"" + url + path + "\">"));
    }
    EXPECT_THAT(core::replace_all(mail.calendar, "\r\n ", ""), Not(HasSubstr("/rsvp/")));
    EXPECT_THAT(rows_.front().text, Not(HasSubstr("/rsvp/")));

    practice_.remove("a.ics");
    settled();
    EXPECT_THAT(mails_.back().text.plain, Not(HasSubstr("/rsvp/")));
}

TEST_F(Invitations, NoLinkIsAtRest) {
    put(event(both));
    settled();

    const std::string token = support::attendee_token(practice_.body("a.ics"), "ben@home.example");
    for (const storage::Mail& row : rows_) {
        EXPECT_THAT(core::replace_all(row.text, "\r\n ", ""), Not(HasSubstr(token)));
        EXPECT_THAT(row.text, Not(HasSubstr("/feeds/")));
    }
}

TEST_F(Invitations, TheTextSaysTheTimeInWordsAndTheFeed) {
    put(event(std::string(ben)));
    settled();

    ASSERT_EQ(mails_.size(), 1U);
    const domain::InvitationText& text = mails_.front().text;
    EXPECT_EQ(text.subject, "Invitation: Video consultation with Dr Anna Chen, Wednesday, "
                            "25 November 2026, 14:00 – 15:00 (Europe/Berlin)");
    EXPECT_THAT(text.plain,
                HasSubstr("When: Wednesday, 25 November 2026, 14:00 – 15:00 (Europe/Berlin)\r\n"));
    EXPECT_THAT(text.plain, HasSubstr("https://clinic.example/feeds/"));
    EXPECT_THAT(text.html, HasSubstr("<html lang=\"en\">"));
    EXPECT_EQ(mails_.front().method, "REQUEST");
    EXPECT_EQ(mails_.front().organizer_name, "Dr Anna Chen");
    EXPECT_EQ(mails_.front().organizer_address, "anna@clinic.example");
}

TEST_F(Invitations, TheTextIsGermanWhereThatIsTheLanguage) {
    practice_.policy.language = domain::Language::german;
    put(event(std::string(ben)));
    settled();

    ASSERT_EQ(mails_.size(), 1U);
    EXPECT_THAT(mails_.front().text.plain,
                HasSubstr("Wann: Mittwoch, 25. November 2026, 14:00 – 15:00 Uhr"));
    EXPECT_THAT(mails_.front().text.html, HasSubstr("<html lang=\"de\">"));
}

TEST_F(Invitations, AQuickUndoSendsNothing) {
    put(event(both));
    practice_.remove("a.ics");
    EXPECT_THAT(settled(), IsEmpty());

    put(event(both));
    settled();
    put(event(both, "DTSTART:20261126T090000Z\nDTEND:20261126T100000Z\n"));
    put(event(both));
    EXPECT_THAT(settled(), IsEmpty());
}

TEST_F(Invitations, AMoveTellsEveryGuestWithAHigherSequence) {
    put(event(both));
    settled();
    put(event(both, "DTSTART:20261126T090000Z\nDTEND:20261126T100000Z\n"));

    EXPECT_THAT(settled(),
                UnorderedElementsAre("ben@home.example changed", "cleo@home.example changed"));
    EXPECT_THAT(mails_.front().calendar, HasSubstr("SEQUENCE:1\r\n"));
    EXPECT_THAT(mails_.front().calendar, HasSubstr("DTSTART:20261126T090000Z\r\n"));
}

TEST_F(Invitations, ADeletedSessionIsCancelledWithoutALink) {
    put(event(std::string(ben)));
    settled();
    practice_.remove("a.ics");

    ASSERT_THAT(settled(), ElementsAre("ben@home.example cancelled"));
    EXPECT_EQ(mails_.front().method, "CANCEL");
    EXPECT_THAT(mails_.front().calendar, Not(HasSubstr("/j/")));
    EXPECT_THAT(mails_.front().text.plain, Not(HasSubstr("/j/")));
    EXPECT_THAT(mails_.front().calendar, HasSubstr("SEQUENCE:1\r\n"));
}

TEST_F(Invitations, ARemovedGuestAloneIsTold) {
    put(event(both));
    settled();
    put(event(std::string(ben)));
    EXPECT_THAT(settled(), ElementsAre("cleo@home.example cancelled"));
    put(event(both));
    EXPECT_THAT(settled(), ElementsAre("cleo@home.example new"));
}

TEST_F(Invitations, OwnNotesAndAlarmsMailNobody) {
    put(event(both));
    settled();
    put(event(both, wednesday,
              "DESCRIPTION:mine\nCOLOR:red\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\n"
              "TRIGGER:-PT5M\nEND:VALARM\n"));

    EXPECT_THAT(settled(), IsEmpty());
}

TEST_F(Invitations, WhatChangesWithinADayIsToldAtOnceWhereAGuestHasTheFormerInTheirCalendar) {
    const auto told_at_once = [&] {
        const auto now = practice_.clock.now();
        const bool told = domain::write_settled_mails(*practice_.store, now, practice_.policy) != 0;
        settled();
        return told;
    };
    const auto fetch = [&] {
        (void)practice_.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            const auto feed = transaction.feeds().find_by_subject("address:ben@home.example");
            transaction.feeds().note_fetched(*feed, practice_.clock.now());
            return {};
        });
    };
    constexpr std::string_view today = "DTSTART:20261123T160000Z\nDTEND:20261123T170000Z\n";
    constexpr std::string_view later = "DTSTART:20261123T180000Z\nDTEND:20261123T190000Z\n";
    put(event(both, today));
    EXPECT_FALSE(told_at_once());
    put(event(both, later));
    EXPECT_FALSE(told_at_once()) << "nobody has subscribed";

    fetch();
    put(event(both, today));
    EXPECT_TRUE(told_at_once());
    put(event(both)); // out of today
    EXPECT_TRUE(told_at_once());
    put(event(both, wednesday, "LOCATION:Here\n"));
    EXPECT_FALSE(told_at_once()) << "there is time";
    put(event(both, today));
    EXPECT_TRUE(told_at_once());
    practice_.remove("a.ics");
    EXPECT_TRUE(told_at_once());
}

TEST_F(Invitations, ACalendarClientThatMovesBetweenCalendarsMailsNobody) {
    practice_.add_calendar("other");
    put(event(both));
    settled();
    (void)practice_.put("b.ics", event(both), "other");
    practice_.remove("a.ics");

    EXPECT_THAT(settled(), IsEmpty());
}

TEST_F(Invitations, ATitleCannotBreakOutOfTheText) {
    practice_.policy.guest_details = domain::GuestDetails::full;
    put(core::replace_all(event(std::string(ben)), "SUMMARY:Depression",
                          "SUMMARY:a\\nBcc: x@evil.example\\n<script>"));
    settled();

    ASSERT_EQ(mails_.size(), 1U);
    EXPECT_THAT(mails_.front().text.subject, Not(HasSubstr("\n")));
    EXPECT_THAT(mails_.front().text.plain, HasSubstr("\r\na Bcc: x@evil.example <script>\r\n"));
    EXPECT_THAT(mails_.front().text.html, Not(HasSubstr("<script>")));
}

} // namespace invitations_test
