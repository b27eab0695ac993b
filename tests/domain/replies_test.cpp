// What a guest's answer by mail changes in the organizer's event, and what it does not.
#include "core/strings.h"
#include "domain/invitations.h"
#include "domain/replies.h"
#include "tests/support/domain_fixture.h"

#include <gmock/gmock.h>

namespace replies_test {

namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view base = "sessions@clinic.example";

std::string lines(const std::string& text) {
    return core::replace_all(text, "\n", "\r\n");
}

std::string event(const std::string& extra = "") {
    return lines("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\nBEGIN:VEVENT\nUID:1\n"
                 "DTSTAMP:20261101T000000Z\nDTSTART;TZID=Europe/Berlin:20261125T140000\n"
                 "DTEND;TZID=Europe/Berlin:20261125T150000\nSUMMARY:Talk\n"
                 "ORGANIZER;CN=Dr Anna Chen:mailto:anna@clinic.example\n"
                 "ATTENDEE;CN=Ben;RSVP=TRUE:mailto:ben@home.example\n"
                 "ATTENDEE;CN=Cleo;PARTSTAT=NEEDS-ACTION:mailto:cleo@home.example\n"
                 + extra + "END:VEVENT\nEND:VCALENDAR\n");
}

std::string reply(const std::string& status, const std::string& extra = "",
                  const std::string& stamp = "20261123T100000Z",
                  const std::string& attendee = "ben@home.example") {
    return lines("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//other//EN\nMETHOD:REPLY\nBEGIN:VEVENT\n"
                 "UID:1\nDTSTART:20261125T130000Z\nDTSTAMP:"
                 + stamp + "\n" + extra + "ATTENDEE;PARTSTAT=" + status + ":mailto:" + attendee
                 + "\nEND:VEVENT\nEND:VCALENDAR\n");
}

class Replies : public testing::Test {
protected:
    Replies() {
        practice_.policy.mail_settle_seconds = 60;
        EXPECT_TRUE(practice_.put("a.ics", event()));
        (void)mails();
    }
    storage::Participant guest(const std::string& address = "ben@home.example") {
        return practice_.store->read([&](const storage::ReadTransaction& transaction) {
            const auto session = transaction.sessions().find("anna", "1");
            for (const auto& person : transaction.sessions().participants(session->id)) {
                if (person.address == address) {
                    return person;
                }
            }
            return storage::Participant{};
        });
    }
    core::Result<domain::Replied> send(const std::string& text,
                                       const std::string& from = "ben@home.example") {
        const auto token = domain::read_reply_address(
            base, practice_.keys, domain::make_reply_address(base, practice_.keys, guest(from)));
        EXPECT_TRUE(token);
        return practice_.store->write([&](storage::WriteTransaction& transaction) {
            return domain::apply_reply(transaction, practice_.calendars, *token, text,
                                       practice_.clock.now(), practice_.policy);
        });
    }
    // PARTSTAT of an attendee in the component with that RECURRENCE-ID, or in the master.
    std::string status(const std::string& address, const std::string& occurrence = "") {
        const auto calendar = ical::parse(practice_.body("a.ics"));
        for (const ical::Component& component : calendar->components) {
            if (component.name != "VEVENT" || component.value("RECURRENCE-ID") != occurrence) {
                continue;
            }
            for (const ical::Property* attendee : component.find_all("ATTENDEE")) {
                if (attendee->value() == "mailto:" + address) {
                    return std::string(attendee->parameter("PARTSTAT"));
                }
            }
        }
        return "no such line";
    }
    std::size_t mails() {
        practice_.clock.advance(61);
        while (
            domain::write_settled_mails(*practice_.store, practice_.clock.now(), practice_.policy)
            != 0) {
        }
        std::size_t count = 0;
        (void)practice_.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            const core::Instant now = practice_.clock.now();
            const auto claimed = transaction.outbox().claim(now, {now.seconds + 1}, 100);
            count = claimed.size();
            for (const storage::Mail& mail : claimed) {
                transaction.outbox().sent(mail.id, now);
            }
            return {};
        });
        return count;
    }
    void expect_refused(const std::string& text) {
        const std::string before = practice_.body("a.ics");
        EXPECT_FALSE(send(text)) << text;
        EXPECT_EQ(practice_.body("a.ics"), before);
    }

    support::Practice practice_;
};

} // namespace

