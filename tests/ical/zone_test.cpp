#include "core/strings.h"
#include "ical/offset_zone.h"
#include "ical/tzif.h"
#include "ical/value.h"
#include "ical/windows_zones.h"
#include "ical/zone.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using core::Condition;
using ical::Component;
using ical::WallTime;
using ical::ZonePtr;
using ical::ZoneTable;

constexpr core::Instant now{1'795'359'600}; // 2026-11-22T15:00:00Z

WallTime wall(std::string_view text) {
    return ical::parse_date_time(text, "", false, ZoneTable(ical::utc())).value().wall;
}

ZonePtr zone(std::string_view name) {
    const auto found = ical::find_zone(name);
    EXPECT_TRUE(found) << name;
    return found ? *found : ical::utc();
}

Component vtimezone(std::string_view lines, std::string_view tzid = "Customized Time Zone") {
    const auto parsed = ical::parse("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:" + std::string(tzid)
                                    + "\n" + std::string(lines) + "END:VTIMEZONE\nEND:VCALENDAR\n");
    EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().detail);
    return parsed ? parsed->components.at(0) : Component{};
}

std::string observance(std::string_view name, std::string_view start, std::string_view from,
                       std::string_view to, std::string_view more = "") {
    return "BEGIN:" + std::string(name) + "\nDTSTART:" + std::string(start)
           + "\nTZOFFSETFROM:" + std::string(from) + "\nTZOFFSETTO:" + std::string(to) + "\n"
           + std::string(more) + "END:" + std::string(name) + "\n";
}

ZonePtr observed(std::string_view lines) {
    const auto made = ical::zone_from_component(vtimezone(lines));
    EXPECT_TRUE(made) << (made ? "" : made.error().detail);
    return made ? *made : ical::utc();
}

std::string utc_of(const ZonePtr& in, std::string_view local) {
    return core::to_ical_utc(in->to_instant(wall(local)));
}

// What Outlook sends for Berlin.
const std::string outlook = observance("STANDARD", "16010101T030000", "+0200", "+0100",
                                       "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\n")
                            + observance("DAYLIGHT", "16010101T020000", "+0100", "+0200",
                                         "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\n");

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

