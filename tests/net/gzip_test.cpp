#include "src/net/gzip.h"

#include <gtest/gtest.h>

#include <string>

namespace {

using net::gunzip;
using net::GunzipOutcome;
using net::gzip;

std::string calendar_text() {
    std::string text;
    for (int i = 0; i < 2000; ++i) {
        text += "DTSTART:20261122T13" + std::to_string(i) + "Z\r\n";
    }
    return text;
}

TEST(Gzip, WhatWasCompressedComesBack) {
    for (const std::string& text :
         {std::string(), std::string("a"), calendar_text(), std::string(300'000, '\0')}) {
        const net::Gunzipped result = gunzip(gzip(text), 1'000'000);

        EXPECT_EQ(result.outcome, GunzipOutcome::done);
        EXPECT_EQ(result.data, text);
    }
}

TEST(Gzip, CalendarTextShrinks) {
    const std::string text = calendar_text();

    EXPECT_LT(gzip(text).size(), text.size() / 3);
}

TEST(Gzip, EveryCutIsCorrupt) {
    const std::string whole = gzip("BEGIN:VCALENDAR");

    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_EQ(gunzip(whole.substr(0, size), 1000).outcome, GunzipOutcome::corrupt) << size;
    }
}

TEST(Gzip, AFlippedBitInTheChecksumIsCorrupt) {
    std::string data = gzip("BEGIN:VCALENDAR");
    data[data.size() - 8] ^= 1;

    EXPECT_EQ(gunzip(data, 1000).outcome, GunzipOutcome::corrupt);
}

TEST(Gzip, BytesAfterTheEndAreCorrupt) {
    EXPECT_EQ(gunzip(gzip("a") + "trailing", 1000).outcome, GunzipOutcome::corrupt);
}

TEST(Gzip, ZlibAndRawDeflateAreNotGzip) {
    EXPECT_EQ(gunzip("\x78\x9c\x4b\x04\x00\x00\x62\x00\x62", 1000).outcome, GunzipOutcome::corrupt);
    EXPECT_EQ(gunzip("plain text", 1000).outcome, GunzipOutcome::corrupt);
}

TEST(Gzip, Rfc1952_2_2_MembersAreJoined) {
    const net::Gunzipped result = gunzip(gzip("one ") + gzip("two"), 1000);

    EXPECT_EQ(result.outcome, GunzipOutcome::done);
    EXPECT_EQ(result.data, "one two");
}

TEST(Gzip, TheBoundIsOnWhatComesOut) {
    const std::string bomb = gzip(std::string(50'000'000, 'a'));

    EXPECT_LT(bomb.size(), 1'000'000U);
    EXPECT_EQ(gunzip(bomb, 1'000'000).outcome, GunzipOutcome::too_large);
    EXPECT_EQ(gunzip(gzip("12345"), 5).outcome, GunzipOutcome::done);
    EXPECT_EQ(gunzip(gzip("12345"), 4).outcome, GunzipOutcome::too_large);
}

TEST(Gzip, TheBoundHoldsOverAllMembers) {
    EXPECT_EQ(gunzip(gzip("123") + gzip("456"), 5).outcome, GunzipOutcome::too_large);
}

} // namespace
