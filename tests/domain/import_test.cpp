#include "domain/import.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace import_test {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string event(const std::string& uid, const std::string& title,
                  const std::string& start = "20261123T140000Z") {
    return "BEGIN:VEVENT\nUID:" + uid + "\nDTSTAMP:20261101T000000Z\nDTSTART:" + start
           + "\nSUMMARY:" + title + "\nEND:VEVENT\n";
}

class Import : public testing::Test, public support::Practice {
protected:
    domain::Imported import(const std::string& components) {
        const auto objects = ical::split_calendar(support::calendar_of(components));
        EXPECT_TRUE(objects);
        return domain::import_objects(
            *store, calendars, collection(), *objects,
            {[&](const ical::SplitObject& object, const core::Error& error) {
                 refused.push_back(object.uid + ": " + error.detail);
             },
             [&](std::size_t done) { progress = done; }});
    }

    std::vector<std::string> refused;
    std::size_t progress = 0;
};

TEST_F(Import, BringsEveryEventIn) {
    const auto imported = import(event("one", "First") + event("two/../x", "Second"));

    EXPECT_EQ(imported.created, 2U);
    EXPECT_EQ(imported.replaced, 0U);
    EXPECT_EQ(imported.refused, 0U);
    EXPECT_EQ(progress, 2U);
    EXPECT_THAT(body("one.ics"), HasSubstr("SUMMARY:First"));
    const auto second = store->read([&](const storage::ReadTransaction& transaction) {
        return transaction.objects().find_by_uid(collection().id, "two/../x");
    });
    ASSERT_TRUE(second);
    EXPECT_EQ(second->name.find('/'), std::string::npos);
    EXPECT_TRUE(second->name.ends_with(".ics"));
}

TEST_F(Import, ReplacesWhatTheCalendarHasUnderItsOwnName) {
    ASSERT_TRUE(put("odd name.ics", support::calendar_of(event("one", "Before"))));

    const auto imported = import(event("one", "After"));

    EXPECT_EQ(imported.created, 0U);
    EXPECT_EQ(imported.replaced, 1U);
    EXPECT_THAT(body("odd name.ics"), HasSubstr("SUMMARY:After"));
}

TEST_F(Import, ABadEventIsRefusedByItself) {
    const auto imported = import(event("one", "First") + event("two", "Second", "tomorrow")
                                 + event("three", "Third"));

    EXPECT_EQ(imported.created, 2U);
    EXPECT_EQ(imported.refused, 1U);
    EXPECT_THAT(refused, ElementsAre(HasSubstr("two: ")));
    EXPECT_THAT(body("three.ics"), HasSubstr("SUMMARY:Third"));
}

TEST_F(Import, WhatTheCalendarRefusesIsFoundAmongTheOthers) {
    // The name that "two" would get belongs to another event.
    ASSERT_TRUE(put("two.ics", support::calendar_of(event("other", "Other"))));

    const auto imported =
        import(event("one", "First") + event("two", "Second") + event("three", "Third"));

    EXPECT_EQ(imported.created, 2U);
    EXPECT_THAT(refused, ElementsAre(HasSubstr("two: ")));
    EXPECT_THAT(body("two.ics"), HasSubstr("SUMMARY:Other"));
}

TEST_F(Import, TakesMoreThanOneTransactionHolds) {
    std::string events;
    for (std::size_t i = 0; i < 2 * domain::import_batch + 1; ++i) {
        events += event("e" + std::to_string(i), "Event");
    }

    EXPECT_EQ(import(events).created, 2 * domain::import_batch + 1);
    EXPECT_EQ(progress, 2 * domain::import_batch + 1);
    EXPECT_EQ(import(events).replaced, 2 * domain::import_batch + 1);
}

TEST_F(Import, SessionsGetTheirLinks) {
    import("BEGIN:VEVENT\nUID:session\nDTSTAMP:20261101T000000Z\nDTSTART:20261123T140000Z\n"
           "DTEND:20261123T150000Z\nSUMMARY:Talk\n"
           + support::invited + "END:VEVENT\n");

    EXPECT_FALSE(support::attendee_token(body("session.ics"), "paul@mail.example").empty());
}

} // namespace

} // namespace import_test
