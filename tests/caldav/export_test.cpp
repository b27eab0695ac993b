// A calendar as one file.
#include "core/strings.h"
#include "ical/component.h"
#include "tests/support/dav_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace export_test {

namespace {

using support::simple_event;
using testing::HasSubstr;
using testing::Not;

const std::string calendar = "/calendars/anna/calendar/";

std::string header(const core::Response& response, const char* name) {
    return std::string(response.headers.get(name).value_or(""));
}

// An event in a zone of that name, whose standard offset is as said.
std::string zoned_event(const std::string& uid, const std::string& tzid,
                        const std::string& offset) {
    return core::replace_all(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//EN\nBEGIN:VTIMEZONE\n"
        "TZID:"
            + tzid + "\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:" + offset
            + "\nTZOFFSETTO:" + offset + "\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:" + uid
            + "\nDTSTAMP:20261122T100000Z\nDTSTART;TZID=\"" + tzid
            + "\":20261201T100000\nDURATION:PT1H\nSUMMARY:" + uid + "\nEND:VEVENT\nEND:VCALENDAR\n",
        "\n", "\r\n");
}

class CalendarExport : public support::DavFixture {
protected:
    void put(const std::string& name, const std::string& text) {
        const auto answer = server.put(calendar + name, text);
        ASSERT_LT(answer.status, 300) << answer.body;
    }
    core::Response get(const support::HeaderList& headers = {}) {
        return server.send("GET", calendar + "?export", headers);
    }
    ical::Component read() {
        const auto parsed = ical::parse(get().body);
        EXPECT_TRUE(parsed) << get().body;
        return parsed ? *parsed : ical::Component{};
    }
    static std::size_t count(const ical::Component& whole, const std::string& name) {
        return static_cast<std::size_t>(
            std::count_if(whole.components.begin(), whole.components.end(),
                          [&](const ical::Component& each) { return each.name == name; }));
    }
    // What no client can store.
    void spoil(const std::string& name, const std::string& text) {
        ASSERT_TRUE(server.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            const auto home = transaction.collections().find("anna", "calendar");
            auto row = transaction.objects().find(home->id, name);
            row->text = text;
            transaction.objects().update(*row);
            return {};
        }));
    }
};

TEST_F(CalendarExport, HoldsEveryObjectAndEachZoneOnce) {
    put("a.ics", zoned_event("a", "Europe/Berlin", "+0100"));
    put("b.ics", zoned_event("b", "Europe/Berlin", "+0100"));
    put("c.ics", simple_event("c"));

    const ical::Component whole = read();

    EXPECT_EQ(count(whole, "VEVENT"), 3U);
    EXPECT_EQ(count(whole, "VTIMEZONE"), 1U);
    EXPECT_EQ(whole.components.front().name, "VTIMEZONE");
    EXPECT_EQ(whole.text("X-WR-CALNAME"), "calendar");
    EXPECT_EQ(whole.find("METHOD"), nullptr);
}

TEST_F(CalendarExport, AnEmptyCalendarIsOneToo) {
    const auto answer = get();

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(header(answer, "Content-Type"), "text/calendar; charset=utf-8");
    EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_TRUE(read().components.empty());
}

TEST_F(CalendarExport, ADownloadHasAFileNameThatEverySystemTakes) {
    server.send(
        "PROPPATCH", calendar, {},
        "<D:propertyupdate xmlns:D='DAV:'><D:set><D:prop><D:displayname>Fr\xc3\xbch\"\r\n/../x"
        "</D:displayname></D:prop></D:set></D:propertyupdate>");

    const std::string disposition = header(get(), "Content-Disposition");

    EXPECT_THAT(disposition, testing::StartsWith("attachment; filename=\"Fr__h"));
    EXPECT_THAT(disposition, HasSubstr("filename*=UTF-8''Fr%C3%BCh%22"));
    EXPECT_THAT(disposition, Not(HasSubstr("%2F")));
    EXPECT_EQ(disposition.find_first_of("\r\n/"), std::string::npos);
    EXPECT_EQ(header(server.send("GET", calendar), "Content-Disposition"), "");
}

TEST_F(CalendarExport, ZonesOfTheirOwnMakingThatShareANameAreToldApart) {
    put("a.ics", zoned_event("a", "Customized Time Zone", "+0100"));
    put("b.ics", zoned_event("b", "Customized Time Zone", "-0500"));
    put("c.ics", zoned_event("c", "Customized Time Zone", "+0100"));

    const ical::Component whole = read();

    EXPECT_EQ(count(whole, "VTIMEZONE"), 2U);
    std::vector<std::string> zones;
    for (const ical::Component& component : whole.components) {
        if (component.name == "VEVENT") {
            zones.emplace_back(component.find("DTSTART")->parameter("TZID"));
        }
    }
    ASSERT_EQ(zones.size(), 3U);
    EXPECT_EQ(zones[0], zones[2]);
    EXPECT_NE(zones[0], zones[1]);
}

TEST_F(CalendarExport, AZoneThatTheSystemKnowsIsTheSameWhateverItsText) {
    put("a.ics", zoned_event("a", "Europe/Berlin", "+0100"));
    put("b.ics", zoned_event("b", "Europe/Berlin", "+0200"));

    EXPECT_EQ(count(read(), "VTIMEZONE"), 1U);
}

TEST_F(CalendarExport, OneBadObjectIsLeftOutAndOtherLineEndsAreRepaired) {
    put("a.ics", simple_event("a"));
    put("b.ics", simple_event("b"));
    put("c.ics", core::replace_all(simple_event("c"), "\r\n", "\n"));
    spoil("b.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n");

    const auto answer = get();

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(count(read(), "VEVENT"), 2U);
    EXPECT_EQ(core::replace_all(answer.body, "\r\n", "").find('\n'), std::string::npos);
}

TEST_F(CalendarExport, HasATagThatChangesWithTheCalendar) {
    put("a.ics", simple_event("a"));
    const std::string tag = header(get(), "ETag");

    EXPECT_EQ(get({{"If-None-Match", tag}}).status, 304);
    EXPECT_TRUE(get({{"If-None-Match", tag}}).body.empty());
    EXPECT_EQ(get({{"If-Match", "\"other\""}}).status, 412);
    put("b.ics", simple_event("b"));
    EXPECT_EQ(get({{"If-None-Match", tag}}).status, 200);
    EXPECT_NE(header(get(), "ETag"), tag);
}

TEST_F(CalendarExport, PlainCollectionsHaveNone) {
    server.make_collection("anna", "files", false);

    EXPECT_EQ(server.send("GET", "/calendars/anna/files/?export").status, 405);
    EXPECT_EQ(server.send("HEAD", calendar + "?export").status, 200);
}

} // namespace

} // namespace export_test
