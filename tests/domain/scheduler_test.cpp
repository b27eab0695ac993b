// Implicit scheduling between accounts: what an organizer's write does to her colleagues'
// calendars, and theirs to hers (RFC 6638 section 3.2).
#include "core/strings.h"
#include "domain/check.h"
#include "domain/scheduler.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <gmock/gmock.h>

namespace scheduler_test {

namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string anna_and_bob =
    "ORGANIZER;CN=Anna:mailto:anna@clinic.example\n"
    "ATTENDEE;CN=Anna;PARTSTAT=ACCEPTED:mailto:anna@clinic.example\n"
    "ATTENDEE;CN=Bob;PARTSTAT=NEEDS-ACTION:mailto:bob@clinic.example\n";
const std::string paul = "ATTENDEE;CN=Paul:mailto:paul@mail.example\n";
const std::string cleo = "ATTENDEE;CN=Cleo:mailto:cleo@clinic.example\n";
const std::string tuesday = "DTSTART;TZID=Europe/Berlin:20261124T140000\nDURATION:PT50M\n"
                            "SUMMARY:Round\n";

class Scheduling : public testing::Test {
protected:
    Scheduling() {
        practice_.add_account("bob", "Bob", "bob@clinic.example");
        practice_.add_account("cleo", "Cleo", "cleo@clinic.example");
    }

    core::Result<domain::Stored> put(const std::string& owner, const std::string& name,
                                     const std::string& text) {
        const auto target = practice_.collection("calendar", owner);
        const auto checked = practice_.calendars.check(target, text);
        EXPECT_TRUE(checked) << checked.error().detail;
        return practice_.store->write([&](storage::WriteTransaction& transaction) {
            return practice_.calendars.put(transaction, target, name, *checked);
        });
    }
    void plan(const std::string& text) {
        const auto stored = put("anna", "a.ics", text);
        ASSERT_TRUE(stored) << stored.error().detail;
    }
    std::vector<storage::Object> objects(const std::string& owner) {
        const auto id = practice_.collection("calendar", owner).id;
        return practice_.store->read([&](const storage::ReadTransaction& transaction) {
            std::vector<storage::Object> all;
            transaction.objects().for_each_object(id, "", [&](const storage::Object& object) {
                all.push_back(object);
                return true;
            });
            return all;
        });
    }
    // The one event of that calendar, unfolded; empty if there is none.
    std::string copy(const std::string& owner) {
        const auto all = objects(owner);
        return all.size() == 1 ? unfolded(practice_.calendars.body(all.front()))
                               : std::to_string(all.size()) + " events";
    }
    static std::string unfolded(const std::string& text) {
        return core::replace_all(core::replace_all(text, "\r\n ", ""), "\r\n", "\n");
    }
    // Writes what somebody's calendar holds with other words in it.
    core::Result<domain::Stored> edit(const std::string& owner, const std::string& from,
                                      const std::string& to) {
        const auto object = objects(owner).at(0);
        const std::string text = copy(owner);
        EXPECT_THAT(text, HasSubstr(from));
        return put(owner, object.head.name,
                   core::replace_all(core::replace_all(text, from, to), "\n", "\r\n"));
    }
    core::Result<domain::Stored> answer(const std::string& owner, const std::string& status) {
        const std::string text = copy(owner);
        const std::size_t line = text.find("ATTENDEE;", 0);
        EXPECT_NE(line, std::string::npos);
        auto calendar = ical::parse(practice_.calendars.body(objects(owner).at(0)));
        for (ical::Component& component : calendar->components) {
            for (ical::Property& property : component.properties) {
                if (property.is("ATTENDEE")
                    && property.value() == "mailto:" + owner + "@clinic.example") {
                    property.set_parameter("PARTSTAT", status);
                }
            }
        }
        return put(owner, objects(owner).at(0).head.name, ical::print(*calendar));
    }
    // PARTSTAT of `who` in the calendar of `owner`, in the component of that RECURRENCE-ID.
    std::string status(const std::string& owner, const std::string& who,
                       const std::string& occurrence = "") {
        return parameter(owner, who, "PARTSTAT", occurrence);
    }
    std::string parameter(const std::string& owner, const std::string& who, const std::string& name,
                          const std::string& occurrence = "") {
        const auto calendar = ical::parse(objects(owner).at(0).text);
        for (const ical::Component& component : calendar->components) {
            if (component.name != "VEVENT" || component.value("RECURRENCE-ID") != occurrence) {
                continue;
            }
            for (const ical::Property* line : component.find_all("ATTENDEE")) {
                if (line->value() == "mailto:" + who + "@clinic.example") {
                    return std::string(line->parameter(name));
                }
            }
        }
        return "no such line";
    }
    void remove(const std::string& owner, domain::Told told = domain::Told::everybody) {
        const auto head = objects(owner).at(0).head;
        ASSERT_TRUE(practice_.store->write([&](storage::WriteTransaction& transaction) {
            practice_.calendars.remove(transaction, head, told);
            return core::Done();
        }));
    }
    // What `appointed check` says of every object of everybody.
    std::vector<std::string> faults() {
        std::vector<std::string> all;
        for (const char* owner : {"anna", "bob", "cleo"}) {
            const auto collection = practice_.collection("calendar", owner);
            for (const storage::Object& each : objects(owner)) {
                for (const std::string& fault :
                     practice_.store->read([&](const storage::ReadTransaction& transaction) {
                         return domain::faults_of(transaction, collection,
                                                  *transaction.objects().find(each.head.id),
                                                  practice_.policy);
                     })) {
                    all.push_back(std::string(owner) + ": " + fault);
                }
            }
        }
        return all;
    }
    std::string token(const std::string& owner, const std::string& who) {
        return support::attendee_token(practice_.calendars.body(objects(owner).at(0)),
                                       who + "@clinic.example");
    }