TEST_F(Replies, AnAnswerBecomesTheStatusOfThatGuestAndOfNobodyElse) {
    const std::string etag = practice_.object("a.ics").head.etag;
    const std::string link = support::attendee_token(practice_.body("a.ics"), "ben@home.example");

    EXPECT_EQ(send(reply("ACCEPTED")), domain::Replied::changed);

    EXPECT_EQ(status("ben@home.example"), "ACCEPTED");
    EXPECT_EQ(status("cleo@home.example"), "NEEDS-ACTION");
    EXPECT_NE(practice_.object("a.ics").head.etag, etag);
    EXPECT_EQ(support::attendee_token(practice_.body("a.ics"), "ben@home.example"), link);
    EXPECT_EQ(mails(), 0U);
}

TEST_F(Replies, TheSameAnswerTwiceOrAnOlderOneChangesNothing) {
    ASSERT_TRUE(send(reply("DECLINED")));
    const std::string before = practice_.body("a.ics");

    EXPECT_EQ(send(reply("DECLINED")), domain::Replied::known);
    EXPECT_EQ(send(reply("ACCEPTED", "", "20261123T095959Z")), domain::Replied::known);

    EXPECT_EQ(practice_.body("a.ics"), before);
    EXPECT_EQ(send(reply("ACCEPTED", "", "20261123T100001Z")), domain::Replied::changed);
}

TEST_F(Replies, AnAnswerToAnOlderSequenceChangesNothing) {
    ASSERT_TRUE(practice_.put("a.ics", event("SEQUENCE:2\n")));

    EXPECT_EQ(send(reply("ACCEPTED", "SEQUENCE:1\n")), domain::Replied::known);
    EXPECT_EQ(send(reply("ACCEPTED", "SEQUENCE:2\n")), domain::Replied::changed);
}

TEST_F(Replies, OneOccurrenceIsAnsweredOnItsOwn) {
    ASSERT_TRUE(practice_.put("a.ics", event("RRULE:FREQ=WEEKLY;COUNT=4\n")));
    (void)mails();

    ASSERT_EQ(send(reply("DECLINED", "RECURRENCE-ID:20261202T130000Z\n")),
              domain::Replied::changed);

    EXPECT_EQ(status("ben@home.example", "20261202T140000"), "DECLINED");
    EXPECT_EQ(status("cleo@home.example", "20261202T140000"), "NEEDS-ACTION");
    EXPECT_EQ(status("ben@home.example"), "");
    EXPECT_THAT(practice_.body("a.ics"), HasSubstr("DTSTART;TZID=Europe/Berlin:20261202T140000"));
    EXPECT_EQ(mails(), 0U);
    expect_refused(reply("DECLINED", "RECURRENCE-ID:20261203T130000Z\n"));
}

TEST_F(Replies, AGuestWhoAnswersFromAnotherAddressIsKnownByTheToken) {
    ASSERT_TRUE(send(reply("TENTATIVE", "", "20261123T100000Z", "benjamin@mail.example")));

    EXPECT_EQ(status("ben@home.example"), "TENTATIVE");
}

TEST_F(Replies, ATokenAnswersForItsOwnGuestOnly) {
    ASSERT_TRUE(send(reply("DECLINED"), "cleo@home.example"));

    EXPECT_EQ(status("ben@home.example"), "");
    EXPECT_EQ(status("cleo@home.example"), "DECLINED");
}

TEST_F(Replies, WhatIsNoAnswerToThisInvitationIsRefusedAndChangesNothing) {
    const std::string good = reply("ACCEPTED");
    expect_refused("");
    expect_refused("BEGIN:VCALENDAR");
    expect_refused(core::replace_all(good, "UID:1", "UID:2"));
    expect_refused(core::replace_all(good, "METHOD:REPLY", "METHOD:REQUEST"));
    expect_refused(core::replace_all(good, "METHOD:REPLY", "METHOD:DECLINECOUNTER"));
    expect_refused(core::replace_all(good, "METHOD:REPLY\r\n", ""));
    expect_refused(reply("DELEGATED"));
    expect_refused(reply("NEEDS-ACTION"));
    expect_refused(reply("\"X;ROLE=CHAIR\""));
    expect_refused(reply("ACCEPTED", "", "yesterday"));
    expect_refused(reply("ACCEPTED", "RECURRENCE-ID:20261125T130000Z\n"));
}

