// The time zone service (RFC 7808).
#include "ical/component.h"
#include "tests/routes/site_fixture.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace routes::time_zones_test {

namespace {

namespace json = boost::json;

class TimeZones : public testing::Test {
protected:
    json::value ask(const std::string& path) {
        const auto answer = clinic.get("/timezones" + path);
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(field(answer, "Content-Type"), "application/json");
        return json::parse(answer.body);
    }
    std::string refusal(const std::string& path, int status) {
        const auto answer = clinic.get("/timezones" + path);
        EXPECT_EQ(answer.status, status) << path << answer.body;
        EXPECT_EQ(field(answer, "Content-Type"), "application/problem+json") << path;
        const std::string type(json::parse(answer.body).at("type").as_string());
        return type.substr(type.rfind(':') + 1);
    }
    static std::vector<std::string> names(const json::value& list) {
        std::vector<std::string> found;
        for (const json::value& zone : list.at("timezones").as_array()) {
            found.emplace_back(zone.at("tzid").as_string());
        }
        return found;
    }

    Clinic clinic;
};

TEST_F(TimeZones, TheWellKnownAddressLeadsThere) { // RFC 7808 section 4.2.1.3
    const auto answer = clinic.get("/.well-known/timezone");

    EXPECT_EQ(answer.status, 301);
    EXPECT_TRUE(field(answer, "Location").ends_with("/timezones"));
    EXPECT_EQ(clinic.get("/.well-known/timezone/capabilities").status, 200);
    EXPECT_EQ(clinic.send("POST", "/timezones/zones").status, 405);
}

TEST_F(TimeZones, CapabilitiesNameEveryAction) { // section 5.1
    const json::value answer = ask("/capabilities");

    EXPECT_EQ(answer.at("version").as_int64(), 1);
    EXPECT_EQ(answer.at("actions").as_array().size(), 5U);
    EXPECT_TRUE(answer.at("info").at("primary-source").as_string().starts_with("IANA"));
}

TEST_F(TimeZones, TheListHasEveryZoneWithItsAliases) { // section 5.2
    const json::value list = ask("/zones");
    const auto all = names(list);

    EXPECT_GT(all.size(), 300U);
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
    EXPECT_NE(std::find(all.begin(), all.end(), "Europe/Berlin"), all.end());
    EXPECT_EQ(std::find(all.begin(), all.end(), "Factory"), all.end());
    const std::string token(list.at("synctoken").as_string());
    EXPECT_TRUE(names(ask("/zones?changedsince=" + token)).empty());
    EXPECT_EQ(names(ask("/zones?changedsince=2001a")), all);
}

TEST_F(TimeZones, FindTakesPatterns) { // section 5.6
    EXPECT_EQ(names(ask("/zones?pattern=europe/berlin")),
              std::vector<std::string>{"Europe/Berlin"});
    EXPECT_EQ(names(ask("/zones?pattern=US/Eastern")),
              std::vector<std::string>{"America/New_York"});
    EXPECT_EQ(names(ask("/zones?pattern=*new%20york")),
              std::vector<std::string>{"America/New_York"});
    EXPECT_GT(names(ask("/zones?pattern=Europe*")).size(), 10U);
    EXPECT_TRUE(names(ask("/zones?pattern=nowhere")).empty());
    for (const char* bad : {"", "*", "**", "a*b"}) {
        EXPECT_EQ(refusal("/zones?pattern=" + std::string(bad), 400), "invalid-pattern");
    }
    EXPECT_EQ(refusal("/zones?changedsince=", 400), "invalid-changedsince");
}

TEST_F(TimeZones, GetGivesOneZoneByAnyOfItsNames) { // section 5.3
    for (const char* name : {"Europe%2FBerlin", "Europe/Berlin", "Europe%2fBerlin"}) {
        const auto answer = clinic.get("/timezones/zones/" + std::string(name));
        ASSERT_EQ(answer.status, 200) << name;
        EXPECT_EQ(field(answer, "Content-Type"), "text/calendar; charset=utf-8");
        const auto calendar = ical::parse(answer.body);
        ASSERT_TRUE(calendar);
        ASSERT_EQ(calendar->components.size(), 1U);
        EXPECT_EQ(calendar->components[0].text("TZID"), "Europe/Berlin");
        EXPECT_EQ(clinic
                      .get("/timezones/zones/" + std::string(name),
                           {{"If-None-Match", field(answer, "ETag")}})
                      .status,
                  304);
    }
    const auto alias = clinic.get("/timezones/zones/US%2FEastern");
    EXPECT_TRUE(has(alias.body, "TZID:US/Eastern"));
}

TEST_F(TimeZones, ExpandListsWhatHoldsAndWhatChanges) { // section 5.4
    const json::value answer = ask("/zones/America%2FNew_York/observances"
                                   "?start=2026-01-01T00:00:00Z&end=2027-01-01T00:00:00Z");
    const json::array& found = answer.at("observances").as_array();

    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].at("onset").as_string(), "2026-01-01T00:00:00Z");
    EXPECT_EQ(found[0].at("utc-offset-from").as_int64(), -18000);
    EXPECT_EQ(found[0].at("utc-offset-to").as_int64(), -18000);
    EXPECT_EQ(found[0].at("name").as_string(), "EST");
    EXPECT_EQ(found[1].at("onset").as_string(), "2026-03-08T07:00:00Z");
    EXPECT_EQ(found[1].at("utc-offset-to").as_int64(), -14400);
    EXPECT_EQ(found[1].at("name").as_string(), "EDT");
    EXPECT_EQ(found[2].at("onset").as_string(), "2026-11-01T06:00:00Z");
}

TEST_F(TimeZones, AnExpansionIsBounded) {
    const json::value answer = ask("/zones/Europe%2FBerlin/observances"
                                   "?start=0001-01-01T00:00:00Z&end=9999-01-01T00:00:00Z");

    EXPECT_EQ(answer.at("observances").as_array().size(), 1'000U);
}

TEST_F(TimeZones, WhatIsWrongIsNamed) {
    const std::string zone = "/zones/Europe%2FBerlin/observances";
    EXPECT_EQ(refusal("/zones/Nowhere%2FTown", 404), "tzid-not-found");
    EXPECT_EQ(refusal("/zones/W.%20Europe%20Standard%20Time", 404), "tzid-not-found");
    EXPECT_EQ(refusal("/zones/Nowhere/observances?start=2026-01-01T00:00:00Z", 404),
              "tzid-not-found");
    EXPECT_EQ(refusal(zone, 400), "invalid-start");
    EXPECT_EQ(refusal(zone + "?start=2026-01-01", 400), "invalid-start");
    EXPECT_EQ(refusal(zone + "?start=20260101T000000Z&end=20270101T000000Z", 400), "invalid-start");
    EXPECT_EQ(refusal(zone + "?start=2026-01-01T00:00:00Z", 400), "invalid-end");
    EXPECT_EQ(refusal(zone + "?start=2026-01-01T00:00:00Z&end=2025-01-01T00:00:00Z", 400),
              "invalid-end");
    EXPECT_EQ(refusal("/leapseconds", 404), "invalid-action");
    EXPECT_EQ(refusal("/", 404), "invalid-action");
    EXPECT_EQ(clinic.get("/timezones/zones/..%2f..%2fetc/passwd").status, 400);
}

} // namespace

} // namespace routes::time_zones_test