    support::Practice practice_;
};

std::string weekly(const std::string& lines, const std::string& more = "") {
    return support::calendar_of(
        support::event_of("DTSTART:20261124T130000Z\nDURATION:PT50M\nRRULE:FREQ=WEEKLY;COUNT=5\n"
                          "SUMMARY:Round\n"
                          + lines)
        + more);
}

} // namespace

TEST_F(Scheduling, AColleagueFindsTheEventInTheirCalendarWithTheirOwnLinkAlone) {
    plan(support::event(tuesday + anna_and_bob + paul));

    const std::string copy = this->copy("bob");
    const std::string own = token("anna", "bob");
    ASSERT_FALSE(own.empty());
    EXPECT_THAT(copy, HasSubstr("SUMMARY:Round"));
    EXPECT_THAT(copy, HasSubstr("URL:https://clinic.example/j/" + own));
    EXPECT_THAT(copy, HasSubstr("mailto:paul@mail.example"));
    EXPECT_THAT(copy, Not(HasSubstr(token("anna", "anna"))));
    EXPECT_THAT(copy, Not(HasSubstr("X-APPOINTED-JOIN")));
    EXPECT_THAT(copy, Not(HasSubstr("SCHEDULE-STATUS")));
    EXPECT_THAT(objects("cleo"), IsEmpty());
    EXPECT_EQ(parameter("anna", "bob", "SCHEDULE-STATUS"), "1.2");
    EXPECT_EQ(practice_.look(own).state, domain::JoinState::early);
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Scheduling, ACopyMakesNoSessionOfItsOwnAndNoLinkIsAtRest) {
    plan(support::event(tuesday + anna_and_bob));

    const auto sessions = practice_.store->read(
        [](const storage::ReadTransaction& transaction) { return transaction.sessions().list(); });
    ASSERT_EQ(sessions.size(), 1U);
    EXPECT_EQ(sessions.front().owner, "anna");
    EXPECT_THAT(objects("bob").at(0).text, Not(HasSubstr(token("anna", "bob"))));
}

