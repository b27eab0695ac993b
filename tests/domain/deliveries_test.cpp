// What the clinician's event says of whom the mails reached (RFC 6638 sections 3.2.9 and 7.3).
#include "core/strings.h"
#include "domain/deliveries.h"
#include "domain/invitations.h"
#include "domain/rendering.h"
#include "tests/support/domain_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace deliveries_test {

namespace {

std::string event(const std::string& lines, const std::string& day = "20261125") {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
           "DTSTAMP:20261101T000000Z\r\nDTSTART:"
           + day + "T140000Z\r\nDTEND:" + day
           + "T150000Z\r\nSUMMARY:Talk\r\nORGANIZER:mailto:anna@clinic.example\r\n"
           + core::replace_all(lines, "\n", "\r\n") + "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

const std::string ben = "ATTENDEE;CN=Ben:mailto:ben@home.example\n";
const std::string cleo = "ATTENDEE;CN=Cleo:mailto:cleo@home.example\n";

class Deliveries : public testing::Test {
protected:
    Deliveries() { practice_.policy.mail_settle_seconds = 60; }

    void put(const std::string& text) {
        const auto stored = practice_.put("a.ics", text);
        ASSERT_TRUE(stored) << stored.error().detail;
    }

    // How many mails the last changes make once they have settled.
    std::size_t settle() {
        practice_.clock.advance(61);
        while (domain::write_settled_mails(*practice_.store, now(), practice_.policy) != 0) {
        }
        const auto waiting = practice_.store->read(
            [&](const storage::ReadTransaction& read) { return read.outbox().list(100); });
        return static_cast<std::size_t>(
            std::count_if(waiting.begin(), waiting.end(), [](const storage::Mail& mail) {
                return mail.state == storage::MailState::waiting;
            }));
    }

    // Every mail that waits gets this answer; nothing: it is taken.
    void send(const std::string& failure = "") {
        (void)practice_.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            auto& outbox = transaction.outbox();
            for (const storage::Mail& mail : outbox.claim(now(), now() + 1, 100)) {
                if (failure.empty()) {
                    outbox.sent(mail.id, now());
                } else {
                    outbox.give_up(mail.id, failure);
                }
                domain::note_delivery(outbox, mail, now());
            }
            return {};
        });
    }
    // The last mail comes back.
    void come_back(const std::string& reason) {
        (void)practice_.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            auto& outbox = transaction.outbox();
            const storage::Mail mail =
                outbox.mails_of(transaction.sessions().find("anna", "1")->id).back();
            outbox.give_up(mail.id, std::string(domain::came_back) + reason);
            domain::note_delivery(outbox, mail, now());
            return {};
        });
    }
    void write() {
        while (domain::write_deliveries(*practice_.store, practice_.calendars, now()) != 0) {
        }
    }
    void settle_and_send() {
        settle();
        send();
        write();
    }

    // Of the only guest, by mail.
    void answer(const std::string& status) {
        const storage::Object row = practice_.object("a.ics");
        auto event = ical::read_object(row.text, practice_.policy.time_zone);
        ASSERT_TRUE(event);
        domain::remove_links(event->calendar);
        for (ical::Property& line : event->calendar.components.front().properties) {
            if (line.is("ATTENDEE")) {
                line.set_parameter("PARTSTAT", status);
                line.set_parameter("SCHEDULE-STATUS", "2.0");
                line.set_parameter("X-APPOINTED-REPLIED", "0/" + core::to_ical_utc(now()));
            }
        }
        const auto done = practice_.store->write([&](storage::WriteTransaction& transaction) {
            return practice_.calendars.put_answers(transaction, row.head.id, *event);
        });
        ASSERT_TRUE(done);
    }

    // Of every line of that guest, in order.
    std::string status_of(const std::string& address) {
        std::string all;
        const auto calendar = ical::parse(practice_.body("a.ics"));
        for (const ical::Component& component : calendar->components) {
            for (const ical::Property* line : component.find_all("ATTENDEE")) {
                if (line->value() == "mailto:" + address) {
                    all +=
                        (all.empty() ? "" : " ") + std::string(line->parameter("SCHEDULE-STATUS"));
                }
            }
        }
        return all;
    }
    core::Instant now() { return practice_.clock.now(); }

    support::Practice practice_;
};

} // namespace

