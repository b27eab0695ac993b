// What attendees are told of a change (RFC 5546 section 3.2, RFC 6638 section 3.2).
#include "core/strings.h"
#include "ical/itip.h"
#include "tests/ical/objects.h"

#include <gmock/gmock.h>

namespace ical {

namespace {

using namespace testing_support;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view people =
    "ORGANIZER;CN=Anna;SCHEDULE-STATUS=1.2:mailto:anna@clinic.example\n"
    "ATTENDEE;CN=Ben;X-APPOINTED-JOIN=\"https://x/j/1\":mailto:ben@home.example\n"
    "ATTENDEE;CN=Cleo:MAILTO:Cleo@home.example\n";
constexpr std::string_view only_ben = "ORGANIZER:mailto:anna@clinic.example\n"
                                      "ATTENDEE:mailto:ben@home.example\n";
constexpr std::string_view only_anna = "ORGANIZER:mailto:anna@clinic.example\n";
constexpr std::string_view tomorrow = "DTSTART;TZID=Europe/Berlin:20261123T140000\n"
                                      "DTEND;TZID=Europe/Berlin:20261123T150000\n";
constexpr std::string_view weekly = "DTSTART;TZID=Europe/Berlin:20261102T140000\n"
                                    "DTEND;TZID=Europe/Berlin:20261102T150000\n"
                                    "RRULE:FREQ=WEEKLY\n";
constexpr std::string_view second_moved = "RECURRENCE-ID;TZID=Europe/Berlin:20261130T140000\n"
                                          "DTSTART;TZID=Europe/Berlin:20261201T100000\n"
                                          "DTEND;TZID=Europe/Berlin:20261201T110000\n";
constexpr std::string_view second_in_place = "RECURRENCE-ID;TZID=Europe/Berlin:20261130T140000\n"
                                             "DTSTART;TZID=Europe/Berlin:20261130T140000\n"
                                             "DTEND;TZID=Europe/Berlin:20261130T150000\n";

template <class... Lines>
std::string lines(Lines... parts) {
    return (std::string() + ... + std::string(parts));
}

ItipContext context() {
    return {at("20261122T120000Z"), 0, {"SUMMARY"}, [](std::string_view address) {
                const std::string lower = core::to_lower(address);
                return lower.starts_with("mailto:") ? lower.substr(7) : lower;
            }};
}

// Components as text; "": there is no such object.
std::vector<ItipMessage> told(std::string_view attendee, const std::string& former,
                              const std::string& current, const ItipContext& how = context()) {
    const auto object = [](const std::string& components) {
        return components.empty() ? std::nullopt : std::optional(parsed(components));
    };
    const auto before = object(former);
    const auto after = object(current);
    const auto change = ItipChange::of(before ? &*before : nullptr, after ? &*after : nullptr, how);
    EXPECT_TRUE(change) << (change ? "" : change.error().detail);
    auto messages = change->messages_for(attendee);
    EXPECT_TRUE(messages) << (messages ? "" : messages.error().detail);
    return std::move(messages).value();
}

// "REQUEST 20261123T140000" or "CANCEL 20261201T100000 of 20261130T140000"
std::vector<std::string> in_short(const std::vector<ItipMessage>& messages) {
    std::vector<std::string> all;
    for (const ItipMessage& message : messages) {
        const Component& event = message.event();
        std::string text =
            std::string(method_name(message.method)) + ' ' + std::string(event.value("DTSTART"));
        if (event.find("RECURRENCE-ID") != nullptr) {
            text += " of " + std::string(event.value("RECURRENCE-ID"));
        }
        all.push_back(std::move(text));
    }
    return all;
}

std::vector<std::string> ben(const std::string& former, const std::string& current) {
    return in_short(told("ben@home.example", former, current));
}

std::vector<std::string> cleo(const std::string& former, const std::string& current) {
    return in_short(told("cleo@home.example", former, current));
}

const std::string single = event(lines(tomorrow, people, "SUMMARY:Talk\nSEQUENCE:2\n"));
const std::string series = event(lines(weekly, people, "SUMMARY:Talk\n"));

} // namespace

TEST(Itip, ANewEventIsOneRequestToEveryAttendee) {
    EXPECT_THAT(ben("", single), ElementsAre("REQUEST 20261123T140000"));
    EXPECT_THAT(cleo("", single), ElementsAre("REQUEST 20261123T140000"));
    EXPECT_THAT(in_short(told("dora@home.example", "", single)), IsEmpty());
}

TEST(Itip, ARequestIsWholeAndNamesItsOneAttendeeOnly) {
    const auto messages = told("ben@home.example", "", single);

    ASSERT_EQ(messages.size(), 1U);
    const std::string text = print(messages.front().calendar);
    EXPECT_THAT(text, HasSubstr("METHOD:REQUEST\r\n"));
    EXPECT_THAT(text, HasSubstr("UID:1@example.com\r\n"));
    EXPECT_THAT(text, HasSubstr("DTSTAMP:20261122T120000Z\r\n"));
    EXPECT_THAT(text, HasSubstr("SEQUENCE:2\r\n"));
    EXPECT_THAT(text, HasSubstr("STATUS:CONFIRMED\r\n"));
    EXPECT_THAT(text, HasSubstr("SUMMARY:Talk\r\n"));
    EXPECT_THAT(text, HasSubstr("ORGANIZER;CN=Anna:mailto:anna@clinic.example\r\n"));
    EXPECT_THAT(text, HasSubstr("PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:ben@home.example"));
    EXPECT_THAT(text, Not(HasSubstr("leo")));
    EXPECT_THAT(text, Not(HasSubstr("SCHEDULE-")));
    EXPECT_THAT(text, Not(HasSubstr("X-APPOINTED-JOIN")));
}

TEST(Itip, OnlyWhatAttendeesAreShownLeavesTheServer) {
    const std::string full =
        event(lines(tomorrow, people,
                    "SUMMARY:Talk\nDESCRIPTION:secret\nX-NOTE:secret\nCATEGORIES:secret\n"
                    "LOCATION:secret\nCOMMENT:secret\nATTACH:https://secret.example\n"
                    "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:secret\nTRIGGER:-PT5M\n"
                    "END:VALARM\n"));

    const auto messages = told("ben@home.example", "", full);

    ASSERT_EQ(messages.size(), 1U);
    EXPECT_THAT(print(messages.front().calendar), Not(HasSubstr("secret")));
}

TEST(Itip, TheTimeZoneOfTheEventGoesWithIt) {
    const std::string zone = "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
                             "TZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n";
    const std::string other = core::replace_all(zone, "Mine", "Unused");
    const std::string with_zone =
        lines(zone, other, event(lines("DTSTART;TZID=Mine:20261123T140000\n", people)));

    const auto messages = told("ben@home.example", "", with_zone);

    ASSERT_EQ(messages.size(), 1U);
    const std::string text = print(messages.front().calendar);
    EXPECT_THAT(text, HasSubstr("TZID:Mine\r\n"));
    EXPECT_THAT(text, Not(HasSubstr("Unused")));
    EXPECT_EQ(messages.front().event().name, "VEVENT");
}

TEST(Itip, AMovedEventIsARequestWithTheNewTime) {
    const std::string moved = event(lines("DTSTART;TZID=Europe/Berlin:20261124T090000\n"
                                          "DURATION:PT1H\n",
                                          people, "SUMMARY:Talk\n"));

    EXPECT_THAT(ben(single, moved), ElementsAre("REQUEST 20261124T090000"));
}

TEST(Itip, WhatIsShownIsSignificantAndNothingElse) {
    const std::string title = core::replace_all(single, "Talk", "Consultation");
    const std::string own = core::replace_all(
        single, "SUMMARY:Talk\n",
        "SUMMARY:Talk\nCOLOR:red\nX-NOTE:private\nDESCRIPTION:mine\nCATEGORIES:Blue\nSEQUENCE:9\n"
        "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT5M\nEND:VALARM\n");

    EXPECT_THAT(ben(single, title), ElementsAre("REQUEST 20261123T140000"));
    EXPECT_THAT(ben(single, core::replace_all(own, "SEQUENCE:2\n", "")), IsEmpty());
    EXPECT_THAT(ben(single, single), IsEmpty());
}

TEST(Itip, TheSameTimeSpelledInAnotherWayIsNoChange) {
    const std::string in_utc = event(
        lines("DTSTART:20261123T130000Z\nDURATION:PT60M\n", people, "SUMMARY:Talk\nSEQUENCE:2\n"));

    EXPECT_THAT(ben(single, in_utc), IsEmpty());
}

TEST(Itip, SomebodyElsesAnswerIsNoChange) {
    const std::string answered =
        core::replace_all(single, "ATTENDEE;CN=Cleo", "ATTENDEE;PARTSTAT=ACCEPTED;CN=Cleo");

    EXPECT_THAT(ben(single, answered), IsEmpty());
    EXPECT_THAT(cleo(single, answered), IsEmpty());
}

TEST(Itip, ADeletedEventIsCancelledWithItsTimesAndAHigherSequence) {
    const auto messages = told("ben@home.example", single, "");

    ASSERT_THAT(in_short(messages), ElementsAre("CANCEL 20261123T140000"));
    const Component& event = messages.front().event();
    EXPECT_EQ(event.value("SEQUENCE"), "3");
    EXPECT_EQ(event.value("STATUS"), "CANCELLED");
    EXPECT_EQ(event.value("DTEND"), "20261123T150000");
    EXPECT_EQ(event.value("ATTENDEE"), "mailto:ben@home.example");
    EXPECT_EQ(event.value("ORGANIZER"), "mailto:anna@clinic.example");
}

TEST(Itip, AnEventThatSaysItIsCancelledIsCancelledOnce) {
    const std::string cancelled = core::replace_all(single, "SUMMARY", "STATUS:CANCELLED\nSUMMARY");

    EXPECT_THAT(ben(single, cancelled), ElementsAre("CANCEL 20261123T140000"));
    EXPECT_THAT(ben(cancelled, ""), IsEmpty());
    EXPECT_THAT(ben("", cancelled), IsEmpty());
    EXPECT_THAT(ben(cancelled, single), ElementsAre("REQUEST 20261123T140000"));
}

TEST(Itip, WhoIsRemovedGetsACancelAndTheOthersNothing) {
    const std::string without_cleo = event(lines(tomorrow, only_ben, "SUMMARY:Talk\n"));

    EXPECT_THAT(cleo(single, without_cleo), ElementsAre("CANCEL 20261123T140000"));
    EXPECT_THAT(ben(single, without_cleo), IsEmpty());
    EXPECT_THAT(cleo(without_cleo, single), ElementsAre("REQUEST 20261123T140000"));
}

TEST(Itip, TheSequenceIsNeverBelowTheLeast) {
    ItipContext how = context();
    how.sequence = 7;

    const auto messages = told("ben@home.example", "", single, how);

    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages.front().event().value("SEQUENCE"), "7");
}

