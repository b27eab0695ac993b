#include "core/limits.h"
#include "core/strings.h"
#include "ical/component.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using core::Condition;
using ical::Component;
using ical::Property;

std::string calendar(std::string_view lines) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + std::string(lines) + "END:VCALENDAR\r\n";
}

std::string event(std::string_view lines) {
    return calendar("BEGIN:VEVENT\r\n" + std::string(lines) + "END:VEVENT\r\n");
}

// The first property of the event in a calendar that must be good.
Property first_property(std::string_view line) {
    const auto parsed = ical::parse(event(std::string(line) + "\r\n"));
    EXPECT_TRUE(parsed) << line << ": " << (parsed ? "" : parsed.error().detail);
    return parsed ? parsed->components.at(0).properties.at(0) : Property("", "");
}

Condition condition_of(std::string_view text) {
    const auto parsed = ical::parse(text);
    return parsed ? Condition::none : parsed.error().condition;
}

std::string printed(const Property& property) {
    std::string out;
    property.append_to(out);
    return out;
}

constexpr std::string_view sample = "BEGIN:VCALENDAR\r\n"
                                    "VERSION:2.0\r\n"
                                    "PRODID:-//Example Corp.//CalDAV Client//EN\r\n"
                                    "X-WR-CALNAME;VALUE=TEXT:Praxis\\, Raum 2\r\n"
                                    "BEGIN:VTIMEZONE\r\n"
                                    "TZID:W. Europe Standard Time\r\n"
                                    "BEGIN:STANDARD\r\n"
                                    "DTSTART:16010101T030000\r\n"
                                    "TZOFFSETFROM:+0200\r\n"
                                    "TZOFFSETTO:+0100\r\n"
                                    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\n"
                                    "END:STANDARD\r\n"
                                    "END:VTIMEZONE\r\n"
                                    "BEGIN:VEVENT\r\n"
                                    "UID:20261122T100000Z-1@example.org\r\n"
                                    "DTSTAMP:20261122T100000Z\r\n"
                                    "DTSTART;TZID=W. Europe Standard Time:20261124T140000\r\n"
                                    "SUMMARY;LANGUAGE=de:Gespr\xC3\xA4"
                                    "ch mit einer sehr langen Beschreibung, die der C\r\n"
                                    " lient auf seine Weise gefaltet hat \xE2\x82\xAC\r\n"
                                    "ATTENDEE;CN=\"Doe, Jane: MD\";X-NOTE=a^nb^'c^^:mailto:jane\r\n"
                                    "\t@example.org\r\n"
                                    "X-UNKNOWN;X-P=1,\"2,3\",4:what;ever,it=is\r\n"
                                    "BEGIN:VALARM\r\n"
                                    "ACTION:DISPLAY\r\n"
                                    "TRIGGER:-PT15M\r\n"
                                    "ACKNOWLEDGED:20261120T080000Z\r\n"
                                    "END:VALARM\r\n"
                                    "BEGIN:X-CUSTOM-PART\r\n"
                                    "X-A:1\r\n"
                                    "END:X-CUSTOM-PART\r\n"
                                    "END:VEVENT\r\n"
                                    "END:VCALENDAR\r\n";

} // namespace

TEST(Component, WhatNobodyTouchedPrintsByteForByte) {
    const auto parsed = ical::parse(sample);

    ASSERT_TRUE(parsed) << parsed.error().detail;
    EXPECT_EQ(ical::print(*parsed), sample);
}

TEST(Component, OnlyTheChangedLineIsFoldedAnew) {
    Component parsed = ical::parse(sample).value();

    parsed.components.at(1).find("uid")->set_value(std::string(100, 'u'));

    const std::string expected = "UID:" + std::string(71, 'u') + "\r\n " + std::string(29, 'u');
    EXPECT_EQ(
        ical::print(parsed),
        core::replace_all(std::string(sample), "UID:20261122T100000Z-1@example.org", expected));
}

TEST(Component, SettingTheSameValueKeepsTheLineAsItCame) {
    Component parsed = ical::parse(sample).value();
    Property* summary = parsed.components.at(1).find("SUMMARY");

    summary->set_value(summary->value());

    EXPECT_EQ(ical::print(parsed), sample);
}