TEST_F(Scheduling, AChangeIsInTheCopyAndWhatIsTheirsStays) {
    plan(support::event(tuesday + anna_and_bob
                        + "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT5M\nDESCRIPTION:x\n"
                          "END:VALARM\n"));
    EXPECT_THAT(copy("bob"), Not(HasSubstr("VALARM")));
    ASSERT_TRUE(edit("bob", "END:VEVENT\n",
                     "TRANSP:TRANSPARENT\nX-OWN:mine\nBEGIN:VALARM\nACTION:AUDIO\n"
                     "TRIGGER:-PT1H\nEND:VALARM\nEND:VEVENT\n"));

    plan(support::event(core::replace_all(tuesday, "T140000", "T160000") + anna_and_bob));

    const std::string copy = this->copy("bob");
    EXPECT_THAT(copy, HasSubstr("20261124T160000"));
    EXPECT_THAT(copy, HasSubstr("TRANSP:TRANSPARENT"));
    EXPECT_THAT(copy, HasSubstr("X-OWN:mine"));
    EXPECT_THAT(copy, HasSubstr("TRIGGER:-PT1H"));
    EXPECT_THAT(this->copy("anna"), Not(HasSubstr("X-OWN")));
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Scheduling, WritingTheSameAgainChangesNobodysCopy) {
    plan(support::event(tuesday + anna_and_bob));
    const auto before = objects("bob").at(0).head;

    plan(support::event(tuesday + anna_and_bob));

    EXPECT_EQ(objects("bob").at(0).head.revision, before.revision);
}

TEST_F(Scheduling, WhoeverIsRemovedOrCalledOffFindsItCancelled) {
    plan(support::event(tuesday + anna_and_bob + cleo));
    const std::string link = token("anna", "bob");
    plan(support::event(tuesday + core::replace_all(anna_and_bob, "bob@", "other@") + cleo));
    EXPECT_THAT(copy("bob"), HasSubstr("STATUS:CANCELLED"));
    EXPECT_THAT(copy("bob"), Not(HasSubstr("/j/")));
    EXPECT_THAT(copy("cleo"), Not(HasSubstr("STATUS:CANCELLED")));
    EXPECT_EQ(practice_.look(link).state, domain::JoinState::removed);
    EXPECT_THAT(faults(), IsEmpty());

    plan(support::event(tuesday + anna_and_bob + cleo));
    EXPECT_THAT(copy("bob"), Not(HasSubstr("STATUS:CANCELLED")));

    remove("anna");
    EXPECT_THAT(copy("bob"), HasSubstr("STATUS:CANCELLED"));
    EXPECT_THAT(copy("cleo"), HasSubstr("STATUS:CANCELLED"));
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Scheduling, AnAnswerReachesTheOrganizerAndTheOthers) {
    plan(support::event(tuesday + anna_and_bob + cleo));
    const auto organizers = objects("anna").at(0).head;
    const auto others = objects("cleo").at(0).head;
    const auto own = objects("bob").at(0).head;

    ASSERT_TRUE(answer("bob", "ACCEPTED"));

    for (const char* owner : {"anna", "bob", "cleo"}) {
        EXPECT_EQ(status(owner, "bob"), "ACCEPTED") << owner;
    }
    EXPECT_EQ(parameter("anna", "bob", "SCHEDULE-STATUS"), "2.0");
    // RFC 6638 section 3.2.10: others' answers are no reason for another tag.
    EXPECT_NE(objects("anna").at(0).head.etag, organizers.etag);
    EXPECT_EQ(objects("anna").at(0).head.schedule_tag, organizers.schedule_tag);
    EXPECT_NE(objects("cleo").at(0).head.etag, others.etag);
    EXPECT_EQ(objects("cleo").at(0).head.schedule_tag, others.schedule_tag);
    EXPECT_NE(objects("bob").at(0).head.schedule_tag, own.schedule_tag);
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Scheduling, AStaleCopyOfTheOrganizersClientUndoesNoAnswer) { // R-T13
    plan(support::event(tuesday + anna_and_bob));
    ASSERT_TRUE(answer("bob", "DECLINED"));

    plan(support::event(tuesday + anna_and_bob + "DESCRIPTION:Agenda\n"));

    EXPECT_EQ(status("anna", "bob"), "DECLINED");
    EXPECT_EQ(status("bob", "bob"), "DECLINED");
    EXPECT_THAT(copy("bob"), HasSubstr("DESCRIPTION:Agenda"));
}

