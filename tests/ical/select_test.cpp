#include "ical/recurrence.h"
#include "ical/select.h"
#include "tests/ical/objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ical::select_test {

namespace {

using namespace testing_support;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Component selected(const Object& object, const DataSelection& selection) {
    auto calendar = select(object, selection);
    EXPECT_TRUE(calendar.has_value());
    return std::move(calendar).value();
}

Component expanded(const Object& object, std::string_view start, std::string_view end) {
    DataSelection selection;
    selection.expand = range(start, end);
    return selected(object, selection);
}

std::vector<std::string> values(const Component& calendar, std::string_view name) {
    std::vector<std::string> found;
    for (const Component& component : calendar.components) {
        found.emplace_back(component.value(name));
    }
    return found;
}

const std::string zone_lines = "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\n"
                               "DTSTART:19701025T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
                               "END:STANDARD\nEND:VTIMEZONE\n";

const std::string series = zone_lines
                           + event("DTSTART;TZID=Europe/Berlin:20261023T100000\n"
                                   "DTEND;TZID=Europe/Berlin:20261023T110000\n"
                                   "RRULE:FREQ=DAILY;COUNT=5\nEXDATE:20261024T080000Z\n"
                                   "RDATE:20270101T080000Z\nSUMMARY:series\nX-KEEP;A=b:c\n"
                                   "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT5M\nEND:VALARM\n")
                           + event("RECURRENCE-ID;TZID=Europe/Berlin:20261025T100000\n"
                                   "DTSTART;TZID=Europe/Berlin:20261025T120000\nDURATION:PT30M\n"
                                   "SUMMARY:moved\n");

TEST(Select, TheWholeObjectIsTheObject) {
    const Object object = parsed(series);

    EXPECT_EQ(print(selected(object, {})), print(object.calendar));
}

// RFC 4791 section 9.6.5
TEST(Select, ExpandsToTimesInUtcWithoutRecurrence) {
    const Object object = parsed(series);

    const Component calendar = expanded(object, "20261020T000000Z", "20261101T000000Z");

    EXPECT_THAT(values(calendar, "DTSTART"), ElementsAre("20261023T080000Z", "20261025T110000Z",
                                                         "20261026T090000Z", "20261027T090000Z"));
    EXPECT_THAT(values(calendar, "RECURRENCE-ID"),
                ElementsAre("20261023T080000Z", "20261025T090000Z", "20261026T090000Z",
                            "20261027T090000Z"));
    EXPECT_THAT(values(calendar, "DTEND"),
                ElementsAre("20261023T090000Z", "", "20261026T100000Z", "20261027T100000Z"));
    EXPECT_THAT(values(calendar, "DURATION"), ElementsAre("", "PT30M", "", ""));
    const std::string text = print(calendar);
    for (const char* gone : {"RRULE", "EXDATE", "RDATE", "TZID", "VTIMEZONE"}) {
        EXPECT_THAT(text, Not(HasSubstr(gone)));
    }
    EXPECT_THAT(text, HasSubstr("X-KEEP;A=b:c"));
    EXPECT_THAT(text, HasSubstr("BEGIN:VALARM"));
    EXPECT_THAT(text, HasSubstr("PRODID"));
}

TEST(Select, ExpandsDaysToDays) {
    const Object object = parsed(event("DTSTART;VALUE=DATE:20261024\nDTEND;VALUE=DATE:20261026\n"
                                       "RRULE:FREQ=WEEKLY;COUNT=2\n"));

    const Component calendar = expanded(object, "20261020T000000Z", "20261130T000000Z");

    EXPECT_THAT(values(calendar, "DTSTART"), ElementsAre("20261024", "20261031"));
    EXPECT_THAT(values(calendar, "DTEND"), ElementsAre("20261026", "20261102"));
    EXPECT_THAT(values(calendar, "RECURRENCE-ID"), ElementsAre("20261024", "20261031"));
    EXPECT_EQ(calendar.components[0].find("DTSTART")->parameter("VALUE"), "DATE");
    EXPECT_EQ(calendar.components[0].find("RECURRENCE-ID")->parameter("VALUE"), "DATE");
}

TEST(Select, ExpandsFloatingTimesByTheCalendarsZone) {
    const Object object = parsed(event("DTSTART:20261122T100000\nDURATION:PT1H\n"));

    const Component calendar = expanded(object, "20261122T000000Z", "20261123T000000Z");

    EXPECT_THAT(values(calendar, "DTSTART"), ElementsAre("20261122T090000Z"));
    EXPECT_THAT(values(calendar, "RECURRENCE-ID"), ElementsAre(""));
}

TEST(Select, ExpandsTodosWithTheirDue) {
    const Object object = parsed(todo("DTSTART;TZID=Europe/Berlin:20261122T100000\n"
                                      "DUE;TZID=Europe/Berlin:20261122T120000\n"
                                      "RRULE:FREQ=DAILY;COUNT=2\n"));

    const Component calendar = expanded(object, "20261101T000000Z", "20261201T000000Z");

    EXPECT_THAT(values(calendar, "DUE"), ElementsAre("20261122T110000Z", "20261123T110000Z"));
}

TEST(Select, ExpandsATodoThatIsOnlyDueAndOneWithoutTime) {
    const Object due = parsed(todo("DUE:20261122T120000Z\n"));
    const Object undated = parsed(todo("SUMMARY:x\n"));

    const Component first = expanded(due, "20261101T000000Z", "20261201T000000Z");
    const Component second = expanded(undated, "20261101T000000Z", "20261201T000000Z");

    EXPECT_THAT(values(first, "DUE"), ElementsAre("20261122T120000Z"));
    EXPECT_THAT(values(first, "DTSTART"), ElementsAre(""));
    EXPECT_THAT(values(second, "SUMMARY"), ElementsAre("x"));
}

TEST(Select, ExpandsADurationOfDaysToWhatItIsInUtc) {
    const Object object = parsed(event("DTSTART;TZID=Europe/Berlin:20261024T100000\nDURATION:P1D\n"
                                       "RRULE:FREQ=WEEKLY;COUNT=2\n"));

    const Component calendar = expanded(object, "20261001T000000Z", "20261130T000000Z");

    EXPECT_THAT(values(calendar, "DURATION"), ElementsAre("PT90000S", "P1D"));
}

TEST(Select, ExpandsToNothingOutsideTheRange) {
    const Component calendar = expanded(parsed(series), "20200101T000000Z", "20200102T000000Z");

    EXPECT_THAT(calendar.components, IsEmpty());
    EXPECT_EQ(calendar.name, "VCALENDAR");
}

TEST(Select, SaysWhenThereIsTooMuchToExpand) {
    DataSelection selection;
    selection.expand = core::Interval{};

    const auto calendar =
        select(parsed(event("DTSTART:20261122T100000Z\nRRULE:FREQ=DAILY\n")), selection);

    ASSERT_FALSE(calendar.has_value());
    EXPECT_EQ(calendar.error().condition, core::Condition::max_instances);
}

TEST(Select, SaysWhenTheExpansionWouldBeTooLarge) {
    DataSelection selection;
    selection.expand = range("20260101T000000Z", "20280101T000000Z");
    const Object object = parsed(event("DTSTART:20260101T100000Z\nRRULE:FREQ=DAILY\nDESCRIPTION:"
                                       + std::string(100'000, 'x') + "\n"));

    const auto calendar = select(object, selection);

    ASSERT_FALSE(calendar.has_value());
    EXPECT_EQ(calendar.error().condition, core::Condition::max_instances);
}

// RFC 4791 section 9.6.6: what the range shows, and what it would have shown.
TEST(Select, LimitsTheRecurrenceSetToOverridesThatMatter) {
    const Object object = parsed(
        event("DTSTART:20261101T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nSUMMARY:series\n")
        + event("RECURRENCE-ID:20261102T100000Z\nDTSTART:20261122T100000Z\nSUMMARY:moved in\n")
        + event("RECURRENCE-ID:20261122T100000Z\nDTSTART:20261202T100000Z\nSUMMARY:moved out\n")
        + event("RECURRENCE-ID:20261103T100000Z\nDTSTART:20261103T110000Z\nSUMMARY:elsewhere\n")
        + event("RECURRENCE-ID;RANGE=THISANDFUTURE:20261104T100000Z\n"
                "DTSTART:20261104T110000Z\nSUMMARY:from then on\n"));
    DataSelection selection;
    selection.limit_recurrence_set = range("20261122T000000Z", "20261123T000000Z");

    const Component calendar = selected(object, selection);

    EXPECT_THAT(values(calendar, "SUMMARY"),
                ElementsAre("series", "moved in", "moved out", "from then on"));
    EXPECT_EQ(calendar.components[0].value("RRULE"), "FREQ=DAILY");
}

TEST(Select, LimitKeepsTimeZones) {
    DataSelection selection;
    selection.limit_recurrence_set = range("20200101T000000Z", "20200102T000000Z");

    const Component calendar = selected(parsed(series), selection);

    ASSERT_EQ(calendar.components.size(), 2U);
    EXPECT_EQ(calendar.components[0].name, "VTIMEZONE");
}

// RFC 4791 section 7.8.1: the request of the first example.
TEST(Select, GivesThePropertiesAndComponentsThatAreAskedFor) {
    ComponentSelection event_selection;
    event_selection.name = "VEVENT";
    event_selection.all_properties = false;
    event_selection.properties = {{"SUMMARY"}, {"uid"}, {"X-KEEP", true}};
    event_selection.all_components = false;
    ComponentSelection calendar_selection;
    calendar_selection.name = "VCALENDAR";
    calendar_selection.all_properties = false;
    calendar_selection.properties = {{"VERSION"}};
    calendar_selection.all_components = false;
    calendar_selection.components = {event_selection};
    DataSelection selection;
    selection.component = calendar_selection;

    const Component calendar = selected(parsed(series), selection);

    EXPECT_EQ(print(calendar),
              "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
              "BEGIN:VEVENT\r\nUID:1@example.com\r\nSUMMARY:series\r\n"
              "X-KEEP;A=b:\r\nEND:VEVENT\r\n"
              "BEGIN:VEVENT\r\nUID:1@example.com\r\nSUMMARY:moved\r\nEND:VEVENT\r\n"
              "END:VCALENDAR\r\n");
}

TEST(Select, NarrowsWhatItExpanded) {
    ComponentSelection event_selection;
    event_selection.name = "VEVENT";
    event_selection.all_properties = false;
    event_selection.properties = {{"DTSTART"}};
    event_selection.all_components = false;
    ComponentSelection calendar_selection;
    calendar_selection.name = "VCALENDAR";
    calendar_selection.components = {event_selection};
    DataSelection selection;
    selection.component = calendar_selection;
    selection.expand = range("20261026T000000Z", "20261027T000000Z");

    const Component calendar = selected(parsed(series), selection);

    ASSERT_EQ(calendar.components.size(), 1U);
    EXPECT_EQ(calendar.components[0].properties.size(), 1U);
    EXPECT_EQ(calendar.components[0].value("DTSTART"), "20261026T090000Z");
}

TEST(OccurrenceComponent, StandsAloneInItsOwnZone) {
    const Object object = parsed(series);
    const auto found = occurrences(object, range("20261026T000000Z", "20261027T000000Z")).value();
    ASSERT_EQ(found.size(), 1U);

    const Component component = occurrence_component(object, found[0]).value();

    EXPECT_EQ(component.value("DTSTART"), "20261026T100000");
    EXPECT_EQ(component.find("DTSTART")->parameter("TZID"), "Europe/Berlin");
    EXPECT_EQ(component.value("DTEND"), "20261026T110000");
    EXPECT_EQ(component.value("SUMMARY"), "series");
    for (const char* gone : {"RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}) {
        EXPECT_EQ(component.find(gone), nullptr) << gone;
    }
    EXPECT_EQ(component.components.size(), 1U);
}

TEST(OccurrenceComponent, OfAnOverrideKeepsItsOwnForm) {
    const Object object =
        parsed(event("DTSTART;TZID=Europe/Berlin:20261122T100000\nRRULE:FREQ=DAILY\n")
               + event("RECURRENCE-ID;TZID=Europe/Berlin:20261123T100000\n"
                       "DTSTART:20261123T150000Z\nDTEND:20261123T160000Z\n"));
    const auto found = occurrences(object, range("20261123T000000Z", "20261124T000000Z")).value();
    ASSERT_EQ(found.size(), 1U);

    const Component component = occurrence_component(object, found[0]).value();

    EXPECT_EQ(component.value("DTSTART"), "20261123T150000Z");
    EXPECT_EQ(component.value("DTEND"), "20261123T160000Z");
    EXPECT_EQ(component.find("RECURRENCE-ID"), nullptr);
}

TEST(OccurrenceComponent, OfAnAllDaySeriesStaysADay) {
    const Object object =
        parsed(event("DTSTART;VALUE=DATE:20261024\nDTEND;VALUE=DATE:20261025\nRRULE:FREQ=DAILY\n"));
    const auto found = next_occurrence(object, at("20261026T120000Z")).value();
    ASSERT_TRUE(found.has_value());

    const Component component = occurrence_component(object, *found).value();

    EXPECT_EQ(component.value("DTSTART"), "20261026");
    EXPECT_EQ(component.value("DTEND"), "20261027");
}

} // namespace

} // namespace ical::select_test