TEST(Component, ReadsNamesParametersAndValues) {
    const Component parsed = ical::parse(sample).value();

    ASSERT_EQ(parsed.components.size(), 2U);
    const Component& vevent = parsed.components[1];
    EXPECT_EQ(vevent.name, "VEVENT");
    EXPECT_EQ(vevent.components.at(0).name, "VALARM");
    EXPECT_EQ(vevent.text("summary"), "Gespr\xC3\xA4"
                                      "ch mit einer sehr langen Beschreibung, die der Client auf "
                                      "seine Weise gefaltet hat \xE2\x82\xAC");
    const Property* attendee = vevent.find("Attendee");
    ASSERT_NE(attendee, nullptr);
    EXPECT_EQ(attendee->value(), "mailto:jane@example.org");
    EXPECT_EQ(attendee->parameter("cn"), "Doe, Jane: MD");
    EXPECT_EQ(attendee->parameter("X-NOTE"), "a\nb\"c^");
    EXPECT_TRUE(attendee->has_parameter("x-note"));
    EXPECT_FALSE(attendee->has_parameter("ROLE"));
    EXPECT_EQ(attendee->parameter("ROLE"), "");
    EXPECT_EQ(vevent.find("X-UNKNOWN")->parameters().at(0).values,
              (std::vector<std::string>{"1", "2,3", "4"}));
    EXPECT_EQ(parsed.text("X-WR-CALNAME"), "Praxis, Raum 2");
    EXPECT_EQ(parsed.value("X-WR-CALNAME"), "Praxis\\, Raum 2");
    EXPECT_EQ(parsed.find("UID"), nullptr);
    EXPECT_EQ(parsed.value("UID"), "");
}

TEST(Component, ToleratesWhatRealClientsSend) {
    const std::string clean = event("SUMMARY:ab c\r\nX-A:1\r\n");
    const std::vector<std::pair<const char*, std::string>> rows{
        {"bare LF", core::replace_all(clean, "\r\n", "\n")},
        {"no last line end", clean.substr(0, clean.size() - 2)},
        {"byte order mark", "\xEF\xBB\xBF" + clean},
        {"empty lines", core::replace_all(clean, "\r\n", "\r\n\r\n\n")},
        {"empty lines before", "\r\n \r\n\n" + clean},
        {"blanks after the end", clean + "\r\n   \r\n\t"},
        {"control characters", core::replace_all(clean, "SUMMARY:", "SUM\x01MARY:\x7F\x1B")},
        {"zero bytes", core::replace_all(clean, "ab", std::string("a\0b", 3))},
        {"two carriage returns", core::replace_all(clean, "\r\n", "\r\r\n")},
        {"lines of control characters", core::replace_all(clean, "\r\n", "\r\n\x02\x03\r\n")},
    };
    for (const auto& [name, text] : rows) {
        const auto parsed = ical::parse(text);
        ASSERT_TRUE(parsed) << name << ": " << parsed.error().detail;
        EXPECT_EQ(ical::print(*parsed), clean) << name;
    }
}

TEST(Component, NamesOfComponentsAndPropertiesHaveNoCase) {
    const auto parsed =
        ical::parse("begin:vcalendar\nversion:2.0\nBegin:vEvent\nsummary;language=de:x\n"
                    "end:VEVENT\nEnd:Vcalendar\n");

    ASSERT_TRUE(parsed) << parsed.error().detail;
    EXPECT_EQ(parsed->components.at(0).name, "VEVENT");
    EXPECT_EQ(parsed->components.at(0).find("SUMMARY")->parameter("LANGUAGE"), "de");
    EXPECT_EQ(ical::print(*parsed),
              "BEGIN:VCALENDAR\r\nversion:2.0\r\nBEGIN:VEVENT\r\nsummary;language=de:x\r\n"
              "END:VEVENT\r\nEND:VCALENDAR\r\n");
}

TEST(Component, AnEmptyLineWithinAFoldedLineIsSkipped) {
    const auto parsed = ical::parse(event("SUMMARY:one\r\n\r\n\x01\r\n  two\r\n"));

    ASSERT_TRUE(parsed) << parsed.error().detail;
    EXPECT_EQ(parsed->components.at(0).text("SUMMARY"), "one two");
    EXPECT_EQ(ical::print(*parsed), event("SUMMARY:one\r\n  two\r\n"));
}

TEST(Component, AFoldThroughACharacterIsReadAndPrintedWhole) {
    const auto parsed = ical::parse(event("SUMMARY:10 \xE2\x82\r\n \xAC fee\r\n"));

    ASSERT_TRUE(parsed) << parsed.error().detail;
    EXPECT_EQ(parsed->components.at(0).text("SUMMARY"), "10 \xE2\x82\xAC fee");
    EXPECT_EQ(ical::print(*parsed), event("SUMMARY:10 \xE2\x82\xAC fee\r\n"));
}