TEST_F(Scheduling, OnlyTheOrganizerSaysWhenWhatAndWhere) {
    plan(support::event(tuesday + anna_and_bob + "LOCATION:Room 1\n"));
    const std::string before = copy("bob");

    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {"T140000", "T150000"},
             {"PT50M", "PT60M"},
             {"SUMMARY:Round", "SUMMARY:Mine"},
             {"LOCATION:Room 1", "LOCATION:Elsewhere"},
             {"SUMMARY:Round\n", "SUMMARY:Round\nRRULE:FREQ=DAILY;COUNT=3\n"},
             {"ORGANIZER;CN=Anna:mailto:anna@", "ORGANIZER;CN=Bob:mailto:bob@"}}) {
        const auto stored = edit("bob", from, to);
        if (from.starts_with("ORGANIZER")) { // an event of his own under her UID reaches nobody
            continue;
        }
        ASSERT_FALSE(stored) << from;
        EXPECT_EQ(stored.error().condition,
                  core::Condition::allowed_attendee_scheduling_object_change);
        EXPECT_EQ(copy("bob"), before) << from;
    }
    EXPECT_THAT(copy("anna"), HasSubstr("SUMMARY:Round"));
}

TEST_F(Scheduling, WhatElseAnAttendeeWritesIsPutBack) {
    plan(support::event(tuesday + anna_and_bob + cleo + "DESCRIPTION:Agenda\n"));

    ASSERT_TRUE(edit("bob", "ATTENDEE;CN=Cleo:", "ATTENDEE;CN=Cleo;PARTSTAT=DECLINED:"));

    EXPECT_EQ(status("anna", "cleo"), "");
    EXPECT_EQ(status("bob", "cleo"), "");
    EXPECT_THAT(copy("bob"), HasSubstr("DESCRIPTION:Agenda"));
}

TEST_F(Scheduling, RemovingTheCopyDeclines) {
    plan(support::event(tuesday + anna_and_bob));
    remove("bob");
    EXPECT_EQ(status("anna", "bob"), "DECLINED");

    plan(support::event(tuesday + anna_and_bob + "DESCRIPTION:Agenda\n"));
    EXPECT_THAT(objects("bob"), IsEmpty()); // he said no to just this
}

TEST_F(Scheduling, RemovingTheCopySilentlyTellsNobody) { // RFC 6638 section 8.1
    plan(support::event(tuesday + anna_and_bob));
    remove("bob", domain::Told::nobody);
    EXPECT_EQ(status("anna", "bob"), "NEEDS-ACTION");
}

TEST_F(Scheduling, OneOccurrenceIsAnsweredByItself) {
    plan(weekly(anna_and_bob));

    ASSERT_TRUE(edit("bob", "END:VCALENDAR\n",
                     "BEGIN:VEVENT\nUID:one@test\nDTSTAMP:20261101T000000Z\n"
                     "RECURRENCE-ID:20261201T130000Z\nDTSTART:20261201T130000Z\nDURATION:PT50M\n"
                     "SUMMARY:Round\nORGANIZER:mailto:anna@clinic.example\n"
                     "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@clinic.example\nEND:VEVENT\n"
                     "END:VCALENDAR\n"));

    EXPECT_EQ(status("anna", "bob", "20261201T130000Z"), "DECLINED");
    EXPECT_EQ(status("bob", "bob", "20261201T130000Z"), "DECLINED");
    EXPECT_EQ(status("anna", "bob"), "NEEDS-ACTION");
    EXPECT_THAT(faults(), IsEmpty());
}

