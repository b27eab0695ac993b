// calendar-query by the index of occurrences: the same answers as by expansion, and unread.
#include "caldav/report.h"
#include "core/strings.h"
#include "ical/filter.h"
#include "tests/support/dav_fixture.h"
#include "tests/support/random_objects.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace calendar_query_index_test {

namespace {

using caldav::cal;
using caldav::dav;
using support::simple_event;

using Names = std::vector<std::string>;

const std::string calendar = "/calendars/anna/everything/";

std::string query(const std::string& component, core::Interval range,
                  const std::string& properties = "<D:getetag/>", const std::string& more = "") {
    std::string limits;
    if (range.start != core::beginning_of_time) {
        limits += " start=\"" + core::to_ical_utc(range.start) + "\"";
    }
    if (range.end != core::end_of_time) {
        limits += " end=\"" + core::to_ical_utc(range.end) + "\"";
    }
    return "<C:calendar-query xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><D:prop>"
           + properties
           + "</D:prop><C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter "
             "name=\""
           + component + "\"><C:time-range" + limits
           + "/></C:comp-filter></C:comp-filter></C:filter>" + more + "</C:calendar-query>";
}

std::string zone_calendar(const std::string& zone) {
    ical::Component text{"VCALENDAR", {{"VERSION", "2.0"}, {"PRODID", "-//Test//EN"}}, {}};
    text.components.push_back(ical::to_vtimezone(**ical::find_zone(zone), {1'767'225'600}));
    return ical::print(text);
}

class IndexedQuery : public support::DavFixture {
protected:
    void SetUp() override {
        EXPECT_TRUE(server.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            storage::Collection made;
            made.components = 31;
            return server.calendars.create(transaction, "anna", "everything", {made, {}})
                .map([](const storage::Collection&) {});
        }));
    }

    [[nodiscard]] storage::Collection collection() {
        return *server.store->read([](const storage::ReadTransaction& transaction) {
            return transaction.collections().find("anna", "everything");
        });
    }
    void read_floating_times_in(const std::string& zone) {
        EXPECT_TRUE(server.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            auto changed = *transaction.collections().find("anna", "everything");
            changed.time_zone = zone_calendar(zone);
            server.calendars.update(transaction, changed);
            return {};
        }));
    }
    // A text that nobody can read under an index that stays.
    void damage(const std::string& name) {
        EXPECT_TRUE(server.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            const auto home = transaction.collections().find("anna", "everything");
            auto row = transaction.objects().find(home->id, name);
            row->text = "damaged";
            transaction.objects().update(*row);
            return {};
        }));
    }
    Names ask(const std::string& component, core::Interval range, const std::string& more = "",
              const std::string& properties = "<D:getetag/>") {
        Names found;
        for (const std::string& href :
             server.report(calendar, query(component, range, properties, more)).hrefs()) {
            found.push_back(href.substr(calendar.size()));
        }
        std::sort(found.begin(), found.end());
        return found;
    }
    // By reading and expanding every object.
    Names expand(const std::string& component, core::Interval range, const std::string& zone) {
        storage::Collection home = collection();
        if (!zone.empty()) {
            home.time_zone = zone_calendar(zone);
        }
        ical::ComponentFilter inner;
        inner.name = component;
        inner.time_range = range;
        ical::ComponentFilter filter;
        filter.name = "VCALENDAR";
        filter.components.push_back(inner);
        Names found;
        server.store->read([&](const storage::ReadTransaction& transaction) {
            transaction.objects().for_each_object(
                home.id, component, [&](const storage::Object& object) {
                    const auto read = server.calendars.read(object, home);
                    if (read && ical::matches(filter, *read).value_or(false)) {
                        found.push_back(object.head.name);
                    }
                    return true;
                });
        });
        std::sort(found.begin(), found.end());
        return found;
    }
};

const core::Interval december{{1'796'083'200}, {1'798'761'600}}; // 2026-12

TEST_F(IndexedQuery, AnswersWithoutReadingTheObject) {
    server.put(calendar + "a.ics", simple_event("a"));
    damage("a.ics");

    EXPECT_EQ(ask("VEVENT", december), Names{"a.ics"});
    const auto answer = server.report(calendar, query("VEVENT", december, "<C:calendar-data/>"));
    ASSERT_EQ(answer.responses.size(), 1U);
    EXPECT_EQ(answer.responses[0].text(cal("calendar-data")), "damaged");
    EXPECT_EQ(ask("VEVENT", {{december.end}, core::end_of_time}), Names());
    EXPECT_EQ(ask("VTODO", december), Names());
}