TEST_F(Deliveries, AGuestIsPendingUntilTheMailLeft) {
    put(event(ben));
    EXPECT_EQ(status_of("ben@home.example"), "1.0");
    settle();
    write();
    EXPECT_EQ(status_of("ben@home.example"), "1.0");

    send();
    write();

    EXPECT_EQ(status_of("ben@home.example"), "1.1");
}

TEST_F(Deliveries, AreSeenAtTheNextSynchronisationAndAskNobodyAgain) {
    put(event(ben));
    const std::string link = support::attendee_token(practice_.body("a.ics"), "ben@home.example");
    const auto feed_tag = [&] {
        return practice_.store
            ->write([&](storage::WriteTransaction& transaction) -> core::Result<std::string> {
                const std::string url = TRY(domain::feed_url(transaction, "ben@home.example", now(),
                                                             practice_.policy, practice_.keys));
                const std::string token =
                    url.substr(url.find("/feeds/") + 7, url.rfind('/') - url.find("/feeds/") - 7);
                return TRY(domain::feed_version(transaction, token, now(), practice_.policy,
                                                practice_.keys))
                    .etag;
            })
            .value_or("none");
    };
    settle();
    send();
    const storage::ObjectHead before = practice_.object("a.ics").head;
    const std::string tag = feed_tag();
    practice_.clock.advance(5);

    write();

    const storage::ObjectHead after = practice_.object("a.ics").head;
    EXPECT_NE(after.etag, before.etag);
    EXPECT_GT(after.revision, before.revision);
    EXPECT_EQ(after.schedule_tag, before.schedule_tag);
    EXPECT_EQ(after.modified, before.modified);
    EXPECT_EQ(after.size, static_cast<std::int64_t>(practice_.body("a.ics").size()));
    EXPECT_EQ(feed_tag(), tag);
    EXPECT_NE(tag, "none");
    EXPECT_EQ(support::attendee_token(practice_.body("a.ics"), "ben@home.example"), link);
    EXPECT_EQ(settle(), 0U);
    write();
    EXPECT_EQ(practice_.object("a.ics").head.etag, after.etag);
}

TEST_F(Deliveries, WhatFailsSaysWhetherItIsForGood) {
    put(event(ben));
    settle();
    send("550 5.1.1 no such user");
    write();
    EXPECT_EQ(status_of("ben@home.example"), "5.2");

    put(event(ben, "20261126"));
    EXPECT_EQ(status_of("ben@home.example"), "1.0");
    settle();
    send("452 4.2.2 mailbox full");
    write();
    EXPECT_EQ(status_of("ben@home.example"), "5.1");
}

TEST_F(Deliveries, AMailThatComesBackIsNoLongerSent) {
    put(event(ben + cleo));
    settle_and_send();
    EXPECT_EQ(status_of("cleo@home.example"), "1.1");

    come_back("5.1.1 smtp; 550 no such user");
    write();
    EXPECT_EQ(status_of("ben@home.example"), "1.1");
    EXPECT_EQ(status_of("cleo@home.example"), "5.2");

    put(event(ben + cleo, "20261126"));
    settle_and_send();
    come_back("4.4.7 expired");
    write();
    EXPECT_EQ(status_of("cleo@home.example"), "5.1");
}

TEST_F(Deliveries, WhatAClientWritesOrForgetsOfThemCountsForNothing) {
    put(event(ben));
    settle_and_send();

    put(event(ben + "CATEGORIES:Mine\n"));
    EXPECT_EQ(status_of("ben@home.example"), "1.1");
    put(event("ATTENDEE;SCHEDULE-STATUS=5.3:mailto:ben@home.example\n" + cleo));

    EXPECT_EQ(status_of("ben@home.example"), "1.1");
    EXPECT_EQ(status_of("cleo@home.example"), "1.0");
    EXPECT_EQ(settle(), 1U);
}

