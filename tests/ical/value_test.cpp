#include "ical/value.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using core::Condition;
using ical::DateTime;
using ical::Property;
using ical::ZoneTable;

const ZoneTable& table() {
    static const ZoneTable zones(*ical::find_zone("Australia/Sydney")); // the floating zone
    return zones;
}

Property property(std::string_view line) {
    const auto parsed = ical::parse("BEGIN:VCALENDAR\n" + std::string(line) + "\nEND:VCALENDAR\n");
    EXPECT_TRUE(parsed) << line;
    return parsed ? parsed->properties.at(0) : Property("", "");
}

std::string wall_text(const DateTime& value) {
    return ical::to_ical_wall(value.wall, value.is_date);
}

} // namespace

TEST(DateTime, ReadsEveryForm) {
    struct Row {
        const char* line;
        const char* wall;
        const char* utc;
        const char* kind; // date, utc, floating or zoned
    };
    const std::vector<Row> rows{
        {"DTSTART:20261122T140000Z", "20261122T140000", "20261122T140000Z", "utc"},
        {"DTSTART;TZID=Europe/Berlin:20261122T140000", "20261122T140000", "20261122T130000Z",
         "zoned"},
        {"DTSTART;TZID=\"W. Europe Standard Time \":20261122T140000", "20261122T140000",
         "20261122T130000Z", "zoned"},
        {"DTSTART;TZID=UTC:20261122T140000", "20261122T140000", "20261122T140000Z", "zoned"},
        {"DTSTART;TZID=Europe/Berlin:20261122T140000Z", "20261122T140000", "20261122T140000Z",
         "utc"},
        {"DTSTART;TZID=Nowhere:20261122T140000Z", "20261122T140000", "20261122T140000Z", "utc"},
        {"DTSTART:20261122T140000", "20261122T140000", "20261122T030000Z", "floating"},
        {"DTSTART;TZID=\" \":20261122T140000", "20261122T140000", "20261122T030000Z", "floating"},
        {"DTSTART;VALUE=DATE-TIME:20261122t140000z", "20261122T140000", "20261122T140000Z", "utc"},
        {"DTSTART:20261122T235960Z", "20261122T235959", "20261122T235959Z", "utc"},
        {"DTSTART: 20261122T140000Z ", "20261122T140000", "20261122T140000Z", "utc"},
        {"DTSTART;VALUE=DATE:20261122", "20261122", "20261121T130000Z", "date"},
        {"DTSTART;value=date:20261122", "20261122", "20261121T130000Z", "date"},
        {"DTSTART:20261122", "20261122", "20261121T130000Z", "date"},
        {"DTSTART;TZID=Nowhere:20261122", "20261122", "20261121T130000Z", "date"},
        {"DTSTART;VALUE=DATE:20261122T140000Z", "20261122", "20261121T130000Z", "date"},
        {"DTSTART:20240229T000000Z", "20240229T000000", "20240229T000000Z", "utc"},
        {"DTSTART:00010101T000000Z", "00010101T000000", "00010101T000000Z", "utc"},
        {"DTSTART:99991231T235959Z", "99991231T235959", "99991231T235959Z", "utc"},
    };
    for (const Row& row : rows) {
        const auto value = ical::date_time(property(row.line), table());
        ASSERT_TRUE(value) << row.line << ": " << value.error().detail;
        EXPECT_EQ(wall_text(*value), row.wall) << row.line;
        EXPECT_EQ(core::to_ical_utc(value->instant()), row.utc) << row.line;
        const std::string kind(row.kind);
        EXPECT_EQ(value->is_date, kind == "date") << row.line;
        EXPECT_EQ(value->is_utc, kind == "utc") << row.line;
        EXPECT_EQ(value->is_floating, kind == "floating") << row.line;
    }
}

