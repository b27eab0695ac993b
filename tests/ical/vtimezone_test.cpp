#include "core/strings.h"
#include "ical/offset_zone.h"
#include "ical/vtimezone.h"
#include "ical/windows_zones.h"
#include "tests/ical/zones.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vtimezone_test {

namespace {

using core::Condition;
using ical::Component;
using ical::ZonePtr;
using ical::test::now;
using ical::test::observance;
using ical::test::observed;
using ical::test::outlook;
using ical::test::utc_of;
using ical::test::vtimezone;
using ical::test::wall;
using ical::test::zone;

} // namespace

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

} // namespace vtimezone_test