TEST(Itip, AnAbsurdSequenceCountsAsNone) {
    const std::string absurd =
        core::replace_all(single, "SEQUENCE:2", "SEQUENCE:99999999999999999999");
    const Object object = read_object(calendar(absurd), zone("Europe/Berlin")).value();

    const auto change = ItipChange::of(&object, nullptr, context());

    ASSERT_TRUE(change);
    EXPECT_EQ(change->messages_for("ben@home.example").value().front().event().value("SEQUENCE"),
              "1");
}

TEST(Itip, WhoIsToldBySomebodyElseIsNotToldByUs) {
    for (const std::string agent : {"CLIENT", "NONE", "X-WHATEVER"}) {
        const std::string silent = core::replace_all(
            single, "ATTENDEE;CN=Ben", "ATTENDEE;SCHEDULE-AGENT=" + agent + ";CN=Ben");

        EXPECT_THAT(ben("", silent), IsEmpty());
        EXPECT_THAT(ben(silent, ""), IsEmpty());
        EXPECT_THAT(ben(single, silent), IsEmpty());
        EXPECT_THAT(ben(silent, single), ElementsAre("REQUEST 20261123T140000"));
        EXPECT_THAT(cleo("", silent), ElementsAre("REQUEST 20261123T140000"));
    }
}

