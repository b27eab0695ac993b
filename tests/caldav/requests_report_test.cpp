#include "caldav/requests.h"
#include "core/limits.h"

#include <gtest/gtest.h>

#include <limits>

namespace caldav {
namespace {

using core::Condition;
using core::Errc;

const std::string namespaces = " xmlns='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'";

Element element(const std::string& body) {
    auto root = read_xml(body);
    EXPECT_TRUE(root) << root.error().detail << body;
    return std::move(*root);
}

Element query(const std::string& inside) {
    return element("<c:calendar-query" + namespaces + "><prop><getetag/></prop>" + inside
                   + "</c:calendar-query>");
}

Element filter(const std::string& inside) {
    return query("<c:filter><c:comp-filter name='VCALENDAR'>" + inside
                 + "</c:comp-filter></c:filter>");
}

Condition refusal_of(const Element& root) {
    const auto parsed = parse_calendar_query(root);
    EXPECT_FALSE(parsed) << to_xml(root);
    if (parsed) {
        return Condition::none;
    }
    EXPECT_EQ(parsed.error().code, Errc::forbidden) << to_xml(root);
    return parsed.error().condition;
}

// RFC 4791 section 7.8.1
TEST(ParseCalendarQuery, ReadsTheFirstExampleOfTheRfc) {
    const auto parsed = parse_calendar_query(element(R"(<?xml version="1.0" encoding="utf-8" ?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
 <D:prop><D:getetag/>
  <C:calendar-data>
   <C:comp name="VCALENDAR"><C:prop name="VERSION"/>
    <C:comp name="VEVENT"><C:prop name="SUMMARY"/><C:prop name="UID"/>
     <C:prop name="DTSTART" novalue="yes"/></C:comp>
    <C:comp name="VTIMEZONE"/>
   </C:comp>
  </C:calendar-data></D:prop>
 <C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
   <C:time-range start="20060104T000000Z" end="20060105T000000Z"/>
 </C:comp-filter></C:comp-filter></C:filter>
</C:calendar-query>)"));

    ASSERT_TRUE(parsed) << parsed.error().detail;
    EXPECT_EQ(parsed->properties.names, (std::vector<Name>{dav("getetag"), cal("calendar-data")}));
    const auto& calendar = *parsed->properties.data.component;
    EXPECT_EQ(calendar.name, "VCALENDAR");
    EXPECT_FALSE(calendar.all_properties);
    EXPECT_FALSE(calendar.all_components);
    EXPECT_EQ(calendar.components.at(0).properties.size(), 3U);
    EXPECT_FALSE(calendar.components.at(0).all_components);
    EXPECT_FALSE(calendar.components.at(0).properties.at(0).no_value);
    EXPECT_TRUE(calendar.components.at(0).properties.at(2).no_value);
    EXPECT_TRUE(calendar.components.at(1).all_properties);
    EXPECT_TRUE(calendar.components.at(1).all_components);
    const auto& event = parsed->filter.components.at(0);
    EXPECT_EQ(event.name, "VEVENT");
    EXPECT_EQ(event.time_range->start, *core::from_ical_utc("20060104T000000Z"));
    EXPECT_EQ(event.time_range->end, *core::from_ical_utc("20060105T000000Z"));
}

// RFC 4791 sections 7.8.2 and 7.8.3
TEST(ParseCalendarQuery, ReadsExpandAndLimit) {
    const std::string closed = " start='20060103T000000Z' end='20060105T000000Z'/>";
    const auto expand = parse_calendar_data(
        element("<c:calendar-data" + namespaces + "><c:expand" + closed + "</c:calendar-data>"));
    const auto limit =
        parse_calendar_data(element("<c:calendar-data" + namespaces + "><c:limit-recurrence-set"
                                    + closed + "</c:calendar-data>"));

    ASSERT_TRUE(expand);
    EXPECT_TRUE(expand->expand);
    EXPECT_FALSE(expand->whole());
    ASSERT_TRUE(limit);
    EXPECT_TRUE(limit->limit_recurrence_set);
}

TEST(ParseCalendarQuery, RefusesCalendarDataThatItDoesNotServe) {
    const auto parse = [](const std::string& attributes, const std::string& inside) {
        return parse_calendar_data(element("<c:calendar-data" + namespaces + " " + attributes + ">"
                                           + inside + "</c:calendar-data>"));
    };
    EXPECT_TRUE(parse("content-type='text/calendar' version='2.0'", ""));
    EXPECT_EQ(parse("content-type='application/calendar+json'", "").error().condition,
              Condition::supported_calendar_data);
    EXPECT_EQ(parse("version='1.0'", "").error().condition, Condition::supported_calendar_data);
    const std::string range = " start='20060103T000000Z' end='20060105T000000Z'/>";
    EXPECT_FALSE(parse("", "<c:expand" + range + "<c:limit-recurrence-set" + range));
    EXPECT_FALSE(parse("", "<c:expand start='20060103T000000Z'/>"));
    EXPECT_FALSE(parse("", "<c:expand end='20060103T000000Z' start='20060103T000000Z'/>"));
    EXPECT_FALSE(parse("", "<c:comp name='VEVENT'/>"));
    EXPECT_FALSE(parse("", "<c:comp/>"));
    EXPECT_FALSE(parse("", "<c:comp name='VCALENDAR'><c:prop/></c:comp>"));
}

TEST(ParseCalendarQuery, AllpropAndAllcompAreTakenByTheirWord) {
    const auto data = parse_calendar_data(
        element("<c:calendar-data" + namespaces
                + "><c:comp name='vcalendar'><c:allprop/><c:comp name='VEVENT'><c:allprop/>"
                  "</c:comp></c:comp></c:calendar-data>"));

    ASSERT_TRUE(data);
    EXPECT_TRUE(data->component->all_properties);
    EXPECT_FALSE(data->component->all_components);
    EXPECT_TRUE(data->component->components.at(0).all_properties);
    EXPECT_FALSE(data->component->components.at(0).all_components);
}

TEST(ParseCalendarQuery, ReadsEveryKindOfTest) {
    const auto parsed = parse_calendar_query(filter(
        "<c:comp-filter name='vevent'>"
        "<c:prop-filter name='ATTENDEE'><c:text-match collation='i;octet' "
        "negate-condition='yes'>mailto:lisa@example.com</c:text-match>"
        "<c:param-filter name='PARTSTAT'><c:text-match>NEEDS-ACTION</c:text-match></c:param-filter>"
        "<c:param-filter name='RSVP'><c:is-not-defined/></c:param-filter></c:prop-filter>"
        "<c:prop-filter name='DTSTAMP' test='anyof'><c:time-range start='20060104T000000Z'/>"
        "</c:prop-filter><c:prop-filter name='X-A'><c:is-not-defined/></c:prop-filter>"
        "<c:comp-filter name='VALARM'><c:is-not-defined/></c:comp-filter></c:comp-filter>"));

    ASSERT_TRUE(parsed) << parsed.error().detail;
    const auto& event = parsed->filter.components.at(0);
    EXPECT_EQ(event.name, "VEVENT");
    const auto& attendee = event.properties.at(0);
    EXPECT_EQ(attendee.text_match->text, "mailto:lisa@example.com");
    EXPECT_EQ(attendee.text_match->collation, ical::Collation::octet);
    EXPECT_TRUE(attendee.text_match->negate);
    EXPECT_EQ(attendee.parameters.at(0).text_match->collation, ical::Collation::ascii_casemap);
    EXPECT_FALSE(attendee.parameters.at(0).text_match->negate);
    EXPECT_TRUE(attendee.parameters.at(1).is_not_defined);
    EXPECT_TRUE(event.properties.at(1).time_range);
    EXPECT_EQ(event.properties.at(1).time_range->end, core::end_of_time);
    EXPECT_TRUE(event.properties.at(1).any_of);
    EXPECT_TRUE(event.properties.at(2).is_not_defined);
    EXPECT_TRUE(event.components.at(0).is_not_defined);
}

TEST(ParseCalendarQuery, NeedsNoInnerFilterAndNoProperties) {
    EXPECT_TRUE(parse_calendar_query(filter("")));
    const auto bare = parse_calendar_query(
        element("<c:calendar-query" + namespaces
                + "><c:filter><c:comp-filter name='VCALENDAR'/></c:filter></c:calendar-query>"));
    ASSERT_TRUE(bare);
    EXPECT_EQ(bare->properties.which, PropertyRequest::Which::named);
    EXPECT_TRUE(bare->properties.names.empty());
}

TEST(ParseCalendarQuery, RefusesInvalidFilters) {
    EXPECT_EQ(refusal_of(query("")), Condition::valid_filter);
    EXPECT_EQ(refusal_of(query("<c:filter/>")), Condition::valid_filter);
    EXPECT_EQ(refusal_of(query("<c:filter><c:comp-filter name='VEVENT'/></c:filter>")),
              Condition::valid_filter);
    EXPECT_EQ(refusal_of(query("<c:filter><c:comp-filter/></c:filter>")), Condition::valid_filter);
    EXPECT_EQ(refusal_of(query("<c:filter><c:comp-filter name='VCALENDAR'/>"
                               "<c:comp-filter name='VCALENDAR'/></c:filter>")),
              Condition::valid_filter);
    const std::vector<std::string> bad_insides{
        "<c:time-range start='20060104T000000Z'/>",
        "<c:is-not-defined/>",
        "<c:comp-filter/>",
        "<c:comp-filter name='VTIMEZONE'><c:time-range start='20060104T000000Z'/></c:comp-filter>",
        "<c:comp-filter name='VEVENT'><c:is-not-defined/><c:time-range start='20060104T000000Z'/>"
        "</c:comp-filter>",
        "<c:comp-filter name='VEVENT'><c:prop-filter/></c:comp-filter>",
        "<c:prop-filter name='A'><c:time-range start='20060104T000000Z'/><c:text-match>x"
        "</c:text-match></c:prop-filter>",
        "<c:prop-filter name='A'><c:is-not-defined/><c:text-match>x</c:text-match>"
        "</c:prop-filter>",
        "<c:prop-filter name='A'><c:text-match negate-condition='maybe'>x</c:text-match>"
        "</c:prop-filter>",
        "<c:prop-filter name='A'><c:param-filter/></c:prop-filter>",
    };
    for (const std::string& inside : bad_insides) {
        EXPECT_EQ(refusal_of(filter(inside)), Condition::valid_filter) << inside;
    }
}

class BadTimeRange : public testing::TestWithParam<std::string> {};

TEST_P(BadTimeRange, IsAnInvalidFilter) {
    EXPECT_EQ(refusal_of(filter("<c:comp-filter name='VEVENT'><c:time-range " + GetParam()
                                + "/></c:comp-filter>")),
              Condition::valid_filter);
}

INSTANTIATE_TEST_SUITE_P(Ranges, BadTimeRange,
                         testing::Values("", "start='' end=''",
                                         "start='20060104T000000' end='20060105T000000Z'",
                                         "start='20060104T000000Z' end='20060105T000000'",
                                         "start='20060104'", "start='2006-01-04T00:00:00Z'",
                                         "start='20060104T000000+0100'",
                                         "start='20060105T000000Z' end='20060104T000000Z'",
                                         "start='20060104T000000Z' end='20060104T000000Z'",
                                         "end='20061304T000000Z'", "start='now'"));

TEST(ParseCalendarQuery, KnowsTheThreeCollations) {
    const auto collation = [](const std::string& name) {
        return filter("<c:prop-filter name='SUMMARY'><c:text-match collation='" + name
                      + "'>x</c:text-match></c:prop-filter>");
    };
    EXPECT_EQ(parse_calendar_query(collation("i;unicode-casemap"))
                  ->filter.properties.at(0)
                  .text_match->collation,
              ical::Collation::unicode_casemap);
    EXPECT_TRUE(parse_calendar_query(collation("i;ascii-casemap")));
    EXPECT_TRUE(parse_calendar_query(collation("")));
    EXPECT_EQ(refusal_of(collation("i;klingon")), Condition::supported_collation);
    EXPECT_EQ(refusal_of(collation("i;*")), Condition::supported_collation);
}

TEST(ParseCalendarQuery, ReadsZoneAndLimit) {
    const auto parsed = parse_calendar_query(query(
        "<c:filter><c:comp-filter name='VCALENDAR'/></c:filter>"
        "<c:timezone>BEGIN:VCALENDAR&#13;\n</c:timezone><limit><nresults>7</nresults></limit>"));

    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->time_zone, "BEGIN:VCALENDAR\r\n");
    EXPECT_EQ(parsed->limit, 7U);
}

TEST(ParseCalendarMultiget, ReadsHrefsAsSent) {
    const auto parsed = parse_calendar_multiget(
        element("<c:calendar-multiget" + namespaces
                + "><prop><getetag/><c:calendar-data/></prop><href> /a/b%20c.ics\n</href>"
                  "<href>/a/&amp;.ics</href></c:calendar-multiget>"));

    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->hrefs, (std::vector<std::string>{"/a/b%20c.ics", "/a/&.ics"}));
    EXPECT_TRUE(parsed->properties.data.whole());
}

TEST(ParseCalendarMultiget, NeedsHrefsButNotTooMany) {
    const auto multiget = [](std::size_t count) {
        std::string body = "<c:calendar-multiget" + namespaces + ">";
        for (std::size_t i = 0; i < count; ++i) {
            body += "<href>/x</href>";
        }
        return parse_calendar_multiget(element(body + "</c:calendar-multiget>"));
    };
    EXPECT_EQ(multiget(0).error().code, Errc::invalid_input);
    EXPECT_TRUE(multiget(core::limits::multiget_hrefs));
    const auto too_many = multiget(core::limits::multiget_hrefs + 1);
    ASSERT_FALSE(too_many);
    EXPECT_EQ(too_many.error().condition, Condition::number_of_matches_within_limits);
}

Element sync(const std::string& inside) {
    return element("<sync-collection" + namespaces + ">" + inside + "</sync-collection>");
}

// client rule 12: tsdav puts the level first, old Apple clients leave it out
TEST(ParseSyncCollection, TakesEveryOrderThatClientsUse) {
    const auto tsdav = parse_sync_collection(
        sync("<sync-level>1</sync-level><sync-token>urn:x:1</sync-token><prop><getetag/>"
             "<c:calendar-data/><displayname/></prop>"));
    const auto apple = parse_sync_collection(sync("<sync-token/><prop><getetag/></prop>"));
    const auto infinite = parse_sync_collection(
        sync("<sync-token>\n urn:x \n</sync-token><sync-level>infinite</sync-level><prop/>"));

    ASSERT_TRUE(tsdav);
    EXPECT_EQ(tsdav->token, "urn:x:1");
    EXPECT_FALSE(tsdav->infinite);
    EXPECT_EQ(tsdav->properties.names.size(), 3U);
    ASSERT_TRUE(apple);
    EXPECT_TRUE(apple->token.empty());
    ASSERT_TRUE(infinite);
    EXPECT_EQ(infinite->token, "urn:x");
    EXPECT_TRUE(infinite->infinite);
}

TEST(ParseSyncCollection, ReadsTheLimit) {
    const auto limit = [](const std::string& results) {
        return parse_sync_collection(
            sync("<sync-token/><sync-level>1</sync-level><limit>" + results + "</limit><prop/>"));
    };
    EXPECT_EQ(limit("<nresults>100</nresults>")->limit, 100U);
    EXPECT_EQ(limit("<nresults> 5 </nresults>")->limit, 5U);
    EXPECT_EQ(limit("<nresults>99999999999999999999999999</nresults>")->limit,
              std::numeric_limits<std::size_t>::max());
    for (const char* bad :
         {"", "<nresults/>", "<nresults>0</nresults>", "<nresults>-1</nresults>",
          "<nresults>1.5</nresults>", "<nresults>many</nresults>", "<nresults>0x10</nresults>",
          "<nresults>99999999999999999999999x"
          "</nresults>"}) {
        const auto parsed = limit(bad);
        ASSERT_FALSE(parsed) << bad;
        EXPECT_EQ(parsed.error().code, Errc::invalid_input);
    }
}

TEST(ParseSyncCollection, RefusesBadBodies) {
    EXPECT_FALSE(parse_sync_collection(sync("<sync-level>1</sync-level><prop/>")));
    EXPECT_FALSE(parse_sync_collection(sync("<sync-token/><sync-level>2</sync-level><prop/>")));
    EXPECT_FALSE(parse_sync_collection(sync("<sync-token/><sync-level/><prop/>")));
}

} // namespace
} // namespace caldav