TEST(Component, APropertyAfterASubComponentPrintsBeforeIt) {
    const auto parsed = ical::parse(event("BEGIN:VALARM\r\nEND:VALARM\r\nSUMMARY:late\r\n"));

    ASSERT_TRUE(parsed) << parsed.error().detail;
    EXPECT_EQ(ical::print(*parsed), event("SUMMARY:late\r\nBEGIN:VALARM\r\nEND:VALARM\r\n"));
}

TEST(Component, RefusesBrokenSyntaxAndNamesTheLine) {
    const std::vector<std::pair<std::string, std::string>> rows{
        {"SUMMARY", "line 4: the property has no colon"},
        {"SUM MARY:x", "line 4: the property's name is malformed"},
        {":x", "line 4: the property's name is malformed"},
        {"group.SUMMARY:x", "line 4: the property's name is malformed"},
        {"SUMMARY;LANGUAGE:x", "line 4: a parameter is not of the form NAME=VALUE"},
        {"SUMMARY;:x", "line 4: a parameter is not of the form NAME=VALUE"},
        {"SUMMARY;=a:x", "line 4: a parameter is not of the form NAME=VALUE"},
        {"SUMMARY;A=\"x:y", "line 4: a quoted parameter value has no end"},
        {"SUMMARY;A=b", "line 4: the property has no colon"},
        {"SUMMARY;A=b,", "line 4: the property has no colon"},
        {"SUMMARY:\xFF", "line 4: the text is not valid UTF-8"},
        {"SUMMARY:\xC3", "line 4: the text is not valid UTF-8"},
        {"END:VTODO", "line 4: END:VEVENT is expected here"},
        {"BEGIN:VALARM", "line 5: END:VALARM is expected here"},
        {"BEGIN:", "line 4: the component's name is malformed"},
        {"SUMMARY:a\r\n b\r\n\r\nX", "line 7: the property has no colon"},
    };
    for (const auto& [line, detail] : rows) {
        const auto parsed = ical::parse(event(line + "\r\n"));
        ASSERT_FALSE(parsed) << line;
        EXPECT_EQ(parsed.error().detail, detail) << line;
        EXPECT_EQ(parsed.error().condition, Condition::valid_calendar_data) << line;
        EXPECT_EQ(parsed.error().code, core::Errc::forbidden) << line;
    }
    EXPECT_EQ(condition_of("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"), Condition::valid_calendar_data);
    EXPECT_EQ(condition_of("hello"), Condition::valid_calendar_data);
}

TEST(Component, RefusesAnythingButOneCalendar) {
    const std::vector<std::string> rows{
        "",
        "\r\n\r\n",
        "BEGIN:VEVENT\r\nEND:VEVENT\r\n",
        "VERSION:2.0\r\n",
        "END:VCALENDAR\r\n",
        calendar("") + calendar(""),
        calendar("") + "X-AFTER:1\r\n",
        calendar("") + "garbage",
    };
    for (const std::string& text : rows) {
        EXPECT_EQ(condition_of(text), Condition::valid_calendar_object_resource) << text;
    }
}