TEST(Itip, WhatIsOverIsToldToNobody) {
    const std::string over = event(
        lines("DTSTART:20261122T100000Z\nDTEND:20261122T110000Z\n", people, "SUMMARY:Talk\n"));

    EXPECT_THAT(ben("", over), IsEmpty());
    EXPECT_THAT(ben(over, ""), IsEmpty());
    EXPECT_THAT(ben(over, core::replace_all(over, "Talk", "Other")), IsEmpty());
}

TEST(Itip, MovingIntoThePastOrOutOfItIsTold) {
    const std::string over = event(
        lines("DTSTART:20261122T100000Z\nDTEND:20261122T110000Z\n", people, "SUMMARY:Talk\n"));

    EXPECT_THAT(ben(single, over), ElementsAre("REQUEST 20261122T100000Z"));
    EXPECT_THAT(ben(over, single), ElementsAre("REQUEST 20261123T140000"));
}

TEST(Itip, ASeriesIsOneRequestWithItsRule) {
    const auto messages = told("ben@home.example", "", series);

    ASSERT_THAT(in_short(messages), ElementsAre("REQUEST 20261102T140000"));
    EXPECT_EQ(messages.front().event().value("RRULE"), "FREQ=WEEKLY");
}

TEST(Itip, AMovedOccurrenceIsARequestForItAlone) {
    const std::string moved = lines(series, event(lines(second_moved, people, "SUMMARY:Talk\n")));

    EXPECT_THAT(ben(series, moved), ElementsAre("REQUEST 20261201T100000 of 20261130T140000"));
    EXPECT_THAT(ben(moved, moved), IsEmpty());
}