TEST_F(Replies, AProposalByMailIsPassedOnAndChangesNothing) {
    const std::string before = practice_.body("a.ics");
    const std::string counter = lines(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:Microsoft Exchange Server 2010\nMETHOD:COUNTER\n"
        "BEGIN:VEVENT\nUID:1\nDTSTAMP:20261123T100000Z\nSEQUENCE:0\n"
        "DTSTART;TZID=W. Europe Standard Time:20261126T100000\n"
        "DTEND;TZID=W. Europe Standard Time:20261126T110000\n"
        "ATTENDEE;PARTSTAT=TENTATIVE;CN=Ben:mailto:ben@home.example\n"
        "COMMENT;LANGUAGE=de-DE:Donnerstag passt mir besser\n"
        "END:VEVENT\nEND:VCALENDAR\n");

    EXPECT_EQ(send(counter), domain::Replied::proposed);

    EXPECT_EQ(practice_.body("a.ics"), before);
    const auto mails = practice_.store->read(
        [](const storage::ReadTransaction& transaction) { return transaction.outbox().list(10); });
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails.front().recipient, "anna@clinic.example");
    EXPECT_THAT(mails.front().text, HasSubstr("METHOD:COUNTER\r\n"));
    EXPECT_THAT(mails.front().text, HasSubstr("DTSTART;TZID=Europe/Berlin:20261126T100000\r\n"));
    EXPECT_THAT(mails.front().text, HasSubstr("COMMENT:Donnerstag passt mir besser\r\n"));
    EXPECT_THAT(mails.front().text, Not(HasSubstr("cleo")));
    expect_refused(core::replace_all(counter, "20261126T", "20251126T"));
    expect_refused(core::replace_all(counter, "20261126T110000", "20261126T090000"));
    expect_refused(core::replace_all(counter, "UID:1", "UID:2"));
    expect_refused(core::replace_all(counter, "DTSTART", "X-START"));
}

TEST_F(Replies, AGuestOrSessionThatIsGoneAnswersNoMore) {
    const auto cleo = guest("cleo@home.example");
    ASSERT_TRUE(
        practice_.put("a.ics", core::replace_all(event(),
                                                 "ATTENDEE;CN=Cleo;PARTSTAT=NEEDS-ACTION:mailto:"
                                                 "cleo@home.example\r\n",
                                                 "")));
    EXPECT_FALSE(send(reply("ACCEPTED"), "cleo@home.example"));
    practice_.remove("a.ics");
    EXPECT_FALSE(send(reply("ACCEPTED")));
}

TEST_F(Replies, AnAddressForWhatComesBackNamesOneMail) {
    storage::Mail mail;
    mail.id = 7;
    mail.created = practice_.clock.now();
    const std::string address = domain::make_bounce_address(base, practice_.keys, mail);
    const auto token = domain::read_bounce_address(base, practice_.keys, address);

    ASSERT_TRUE(token);
    EXPECT_EQ(token->mail, 7);
    EXPECT_EQ(token->created, mail.created);
    EXPECT_TRUE(domain::read_bounce_address(base, practice_.keys, core::to_upper(address)));
    EXPECT_FALSE(domain::read_reply_address(base, practice_.keys, address));
    EXPECT_LE(address.find('@'), 64U);
    std::string other = address;
    other[address.find('@') - 1] = address[address.find('@') - 1] == '0' ? '1' : '0';
    EXPECT_FALSE(domain::read_bounce_address(base, practice_.keys, other));
    EXPECT_FALSE(domain::read_bounce_address(base, practice_.keys, base));
    EXPECT_FALSE(domain::read_bounce_address("x@clinic.example", practice_.keys, address));
    EXPECT_FALSE(domain::read_bounce_address(
        base, practice_.keys, domain::make_reply_address(base, practice_.keys, guest())));
}

TEST_F(Replies, OnlyAddressesThatWereMadeHereAreRead) {
    const std::string address = domain::make_reply_address(base, practice_.keys, guest());
    ASSERT_EQ(address.find('@'), std::string("sessions+").size() + domain::reply_token_length);

    EXPECT_TRUE(domain::read_reply_address(base, practice_.keys, core::to_upper(address)));
    for (std::size_t i = 0; i < address.size(); ++i) {
        std::string forged = address;
        forged[i] = forged[i] == '0' ? '1' : '0';
        EXPECT_FALSE(domain::read_reply_address(base, practice_.keys, forged)) << forged;
    }
    for (const std::string other :
         {"", "@", "sessions@clinic.example", "sessions+@clinic.example"}) {
        EXPECT_FALSE(domain::read_reply_address(base, practice_.keys, other));
    }
    core::Key master{};
    EXPECT_FALSE(domain::read_reply_address(base, domain::Keys::from_master(master), address));
}

} // namespace replies_test