TEST(Component, EnforcesTheLimitsAndNotOneLess) {
    const auto times = [](std::size_t count, std::string_view line) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) {
            text += line;
        }
        return text;
    };
    const auto dates = [&](std::size_t count) {
        return "RDATE:" + times(count - 1, "20260101T000000,") + "20260101T000000\r\n";
    };
    const auto zone = [](std::string lines) {
        return calendar("BEGIN:VTIMEZONE\r\n" + std::move(lines) + "END:VTIMEZONE\r\n");
    };
    const std::string alarm = "BEGIN:VALARM\r\nEND:VALARM\r\n";
    const std::string observance = "BEGIN:STANDARD\r\nEND:STANDARD\r\n";
    const std::string todo = "BEGIN:VTODO\r\nEND:VTODO\r\n";
    namespace limits = core::limits;
    struct Row {
        const char* name;
        std::string good;
        std::string bad;
        Condition condition;
    };
    const std::vector<Row> rows{
        {"bytes", calendar(times((limits::resource_bytes - 64) / 7, "X-A:1\r\n").substr(0, 140000)),
         event("X:" + times(limits::resource_bytes / 4, "x\r\n ") + "\r\n"),
         Condition::max_resource_size},
        {"line", event("X:" + std::string(limits::content_line_bytes - 2, 'x') + "\r\n"),
         event("X:" + std::string(limits::content_line_bytes - 1, 'x') + "\r\n"),
         Condition::max_resource_size},
        {"folded line",
         event("X:\r\n " + std::string(limits::content_line_bytes - 2, 'x') + "\r\n"),
         event("X:\r\n " + std::string(limits::content_line_bytes - 1, 'x') + "\r\n"),
         Condition::max_resource_size},
        {"lines", calendar(times(limits::content_lines - 3, "X-A:1\r\n")),
         calendar(times(limits::content_lines - 2, "X-A:1\r\n")), Condition::max_resource_size},
        {"components", calendar(times(limits::components - 1, todo)),
         calendar(times(limits::components, todo)), Condition::max_instances},
        {"depth", event("BEGIN:A\r\nBEGIN:B\r\nEND:B\r\nEND:A\r\n"),
         event("BEGIN:A\r\nBEGIN:B\r\nBEGIN:C\r\nEND:C\r\nEND:B\r\nEND:A\r\n"),
         Condition::valid_calendar_data},
        {"alarms", event(times(limits::alarms, alarm)), event(times(limits::alarms + 1, alarm)),
         Condition::valid_calendar_data},
        {"observances", zone(times(limits::zone_observances, observance)),
         zone(times(limits::zone_observances + 1, observance)), Condition::valid_calendar_data},
        {"parameters", event("X" + times(limits::parameters, ";A=b") + ":x\r\n"),
         event("X" + times(limits::parameters + 1, ";A=b") + ":x\r\n"),
         Condition::valid_calendar_data},
        {"attendees", event(times(limits::attendees, "ATTENDEE:mailto:a@b.c\r\n")),
         event(times(limits::attendees + 1, "ATTENDEE:mailto:a@b.c\r\n")),
         Condition::max_attendees_per_instance},
        {"dates", event(dates(limits::dates_per_property)),
         event(dates(limits::dates_per_property) + "EXDATE:20260101\r\n"),
         Condition::max_instances},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(condition_of(row.good), Condition::none) << row.name;
        EXPECT_EQ(condition_of(row.bad), row.condition) << row.name;
    }
}

TEST(Component, TruncatedAndDamagedTextNeverCrashes) {
    for (std::size_t length = 0; length < sample.size(); ++length) {
        const auto parsed = ical::parse(sample.substr(0, length));
        if (parsed) {
            EXPECT_EQ(ical::print(*parsed), sample); // only the last line end was lost
        }
    }
    std::mt19937 random(20261122); // the same damage on every run
    for (int round = 0; round < 4000; ++round) {
        std::string text(sample);
        for (int flips = 0; flips < 3; ++flips) {
            text[random() % text.size()] = static_cast<char>(random() % 256);
        }
        const auto parsed = ical::parse(text);
        if (parsed) {
            const std::string once = ical::print(*parsed);
            const auto again = ical::parse(once);
            ASSERT_TRUE(again) << again.error().detail << "\n" << once;
            EXPECT_EQ(ical::print(*again), once);
        } else {
            EXPECT_TRUE(parsed.error().detail.starts_with("line ")) << parsed.error().detail;
        }
    }
}

TEST(Property, FoldsAtSeventyFiveOctetsAndNeverWithinACharacter) {
    for (std::size_t lead = 0; lead < 4; ++lead) {
        std::string value(lead, 'x');
        for (int i = 0; i < 100; ++i) {
            value += i % 2 == 0 ? "\xE2\x82\xAC" : "\xF0\x9F\x98\x80";
        }
        Property property("SUMMARY", "");
        property.set_text(value);

        const std::string line = printed(property);

        std::string unfolded;
        for (std::string_view physical : core::split(line, '\n')) {
            EXPECT_LE(physical.size(), 76U); // 75 and the CR
            EXPECT_TRUE(core::is_valid_utf8(physical));
            physical.remove_prefix(physical.starts_with(' ') ? 1 : 0);
            physical.remove_suffix(physical.ends_with('\r') ? 1 : 0);
            unfolded += physical;
        }
        EXPECT_EQ(unfolded, "SUMMARY:" + value);
    }
}

TEST(Property, ALineOfSeventyFiveOctetsIsNotFolded) {
    EXPECT_EQ(printed(Property("X", std::string(73, 'x'))), "X:" + std::string(73, 'x') + "\r\n");
    EXPECT_EQ(printed(Property("X", std::string(74, 'x'))),
              "X:" + std::string(73, 'x') + "\r\n x\r\n");
}