TEST(Itip, AnOverrideThatShowsNothingNewIsNoChange) {
    const std::string noted =
        lines(series, event(lines(second_in_place, people, "SUMMARY:Talk\nX-NOTE:private\n")));

    EXPECT_THAT(ben(series, noted), IsEmpty());
    EXPECT_THAT(ben(noted, series), IsEmpty());
}

TEST(Itip, AnOccurrenceThatIsAsTheSeriesAgainIsARequest) {
    const std::string moved = lines(series, event(lines(second_moved, people, "SUMMARY:Talk\n")));

    EXPECT_THAT(ben(moved, series), ElementsAre("REQUEST 20261130T140000 of 20261130T140000"));
}

TEST(Itip, ADeletedOccurrenceIsACancelForItAlone) {
    const std::string shorter =
        core::replace_all(series, "SUMMARY", "EXDATE;TZID=Europe/Berlin:20261130T140000\nSUMMARY");

    const auto messages = told("ben@home.example", series, shorter);

    ASSERT_THAT(in_short(messages), ElementsAre("CANCEL 20261130T140000 of 20261130T140000"));
    EXPECT_EQ(messages.front().event().find("RRULE"), nullptr);
    EXPECT_EQ(messages.front().event().value("ATTENDEE"), "mailto:ben@home.example");
}

TEST(Itip, ADeletedOccurrenceWrittenAsADateOrInUtcIsTheSameOne) {
    for (const std::string exdate : {"EXDATE;VALUE=DATE:20261130\n", "EXDATE:20261130T130000Z\n"}) {
        const std::string shorter = core::replace_all(series, "SUMMARY", exdate + "SUMMARY");

        EXPECT_THAT(ben(series, shorter), ElementsAre("CANCEL 20261130T140000 of 20261130T140000"));
    }
}

TEST(Itip, ADeletedOccurrenceThatWasMovedIsCancelledWhereItWas) {
    const std::string moved = lines(series, event(lines(second_moved, people, "SUMMARY:Talk\n")));
    const std::string shorter =
        core::replace_all(series, "SUMMARY", "EXDATE;TZID=Europe/Berlin:20261130T140000\nSUMMARY");

    EXPECT_THAT(ben(moved, shorter), ElementsAre("CANCEL 20261201T100000 of 20261130T140000"));
}

TEST(Itip, ACancelledOccurrenceNeverCancelsTheSeries) {
    const std::string cancelled =
        lines(series, event(lines(second_in_place, people, "STATUS:CANCELLED\nSUMMARY:Talk\n")));

    EXPECT_THAT(ben(series, cancelled), ElementsAre("CANCEL 20261130T140000 of 20261130T140000"));
}

TEST(Itip, APastOccurrenceThatIsDeletedIsToldToNobody) {
    const std::string shorter =
        core::replace_all(series, "SUMMARY", "EXDATE;TZID=Europe/Berlin:20261109T140000\nSUMMARY");

    EXPECT_THAT(ben(series, shorter), IsEmpty());
}

TEST(Itip, WhoIsRemovedFromOneOccurrenceGetsACancelForIt) {
    const std::string without_cleo =
        lines(series, event(lines(second_in_place, only_ben, "SUMMARY:Talk\n")));

    EXPECT_THAT(cleo(series, without_cleo),
                ElementsAre("CANCEL 20261130T140000 of 20261130T140000"));
    EXPECT_THAT(ben(series, without_cleo), IsEmpty());
}