TEST(DateTime, RefusesWhatIsNone) {
    for (const char* value : {"",
                              " ",
                              "2026",
                              "2026112",
                              "202611220",
                              "20261122T",
                              "20261122TZ",
                              "20261122T14",
                              "20261122T1400",
                              "20261122T1400000",
                              "20261122T140000ZZ",
                              "20261122T140000+01",
                              "20261122 140000",
                              "2026-11-22",
                              "20261122T14:00:00",
                              "20260229",
                              "20261301",
                              "20260001",
                              "20260100",
                              "20260132",
                              "20260431",
                              "00000101",
                              "-0010101",
                              "+2026112",
                              "20261122T240000",
                              "20261122T126000",
                              "20261122T120061",
                              "today",
                              "20261122T120000Z,20261123T120000Z",
                              "2026112\xC3\xA9",
                              "20261122T-10000"}) {
        const auto parsed = ical::parse_date_time(value, "", false, table());
        ASSERT_FALSE(parsed) << value;
        EXPECT_EQ(parsed.error().condition, Condition::valid_calendar_data) << value;
        EXPECT_FALSE(ical::parse_date_time(value, "", true, table())) << value;
    }
    EXPECT_FALSE(ical::parse_date_time("20261122T140000", "Nowhere", false, table()));
    EXPECT_LT(
        ical::parse_date_time(std::string(100'000, 'x'), "", false, table()).error().detail.size(),
        200U);
}

TEST(DateTime, ListsHaveDatesTimesAndPeriods) {
    const auto items = [](std::string_view line) {
        const auto read = ical::date_times(property(line), table());
        EXPECT_TRUE(read) << line << (read ? "" : read.error().detail);
        std::string text;
        for (const auto& item : read ? *read : std::vector<ical::DateTimeItem>{}) {
            text += core::to_ical_utc(item.start.instant());
            text += item.end ? "/" + core::to_ical_utc(*item.end) + " " : " ";
        }
        return text;
    };
    EXPECT_EQ(items("EXDATE:20261122T140000Z,20261123T140000Z"),
              "20261122T140000Z 20261123T140000Z ");
    EXPECT_EQ(items("EXDATE;TZID=Europe/Berlin:20261122T140000,20260722T140000"),
              "20261122T130000Z 20260722T120000Z ");
    EXPECT_EQ(items("RDATE;VALUE=DATE:20261122,20261123"), "20261121T130000Z 20261122T130000Z ");
    EXPECT_EQ(items("RDATE;VALUE=PERIOD:20261122T140000Z/20261122T150000Z,"
                    "20261123T140000Z/PT1H30M"),
              "20261122T140000Z/20261122T150000Z 20261123T140000Z/20261123T153000Z ");
    // a day is nominal: the clock shows the same time, an hour less has passed
    EXPECT_EQ(items("RDATE;VALUE=PERIOD;TZID=Europe/Berlin:20260328T140000/P1D"),
              "20260328T130000Z/20260329T120000Z ");
    EXPECT_EQ(items("EXDATE:"), "");
    EXPECT_EQ(items("EXDATE:20261122T140000Z,"), "20261122T140000Z ");
}

TEST(DateTime, RefusesMalformedLists) {
    for (const char* line :
         {"RDATE:x", "RDATE:20261122T140000Z;20261123T140000Z", "RDATE:20261122T140000Z/",
          "RDATE:20261122T140000Z/P", "RDATE:20261122T140000Z/-PT1H",
          "RDATE:20261122T140000Z/20261122T130000Z", "RDATE:/20261122T130000Z",
          "EXDATE;TZID=Nowhere:20261122T140000"}) {
        const auto read = ical::date_times(property(line), table());
        ASSERT_FALSE(read) << line;
        EXPECT_EQ(read.error().condition, Condition::valid_calendar_data) << line;
    }
}

TEST(Duration, ReadsTheWholeGrammar) {
    struct Row {
        const char* text;
        bool negative;
        std::int64_t days;
        std::int64_t seconds;
    };
    const std::vector<Row> rows{
        {"PT50M", false, 0, 3'000},     {"P15DT5H0M20S", false, 15, 18'020},
        {"P7W", false, 49, 0},          {"P1D", false, 1, 0},
        {"-PT15M", true, 0, 900},       {"+PT15M", false, 0, 900},
        {"-P1DT2H", true, 1, 7'200},    {"PT0S", false, 0, 0},
        {"-P0DT0H15M0S", true, 0, 900}, {"P0D", false, 0, 0},
        {"PT24H", false, 0, 86'400},    {"PT1H30S", false, 0, 3'630},
        {"P1W2D", false, 9, 0},         {" pt5m ", false, 0, 300},
        {"P36525D", false, 36'525, 0},  {"PT3155760000S", false, 0, 3'155'760'000},
    };
    for (const Row& row : rows) {
        const auto duration = ical::parse_duration(row.text);
        ASSERT_TRUE(duration) << row.text << ": " << duration.error().detail;
        EXPECT_EQ(duration->negative, row.negative) << row.text;
        EXPECT_EQ(duration->days, row.days) << row.text;
        EXPECT_EQ(duration->seconds, row.seconds) << row.text;
    }
}

TEST(Duration, RefusesTheMalformedAndTheAbsurd) {
    for (const char* text : {"",
                             "P",
                             "PT",
                             "-P",
                             "-",
                             "1D",
                             "PD",
                             "P1",
                             "P1H",
                             "PT1D",
                             "P1DT",
                             "PT1M1H",
                             "P1D1W",
                             "PT1M1M",
                             "P1DT1W",
                             "--PT1M",
                             "P-1D",
                             "P1.5D",
                             "PT1H PT1H",
                             "P36526D",
                             "P36525DT86400S",
                             "P99999999999D",
                             "PT99999999999999999999S",
                             "P5218W",
                             "P1Y",
                             "P1M",
                             "PTT1M",
                             "forever"}) {
        const auto duration = ical::parse_duration(text);
        ASSERT_FALSE(duration) << text;
        EXPECT_EQ(duration.error().condition, Condition::valid_calendar_data) << text;
    }
}

TEST(DateTime, WallTimesPrintWithinTheYearsThatExist) {
    const auto far = [](std::int64_t seconds, bool is_date) {
        return ical::to_ical_wall({seconds}, is_date);
    };
    EXPECT_EQ(far(0, false), "19700101T000000");
    EXPECT_EQ(far(-1, false), "19691231T235959");
    EXPECT_EQ(far(-1, true), "19691231");
    EXPECT_EQ(far(core::beginning_of_time.seconds, false), "00010101T000000");
    EXPECT_EQ(far(core::end_of_time.seconds, false), "99991231T235959");
    EXPECT_EQ(far(core::end_of_time.seconds, true), "99991231");
}