TEST_F(Deliveries, AChangeThatIsUndoneBeforeItSettlesIsNotPending) {
    put(event(ben));
    settle_and_send();
    put(event(ben, "20261126"));
    EXPECT_EQ(status_of("ben@home.example"), "1.0");
    put(event(ben));

    EXPECT_EQ(settle(), 0U);
    write();

    EXPECT_EQ(status_of("ben@home.example"), "1.1");
}

TEST_F(Deliveries, OfAnEarlierMailWaitForAChangeThatSettles) {
    put(event(ben));
    settle();
    put(event(ben, "20261126"));
    send();
    write();
    EXPECT_EQ(status_of("ben@home.example"), "1.0");

    settle_and_send();

    EXPECT_EQ(status_of("ben@home.example"), "1.1");
}

TEST_F(Deliveries, WhoAnswersHasTheMailWhateverComesBack) {
    put(event(ben));
    settle_and_send();
    practice_.clock.advance(5);
    answer("ACCEPTED");
    EXPECT_EQ(status_of("ben@home.example"), "2.0");

    come_back("5.1.1 smtp; 550 no such user");
    write();

    EXPECT_EQ(status_of("ben@home.example"), "2.0");
}

TEST_F(Deliveries, OfSeveralOccurrencesTheWorstIsSaid) {
    const std::string series = ben + "RRULE:FREQ=WEEKLY;COUNT=4\n";
    put(event(series));
    settle_and_send();
    const std::string two =
        core::replace_all(event(series), "END:VEVENT\r\n",
                          "EXDATE:20261209T140000Z\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:1\r\n"
                          "DTSTAMP:20261101T000000Z\r\nRECURRENCE-ID:20261202T140000Z\r\n"
                          "DTSTART:20261202T160000Z\r\nDTEND:20261202T170000Z\r\nSUMMARY:Talk\r\n"
                          "ORGANIZER:mailto:anna@clinic.example\r\n"
                          "ATTENDEE;CN=Ben:mailto:ben@home.example\r\nEND:VEVENT\r\n");
    put(two);
    EXPECT_EQ(status_of("ben@home.example"), "1.0 1.0");
    EXPECT_EQ(settle(), 2U);
    send();
    come_back("5.1.1 gone");
    write();

    EXPECT_EQ(status_of("ben@home.example"), "5.2 5.2");
}

TEST_F(Deliveries, AreNotSaidOfWhomSomebodyElseTells) {
    put(event("ATTENDEE;SCHEDULE-AGENT=CLIENT;SCHEDULE-STATUS=1.1:mailto:ben@home.example\n"
              + cleo));
    EXPECT_EQ(status_of("ben@home.example"), "1.1");
    EXPECT_EQ(status_of("cleo@home.example"), "1.0");
    settle();
    send("550 5.1.1 no");
    write();
    EXPECT_EQ(status_of("ben@home.example"), "1.1");
    EXPECT_EQ(status_of("cleo@home.example"), "5.2");

    practice_.add_account("bert", "Bert", "bert@clinic.example");
    put(event("ATTENDEE:mailto:bert@clinic.example\n" + cleo));
    EXPECT_EQ(status_of("bert@clinic.example"), "1.2");
}

TEST_F(Deliveries, AreNotSaidWithoutMailOrOfWhatIsOver) {
    put(event(ben, "20261101"));
    EXPECT_EQ(status_of("ben@home.example"), "");
    practice_.policy.mail_settle_seconds.reset();
    put(event(ben));
    EXPECT_EQ(status_of("ben@home.example"), "");
}

TEST_F(Deliveries, WhatWasDeletedMeanwhileIsNoTrouble) {
    put(event(ben));
    settle();
    send();
    practice_.remove("a.ics");
    settle();
    send("550 5.1.1 no");

    write();

    EXPECT_EQ(domain::write_deliveries(*practice_.store, practice_.calendars, now()), 0U);
}

} // namespace deliveries_test