TEST(Property, QuotesAndEncodesParameterValues) {
    Property property("ATTENDEE", "mailto:a@example.org");
    property.set_parameter("CN", "Doe, Jane");
    property.set_parameter("X-A", "plain text");
    property.set_parameter("X-B", "say \"hi\"\r\n^now");
    property.set_parameter("X-C", "");
    property.set_parameter("x-a", "a;b:c");

    const std::string line = printed(property);

    EXPECT_EQ(core::replace_all(line, "\r\n ", ""),
              "ATTENDEE;CN=\"Doe, Jane\";X-A=\"a;b:c\";X-B=say ^'hi^'^n^^now;X-C=:"
              "mailto:a@example.org\r\n");
    const Property again = first_property(line.substr(0, line.size() - 2));
    EXPECT_EQ(again.parameter("CN"), "Doe, Jane");
    EXPECT_EQ(again.parameter("X-B"), "say \"hi\"\n^now");
    EXPECT_TRUE(again.has_parameter("X-C"));
}

TEST(Property, ReadsListsQuotesAndOddities) {
    EXPECT_EQ(first_property("CONFERENCE;FEATURE=VIDEO,AUDIO:x").parameters(),
              first_property("CONFERENCE;FEATURE=\"VIDEO\",\"AUDIO\":x").parameters());
    EXPECT_EQ(first_property("X;A=b=c:d:e").parameter("A"), "b=c");
    EXPECT_EQ(first_property("X;A=b=c:d:e").value(), "d:e");
    EXPECT_EQ(first_property("X;A=say \"hi\":v").parameter("A"), "say \"hi\"");
    EXPECT_EQ(first_property("X;A=\"b\"c:v").parameter("A"), "bc");
    EXPECT_EQ(first_property("X;A=:v").parameter("A"), "");
    EXPECT_EQ(first_property("X;A=a^x^:v").parameter("A"), "a^x^");
    EXPECT_EQ(first_property("X:").value(), "");
    EXPECT_EQ(first_property("X:a\tb").value(), "a\tb");
}

TEST(Property, ParametersAreReplacedAndRemovedWithoutCase) {
    Property property =
        first_property("ATTENDEE;partstat=NEEDS-ACTION;RSVP=TRUE;PARTSTAT=X:mailto:a");

    property.set_parameter("PARTSTAT", "ACCEPTED");
    property.remove_parameter("rsvp");

    EXPECT_EQ(printed(property), "ATTENDEE;partstat=ACCEPTED:mailto:a\r\n");
}

TEST(Property, AValueCannotBeginALineOfItsOwn) {
    Property property("X-A", "1\r\nATTENDEE:mailto:evil@example.org");
    property.set_parameter("X-P", "1\r\nATTENDEE:x");
    Component component{.name = "VCALENDAR", .properties = {property}, .components = {}};

    const auto parsed = ical::parse(ical::print(component));

    ASSERT_TRUE(parsed) << parsed.error().detail;
    ASSERT_EQ(parsed->properties.size(), 1U);
    EXPECT_EQ(parsed->properties[0].text(), "1\nATTENDEE:mailto:evil@example.org");
    EXPECT_EQ(parsed->properties[0].parameter("X-P"), "1\nATTENDEE:x");
}

TEST(Property, TextEscapes) {
    EXPECT_EQ(ical::unescape_text("a\\nb\\Nc\\,d\\;e\\\\f\\g\\"), "a\nb\nc,d;e\\f\\g\\");
    EXPECT_EQ(ical::unescape_text("C:\\\\new"), "C:\\new");
    EXPECT_EQ(ical::escape_text("a\nb\r\nc,d;e\\f\x01"), "a\\nb\\nc\\,d\\;e\\\\f");
    for (const std::string_view text : {"", "\\n", "a\\,b", "x\n\ny;z,\\", "\\\\"}) {
        EXPECT_EQ(ical::unescape_text(ical::escape_text(text)), text);
    }
}

TEST(Component, SetReplacesAllOfThatNameInTheFirstPlace) {
    Component component = ical::parse(event("A:1\r\nURL:x\r\nB:2\r\nurl:y\r\n")).value();
    Component& vevent = component.components.at(0);

    vevent.set(Property("URL", "z"));
    vevent.set(Property("C", "3"));
    vevent.remove("a");

    EXPECT_EQ(ical::print(component), event("URL:z\r\nB:2\r\nC:3\r\n"));
    EXPECT_EQ(vevent.find_all("url").size(), 1U);
}
