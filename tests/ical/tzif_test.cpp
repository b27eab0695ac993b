#include "core/time.h"
#include "ical/tzif.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

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

TEST(Tzif, TheFirstVersionOfTheFormatIsReadToo) {
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