TEST_F(IndexedQuery, ReadsTheObjectWhereMoreIsAsked) {
    server.put(calendar + "a.ics", simple_event("a"));
    server.put(calendar + "b.ics", simple_event("b"));
    damage("a.ics");
    const std::string filter =
        core::replace_all(query("VEVENT", december), "</C:comp-filter></C:comp-filter>",
                          "<C:prop-filter name=\"SUMMARY\"/></C:comp-filter></C:comp-filter>");

    EXPECT_EQ(server.report(calendar, filter).hrefs(), Names{calendar + "b.ics"});
}

TEST_F(IndexedQuery, FindsASeriesInEveryYear) {
    const auto series = [](const std::string& uid, const std::string& start) {
        return core::replace_all(simple_event(uid), "DTSTART:20261201T100000Z",
                                 "DTSTART:" + start + "\r\nRRULE:FREQ=YEARLY");
    };
    server.put(calendar + "old.ics", series("old", "19000301T100000Z"));
    server.put(calendar + "far.ics", series("far", "99900301T100000Z"));
    const auto on = [](int year, int month) {
        const core::Instant day{core::days_from_date({year, month, 1}) * 86'400};
        return core::Interval{day, day + 86'400};
    };

    EXPECT_EQ(ask("VEVENT", on(1899, 3)), Names());
    EXPECT_EQ(ask("VEVENT", on(1900, 2)), Names());
    for (const int year : {1900, 1901, 1999, 2026, 2027, 2028, 2029, 2100, 9000}) {
        EXPECT_EQ(ask("VEVENT", on(year, 3)), Names{"old.ics"}) << year;
        EXPECT_EQ(ask("VEVENT", on(year, 4)), Names()) << year;
    }
    EXPECT_EQ(ask("VEVENT", on(9999, 3)), (Names{"far.ics", "old.ics"}));
}

TEST_F(IndexedQuery, FollowsTheCalendarsZone) {
    server.put(calendar + "day.ics",
               core::replace_all(core::replace_all(simple_event("day"), "DTSTART:20261201T100000Z",
                                                   "DTSTART;VALUE=DATE:20261201"),
                                 "DURATION:PT1H\r\n", ""));
    const core::Interval evening{{december.start - 3'600}, december.start}; // in UTC
    EXPECT_EQ(ask("VEVENT", evening), Names());

    read_floating_times_in("Pacific/Auckland");

    EXPECT_EQ(ask("VEVENT", evening), Names{"day.ics"});
}

// One week or forever, whatever the objects are, in the calendar's zone or the asker's, when they
// were just stored and years later, with the index cared for and without.
TEST_F(IndexedQuery, AnswersAsExpansionDoes) {
    for (const std::uint32_t seed : support::test_seeds()) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        support::RandomObjects random(seed);
        const std::string mark = std::to_string(seed) + "-";
        int stored = 0;
        for (int i = 0; i < 150; ++i) {
            const std::string uid = mark + std::to_string(i);
            stored += server.put(calendar + uid + ".ics", random.object(uid)).status == 201 ? 1 : 0;
        }
        EXPECT_GT(stored, 50);
        for (int question = 0; question < 40; ++question) {
            if (question % 10 == 9) {
                read_floating_times_in(random.zone());
                server.clock.advance(200LL * 86'400);
            }
            if (question == 30) {
                while (domain::refresh_due_indexes(*server.store, server.clock.now(), 7) != 0) {
                }
            }
            const std::string component = random.chance(70)   ? "VEVENT"
                                          : random.chance(80) ? "VTODO"
                                                              : "VJOURNAL";
            const core::Interval range = random.range();
            const std::string zone = random.chance(30) ? random.zone() : "";
            const std::string more =
                zone.empty() ? "" : "<C:timezone>" + zone_calendar(zone) + "</C:timezone>";
            const std::string properties =
                random.chance(50) ? "<D:getetag/>" : "<D:getetag/><C:calendar-data/>";
            ASSERT_EQ(ask(component, range, more, properties), expand(component, range, zone))
                << component << " " << core::to_ical_utc(range.start) << "/"
                << core::to_ical_utc(range.end) << " " << zone;
        }
    }
}

} // namespace

} // namespace calendar_query_index_test