TEST(Itip, WhoIsInvitedToOneOccurrenceHearsOfThatOneOnly) {
    const std::string for_ben = event(lines(weekly, only_ben, "SUMMARY:Talk\n"));
    const std::string with_cleo =
        lines(for_ben, event(lines(second_in_place, people, "SUMMARY:Talk\n")));

    EXPECT_THAT(cleo(for_ben, with_cleo),
                ElementsAre("REQUEST 20261130T140000 of 20261130T140000"));
    EXPECT_THAT(ben(for_ben, with_cleo), IsEmpty());
    EXPECT_THAT(cleo(with_cleo, for_ben), ElementsAre("CANCEL 20261130T140000 of 20261130T140000"));
    EXPECT_THAT(cleo(with_cleo, ""), ElementsAre("CANCEL 20261130T140000 of 20261130T140000"));
}

TEST(Itip, WhoIsInvitedToASeriesIsNotInvitedToWhatExcludesThem) {
    const std::string nobody = lines(event(lines(weekly, only_anna, "SUMMARY:Talk\n")),
                                     event(lines(second_in_place, only_ben, "SUMMARY:Talk\n")));
    const std::string everybody =
        lines(series, event(lines(second_in_place, only_ben, "SUMMARY:Talk\n")));

    const auto messages = told("cleo@home.example", nobody, everybody);

    ASSERT_THAT(in_short(messages), ElementsAre("REQUEST 20261102T140000"));
    EXPECT_EQ(messages.front().event().value("EXDATE"), "20261130T140000");
}

TEST(Itip, WhoKeepsOneOccurrenceOfASeriesLosesTheSeriesFirst) {
    const std::string all = lines(series, event(lines(second_moved, people, "SUMMARY:Talk\n")));
    const std::string one = lines(event(lines(weekly, only_ben, "SUMMARY:Talk\n")),
                                  event(lines(second_moved, people, "SUMMARY:Talk\n")));

    EXPECT_THAT(cleo(all, one), ElementsAre("CANCEL 20261102T140000",
                                            "REQUEST 20261201T100000 of 20261130T140000"));
}

TEST(Itip, ADraggedSeriesIsGivenAnewWithWhatStillDiffers) {
    const std::string moved = lines(series, event(lines(second_moved, people, "SUMMARY:Talk\n")));
    const std::string later =
        core::replace_all(core::replace_all(moved, "20261102T140000", "20261102T160000"),
                          "20261102T150000", "20261102T170000");

    EXPECT_THAT(
        ben(moved, core::replace_all(later, "20261130T140000", "20261130T160000")),
        ElementsAre("REQUEST 20261102T160000", "REQUEST 20261201T100000 of 20261130T160000"));
}

TEST(Itip, AnOccurrenceThatComesBackIsGivenWithTheSeries) {
    const std::string shorter =
        core::replace_all(series, "SUMMARY", "EXDATE;TZID=Europe/Berlin:20261130T140000\nSUMMARY");

    EXPECT_THAT(ben(shorter, series), ElementsAre("REQUEST 20261102T140000"));
}

TEST(Itip, ManyOccurrencesAtOnceAreToldByTheWholeSeries) {
    std::string dates;
    for (int day = 0; day < static_cast<int>(occurrence_messages_max) + 1; ++day) {
        dates += "EXDATE:202612" + std::to_string(10 + day) + "T130000Z\n";
    }
    const std::string daily = core::replace_all(series, "WEEKLY", "DAILY");
    const std::string shorter = core::replace_all(daily, "SUMMARY", dates + "SUMMARY");

    EXPECT_THAT(ben(daily, shorter), ElementsAre("REQUEST 20261102T140000"));
}

TEST(Itip, ANameCannotBeginALineOfItsOwn) {
    const std::string hostile =
        core::replace_all(single, "CN=Ben", "CN=\"Ben^nATTENDEE:mailto:mallory@evil.example\"");

    const auto messages = told("ben@home.example", "", hostile);

    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages.front().event().find_all("ATTENDEE").size(), 1U);
    const Component again = parse(print(messages.front().calendar)).value();
    EXPECT_EQ(again.components.back().find_all("ATTENDEE").size(), 1U);
}

} // namespace ical
