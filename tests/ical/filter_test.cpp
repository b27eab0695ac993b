#include "ical/filter.h"
#include "ical/text_match.h"
#include "ical/value.h"
#include "tests/ical/objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ical {
namespace {

using namespace testing_support;
using core::Interval;

ComponentFilter component(std::string name) {
    ComponentFilter filter;
    filter.name = std::move(name);
    return filter;
}

PropertyFilter property(std::string name) {
    PropertyFilter filter;
    filter.name = std::move(name);
    return filter;
}

ComponentFilter in_calendar(ComponentFilter inner) {
    ComponentFilter filter = component("VCALENDAR");
    filter.components.push_back(std::move(inner));
    return filter;
}

ComponentFilter in_range(const std::string& name, Interval interval) {
    ComponentFilter inner = component(name);
    inner.time_range = interval;
    return in_calendar(inner);
}

ComponentFilter with_property(const std::string& name, PropertyFilter inner) {
    ComponentFilter filter = component(name);
    filter.properties.push_back(std::move(inner));
    return in_calendar(filter);
}

PropertyFilter text(std::string name, std::string part,
                    Collation collation = Collation::ascii_casemap, bool negate = false) {
    PropertyFilter filter = property(std::move(name));
    filter.text_match = TextMatch{std::move(part), collation, negate};
    return filter;
}

bool is_match(const ComponentFilter& filter, const Object& object) {
    const auto outcome = matches(filter, object);
    EXPECT_TRUE(outcome.has_value());
    return outcome.value_or(false);
}

TEST(Filter, OnTheCalendarAloneMatchesEverything) {
    EXPECT_TRUE(is_match(component("VCALENDAR"), parsed(event("DTSTART:20261122T100000Z\n"))));
    EXPECT_TRUE(is_match(component("vcalendar"), parsed(todo(""))));
    EXPECT_FALSE(is_match(component("VEVENT"), parsed(event("DTSTART:20261122T100000Z\n"))));
}

// RFC 4791 section 9.9, the table for VTODO, row by row. `start` and `due` stand for the times.
struct TodoRow {
    const char* name;
    const char* lines;
    const char* start;
    const char* end;
    bool expected;
};

class TodoOverlap : public testing::TestWithParam<TodoRow> {};

TEST_P(TodoOverlap, FollowsTheTable) {
    const TodoRow& row = GetParam();

    EXPECT_EQ(is_match(in_range("VTODO", range(row.start, row.end)), parsed(todo(row.lines))),
              row.expected);
}

constexpr const char* with_duration = "DTSTART:20261122T100000Z\nDURATION:PT1H\n";
constexpr const char* with_due = "DTSTART:20261122T100000Z\nDUE:20261122T110000Z\n";
constexpr const char* start_alone = "DTSTART:20261122T100000Z\n";
constexpr const char* due_alone = "DUE:20261122T110000Z\n";
constexpr const char* both = "COMPLETED:20261122T110000Z\nCREATED:20261122T100000Z\n";
constexpr const char* completed = "COMPLETED:20261122T110000Z\n";
constexpr const char* created = "CREATED:20261122T100000Z\n";

INSTANTIATE_TEST_SUITE_P(
    Rfc4791_9_9, TodoOverlap,
    testing::Values(
        // (start <= DTSTART+DURATION) AND ((end > DTSTART) OR (end >= DTSTART+DURATION))
        TodoRow{"DurationFromItsEnd", with_duration, "20261122T110000Z", "20261123T000000Z", true},
        TodoRow{"DurationAfter", with_duration, "20261122T110001Z", "20261123T000000Z", false},
        TodoRow{"DurationBefore", with_duration, "20261122T000000Z", "20261122T100000Z", false},
        TodoRow{"DurationUpToJustIn", with_duration, "20261122T000000Z", "20261122T100001Z", true},
        // ((start < DUE) OR (start <= DTSTART)) AND ((end > DTSTART) OR (end >= DUE))
        TodoRow{"DueFromItsEnd", with_due, "20261122T110000Z", "20261123T000000Z", false},
        TodoRow{"DueFromJustBefore", with_due, "20261122T105959Z", "20261123T000000Z", true},
        TodoRow{"DueBefore", with_due, "20261122T000000Z", "20261122T100000Z", false},
        TodoRow{"DueAtTheStart", "DTSTART:20261122T100000Z\nDUE:20261122T100000Z\n",
                "20261122T100000Z", "20261123T000000Z", true},
        TodoRow{"DueAtTheStartClosedEnd", "DTSTART:20261122T100000Z\nDUE:20261122T100000Z\n",
                "20261122T090000Z", "20261122T100000Z", true},
        // (start <= DTSTART) AND (end > DTSTART)
        TodoRow{"StartAtTheStart", start_alone, "20261122T100000Z", "20261123T000000Z", true},
        TodoRow{"StartBeforeTheRange", start_alone, "20261122T100001Z", "20261123T000000Z", false},
        TodoRow{"StartAtTheEnd", start_alone, "20261122T000000Z", "20261122T100000Z", false},
        // (start < DUE) AND (end >= DUE)
        TodoRow{"DueAloneAtTheEnd", due_alone, "20261122T000000Z", "20261122T110000Z", true},
        TodoRow{"DueAloneAtTheStart", due_alone, "20261122T110000Z", "20261123T000000Z", false},
        TodoRow{"DueAloneAfter", due_alone, "20261122T000000Z", "20261122T105959Z", false},
        // ((start <= CREATED) OR (start <= COMPLETED)) AND ((end >= CREATED) OR (end >= COMPLETED))
        TodoRow{"BothBetween", both, "20261122T103000Z", "20261122T104000Z", true},
        TodoRow{"BothBefore", both, "20261122T110001Z", "20261123T000000Z", false},
        TodoRow{"BothClosedEnd", both, "20261122T000000Z", "20261122T100000Z", true},
        TodoRow{"BothAfter", both, "20261122T000000Z", "20261122T095959Z", false},
        // (start <= COMPLETED) AND (end >= COMPLETED)
        TodoRow{"CompletedAtTheStart", completed, "20261122T110000Z", "20261123T000000Z", true},
        TodoRow{"CompletedAtTheEnd", completed, "20261122T000000Z", "20261122T110000Z", true},
        TodoRow{"CompletedBefore", completed, "20261122T110001Z", "20261123T000000Z", false},
        // (end > CREATED)
        TodoRow{"CreatedBefore", created, "20291122T110001Z", "20291123T000000Z", true},
        TodoRow{"CreatedAtTheEnd", created, "20261122T000000Z", "20261122T100000Z", false},
        // Without any time: TRUE
        TodoRow{"Undated", "SUMMARY:x\n", "20261122T000000Z", "20261122T000001Z", true}),
    [](const auto& row) { return row.param.name; });

TEST(Filter, OnAJournalFollowsTheTable) {
    const auto journal = [](const std::string& lines) {
        return parsed("BEGIN:VJOURNAL\nUID:1\n" + lines + "END:VJOURNAL\n");
    };
    const auto hit = [](const Object& object, std::string_view start, std::string_view end) {
        return is_match(in_range("VJOURNAL", range(start, end)), object);
    };

    EXPECT_TRUE(hit(journal("DTSTART:20261122T100000Z\n"), "20261122T100000Z", "20261122T110000Z"));
    EXPECT_FALSE(
        hit(journal("DTSTART:20261122T100000Z\n"), "20261122T100001Z", "20261122T110000Z"));
    EXPECT_TRUE(
        hit(journal("DTSTART;VALUE=DATE:20261122\n"), "20261122T200000Z", "20261122T210000Z"));
    EXPECT_FALSE(hit(journal("SUMMARY:x\n"), "20261122T100000Z", "20261122T110000Z"));
}

TEST(Filter, OnFreeBusyFollowsTheTable) {
    const auto hit = [](const std::string& lines, std::string_view start, std::string_view end) {
        const Object object = parsed("BEGIN:VFREEBUSY\nUID:1\n" + lines + "END:VFREEBUSY\n");
        return is_match(in_range("VFREEBUSY", range(start, end)), object);
    };
    const std::string span = "DTSTART:20261122T100000Z\nDTEND:20261122T120000Z\n";
    const std::string busy = "FREEBUSY:20261122T100000Z/PT1H,20261122T150000Z/20261122T160000Z\n";

    EXPECT_TRUE(hit(span, "20261122T120000Z", "20261122T130000Z")); // start <= DTEND
    EXPECT_FALSE(hit(span, "20261122T090000Z", "20261122T100000Z"));
    EXPECT_TRUE(hit(span + busy, "20261122T113000Z", "20261122T114000Z"));
    EXPECT_TRUE(hit(busy, "20261122T153000Z", "20261122T154000Z"));
    EXPECT_FALSE(hit(busy, "20261122T113000Z", "20261122T114000Z"));
    EXPECT_FALSE(hit("", "20261122T113000Z", "20261122T114000Z"));
}

TEST(Filter, OnAvailabilityIsOpenWhereItNamesNoTime) {
    const Object object = parsed("BEGIN:VAVAILABILITY\nUID:1\nDTSTART:20261122T100000Z\n"
                                 "END:VAVAILABILITY\n");

    EXPECT_TRUE(
        is_match(in_range("VAVAILABILITY", range("29990101T000000Z", "29990102T000000Z")), object));
    EXPECT_FALSE(
        is_match(in_range("VAVAILABILITY", range("20200101T000000Z", "20200102T000000Z")), object));
}

ComponentFilter alarm_in(Interval interval) {
    ComponentFilter alarm = component("VALARM");
    alarm.time_range = interval;
    ComponentFilter inner = component("VEVENT");
    inner.components.push_back(alarm);
    return in_calendar(inner);
}

struct AlarmRow {
    const char* name;
    const char* trigger;
    const char* rings; // the one minute in which it does
};

class AlarmOverlap : public testing::TestWithParam<AlarmRow> {};

TEST_P(AlarmOverlap, IsWhenItRings) {
    const Object object = parsed(
        event("DTSTART;TZID=Europe/Berlin:20261122T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\n"
              "BEGIN:VALARM\nACTION:DISPLAY\n"
              + std::string(GetParam().trigger) + "\nEND:VALARM\n"));
    const core::Instant minute = at(GetParam().rings);

    EXPECT_TRUE(is_match(alarm_in({minute, minute + 60}), object));
    EXPECT_FALSE(is_match(alarm_in({minute + 1, minute + 60}), object));
    EXPECT_FALSE(is_match(alarm_in({minute - 60, minute}), object));
}

INSTANTIATE_TEST_SUITE_P(
    Rfc4791_9_9, AlarmOverlap,
    testing::Values(
        AlarmRow{"BeforeTheStart", "TRIGGER:-PT15M", "20261129T084500Z"},
        AlarmRow{"DaysBefore", "TRIGGER:-P2D", "20261127T090000Z"},
        AlarmRow{"AtTheStart", "TRIGGER;RELATED=START:PT0S", "20261129T090000Z"},
        AlarmRow{"AfterTheEnd", "TRIGGER;RELATED=END:PT10M", "20261129T101000Z"},
        AlarmRow{"LongAfterTheEnd", "TRIGGER;RELATED=END:P3D", "20261202T100000Z"},
        AlarmRow{"Absolute", "TRIGGER;VALUE=DATE-TIME:20260101T120000Z", "20260101T120000Z"},
        AlarmRow{"Repeated", "TRIGGER:-PT15M\nREPEAT:3\nDURATION:PT2H", "20261129T144500Z"},
        AlarmRow{"FarInTheFuture", "TRIGGER:-PT15M", "22261126T084500Z"}),
    [](const auto& row) { return row.param.name; });

TEST(Filter, OnAnAlarmThatNobodyCanReadDoesNotMatch) {
    const Object object =
        parsed(event("DTSTART:20261122T100000Z\nBEGIN:VALARM\nTRIGGER:soon\nEND:VALARM\n"));

    EXPECT_FALSE(is_match(alarm_in({}), object));
}

TEST(Filter, FindsOccurrencesOfASeriesWithoutEnd) {
    const Object object = parsed(event("DTSTART:20260105T100000Z\nDURATION:PT1H\n"
                                       "RRULE:FREQ=WEEKLY\nEXDATE:24000103T100000Z\n"));

    EXPECT_TRUE(
        is_match(in_range("VEVENT", range("23991220T000000Z", "23991221T000000Z")), object)
        || is_match(in_range("VEVENT", range("23991220T000000Z", "23991227T000000Z")), object));
    EXPECT_FALSE(
        is_match(in_range("VEVENT", range("24000103T000000Z", "24000104T000000Z")), object));
    EXPECT_TRUE(is_match(in_range("VEVENT", {at("24000103T000000Z"), core::end_of_time}), object));
    EXPECT_FALSE(
        is_match(in_range("VEVENT", {core::beginning_of_time, at("20260105T100000Z")}), object));
}

// RFC 4791 section 9.7.1: one component satisfies all; here the override alone has the summary.
TEST(Filter, TimeAndPropertiesMustBeMetByTheSameComponent) {
    const Object object =
        parsed(event("DTSTART:20261122T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nSUMMARY:series\n")
               + event("RECURRENCE-ID:20261124T100000Z\nDTSTART:20261124T150000Z\nDURATION:PT1H\n"
                       "SUMMARY:moved\n"));
    const auto filter = [](const char* summary, std::string_view day) {
        ComponentFilter inner = component("VEVENT");
        inner.time_range = range(std::string(day) + "T000000Z", std::string(day) + "T235959Z");
        inner.properties.push_back(text("SUMMARY", summary));
        return in_calendar(inner);
    };

    EXPECT_TRUE(is_match(filter("moved", "20261124"), object));
    EXPECT_FALSE(is_match(filter("series", "20261124"), object));
    EXPECT_FALSE(is_match(filter("moved", "20261123"), object));
    EXPECT_TRUE(is_match(filter("series", "20261123"), object));
}

TEST(Filter, IsNotDefinedAtEveryLevel) {
    const Object object = parsed(event("DTSTART:20261122T100000Z\nSUMMARY;LANGUAGE=en:x\n"));
    ComponentFilter no_todo = component("VTODO");
    no_todo.is_not_defined = true;
    ComponentFilter no_event = component("VEVENT");
    no_event.is_not_defined = true;
    PropertyFilter no_location = property("LOCATION");
    no_location.is_not_defined = true;
    PropertyFilter no_summary = property("SUMMARY");
    no_summary.is_not_defined = true;
    PropertyFilter language = property("SUMMARY");
    language.parameters.push_back({"LANGUAGE", true, {}});
    PropertyFilter alternative = property("SUMMARY");
    alternative.parameters.push_back({"ALTREP", true, {}});

    EXPECT_TRUE(is_match(in_calendar(no_todo), object));
    EXPECT_FALSE(is_match(in_calendar(no_event), object));
    EXPECT_TRUE(is_match(with_property("VEVENT", no_location), object));
    EXPECT_FALSE(is_match(with_property("VEVENT", no_summary), object));
    EXPECT_FALSE(is_match(with_property("VEVENT", language), object));
    EXPECT_TRUE(is_match(with_property("VEVENT", alternative), object));
}

// RFC 4791 section 7.8.6: events with an alarm are those that have such a component.
TEST(Filter, NestsComponents) {
    const Object with =
        parsed(event("DTSTART:20261122T100000Z\nBEGIN:VALARM\nACTION:EMAIL\nEND:VALARM\n"));
    const Object without = parsed(event("DTSTART:20261122T100000Z\n"));
    ComponentFilter alarm = component("VALARM");
    alarm.properties.push_back(text("ACTION", "email"));
    ComponentFilter inner = component("VEVENT");
    inner.components.push_back(alarm);

    EXPECT_TRUE(is_match(in_calendar(inner), with));
    EXPECT_FALSE(is_match(in_calendar(inner), without));
    inner.components[0].is_not_defined = true;
    inner.components[0].properties.clear();
    EXPECT_FALSE(is_match(in_calendar(inner), with));
    EXPECT_TRUE(is_match(in_calendar(inner), without));
}

// RFC 4791 section 7.8.7 and appendix B: the attendee who has not answered.
TEST(Filter, OneParticipantMustMeetAllConditions) {
    const Object object = parsed(event("DTSTART:20261122T100000Z\n"
                                       "ATTENDEE;PARTSTAT=ACCEPTED:mailto:cyrus@example.com\n"
                                       "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:lisa@example.com\n"));
    const auto filter = [](const char* address, const char* answer) {
        PropertyFilter attendee = text("ATTENDEE", address);
        attendee.parameters.push_back({"PARTSTAT", false, TextMatch{answer}});
        return with_property("VEVENT", attendee);
    };

    EXPECT_TRUE(is_match(filter("mailto:lisa@example.com", "NEEDS-ACTION"), object));
    EXPECT_FALSE(is_match(filter("mailto:cyrus@example.com", "NEEDS-ACTION"), object));
}

TEST(Filter, AnyOfNeedsOneCondition) {
    const Object object = parsed(event("DTSTART:20261122T100000Z\nSUMMARY;LANGUAGE=en:visit\n"));
    PropertyFilter filter = text("SUMMARY", "something else");
    filter.parameters.push_back({"LANGUAGE", false, TextMatch{"EN"}});

    EXPECT_FALSE(is_match(with_property("VEVENT", filter), object));
    filter.any_of = true;
    EXPECT_TRUE(is_match(with_property("VEVENT", filter), object));
}

struct TextRow {
    const char* name;
    const char* part;
    Collation collation;
    bool negate;
    bool expected;
};

class FilterText : public testing::TestWithParam<TextRow> {};

TEST_P(FilterText, FollowsTheCollation) {
    const TextRow& row = GetParam();
    const Object object = parsed(event("DTSTART:20261122T100000Z\n"
                                       "SUMMARY:Größe\\, Привет ΛΌΓΟΣ\\nZweite\n"));

    EXPECT_EQ(
        is_match(with_property("VEVENT", text("SUMMARY", row.part, row.collation, row.negate)),
                 object),
        row.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc4791_7_5, FilterText,
    testing::Values(TextRow{"AsciiFoldsAscii", "GRöSS", Collation::ascii_casemap, false, false},
                    TextRow{"AsciiPart", "zWEITE", Collation::ascii_casemap, false, true},
                    TextRow{"AsciiLeavesOthers", "GRÖ", Collation::ascii_casemap, false, false},
                    TextRow{"Unescaped", "ße, П", Collation::ascii_casemap, false, true},
                    TextRow{"OctetIsExact", "Größe", Collation::octet, false, true},
                    TextRow{"OctetKeepsCase", "größe", Collation::octet, false, false},
                    TextRow{"UnicodeLatin", "GRÖßE", Collation::unicode_casemap, false, true},
                    TextRow{"UnicodeCyrillic", "пРИВЕТ", Collation::unicode_casemap, false, true},
                    TextRow{"UnicodeGreekFinalSigma", "λόγος", Collation::unicode_casemap, false,
                            true},
                    TextRow{"EmptyIsEverywhere", "", Collation::ascii_casemap, false, true},
                    TextRow{"Negated", "zweite", Collation::ascii_casemap, true, false},
                    TextRow{"NegatedAndAbsent", "dritte", Collation::octet, true, true}),
    [](const auto& row) { return row.param.name; });

TEST(TextMatch, FoldsTheAlphabetsAndLeavesTheRest) {
    EXPECT_EQ(fold_case("ÀÞŸŁŽĲǼẞ"), "àþÿłžĳǽß");
    EXPECT_EQ(fold_case("ΑΩΆΈΏ"), "αωάέώ");
    EXPECT_EQ(fold_case("ЀЖЯѢ"), "ѐжяѣ");
    EXPECT_EQ(fold_case("ԱＺẤ"), "աｚấ");
    EXPECT_EQ(fold_case("÷×中\xF0\x9F\x98\x80"), "÷×中\xF0\x9F\x98\x80");
    EXPECT_EQ(fold_case("A\xFF\xC3"), "a\xFF\xC3");
}

TEST(Filter, OnThePropertysTime) {
    const Object object = parsed(event("DTSTART;VALUE=DATE:20261122\nCREATED:20260101T100000Z\n"
                                       "RDATE;VALUE=PERIOD:20270101T100000Z/PT2H\nSUMMARY:x\n"));
    const auto filter = [](const char* name, std::string_view start, std::string_view end) {
        PropertyFilter inner = property(name);
        inner.time_range = range(start, end);
        return with_property("VEVENT", inner);
    };

    EXPECT_TRUE(is_match(filter("CREATED", "20260101T100000Z", "20260101T100001Z"), object));
    EXPECT_FALSE(is_match(filter("CREATED", "20260101T090000Z", "20260101T100000Z"), object));
    EXPECT_TRUE(is_match(filter("DTSTART", "20261122T200000Z", "20261122T210000Z"), object));
    EXPECT_TRUE(is_match(filter("RDATE", "20270101T110000Z", "20270101T113000Z"), object));
    EXPECT_FALSE(is_match(filter("SUMMARY", "20260101T000000Z", "20270101T000000Z"), object));
    EXPECT_FALSE(is_match(filter("COMPLETED", "20260101T000000Z", "20270101T000000Z"), object));
}

TEST(Filter, OnATimeZoneLooksAtItsProperties) {
    const Object object = parsed("BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\n"
                                 "DTSTART:19701025T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
                                 "END:STANDARD\nEND:VTIMEZONE\n"
                                 + event("DTSTART;TZID=Europe/Berlin:20261122T100000\n"));

    EXPECT_TRUE(is_match(with_property("VTIMEZONE", text("TZID", "berlin")), object));
    EXPECT_FALSE(is_match(with_property("VTIMEZONE", text("TZID", "paris")), object));
}

TEST(Filter, SaysWhenASeriesCostsTooMuch) {
    const auto object = read_object(
        calendar(event("DTSTART:20260101T000000Z\nRRULE:FREQ=SECONDLY;COUNT=900000000\n")),
        zone("UTC"));

    const auto outcome =
        matches(in_range("VEVENT", range("20500101T000000Z", "20500102T000000Z")), *object);

    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().condition, core::Condition::max_instances);
}

TEST(Filter, LooksAtManyOverridesOnceEach) {
    std::string components = event("DTSTART:20200101T100000Z\nRRULE:FREQ=DAILY\n");
    for (int day = 0; day < 3'000; ++day) {
        const std::string date =
            to_ical_wall({at("20200101T000000Z").seconds + day * 86'400}, true);
        components += event("RECURRENCE-ID:" + date + "T100000Z\nDTSTART:" + date + "T110000Z\n");
    }
    const auto object = read_object(calendar(components), zone("UTC"));
    ComponentFilter inner = component("VEVENT");
    inner.time_range = range("20200102T100000Z", "20200102T103000Z");
    inner.components.push_back(component("X-NONE"));
    inner.components.back().is_not_defined = true;

    EXPECT_FALSE(is_match(in_calendar(inner), *object));
}

TEST(Prefilter, KnowsKindAndRange) {
    const Interval week = range("20261122T000000Z", "20261129T000000Z");

    const Prefilter found = prefilter(in_range("VEVENT", week));

    EXPECT_EQ(found.kind, Kind::event);
    EXPECT_EQ(found.range, week);
    EXPECT_TRUE(found.exact);
}

TEST(Prefilter, IsExactForAKindAndItsTimeOnly) {
    const Interval week = range("20261122T000000Z", "20261129T000000Z");
    ComponentFilter with_more = in_range("VEVENT", week);
    with_more.components.front().properties.emplace_back().name = "SUMMARY";
    ComponentFilter calendar_too = in_range("VEVENT", week);
    calendar_too.properties.emplace_back().name = "X-WR-CALNAME";
    ComponentFilter two = in_range("VEVENT", week);
    two.components.push_back(component("VTIMEZONE"));

    EXPECT_FALSE(prefilter(with_more).exact);
    EXPECT_FALSE(prefilter(calendar_too).exact);
    EXPECT_FALSE(prefilter(two).exact);
    EXPECT_FALSE(prefilter(in_range("VALARM", week)).exact);
    EXPECT_FALSE(prefilter(alarm_in(week)).exact);
}

TEST(Prefilter, IsOpenWhereTheFilterSaysNothing) {
    EXPECT_EQ(prefilter(component("VCALENDAR")).kind, std::nullopt);
    EXPECT_EQ(prefilter(component("VCALENDAR")).range, Interval{});
    ComponentFilter no_event = component("VEVENT");
    no_event.is_not_defined = true;
    EXPECT_EQ(prefilter(in_calendar(no_event)).kind, std::nullopt);
}

TEST(Prefilter, DoesNotTakeAnAlarmsRangeForTheEvents) {
    const Interval week = range("20261122T000000Z", "20261129T000000Z");

    EXPECT_EQ(prefilter(alarm_in(week)).range, Interval{});
}

} // namespace
} // namespace ical