// RFC 6638 section 3.2.10: nor is it lost when the organizer's client does not know of it.
TEST_F(Scheduling, AnAnswerToOneOccurrenceLeavesTheTagAndAStaleCopyUndoesItNot) {
    const std::string series = weekly(anna_and_bob);
    plan(series);
    const std::string tag = objects("anna").at(0).head.schedule_tag;
    ASSERT_TRUE(edit("bob", "END:VCALENDAR\n",
                     "BEGIN:VEVENT\nUID:one@test\nDTSTAMP:20261101T000000Z\n"
                     "RECURRENCE-ID:20261201T130000Z\nDTSTART:20261201T130000Z\nDURATION:PT50M\n"
                     "SUMMARY:Round\nORGANIZER:mailto:anna@clinic.example\n"
                     "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@clinic.example\nEND:VEVENT\n"
                     "END:VCALENDAR\n"));
    EXPECT_EQ(objects("anna").at(0).head.schedule_tag, tag);

    plan(core::replace_all(series, "SUMMARY:Round", "SUMMARY:Round 2"));
    EXPECT_EQ(status("anna", "bob", "20261201T130000Z"), "DECLINED");
    EXPECT_EQ(status("bob", "bob", "20261201T130000Z"), "DECLINED");

    plan(core::replace_all(series, "RRULE:", "EXDATE:20261201T130000Z\r\nRRULE:"));
    EXPECT_EQ(status("anna", "bob", "20261201T130000Z"), "no such line");
}

TEST_F(Scheduling, WhoeverAnsweredToAnotherTimeIsAskedAgain) { // RFC 6638 section 3.2.8
    plan(support::event(tuesday + anna_and_bob));
    ASSERT_TRUE(answer("bob", "ACCEPTED"));
    ASSERT_TRUE(edit("anna", "SUMMARY:Round", "SUMMARY:Round 2"));
    EXPECT_EQ(status("anna", "bob"), "ACCEPTED");

    ASSERT_TRUE(edit("anna", "20261124T140000", "20261124T150000"));

    EXPECT_EQ(status("anna", "bob"), "NEEDS-ACTION");
    EXPECT_EQ(status("bob", "bob"), "NEEDS-ACTION");
    EXPECT_EQ(status("anna", "anna"), "ACCEPTED");
    ASSERT_TRUE(answer("bob", "ACCEPTED"));
    EXPECT_EQ(status("anna", "bob"), "ACCEPTED");
}

TEST_F(Scheduling, OnlyTheOccurrenceThatMovesIsAskedFor) {
    plan(weekly(anna_and_bob));
    ASSERT_TRUE(answer("bob", "ACCEPTED"));
    const std::string accepted =
        core::replace_all(anna_and_bob, "PARTSTAT=NEEDS-ACTION", "PARTSTAT=ACCEPTED");
    const auto one = [&](const std::string& start) {
        return support::event_of("RECURRENCE-ID:20261201T130000Z\nDTSTART:" + start
                                 + "\nDURATION:PT50M\nSUMMARY:Round\n" + accepted);
    };

    plan(weekly(accepted, one("20261201T130000Z")));
    EXPECT_EQ(status("anna", "bob", "20261201T130000Z"), "ACCEPTED");
    plan(weekly(accepted, one("20261202T130000Z")));

    EXPECT_EQ(status("anna", "bob", "20261201T130000Z"), "NEEDS-ACTION");
    EXPECT_EQ(status("bob", "bob", "20261201T130000Z"), "NEEDS-ACTION");
    EXPECT_EQ(status("anna", "bob"), "ACCEPTED");

    plan(core::replace_all(weekly(accepted, one("20261202T130000Z")), "COUNT=5", "COUNT=4"));
    EXPECT_EQ(status("anna", "bob"), "ACCEPTED"); // a series that is cut
}

