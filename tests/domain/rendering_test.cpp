#include "core/strings.h"
#include "domain/notes_block.h"
#include "domain/rendering.h"
#include "tests/support/events.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

namespace rendering_test {

namespace {

using support::afternoon;
using support::calendar_of;
using support::event_of;
using support::invited;
using support::session_event;

const core::Key key{};
const domain::Policy policy = [] {
    domain::Policy made;
    made.public_url = "https://clinic.example";
    return made;
}();
const domain::LinkHolders holders = {{"anna@clinic.example", {1, 0}},
                                     {"paul@mail.example", {2, 0}}};

ical::Object object_of(const std::string& text) {
    return *ical::read_object(text, ical::utc());
}

std::string rendered(const std::string& text) {
    const auto result =
        domain::render_for_host(object_of(text), holders, "anna@clinic.example", 0, policy);
    return domain::splice_links(key, result.text, result.links);
}

ical::Component first_event(const std::string& text) {
    return ical::parse(text)->components.front();
}

std::string link_of(std::int64_t participant, domain::OccurrenceKey occurrence = {}) {
    return domain::join_url(policy.public_url,
                            domain::make_token(key, {participant, occurrence, 0}));
}

std::string without_links(const std::string& text) {
    auto calendar = *ical::parse(text);
    domain::remove_links(calendar);
    return ical::print(calendar);
}

TEST(HostRendering, ShowsTheHostsLinkWhereClientsShowIt) {
    const auto event = first_event(rendered(session_event("DESCRIPTION:Bring the form.\n")));

    EXPECT_EQ(event.value("URL"), link_of(1));
    EXPECT_EQ(event.value("LOCATION"), link_of(1));
    EXPECT_EQ(event.value("CONFERENCE"), link_of(1));
    EXPECT_EQ(event.find("CONFERENCE")->parameters()[1].values,
              (std::vector<std::string>{"AUDIO", "VIDEO"}));
    EXPECT_EQ(event.text("DESCRIPTION"), domain::add_notes_block("Bring the form.", link_of(1)));
}

TEST(HostRendering, GivesEachAttendeeTheirOwnLink) {
    const auto event = first_event(
        rendered(session_event("ATTENDEE;CN=Anna;ROLE=CHAIR:mailto:anna@clinic.example\n")));

    const auto attendees = event.find_all("ATTENDEE");
    ASSERT_EQ(attendees.size(), 2U);
    EXPECT_EQ(attendees[0]->parameter("X-APPOINTED-JOIN"), link_of(2));
    EXPECT_EQ(attendees[1]->parameter("X-APPOINTED-JOIN"), link_of(1));
    EXPECT_FALSE(event.find("ORGANIZER")->has_parameter("X-APPOINTED-JOIN"));
}

TEST(HostRendering, KeepsAPlaceThatTheUserWrote) {
    EXPECT_EQ(first_event(rendered(session_event("LOCATION:Room 4\n"))).value("LOCATION"),
              "Room 4");
}

TEST(HostRendering, FillsAnEmptyLocation) {
    EXPECT_EQ(first_event(rendered(session_event("LOCATION:\n"))).value("LOCATION"), link_of(1));
}

TEST(HostRendering, HoldsNoTokenAtRest) {
    const auto result = domain::render_for_host(object_of(session_event()), holders,
                                                "anna@clinic.example", 0, policy);
    for (const std::int64_t participant : {1, 2}) {
        const std::string token = domain::make_token(key, {participant, {}, 0});
        EXPECT_EQ(result.text.find(token.substr(20)), std::string::npos);
    }
}

TEST(HostRendering, GivesOverridesTheirOccurrencesLinkAndTheMasterTheSeries) {
    const std::string text =
        rendered(calendar_of(event_of(afternoon + "RRULE:FREQ=WEEKLY\n" + invited)
                             + event_of("RECURRENCE-ID;TZID=Europe/Berlin:20261130T140000\n"
                                        "DTSTART;TZID=Europe/Berlin:20261130T160000\n"
                                        "DTEND;TZID=Europe/Berlin:20261130T165000\n"
                                        + invited)));

    const auto calendar = *ical::parse(text);
    constexpr std::int64_t monday_two = 1'796'047'200; // 2026-11-30T14:00 on that wall
    EXPECT_EQ(calendar.components[0].value("URL"), link_of(1));
    EXPECT_EQ(calendar.components[1].value("URL"), link_of(1, {monday_two}));
    EXPECT_EQ(calendar.components[1].find("ATTENDEE")->parameter("X-APPOINTED-JOIN"),
              link_of(2, {monday_two}));
}

// client rule 22: Evolution writes RECURRENCE-ID in UTC into a series with a zone.
TEST(HostRendering, NamesAnOccurrenceTheSameInWhateverZoneItsIdIsWritten) {
    const std::string text =
        rendered(calendar_of(event_of(afternoon + "RRULE:FREQ=WEEKLY\n" + invited)
                             + event_of("RECURRENCE-ID:20261130T130000Z\n"
                                        "DTSTART:20261130T150000Z\n"
                                        + invited)));

    EXPECT_EQ(ical::parse(text)->components[1].value("URL"), link_of(1, {1'796'047'200}));
}

TEST(HostRendering, LeavesAnOverrideAloneThatInvitesNobody) {
    const std::string text =
        rendered(calendar_of(event_of(afternoon + "RRULE:FREQ=WEEKLY\n" + invited)
                             + event_of("RECURRENCE-ID;TZID=Europe/Berlin:20261130T140000\n"
                                        "DTSTART;TZID=Europe/Berlin:20261130T160000\n"
                                        "ORGANIZER:mailto:anna@clinic.example\n")));

    EXPECT_EQ(ical::parse(text)->components[1].find("URL"), nullptr);
}

TEST(RemovingLinks, GivesBackWhatTheClientWrote) {
    for (const std::string more :
         {"", "DESCRIPTION:Bring the form.\\nAnd the card.\n", "LOCATION:Room 4\n",
          "DESCRIPTION:ends with a line\\n\n",
          "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT10M\nEND:VALARM\n"}) {
        const std::string sent = session_event(more);
        EXPECT_EQ(without_links(rendered(sent)), sent);
    }
}

TEST(RemovingLinks, FindsForgedOnesWhereverTheyStand) {
    const std::string link = link_of(99);
    for (const std::string& line : std::vector<std::string>{
             "ATTENDEE;X-APPOINTED-JOIN=\"" + link + "\":mailto:x@y.example\n",
             "ATTENDEE;X-APPOINTED-JOIN=\"https://evil.example/\":mailto:x@y.example\n",
             "CONFERENCE;VALUE=URI:" + link + "\n",
             "URL:" + link + "\n",
             "COMMENT:Try " + link + " today\n",
             "X-FOO;X-BAR=\"" + link + "\":x\n",
             "X-ALT-DESC;FMTTYPE=text/html:<a href=\"" + link + "\">x</a>\n",
             "DESCRIPTION;ALTREP=\"data:text/html,%3Ca%20href%3D%22"
                 + core::replace_all(core::replace_all(link, ":", "%3A"), "/", "%2F")
                 + "%22%3E\":x\n",
             "LOCATION:Room 4 " + link + "\n",
             "BEGIN:VALARM\nACTION:EMAIL\nTRIGGER:-PT10M\nDESCRIPTION:" + link + "\nEND:VALARM\n",
         }) {
        auto calendar = *ical::parse(session_event(line));

        EXPECT_TRUE(domain::remove_links(calendar)) << line;

        const std::string text = core::replace_all(ical::print(calendar), "\r\n ", "");
        EXPECT_EQ(text.find("X-APPOINTED-JOIN"), std::string::npos) << text;
        EXPECT_FALSE(domain::contains_join_link(text)) << text;
        EXPECT_EQ(text.find("%2Fj%2F"), std::string::npos) << text;
    }
}

TEST(RemovingLinks, TouchesNothingElse) {
    const std::string text = session_event("X-UNKNOWN;A=b:https://zoom.us/j/123\n"
                                           "DESCRIPTION:see https://clinic.example/j/short\n");
    auto calendar = *ical::parse(text);

    EXPECT_FALSE(domain::remove_links(calendar));
    EXPECT_EQ(ical::print(calendar), text);
}

// A round trip through any edit keeps exactly one block and the right links.
TEST(HostRendering, SurvivesAnyEditOfAnyLine) {
    std::mt19937 random(5);
    const std::string once = rendered(session_event("DESCRIPTION:Notes\n"));
    for (int round = 0; round < 1'000; ++round) {
        auto calendar = *ical::parse(once);
        auto& properties = calendar.components[0].properties;
        for (int edit = 0; edit < 3; ++edit) {
            auto& property = properties[random() % properties.size()];
            if (property.is("UID") || property.is("DTSTART") || property.is("DTEND")
                || property.is("ATTENDEE") || property.is("ORGANIZER")) {
                continue;
            }
            std::string value = property.value();
            const std::size_t at = random() % (value.size() + 1);
            random() % 2 == 0 ? value.insert(at, random() % 2 == 0 ? "\\n" : link_of(7))
                              : value.erase(at, random() % 12);
            property.set_value(value);
            if (random() % 5 == 0) {
                properties.push_back(properties[random() % properties.size()]);
            }
        }
        domain::remove_links(calendar);

        const auto event = first_event(rendered(ical::print(calendar)));

        EXPECT_EQ(event.find("ATTENDEE")->parameter("X-APPOINTED-JOIN"), link_of(2));
        std::set<std::string> found;
        std::size_t in_notes = 0;
        for (const auto& property : event.properties) {
            const std::string& value = property.value();
            for (auto match = domain::find_join_link(value); match;
                 match = domain::find_join_link(value, match->end)) {
                found.insert(value.substr(match->begin, match->end - match->begin));
                in_notes += property.is("DESCRIPTION") ? 1 : 0;
            }
        }
        EXPECT_EQ(found, std::set<std::string>{link_of(1)});
        EXPECT_GE(in_notes, 1U);
    }
}

} // namespace

} // namespace rendering_test
