#include "core/strings.h"
#include "ical/windows_zones.h"
#include "ical/zone.h"
#include "tests/ical/zones.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace zone_test {

namespace {

using core::Condition;
using ical::Component;
using ical::WallTime;
using ical::ZoneTable;
using ical::test::now;
using ical::test::observed;
using ical::test::outlook;
using ical::test::utc_of;
using ical::test::vtimezone;
using ical::test::wall;
using ical::test::zone;

struct Row {
    const char* name;
    const char* local;
    const char* utc;
};

} // namespace

TEST(Zone, IanaZonesGiveInstantsForAnyYear) {
    const std::vector<Row> rows{
        {"Europe/Berlin", "00010601T120000", "00010601T110632Z"},
        {"Europe/Berlin", "18900101T000000", "18891231T230632Z"},
        {"Europe/Berlin", "19000701T120000", "19000701T110000Z"},
        {"Europe/Berlin", "19500701T120000", "19500701T110000Z"},
        {"Europe/Berlin", "20260115T120000", "20260115T110000Z"},
        {"Europe/Berlin", "20260715T120000", "20260715T100000Z"},
        {"Europe/Berlin", "20500715T120000", "20500715T100000Z"},
        {"Europe/Berlin", "25000715T120000", "25000715T100000Z"},
        {"Europe/Berlin", "99990115T120000", "99990115T110000Z"},
        {"Europe/Berlin", "99990715T120000", "99990715T100000Z"},
        {"America/New_York", "19000701T120000", "19000701T170000Z"},
        {"America/New_York", "19500701T120000", "19500701T160000Z"},
        {"America/New_York", "20060401T120000", "20060401T170000Z"},
        {"America/New_York", "20070320T120000", "20070320T160000Z"},
        {"America/New_York", "20260704T120000", "20260704T160000Z"},
        {"America/New_York", "25000704T120000", "25000704T160000Z"},
        {"America/New_York", "99991231T120000", "99991231T170000Z"},
        {"Australia/Lord_Howe", "19000701T120000", "19000701T020000Z"},
        {"Australia/Lord_Howe", "20260701T120000", "20260701T013000Z"},
        {"Australia/Lord_Howe", "20261201T120000", "20261201T010000Z"},
        {"Australia/Lord_Howe", "99991201T120000", "99991201T010000Z"},
        {"Asia/Kathmandu", "19000701T120000", "19000701T061844Z"},
        {"Asia/Kathmandu", "19500701T120000", "19500701T063000Z"},
        {"Asia/Kathmandu", "20260701T120000", "20260701T061500Z"},
        {"America/Sao_Paulo", "19000701T120000", "19000701T150628Z"},
        {"America/Sao_Paulo", "19500115T120000", "19500115T140000Z"},
        {"America/Sao_Paulo", "20181201T120000", "20181201T140000Z"},
        {"America/Sao_Paulo", "20191201T120000", "20191201T150000Z"},
        {"America/Sao_Paulo", "25001201T120000", "25001201T150000Z"},
        {"Africa/Casablanca", "19000701T120000", "19000701T123020Z"},
        {"Africa/Casablanca", "20240301T120000", "20240301T110000Z"},
        {"Africa/Casablanca", "20240320T120000", "20240320T120000Z"},
        {"Africa/Casablanca", "20240701T120000", "20240701T110000Z"},
        {"Pacific/Apia", "19000701T120000", "19000701T232656Z"},
        {"Pacific/Apia", "20260701T120000", "20260630T230000Z"},
        {"Pacific/Apia", "99990701T120000", "99990630T230000Z"},
        {"Europe/Dublin", "20260115T120000", "20260115T120000Z"},
        {"Europe/Dublin", "25000715T120000", "25000715T110000Z"},
        {"Asia/Kolkata", "20260701T120000", "20260701T063000Z"},
        {"Etc/GMT+12", "20260704T120000", "20260705T000000Z"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(utc_of(zone(row.name), row.local), row.utc) << row.name << " " << row.local;
        const auto instant = core::from_ical_utc(row.utc);
        ASSERT_TRUE(instant);
        EXPECT_EQ(zone(row.name)->to_wall(*instant), wall(row.local)) << row.name << row.utc;
    }
}

// RFC 5545 section 3.3.5
TEST(Zone, ASkippedTimeHasTheOffsetBeforeAndADoubledOneIsItsFirst) {
    const std::vector<Row> rows{
        {"Europe/Berlin", "20260329T015959", "20260329T005959Z"},
        {"Europe/Berlin", "20260329T020000", "20260329T010000Z"},
        {"Europe/Berlin", "20260329T023000", "20260329T013000Z"},
        {"Europe/Berlin", "20260329T030000", "20260329T010000Z"},
        {"Europe/Berlin", "20261025T015959", "20261024T235959Z"},
        {"Europe/Berlin", "20261025T020000", "20261025T000000Z"},
        {"Europe/Berlin", "20261025T023000", "20261025T003000Z"},
        {"Europe/Berlin", "20261025T030000", "20261025T020000Z"},
        {"Europe/Berlin", "25000328T023000", "25000328T013000Z"},
        {"America/New_York", "20260308T023000", "20260308T073000Z"},
        {"America/New_York", "20261101T013000", "20261101T053000Z"},
        {"Australia/Lord_Howe", "20261004T021500", "20261003T154500Z"},
        {"Australia/Lord_Howe", "20260405T014500", "20260404T144500Z"},
        {"Asia/Kathmandu", "19860101T000500", "19851231T183500Z"},
        {"America/Sao_Paulo", "20181104T003000", "20181104T033000Z"},
        {"Pacific/Apia", "20111229T235959", "20111230T095959Z"},
        {"Pacific/Apia", "20111230T000000", "20111230T100000Z"},
        {"Pacific/Apia", "20111230T120000", "20111230T220000Z"},
        {"Pacific/Apia", "20111231T000000", "20111230T100000Z"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(utc_of(zone(row.name), row.local), row.utc) << row.name << " " << row.local;
    }
}

TEST(Zone, TheReleaseOfTheDataIsKnown) {
    EXPECT_THAT(ical::zone_data_release(), testing::MatchesRegex("20[0-9][0-9][a-z]+"));
}

TEST(Zone, TheEndsOfTimeDoNotOverflow) {
    for (const char* name : {"Europe/Berlin", "UTC", "Australia/Lord_Howe", "Asia/Kathmandu"}) {
        for (const core::Instant at : {core::beginning_of_time, core::end_of_time}) {
            const WallTime far = zone(name)->to_wall(at);
            EXPECT_LT(std::abs(far.seconds - at.seconds), 86'400);
            EXPECT_EQ(zone(name)->to_instant(far), at);
        }
    }
    const auto far = observed(outlook)->to_wall(core::end_of_time);
    EXPECT_EQ(observed(outlook)->to_instant(far), core::end_of_time);
}

TEST(Zone, NamesAreFoundInEverySpellingThatClientsUse) {
    const std::vector<std::pair<const char*, const char*>> rows{
        {"Europe/Berlin", "Europe/Berlin"},
        {"europe/BERLIN", "Europe/Berlin"},
        {" Europe/Berlin  ", "Europe/Berlin"},
        {"US/Eastern", "US/Eastern"},
        {"Asia/Calcutta", "Asia/Calcutta"},
        {"America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"},
        {"UTC", "UTC"},
        {"Z", "UTC"},
        {"gmt", "UTC"},
        {"Etc/UTC", "UTC"},
        {"W. Europe Standard Time", "Europe/Berlin"},
        {"w. europe standard time", "Europe/Berlin"},
        {"W. Europe Standard Time ", "Europe/Berlin"},
        {"AUS Eastern Standard Time", "Australia/Sydney"},
        {"UTC-11", "Etc/GMT+11"},
        {"/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"},
        {"/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "Europe/Berlin"},
        {"/mozilla.org/20050126_1/America/Indiana/Knox", "America/Indiana/Knox"},
        {"/softwarestudio.org/Olson_20011030_5/America/New_York", "America/New_York"},
        {"/example.org/UTC", "UTC"},
        {"/Europe/Berlin", "Europe/Berlin"},
    };
    for (const auto& [tzid, name] : rows) {
        const auto found = ical::find_zone(tzid);
        ASSERT_TRUE(found) << tzid;
        EXPECT_EQ((*found)->name(), name) << tzid;
    }
}

TEST(Zone, WhatIsNoNameIsNotFound) {
    const std::vector<std::string> rows{
        "",
        " ",
        "/",
        "//",
        "///",
        "Europe",
        "Europe/",
        "Europe/Berlin/",
        "/etc/passwd",
        "../../../etc/passwd",
        "Europe/../Europe/Berlin",
        "posix/Europe/Berlin",
        "right/Europe/Berlin",
        "localtime",
        "posixrules",
        "Factory",
        "zone.tab",
        "tzdata.zi",
        "leapseconds",
        "/example.org/GB",
        "Europe/Berl\xC3\xADn",
        std::string("Europe/Berlin\0x", 15),
        "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
        "Customized Time Zone",
        std::string(100'000, '/'),
        std::string(100'000, 'a'),
    };
    for (const std::string& tzid : rows) {
        EXPECT_FALSE(ical::find_zone(tzid)) << tzid.substr(0, 80);
    }
}

TEST(WindowsZones, EveryNameLeadsToAZone) {
    std::set<std::string> seen;
    for (const auto& [windows, iana] : ical::windows_zones()) {
        EXPECT_TRUE(seen.insert(core::to_lower(windows)).second) << windows;
        const auto found = ical::find_zone(windows);
        ASSERT_TRUE(found) << windows;
        EXPECT_EQ((*found)->name(), (*ical::find_zone(iana))->name()) << windows;
    }
    EXPECT_GE(seen.size(), 140U);
    EXPECT_FALSE(ical::iana_name_of_windows_zone(""));
    EXPECT_FALSE(ical::iana_name_of_windows_zone("Zzz Standard Time"));
}

TEST(Zone, ManyThreadsReadOneCache) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([] {
            for (const auto& [windows, iana] : ical::windows_zones()) {
                EXPECT_EQ((*ical::find_zone(windows))->to_wall(now),
                          (*ical::find_zone(iana))->to_wall(now));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

TEST(ZoneTable, FindsWhatWasSentAndWhatIsKnown) {
    const auto calendar = ical::parse(
        "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:(UTC+01:00) Amsterdam\\, Berlin \n" + outlook
        + "END:VTIMEZONE\nBEGIN:VTIMEZONE\nTZID:broken\nEND:VTIMEZONE\nBEGIN:VTIMEZONE\n"
          "END:VTIMEZONE\nEND:VCALENDAR\n");
    ASSERT_TRUE(calendar) << calendar.error().detail;

    const auto table = ZoneTable::of(*calendar, zone("Asia/Tokyo"));

    ASSERT_TRUE(table) << table.error().detail;
    EXPECT_EQ(table->floating()->name(), "Asia/Tokyo");
    EXPECT_EQ(table->find("(UTC+01:00) Amsterdam, Berlin").value()->to_wall(now).seconds,
              now.seconds + 3'600);
    EXPECT_EQ(table->find(" (UTC+01:00) Amsterdam, Berlin ").value()->name(),
              "(UTC+01:00) Amsterdam, Berlin");
    EXPECT_EQ(table->find("Europe/Paris").value()->name(), "Europe/Paris");
    EXPECT_EQ(table->find("broken").error().condition, Condition::valid_calendar_data);
    const auto unknown = table->find("Nowhere");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().condition, Condition::valid_calendar_data);
    EXPECT_NE(unknown.error().detail.find("\"Nowhere\""), std::string::npos);
    EXPECT_FALSE(table->find(""));
}

TEST(ZoneTable, ManyZonesOfTheSendersOwnMakingAreRefused) {
    const auto zones = [](int count, const std::string& name) {
        Component calendar{.name = "VCALENDAR", .properties = {}, .components = {}};
        for (int i = 0; i < count; ++i) {
            calendar.components.push_back(vtimezone(outlook, name + std::to_string(i)));
        }
        return ZoneTable::of(calendar, ical::utc());
    };
    EXPECT_TRUE(zones(50, "mine"));
    EXPECT_FALSE(zones(51, "mine"));
}

} // namespace zone_test