TEST_F(Scheduling, AnOccurrenceThatIsTakenOutIsDeclinedAndStaysOut) {
    plan(weekly(anna_and_bob));

    ASSERT_TRUE(edit("bob", "SUMMARY:Round\n", "SUMMARY:Round\nEXDATE:20261201T130000Z\n"));

    EXPECT_EQ(status("anna", "bob", "20261201T130000Z"), "DECLINED");
    EXPECT_THAT(copy("bob"), HasSubstr("EXDATE:20261201T130000Z"));
    EXPECT_THAT(copy("bob"), Not(HasSubstr("RECURRENCE-ID")));
    EXPECT_THAT(copy("anna"), Not(HasSubstr("EXDATE")));
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Scheduling, WhoeverIsInvitedToOneOccurrenceHasThatAlone) {
    plan(weekly(anna_and_bob, "BEGIN:VEVENT\nUID:one@test\nDTSTAMP:20261101T000000Z\n"
                              "RECURRENCE-ID:20261201T130000Z\nDTSTART:20261201T130000Z\n"
                              "DURATION:PT50M\nSUMMARY:With Cleo\n"
                                  + core::replace_all(anna_and_bob, "bob", "cleo")
                                  + "END:VEVENT\n"));

    EXPECT_THAT(copy("cleo"), HasSubstr("SUMMARY:With Cleo"));
    EXPECT_THAT(copy("cleo"), Not(HasSubstr("RRULE")));
    EXPECT_THAT(copy("bob"), Not(HasSubstr("With Cleo")));
    EXPECT_THAT(copy("bob"), HasSubstr("EXDATE:20261201T130000Z"));
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Scheduling, AUidIsNoKeyToSomebodyElsesEvent) {
    ASSERT_TRUE(put("bob", "own.ics", support::event(tuesday)));
    const std::string before = copy("bob");

    plan(support::event(tuesday + anna_and_bob));

    EXPECT_EQ(copy("bob"), before);
    EXPECT_EQ(parameter("anna", "bob", "SCHEDULE-STATUS"), "5.1");
    remove("anna");
    EXPECT_EQ(copy("bob"), before);
}

TEST_F(Scheduling, WhoeverIsNotInvitedAnswersNothing) {
    plan(support::event(tuesday + anna_and_bob));
    const std::string before = copy("anna");

    ASSERT_TRUE(put("cleo", "c.ics", support::event(tuesday + anna_and_bob + cleo)));

    EXPECT_EQ(copy("anna"), before);
    EXPECT_THAT(copy("cleo"), Not(HasSubstr("/j/")));
    remove("cleo");
    EXPECT_EQ(copy("anna"), before);
}

TEST_F(Scheduling, NobodyIsToldWhereTheClientTellsThem) { // RFC 6638 section 7.1
    plan(support::event(tuesday
                        + core::replace_all(anna_and_bob, "CN=Bob", "SCHEDULE-AGENT=CLIENT")));
    EXPECT_THAT(objects("bob"), IsEmpty());
    EXPECT_EQ(parameter("anna", "bob", "SCHEDULE-STATUS"), "");
}

TEST_F(Scheduling, PastEventsAndImportsAreCarriedToNobody) {
    plan(support::event("DTSTART:20261001T100000Z\nDURATION:PT50M\nSUMMARY:Past\n" + anna_and_bob));
    EXPECT_THAT(objects("bob"), IsEmpty());

    const auto target = practice_.collection();
    const auto checked = practice_.calendars.check(target, support::event(tuesday + anna_and_bob));
    ASSERT_TRUE(practice_.store->write([&](storage::WriteTransaction& transaction) {
        return practice_.calendars.put(transaction, target, "a.ics", *checked,
                                       domain::Cause::import);
    }));
    EXPECT_THAT(objects("bob"), IsEmpty());
}

TEST_F(Scheduling, AnEventThatMovesToAnotherCalendarIsCalledOffForNobody) {
    plan(support::event(tuesday + anna_and_bob));
    const auto other = practice_.add_calendar("work");
    ASSERT_TRUE(practice_.store->write([&](storage::WriteTransaction& transaction) {
        const auto object = transaction.objects().find(practice_.collection().id, "a.ics");
        return practice_.calendars.move(transaction, *object, other, "b.ics");
    }));
    EXPECT_THAT(copy("bob"), Not(HasSubstr("CANCELLED")));
    EXPECT_THAT(copy("bob"), HasSubstr("/j/"));
}

TEST_F(Scheduling, APrincipalsAddressMeansItsAccount) {
    plan(support::event(tuesday
                        + "ORGANIZER:mailto:anna@clinic.example\nATTENDEE:/principals/bob/\n"));
    EXPECT_THAT(copy("bob"), HasSubstr("mailto:bob@clinic.example"));
}

} // namespace scheduler_test
