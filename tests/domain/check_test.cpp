#include "domain/check.h"
#include "domain/stored_form.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <gmock/gmock.h>

#include <functional>

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A calendar with one session; each test looks at a row that was changed behind the door's back.
class Check : public testing::Test {
protected:
    Check() {
        EXPECT_TRUE(practice.put("a.ics", support::session_event()));
        row = practice.object("a.ics");
    }

    std::vector<std::string> faults() {
        const auto collection = practice.collection();
        return practice.store->read([&](const storage::ReadTransaction& transaction) {
            return domain::faults_of(transaction, collection, row, practice.policy);
        });
    }

    void settle_tags() {
        row.head.etag = domain::etag_of(row.text);
        row.head.schedule_tag = row.head.etag;
        row.head.size = static_cast<std::int64_t>(row.text.size());
    }

    support::Practice practice;
    storage::Object row;
};

TEST_F(Check, FindsNothingInWhatTheDoorHasWritten) {
    const std::string weekly = "DTSTART;TZID=Europe/Berlin:20261123T140000\nDURATION:PT50M\n"
                               "RRULE:FREQ=WEEKLY\nSUMMARY:Weekly\n";
    const std::string task = "BEGIN:VTODO\nUID:task@test\nDTSTAMP:20261101T000000Z\nSUMMARY:Call\n"
                             "END:VTODO\n";
    storage::Collection tasks;
    tasks.components = storage::components::todo;
    ASSERT_TRUE(practice.store->write([&](storage::WriteTransaction& transaction) {
        return practice.calendars.create(transaction, "anna", "todo", {tasks, {}});
    }));
    ASSERT_TRUE(practice.put("t.ics", support::calendar_of(task), "todo"));
    EXPECT_THAT(faults(), IsEmpty());

    for (const std::string& text :
         {support::event(weekly + support::invited), support::event(weekly),
          support::event("DTSTART;VALUE=DATE:20261123\nSUMMARY:Day\n"),
          support::event("DTSTART:20261123T140000\nX-ODD:\\x01~~~\nURL:https://x.example/j/"
                         + std::string(16, 'A') + std::string(22, '~') + "\n")}) {
        ASSERT_TRUE(practice.put("a.ics", text));
        row = practice.object("a.ics");
        EXPECT_THAT(faults(), IsEmpty()) << text;
    }
    row = practice.object("t.ics", "todo");
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Check, FindsATextThatIsNotWhatWasStored) {
    row.text.replace(row.text.find("Follow-up"), 9, "Follow-uq");

    EXPECT_THAT(faults(), testing::Contains(HasSubstr("ETag")));
}

TEST_F(Check, FindsATextThatIsNoCalendarObject) {
    for (const char* text : {"", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "\xff\xfe nonsense"}) {
        row.text = text;
        settle_tags();
        EXPECT_THAT(faults(), ElementsAre(HasSubstr("is no calendar object"))) << text;
    }
}

TEST_F(Check, FindsEveryColumnThatDisagreesWithTheText) {
    const std::vector<std::pair<std::string, std::function<void(storage::Object&)>>> damages{
        {"the UID", [](auto& object) { object.head.uid = "other"; }},
        {"the component", [](auto& object) { object.head.component = "VTODO"; }},
        {"the content type", [](auto& object) { object.head.content_type = "text/plain"; }},
        {"the schedule tag", [](auto& object) { object.head.schedule_tag = ""; }},
        {"the size", [](auto& object) { ++object.head.size; }},
        {"ETag", [](auto& object) { object.head.etag = "0"; }},
        {"reindex", [](auto& object) { object.index.span.start = object.index.span.start + 1; }},
        {"reindex", [](auto& object) { object.index.span.end = core::beginning_of_time; }},
        {"reindex", [](auto& object) { object.index.complete.end = core::beginning_of_time; }},
        {"other places", [](auto& object) { object.links = "1"; }},
        {"other places", [](auto& object) { object.links += " 5"; }},
        {"other places", [](auto& object) { object.links = "999999999999999999999 -3 x"; }},
    };
    const storage::Object right = row;
    for (const auto& [sentence, damage] : damages) {
        row = right;
        damage(row);
        EXPECT_THAT(faults(), testing::Contains(HasSubstr(sentence)));
    }
}

TEST_F(Check, FindsLinksWithoutASessionOrOfSomebodyElse) {
    const auto session = practice.store->read([](const storage::ReadTransaction& transaction) {
        return transaction.sessions().list().front();
    });
    const auto change = [&](const std::function<void(storage::Sessions&)>& f) {
        ASSERT_TRUE(
            practice.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
                f(transaction.sessions());
                return {};
            }));
    };
    change([&](storage::Sessions& sessions) {
        auto guest = sessions.participants(session.id).back();
        guest.removed = true;
        sessions.update(guest);
    });
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("who takes no part")));

    change([&](storage::Sessions& sessions) {
        auto lost = session;
        lost.object.reset();
        sessions.update(lost);
    });
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("no session")));
}

TEST_F(Check, FindsAnEventInAPlainCollection) {
    storage::Collection plain = practice.collection();
    plain.is_calendar = false;

    const auto found = practice.store->read([&](const storage::ReadTransaction& transaction) {
        return domain::faults_of(transaction, plain, row, practice.policy);
    });

    EXPECT_THAT(found, ElementsAre(HasSubstr("no calendar")));
}

} // namespace