TEST(Tzif, ReadsPosixRules) {
    const auto offset = [](std::string_view rules, const char* utc) {
        const auto parsed = ical::parse_posix_rules(rules);
        EXPECT_TRUE(parsed) << rules;
        return parsed ? parsed->offset_at(core::from_ical_utc(utc)->seconds) : -1;
    };
    EXPECT_EQ(offset("UTC0", "20260101T000000Z"), 0);
    EXPECT_EQ(offset("IST-5:30", "20260101T000000Z"), 19'800);
    EXPECT_EQ(offset("<-0330>+3:30:15", "20260101T000000Z"), -12'615);
    EXPECT_EQ(offset("CET-1CEST,M3.5.0,M10.5.0/3", "20260329T005959Z"), 3'600);
    EXPECT_EQ(offset("CET-1CEST,M3.5.0,M10.5.0/3", "20260329T010000Z"), 7'200);
    EXPECT_EQ(offset("CET-1CEST,M3.5.0,M10.5.0/3", "20261025T005959Z"), 7'200);
    EXPECT_EQ(offset("CET-1CEST,M3.5.0,M10.5.0/3", "20261025T010000Z"), 3'600);
    EXPECT_EQ(offset("EST5EDT", "20260704T000000Z"), -14'400);
    EXPECT_EQ(offset("AEST-10AEDT,M10.1.0,M4.1.0/3", "20260101T000000Z"), 39'600);
    EXPECT_EQ(offset("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "20260101T000000Z"), 39'600);
    EXPECT_EQ(offset("IST-1GMT0,M10.5.0,M3.5.0/1", "20260115T120000Z"), 0);
    EXPECT_EQ(offset("IST-1GMT0,M10.5.0,M3.5.0/1", "20260715T120000Z"), 3'600);
    // 29 February counts for n and not for Jn
    EXPECT_EQ(offset("AAA0BBB,J60/0,J300/0", "20240229T235959Z"), 0);
    EXPECT_EQ(offset("AAA0BBB,J60/0,J300/0", "20240301T000000Z"), 3'600);
    EXPECT_EQ(offset("AAA0BBB,59/0,300/0", "20240229T000000Z"), 3'600);
    EXPECT_EQ(offset("AAA0BBB,59/0,300/0", "20230301T000000Z"), 3'600);
    EXPECT_EQ(offset("AAA0BBB,59/0,300/0", "20230228T235959Z"), 0);
    // times up to a week before or after the day
    EXPECT_EQ(offset("EET-2EEST,M3.4.4/50,M10.4.4/50", "20260327T235959Z"), 7'200);
    EXPECT_EQ(offset("EET-2EEST,M3.4.4/50,M10.4.4/50", "20260328T000000Z"), 10'800);
    EXPECT_EQ(offset("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "20260329T005959Z"), -7'200);
    EXPECT_EQ(offset("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "20260329T010000Z"), -3'600);
    EXPECT_EQ(offset("AAA0BBB,M1.1.0/-167,M7.1.0/167", "20251228T120000Z"), 3'600);
    // daylight saving time all year (RFC 8536 section 3.3.1)
    for (const char* utc : {"20260101T000000Z", "20260701T000000Z", "20261231T235959Z"}) {
        EXPECT_EQ(offset("XXX3EDT4,0/0,J365/23", utc), -14'400) << utc;
    }
}

TEST(Tzif, RefusesMalformedPosixRules) {
    for (const char* text : {"",
                             "A0",
                             "AB0",
                             "UTC",
                             "UTC25",
                             "UTC0:60",
                             "<UTC0",
                             "<+0>0",
                             "CET-1CEST,",
                             "CET-1CEST,M3.5.0",
                             "CET-1CEST,M13.5.0,M10.5.0",
                             "CET-1CEST,M3.6.0,M10.5.0",
                             "CET-1CEST,M3.5.7,M10.5.0",
                             "CET-1CEST,J0,J366",
                             "CET-1CEST,366,1",
                             "CET-1CEST,M3.5.0/168,M10.5.0",
                             "CET-1CEST,M3.5.0,M10.5.0/3x",
                             "CET-1CEST,M3.5.0,M10.5.0,M1.1.1",
                             "CET--1",
                             "UTC0\n"}) {
        EXPECT_FALSE(ical::parse_posix_rules(text)) << text;
    }
}

TEST(Tzif, DamagedFilesAreRefusedOrReadButNeverCrash) {
    std::ifstream file("/usr/share/zoneinfo/Europe/Berlin", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    ASSERT_TRUE(ical::parse_tzif(bytes));
    EXPECT_FALSE(ical::parse_tzif(""));
    EXPECT_FALSE(ical::parse_tzif("TZif2"));
    EXPECT_FALSE(ical::parse_tzif("TZif" + std::string(40, '\xFF')));
    EXPECT_FALSE(ical::parse_tzif(std::string(44, '\0')));
    for (std::size_t length = 0; length < bytes.size(); length += 3) {
        ical::parse_tzif(bytes.substr(0, length));
    }
    std::mt19937 random(20261122); // the same damage on every run
    for (int round = 0; round < 3000; ++round) {
        std::string damaged = bytes;
        // half of the damage in the two headers
        const std::size_t range = round % 2 == 0 ? 50 : damaged.size();
        damaged[random() % range] = static_cast<char>(random() % 256);
        ical::parse_tzif(damaged);
    }
}

TEST(Zone, TheFirstVersionOfTheFormatIsReadToo) {
    std::string bytes = "TZif" + std::string(16, '\0');
    const auto append = [&bytes](std::uint32_t value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xFFU);
        }
    };
    for (const std::uint32_t count : {0U, 0U, 0U, 1U, 2U, 8U}) {
        append(count);
    }
    append(1'000'000'000);
    bytes += '\1';
    append(3'600);
    bytes += std::string("\0\0", 2);
    append(7'200);
    bytes += std::string("\1\4", 2) + std::string("AAA\0BBB\0", 8);

    const auto file = ical::parse_tzif(bytes);

    ASSERT_TRUE(file);
    EXPECT_EQ(file->first.offset, 3'600);
    EXPECT_EQ(file->transitions,
              (std::vector<ical::Transition>{{.at = 1'000'000'000, .offset = 7'200}}));
    EXPECT_EQ(file->last, (ical::LocalTimeType{.offset = 7'200, .abbreviation = "BBB"}));
    EXPECT_FALSE(file->rules);
}

TEST(Vtimezone, ObservancesHoldForAnyYear) {
    const ZonePtr sent = observed(outlook);
    const ZonePtr berlin = zone("Europe/Berlin");
    EXPECT_EQ(sent->name(), "Customized Time Zone");
    for (const char* local :
         {"19970115T120000", "19970715T120000", "20260329T015959", "20260329T023000",
          "20260329T030000", "20261025T015959", "20261025T023000", "20261025T030000",
          "20500715T120000", "25000328T023000", "99990715T120000", "99991231T235959"}) {
        EXPECT_EQ(utc_of(sent, local), utc_of(berlin, local)) << local;
    }
    EXPECT_EQ(utc_of(sent, "17000715T120000"), "17000715T100000Z");
    EXPECT_EQ(utc_of(sent, "16000715T120000"), "16000715T100000Z"); // the first TZOFFSETFROM
}

TEST(Vtimezone, UnderstandsTheRulesThatSendersWrite) {
    const auto one = [](std::string_view start, std::string_view more) {
        return observed(observance("STANDARD", "00010101T000000", "+0100", "+0100")
                        + observance("DAYLIGHT", start, "+0100", "+0200", more));
    };
    struct Case {
        const char* name;
        ZonePtr zone;
        const char* last_before; // standard time
        const char* first_after; // daylight saving time
    };
    const std::vector<Case> cases{
        {"dtstart alone", one("20100328T020000", ""), "20100328T015900", "20100328T030000"},
        {"rdate", one("20100328T020000", "RDATE:20200101T020000,20210101T020000\n"),
         "20100328T015900", "20100328T030000"},
        {"month day", one("20100328T020000", "RRULE:FREQ=YEARLY\n"), "20100328T015900",
         "20300328T030000"},
        {"until",
         one("20100328T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;"
                                "UNTIL=20150329T010000Z\n"),
         "20100328T015900", "20200328T030000"},
        {"bymonthday with byday",
         one("20100314T020000",
             "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU;WKST=MO\n"),
         "20100314T015900", "20100314T030000"},
    };
    for (const Case& row : cases) {
        const auto offset = [&](const char* local) {
            return wall(local).seconds - row.zone->to_instant(wall(local)).seconds;
        };
        EXPECT_EQ(offset(row.last_before), 3'600) << row.name;
        EXPECT_EQ(offset(row.first_after), 7'200) << row.name;
    }
}

TEST(Vtimezone, RulesThatEndAreFollowedByTheNext) {
    // New York: April to October up to 2006, March to November since.
    const ZonePtr sent =
        observed(observance("DAYLIGHT", "19870405T020000", "-0500", "-0400",
                            "RRULE:FREQ=YEARLY;UNTIL=20060402T070000Z;BYMONTH=4;BYDAY=1SU\n")
                 + observance("STANDARD", "19671029T020000", "-0400", "-0500",
                              "RRULE:FREQ=YEARLY;UNTIL=20061029T060000Z;BYMONTH=10;BYDAY=-1SU\n")
                 + observance("DAYLIGHT", "20070311T020000", "-0500", "-0400",
                              "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\n")
                 + observance("STANDARD", "20071104T020000", "-0400", "-0500",
                              "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\n"));
    const ZonePtr new_york = zone("America/New_York");
    for (std::int64_t at = core::from_ical_utc("19880101T000000Z")->seconds;
         at < core::from_ical_utc("20300101T000000Z")->seconds; at += 160'000) {
        ASSERT_EQ(sent->to_wall({at}), new_york->to_wall({at})) << core::to_ical_utc({at});
    }
}

TEST(Vtimezone, CountsIntervalsAndLeapDays) {
    const auto zone_of = [](std::string_view start, std::string_view rule) {
        return observed(observance("STANDARD", "19900101T000000", "+0100", "+0100",
                                   "RRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1\n")
                        + observance("DAYLIGHT", start, "+0100", "+0200",
                                     "RRULE:FREQ=YEARLY;" + std::string(rule) + "\n"));
    };
    const auto offset = [](const ZonePtr& in, const char* local) {
        return wall(local).seconds - in->to_instant(wall(local)).seconds;
    };
    const ZonePtr counted = zone_of("20000301T000000", "COUNT=3");
    EXPECT_EQ(offset(counted, "20020601T000000"), 7'200);
    EXPECT_EQ(offset(counted, "20030601T000000"), 3'600);
    const ZonePtr odd = zone_of("20010301T000000", "INTERVAL=2");
    EXPECT_EQ(offset(odd, "20270601T000000"), 7'200);
    EXPECT_EQ(offset(odd, "20280601T000000"), 3'600);
    const ZonePtr leap = zone_of("20000229T000000", "BYMONTH=2;BYMONTHDAY=29");
    EXPECT_EQ(offset(leap, "20280601T000000"), 7'200);
    EXPECT_EQ(offset(leap, "20270601T000000"), 3'600);
    const ZonePtr last_day = zone_of("20000331T000000", "BYMONTH=3;BYMONTHDAY=-1");
    EXPECT_EQ(offset(last_day, "20270330T120000"), 3'600);
    EXPECT_EQ(offset(last_day, "20270331T120000"), 7'200);
}

TEST(Vtimezone, ARuleThatEndsBeforeTheYearDoesNotHold) {
    const ZonePtr sent =
        observed(observance("STANDARD", "20001029T030000", "+0200", "+0100",
                            "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n")
                 + observance("DAYLIGHT", "20000326T020000", "+0100", "+0200",
                              "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20100328T010000Z\n"));
    EXPECT_EQ(utc_of(sent, "20100701T120000"), "20100701T100000Z");
    EXPECT_EQ(utc_of(sent, "20110701T120000"), "20110701T110000Z");
}

TEST(Vtimezone, RefusesWhatItCannotTell) {
    const std::vector<std::pair<const char*, std::string>> rows{
        {"no observance", ""},
        {"no offsets", "BEGIN:STANDARD\nDTSTART:19700101T000000\nEND:STANDARD\n"},
        {"no start", "BEGIN:STANDARD\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\n"},
        {"offset", observance("STANDARD", "19700101T000000", "0100", "+0100")},
        {"offset out of range", observance("STANDARD", "19700101T000000", "+2400", "+0100")},
        {"offset minutes", observance("STANDARD", "19700101T000000", "+0160", "+0100")},
        {"date", observance("STANDARD", "19701301T000000", "+0100", "+0100")},
        {"rdate", observance("STANDARD", "19700101T000000", "+0100", "+0100", "RDATE:x\n")},
        {"monthly",
         observance("STANDARD", "19700101T000000", "+0100", "+0100", "RRULE:FREQ=MONTHLY\n")},
        {"no frequency",
         observance("STANDARD", "19700101T000000", "+0100", "+0100", "RRULE:BYMONTH=3\n")},
        {"week number", observance("STANDARD", "19700101T000000", "+0100", "+0100",
                                   "RRULE:FREQ=YEARLY;BYWEEKNO=3\n")},
        {"month", observance("STANDARD", "19700101T000000", "+0100", "+0100",
                             "RRULE:FREQ=YEARLY;BYMONTH=13\n")},
        {"weekday", observance("STANDARD", "19700101T000000", "+0100", "+0100",
                               "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=6SU\n")},
        {"until", observance("STANDARD", "19700101T000000", "+0100", "+0100",
                             "RRULE:FREQ=YEARLY;UNTIL=never\n")},
    };
    for (const auto& [name, lines] : rows) {
        const auto made = ical::zone_from_component(vtimezone(lines));
        ASSERT_FALSE(made) << name;
        EXPECT_EQ(made.error().condition, Condition::valid_calendar_data) << name;
    }
    EXPECT_FALSE(ical::zone_from_component(vtimezone(outlook, " ")));
}

TEST(Vtimezone, KnownNamesWinOverWhatWasSent) {
    const std::string wrong = observance("STANDARD", "19700101T000000", "+0500", "+0500");
    for (const char* tzid : {"Europe/Berlin", "W. Europe Standard Time",
                             "/mozilla.org/20050126_1/Europe/Berlin", "Europe/Berlin "}) {
        EXPECT_EQ(ical::zone_from_component(vtimezone(wrong, tzid)).value()->name(),
                  "Europe/Berlin");
    }
    EXPECT_EQ(ical::zone_from_component(vtimezone("X-LIC-LOCATION:Europe/Paris\n" + wrong, "mine"))
                  .value()
                  ->name(),
              "Europe/Paris");
    EXPECT_EQ(ical::zone_from_component(vtimezone("X-LIC-LOCATION:Nowhere\n" + wrong, "mine"))
                  .value()
                  ->name(),
              "mine");
    EXPECT_EQ(ical::zone_from_component(vtimezone("", "Europe/Berlin")).value()->name(),
              "Europe/Berlin");
}

TEST(Vtimezone, HostileRulesAreBounded) {
    std::string many;
    for (int i = 0; i < 1'900; ++i) {
        many += observance("STANDARD", "00010101T000000", "+0100", "+0100",
                           "RRULE:FREQ=YEARLY;UNTIL=99991231T000000Z\n");
    }
    EXPECT_FALSE(ical::zone_from_component(vtimezone(many)));
    const std::string open = core::replace_all(many, ";UNTIL=99991231T000000Z", "");
    EXPECT_FALSE(ical::zone_from_component(vtimezone(open)));
    EXPECT_FALSE(ical::zone_from_component(vtimezone(observance(
        "STANDARD", "00010101T000000", "+0100", "+0100",
        "RRULE:FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=SU,MO,TU,WE,TH\n"))));
    // never an onset, and no search without end
    const ZonePtr never = observed(observance("STANDARD", "20000101T000000", "+0100", "+0200",
                                              "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31\n"));
    EXPECT_EQ(utc_of(never, "99990701T120000"), "99990701T100000Z");
}

TEST(Vtimezone, WritesTheRulesInForce) {
    EXPECT_EQ(ical::print(ical::to_vtimezone(*zone("Europe/Berlin"), now)),
              "BEGIN:VTIMEZONE\r\n"
              "TZID:Europe/Berlin\r\n"
              "X-LIC-LOCATION:Europe/Berlin\r\n"
              "BEGIN:STANDARD\r\n"
              "DTSTART:19701025T030000\r\n"
              "TZOFFSETFROM:+0200\r\n"
              "TZOFFSETTO:+0100\r\n"
              "TZNAME:CET\r\n"
              "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
              "END:STANDARD\r\n"
              "BEGIN:DAYLIGHT\r\n"
              "DTSTART:19700329T020000\r\n"
              "TZOFFSETFROM:+0100\r\n"
              "TZOFFSETTO:+0200\r\n"
              "TZNAME:CEST\r\n"
              "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
              "END:DAYLIGHT\r\n"
              "END:VTIMEZONE\r\n");
    // no left-over summer time where it was abolished
    EXPECT_EQ(ical::print(ical::to_vtimezone(*zone("America/Sao_Paulo"), now)),
              "BEGIN:VTIMEZONE\r\n"
              "TZID:America/Sao_Paulo\r\n"
              "X-LIC-LOCATION:America/Sao_Paulo\r\n"
              "BEGIN:STANDARD\r\n"
              "DTSTART:19700101T000000\r\n"
              "TZOFFSETFROM:-0300\r\n"
              "TZOFFSETTO:-0300\r\n"
              "TZNAME:-03\r\n"
              "END:STANDARD\r\n"
              "END:VTIMEZONE\r\n");
    const Component dublin = ical::to_vtimezone(*zone("Europe/Dublin"), now);
    for (const Component& part : dublin.components) {
        EXPECT_EQ(part.value("TZOFFSETTO"), part.name == "DAYLIGHT" ? "+0100" : "+0000");
    }
    EXPECT_EQ(ical::to_vtimezone(*ical::utc(), now).value("TZID"), "UTC");
}

TEST(Vtimezone, RulesThatDoNotHoldYetStartWhenTheyDo) {
    // New York in the winter of 2006, when the rules of 2007 were known: the database of today has
    // them as lasting, and lists what came before.
    const Component written = ical::to_vtimezone(*zone("America/New_York"),
                                                 core::from_ical_utc("20060101T000000Z").value());

    EXPECT_EQ(ical::print(written), "BEGIN:VTIMEZONE\r\n"
                                    "TZID:America/New_York\r\n"
                                    "X-LIC-LOCATION:America/New_York\r\n"
                                    "BEGIN:STANDARD\r\n"
                                    "DTSTART:20061105T020000\r\n"
                                    "TZOFFSETFROM:-0400\r\n"
                                    "TZOFFSETTO:-0500\r\n"
                                    "TZNAME:EST\r\n"
                                    "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r\n"
                                    "END:STANDARD\r\n"
                                    "BEGIN:DAYLIGHT\r\n"
                                    "DTSTART:20070311T020000\r\n"
                                    "TZOFFSETFROM:-0500\r\n"
                                    "TZOFFSETTO:-0400\r\n"
                                    "TZNAME:EDT\r\n"
                                    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\n"
                                    "END:DAYLIGHT\r\n"
                                    "BEGIN:STANDARD\r\n"
                                    "DTSTART:20051030T020000\r\n"
                                    "TZOFFSETFROM:-0400\r\n"
                                    "TZOFFSETTO:-0500\r\n"
                                    "END:STANDARD\r\n"
                                    "BEGIN:DAYLIGHT\r\n"
                                    "DTSTART:20060402T020000\r\n"
                                    "TZOFFSETFROM:-0500\r\n"
                                    "TZOFFSETTO:-0400\r\n"
                                    "END:DAYLIGHT\r\n"
                                    "BEGIN:STANDARD\r\n"
                                    "DTSTART:20061029T020000\r\n"
                                    "TZOFFSETFROM:-0400\r\n"
                                    "TZOFFSETTO:-0500\r\n"
                                    "END:STANDARD\r\n"
                                    "END:VTIMEZONE\r\n");
}

// Read back without the help of its name, what we write says the same as the database.
TEST(Vtimezone, WhatIsWrittenMeansTheSameInEveryZone) {
    for (const auto& [windows, iana] : ical::windows_zones()) {
        const ZonePtr original = zone(iana);
        Component written = ical::to_vtimezone(*original, now);
        written.set(ical::Property("TZID", "ours"));
        written.remove("X-LIC-LOCATION");
        const auto read = ical::zone_from_component(written);
        ASSERT_TRUE(read) << iana << ": " << read.error().detail;
        const auto same_at = [&](std::int64_t at) {
            EXPECT_EQ((*read)->to_wall({at}), original->to_wall({at}))
                << iana << " " << core::to_ical_utc({at}) << "\n"
                << ical::print(written);
        };
        // Beyond five years, single changes that are mere guesses are left out.
        const bool guessed = iana == "Asia/Hebron";
        const std::int64_t end = guessed ? now.seconds + 5 * 365 * 86'400 : 2'600'000'000;
        const auto& changes = dynamic_cast<const ical::OffsetZone&>(*original);
        auto change = changes.next(now.seconds);
        while (change && change->at < end && !HasFailure()) {
            same_at(change->at - 2); // midnight's end is written a second early
            same_at(change->at);
            change = changes.next(change->at);
        }
        for (std::int64_t at = now.seconds; at < end && !HasFailure(); at += 2'000'001) {
            same_at(at);
        }
    }
}

TEST(Vtimezone, AZoneThatWasSentIsCopied) {
    const Component sent = vtimezone("X-ODD:1\n" + outlook);

    const Component written = ical::to_vtimezone(*ical::zone_from_component(sent).value(), now);

    EXPECT_EQ(ical::print(written), ical::print(sent));
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
