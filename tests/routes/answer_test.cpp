// The page on which a guest without a calendar program answers, as browsers and mail scanners meet
// it.
#include "domain/answer_links.h"
#include "domain/invitations.h"
#include "domain/proposals.h"
#include "src/routes/answer.h"
#include "tests/routes/site_fixture.h"

#include <gmock/gmock.h>

namespace routes::answer_test {

namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* paul = "paul@mail.example";
constexpr std::int64_t hour = 3'600;
constexpr std::int64_t day = 24 * hour;
const std::string weekly = "RRULE:FREQ=WEEKLY;COUNT=4\n";

// The session of tests/support/events.h: Monday 13:00 to 13:50 UTC; it is 09:00.
class AnswerPages : public testing::Test, protected Clinic {
protected:
    AnswerPages() {
        practice.policy.mail_settle_seconds = 60;
        store_event("");
    }
    void store_event(const std::string& more) {
        ASSERT_TRUE(practice.put("one.ics", support::session_event(more)));
        const auto claim = domain::read_token(
            practice.keys.join, support::attendee_token(practice.body("one.ics"), paul));
        ASSERT_TRUE(claim);
        token_ = domain::make_answer_token(practice.keys, *claim);
    }
    // For the occurrence a week later.
    std::string second_occurrence() {
        auto claim = *domain::read_answer_token(practice.keys, token_);
        claim.occurrence = {support::monday_nine.seconds + 4 * hour + hour + 7 * day};
        return domain::make_answer_token(practice.keys, claim);
    }
    [[nodiscard]] std::string page(const std::string& path = "") const {
        return "/rsvp/" + token_ + path;
    }
    core::Response post(const std::string& form, const Fields& fields = {}) {
        return send("POST", page(), fields, form);
    }
    // PARTSTAT in the component with that RECURRENCE-ID, or in the master.
    std::string status(const std::string& occurrence = "", const std::string& address = paul) {
        const auto calendar = ical::parse(practice.body("one.ics"));
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
    std::vector<storage::Mail> mails() {
        return practice.store->read([](const storage::ReadTransaction& transaction) {
            return transaction.outbox().list(100);
        });
    }

    std::string token_;
};

} // namespace

TEST_F(AnswerPages, LookingChangesNothing) {
    const std::string before = practice.body("one.ics");

    for (const char* path : {"", "/accept", "/decline", "/another-time", "/answered", "/asked"}) {
        for (const char* method : {"GET", "HEAD"}) {
            EXPECT_EQ(send(method, page(path)).status, 200) << path;
        }
    }

    EXPECT_EQ(practice.body("one.ics"), before);
    EXPECT_THAT(mails(), testing::IsEmpty());
}

TEST_F(AnswerPages, ThePageIsSecretAndRunsNothingOfOthers) {
    const core::Response response = get(page("/accept"));

    EXPECT_EQ(field(response, "Cache-Control"), "no-store");
    EXPECT_EQ(field(response, "X-Robots-Tag"), "noindex, nofollow");
    EXPECT_EQ(field(response, "Referrer-Policy"), "no-referrer");
    EXPECT_THAT(field(response, "Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(response.body, Not(HasSubstr("<script")));
    EXPECT_THAT(response.body, Not(HasSubstr("Follow-up"))) << "the title is the clinician's own";
}

TEST_F(AnswerPages, AnAnswerIsFoundByTheOrganizer) {
    const std::string schedule_tag = practice.object("one.ics").head.schedule_tag;

    const core::Response response = post("scope=one&answer=accept");

    EXPECT_EQ(response.status, 303);
    EXPECT_EQ(field(response, "Location"), page("/answered"));
    EXPECT_EQ(status(), "ACCEPTED");
    EXPECT_EQ(practice.object("one.ics").head.schedule_tag, schedule_tag);
    EXPECT_THAT(get(page("/answered")).body, HasSubstr("You accepted"));
    ASSERT_EQ(post("scope=one&answer=maybe").status, 303);
    EXPECT_EQ(status(), "TENTATIVE");
    ASSERT_EQ(post("scope=one&answer=decline").status, 303);
    EXPECT_EQ(status(), "DECLINED");
}

TEST_F(AnswerPages, TheSameAnswerAgainWritesNothing) {
    ASSERT_EQ(post("scope=one&answer=accept").status, 303);
    const auto revision = practice.object("one.ics").head.revision;

    EXPECT_EQ(post("scope=one&answer=accept").status, 303);

    EXPECT_EQ(practice.object("one.ics").head.revision, revision);
}

TEST_F(AnswerPages, OneOccurrenceOrAllOfASeriesAreAnswered) {
    store_event(weekly);
    EXPECT_THAT(get(page()).body, HasSubstr("All appointments of this series"));

    token_ = second_occurrence();
    ASSERT_EQ(post("scope=one&answer=decline").status, 303);
    EXPECT_EQ(status("20261130T140000"), "DECLINED");
    EXPECT_EQ(status(), "");

    ASSERT_EQ(post("scope=all&answer=accept").status, 303);
    EXPECT_EQ(status("20261130T140000"), "ACCEPTED");
    EXPECT_EQ(status(), "ACCEPTED");
}

TEST_F(AnswerPages, TheLinkOfASeriesAnswersTheNextOccurrenceOnItsOwn) {
    store_event(weekly);
    practice.clock.advance(2 * day);
    ASSERT_THAT(get(page()).body, HasSubstr("30 November 2026"));

    ASSERT_EQ(post("scope=one&answer=decline").status, 303);

    EXPECT_EQ(status("20261130T140000"), "DECLINED");
    EXPECT_EQ(status(), "");
}

TEST_F(AnswerPages, WhatIsNoAnswerIsRefusedAndChangesNothing) {
    const std::string before = practice.body("one.ics");
    for (const std::string& form :
         {std::string(), std::string("answer=accept"), std::string("scope=one"),
          std::string("scope=one&answer=ACCEPTED"), std::string("scope=all&answer=accept"),
          std::string("scope=two&answer=accept"), std::string("scope=one&answer=%ff"),
          std::string("answer=another-time"), std::string("answer=another-time&date=2026-11-27"),
          std::string("answer=another-time&date=2026-02-30&time=10:00"),
          std::string("answer=another-time&date=2026-11-2x&time=10:00"),
          std::string("answer=another-time&date=2020-11-27&time=10:00"),
          std::string("answer=another-time&date=2026-11-27&time=99:00"),
          "scope=one&answer=accept&comment=" + std::string(10'000, 'x')}) {
        EXPECT_EQ(post(form).status, 400) << form.substr(0, 60);
    }
    EXPECT_EQ(get(page("/surely")).status, 404);
    EXPECT_EQ(send("PUT", page()).status, 405);
    EXPECT_EQ(send("POST", page("/accept"), {}, "scope=one&answer=accept").status, 405);
    EXPECT_EQ(post("scope=one&answer=accept", {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
    EXPECT_EQ(practice.body("one.ics"), before);
    EXPECT_THAT(mails(), testing::IsEmpty());
}

TEST_F(AnswerPages, ATokenIsForItsOwnGuestAndPurpose) {
    const std::string join = support::attendee_token(practice.body("one.ics"), paul);
    EXPECT_EQ(get("/rsvp/" + join).status, 404) << "a join link answers for nobody";
    EXPECT_EQ(get("/j/" + token_).status, 404) << "an answer link opens no call";
    const auto host = domain::read_token(
        practice.keys.join,
        std::string(ical::parse(practice.body("one.ics"))->components.back().value("URL"))
            .substr(std::string("https://clinic.example/j/").size()));
    ASSERT_TRUE(host);
    EXPECT_EQ(get("/rsvp/" + domain::make_answer_token(practice.keys, *host)).status, 410);

    std::string forged = token_;
    forged.back() = forged.back() == 'A' ? 'B' : 'A';
    for (const std::string& wrong :
         {forged, token_ + "A", token_.substr(1), std::string("x"), std::string(200, 'A')}) {
        EXPECT_EQ(get("/rsvp/" + wrong).status, 404) << wrong;
        EXPECT_EQ(send("POST", "/rsvp/" + wrong, {}, "scope=one&answer=accept").status, 404);
    }
    EXPECT_EQ(status(), "");
}

TEST_F(AnswerPages, OldCancelledAndRevokedLinksAnswerNothing) {
    const std::string answer = "scope=one&answer=accept";
    auto revoked = *domain::read_answer_token(practice.keys, token_);
    ++revoked.generation;
    const std::string other = domain::make_answer_token(practice.keys, revoked);
    EXPECT_EQ(send("POST", "/rsvp/" + other, {}, answer).status, 410);

    practice.clock.advance(5 * hour);
    EXPECT_EQ(get(page()).status, 410);
    EXPECT_EQ(post(answer).status, 410);
    EXPECT_EQ(status(), "");
    practice.clock.advance(-5 * hour);
    EXPECT_EQ(get(page()).status, 200);
    const std::string others = "ORGANIZER:mailto:anna@clinic.example\n"
                               "ATTENDEE:mailto:somebody.else@mail.example\n";
    ASSERT_TRUE(practice.put("one.ics", support::event(support::afternoon + others)));
    EXPECT_EQ(post(answer).status, 410);
    EXPECT_THAT(get(page()).body, Not(HasSubstr("Anna"))) << "who was taken out learns nothing";
    practice.remove("one.ics");
    EXPECT_EQ(post(answer).status, 410);
}

TEST_F(AnswerPages, AnotherTimeIsAskedForAndChangesNothingByItself) {
    const std::string before = practice.body("one.ics");

    const core::Response response =
        post("answer=another-time&date=2026-11-27&time=10%3A30&comment=I+work+on+Mondays");

    EXPECT_EQ(response.status, 303);
    EXPECT_EQ(field(response, "Location"), page("/asked"));
    EXPECT_EQ(practice.body("one.ics"), before);
    const auto told = mails();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told.front().recipient, "anna@clinic.example");
    const std::string unfolded = core::replace_all(told.front().text, "\r\n ", "");
    EXPECT_THAT(unfolded, HasSubstr("METHOD:COUNTER\r\n"));
    EXPECT_THAT(unfolded, HasSubstr("UID:one@test\r\n"));
    EXPECT_THAT(unfolded, HasSubstr("DTSTART;TZID=Europe/Berlin:20261127T103000\r\n"));
    EXPECT_THAT(unfolded, HasSubstr("DTEND;TZID=Europe/Berlin:20261127T112000\r\n"));
    EXPECT_THAT(unfolded, HasSubstr("PARTSTAT=TENTATIVE:mailto:paul@mail.example\r\n"));
    EXPECT_THAT(unfolded, HasSubstr("COMMENT:I work on Mondays\r\n"));
    EXPECT_THAT(unfolded, HasSubstr("X-MS-OLK-ORIGINALSTART:20261123T130000Z\r\n"));
    EXPECT_THAT(unfolded, Not(HasSubstr("/j/")));
    const auto mail = domain::read_proposal(told.front(), practice.policy);
    ASSERT_TRUE(mail);
    EXPECT_EQ(mail->guest_address, paul);
    EXPECT_EQ(mail->text.subject, "New time proposed: Follow-up, Friday, 27 November 2026, "
                                  "10:30 – 11:20 (Europe/Berlin)");
    EXPECT_THAT(mail->text.plain,
                HasSubstr("Now: Monday, 23 November 2026, 14:00 – 14:50 (Europe/Berlin)"));
    EXPECT_THAT(mail->text.plain, HasSubstr("Message: I work on Mondays"));
}

TEST_F(AnswerPages, WhoeverAsksWithoutEndIsStopped) {
    const std::string form = "answer=another-time&date=2026-11-27&time=10:30";
    for (std::size_t i = 0; i < domain::proposals_a_day; ++i) {
        ASSERT_EQ(post(form).status, 303);
    }
    EXPECT_EQ(post(form).status, 429);
    EXPECT_EQ(mails().size(), domain::proposals_a_day);

    int noted = 0;
    for (int i = 0; i < 40; ++i) {
        noted +=
            post(i % 2 == 0 ? "scope=one&answer=accept" : "scope=one&answer=decline").status == 303
                ? 1
                : 0;
    }
    EXPECT_EQ(noted, 20);
}

TEST_F(AnswerPages, WithoutMailOrATimeOfDayNoTimeIsAskedFor) {
    practice.policy.mail_settle_seconds.reset();
    EXPECT_THAT(get(page()).body, Not(HasSubstr("Another time?")));
    EXPECT_EQ(post("answer=another-time&date=2026-11-27&time=10:30").status, 400);
}

} // namespace routes::answer_test
