#include "domain/invitation_text.h"

#include "core/strings.h"
#include "core/time.h"
#include "ical/timing.h"
#include "ical/value.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

namespace domain {

namespace {

constexpr std::size_t title_bytes_max = 200;

struct Words {
    std::array<std::string_view, 7> weekdays;
    std::array<std::string_view, 12> months;
    std::string_view day_form;                                   // {weekday} {day} {month} {year}
    std::string_view clock;                                      // after a time
    std::string_view invitation, change, cancellation, reminder; // before the title in a subject
    std::string_view invited, changed, cancelled, reminded;      // the first sentence
    std::string_view when, series;
    std::string_view join, join_hint, subscribe;
    std::string_view can_you_come, accept, decline, another_time;
    std::string_view proposal;                              // before the title in a subject
    std::string_view proposes, former, proposed, unchanged; // to the organizer
    std::string_view message;
};

const Words& words_of(Language language) {
    static const Words english{
        {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
        {"January", "February", "March", "April", "May", "June", "July", "August", "September",
         "October", "November", "December"},
        "{weekday}, {day} {month} {year}",
        "",
        "Invitation: ",
        "Changed: ",
        "Cancelled: ",
        "Reminder: ",
        "You are invited to an appointment.",
        "Your appointment has changed. This is how it is now.",
        "This appointment was cancelled. There is nothing you need to do.",
        "This is a reminder of your appointment.",
        "When: ",
        "This appointment repeats; the time above is that of the first one.",
        "Join the video consultation",
        "This link is yours alone: please do not pass it on. It opens shortly before the "
        "appointment.",
        "Subscribe to all your sessions in your calendar",
        "Can you come?",
        "Accept",
        "Decline",
        "Ask for another time",
        "New time proposed: ",
        "{guest} asks for another time.",
        "Now: ",
        "Proposed: ",
        "Nothing has changed yet. If that time suits you, move the appointment in your calendar: "
        "everybody is told.",
        "Message: "};
    static const Words german{
        {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
        {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
         "Oktober", "November", "Dezember"},
        "{weekday}, {day}. {month} {year}",
        " Uhr",
        "Einladung: ",
        "Geändert: ",
        "Abgesagt: ",
        "Erinnerung: ",
        "Sie sind zu einem Termin eingeladen.",
        "Ihr Termin hat sich geändert. So ist er jetzt:",
        "Dieser Termin wurde abgesagt. Sie müssen nichts tun.",
        "Wir erinnern Sie an Ihren Termin.",
        "Wann: ",
        "Dieser Termin wiederholt sich; die Zeit oben ist die des ersten.",
        "An der Videosprechstunde teilnehmen",
        "Dieser Link gehört nur Ihnen: Bitte geben Sie ihn nicht weiter. Er öffnet kurz vor dem "
        "Termin.",
        "Alle Ihre Termine im Kalender abonnieren",
        "Können Sie kommen?",
        "Zusagen",
        "Absagen",
        "Um einen anderen Termin bitten",
        "Andere Zeit gewünscht: ",
        "{guest} bittet um einen anderen Termin.",
        "Bisher: ",
        "Vorschlag: ",
        "Noch ist nichts geändert. Wenn Ihnen diese Zeit passt, verschieben Sie den Termin in "
        "Ihrem "
        "Kalender: Alle werden benachrichtigt.",
        "Nachricht: "};
    return language == Language::german ? german : english;
}

struct Opening {
    std::string_view before_title;
    std::string_view sentence;
};

Opening opening_of(std::string_view subject, const Words& words) {
    if (subject == "cancelled") {
        return {words.cancellation, words.cancelled};
    }
    if (subject == "reminder") {
        return {words.reminder, words.reminded};
    }
    return subject == "new" ? Opening{words.invitation, words.invited}
                            : Opening{words.change, words.changed};
}

// One line without control characters, and not without end.
std::string one_line(std::string_view text) {
    std::string line;
    for (const char c : text.substr(0, std::min(text.size(), title_bytes_max))) {
        const auto byte = static_cast<unsigned char>(c);
        line += byte < 0x20 || byte == 0x7f ? ' ' : c;
    }
    while (text.size() > title_bytes_max && !line.empty()
           && (static_cast<unsigned char>(line.back()) & 0xc0U) == 0x80U) {
        line.pop_back(); // what may be half a character
    }
    return std::string(core::trim(line));
}

// Words of a guest: of any length that note_proposal takes, without control characters.
std::string one_paragraph(std::string text) {
    std::replace_if(
        text.begin(), text.end(),
        [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return byte < 0x20 || byte == 0x7f;
        },
        ' ');
    return std::string(core::trim(text));
}

std::string html_escaped(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
        case '&':
            escaped += "&amp;";
            break;
        case '<':
            escaped += "&lt;";
            break;
        case '>':
            escaped += "&gt;";
            break;
        case '"':
            escaped += "&quot;";
            break;
        default:
            escaped += c;
        }
    }
    return escaped;
}

std::string day_in_words(ical::WallTime wall, const Words& words) {
    const std::int64_t days = core::day_of(wall.seconds);
    const std::chrono::sys_days date{std::chrono::days(days)};
    const std::chrono::year_month_day civil(date);
    std::string text(words.day_form);
    text = core::replace_all(std::move(text), "{weekday}",
                             words.weekdays.at(std::chrono::weekday(date).c_encoding()));
    text = core::replace_all(std::move(text), "{day}",
                             std::to_string(static_cast<unsigned>(civil.day())));
    text = core::replace_all(std::move(text), "{month}",
                             words.months.at(static_cast<unsigned>(civil.month()) - 1));
    return core::replace_all(std::move(text), "{year}",
                             std::to_string(static_cast<int>(civil.year())));
}

std::string clock_time(ical::WallTime wall) {
    const std::int64_t minutes = core::time_of_day(wall.seconds) / 60;
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%02d:%02d", static_cast<int>(minutes / 60),
                  static_cast<int>(minutes % 60));
    return text.data();
}

// "Monday, 23 November 2026, 14:00 – 15:00 (Europe/Berlin)"
std::string interval_in_words(core::Interval time, const ical::DateTime& clock,
                              const Words& words) {
    const ical::WallTime start = clock.zone->to_wall(time.start);
    const ical::WallTime end = clock.zone->to_wall(time.end);
    std::string text = day_in_words(start, words);
    if (clock.is_date) {
        const ical::WallTime last{end.seconds - 1};
        return last.seconds - start.seconds < core::day_seconds
                   ? text
                   : text + " – " + day_in_words(last, words);
    }
    text += ", " + clock_time(start) + " – ";
    if (core::day_of(end.seconds) != core::day_of(start.seconds)) {
        text += day_in_words(end, words) + ", ";
    }
    return text + clock_time(end) + std::string(words.clock) + " (" + clock.zone->name() + ")";
}

std::string time_in_words(const ical::Object& message, const ical::Component& event,
                          const Words& words) {
    const auto timing = ical::timing_of(event, message.kind, message.zones);
    if (!timing || !*timing) {
        return "";
    }
    const ical::DateTime& start = (*timing)->start;
    return interval_in_words({start.instant(), (*timing)->end(start.wall)}, start, words);
}

struct Content {
    std::string title;
    std::string_view sentence;
    std::string time;
    bool is_series = false;
    std::string link; // empty: there is none
    MailLinks links;
};

// Each leads to a page that asks before it acts.
std::array<std::pair<std::string_view, std::string_view>, 3> answer_paths(const Words& words) {
    return {std::pair{words.accept, "/accept"}, std::pair{words.decline, "/decline"},
            std::pair{words.another_time, "/another-time"}};
}

std::string plain_text(const Content& content, const Words& words) {
    std::string text = std::string(content.sentence) + "\r\n\r\n" + content.title + "\r\n"
                       + std::string(words.when) + content.time + "\r\n";
    if (content.is_series) {
        text += std::string(words.series) + "\r\n";
    }
    if (!content.link.empty()) {
        text += "\r\n" + std::string(words.join) + ":\r\n" + content.link + "\r\n"
                + std::string(words.join_hint) + "\r\n";
    }
    if (!content.links.answer.empty()) {
        text += "\r\n" + std::string(words.can_you_come) + "\r\n";
        for (const auto& [label, path] : answer_paths(words)) {
            text +=
                std::string(label) + ":\r\n" + content.links.answer + std::string(path) + "\r\n";
        }
    }
    return text + "\r\n" + std::string(words.subscribe) + ":\r\n" + content.links.feed + "\r\n";
}

std::string paragraph(std::string_view inner) {
    return "<p>" + std::string(inner) + "</p>\r\n";
}

std::string anchor(std::string_view address, std::string_view words) {
    return "<a href=\"" + html_escaped(address) + "\">" + html_escaped(words) + "</a>";
}

std::string html_begin(std::string_view title, Language language) {
    std::string html = "<!DOCTYPE html>\r\n<html lang=\"";
    html += language == Language::german ? "de" : "en";
    return html + "\"><head><meta charset=\"utf-8\"><title>" + html_escaped(title)
           + "</title></head>\r\n<body>\r\n";
}

std::string html_text(const Content& content, const Words& words, Language language) {
    std::string html = html_begin(content.title, language)
                       + paragraph(html_escaped(content.sentence))
                       + paragraph("<strong>" + html_escaped(content.title) + "</strong><br>\r\n"
                                   + html_escaped(std::string(words.when) + content.time));
    if (content.is_series) {
        html += paragraph(html_escaped(words.series));
    }
    if (!content.link.empty()) {
        html += paragraph(anchor(content.link, words.join));
        html += paragraph(html_escaped(words.join_hint));
    }
    if (!content.links.answer.empty()) {
        std::string choices = html_escaped(words.can_you_come);
        for (const auto& [label, path] : answer_paths(words)) {
            choices += "<br>\r\n" + anchor(content.links.answer + std::string(path), label);
        }
        html += paragraph(choices);
    }
    return html + paragraph(anchor(content.links.feed, words.subscribe)) + "</body></html>\r\n";
}

} // namespace

InvitationText invitation_text(const ical::Object& message, std::string_view subject,
                               const MailLinks& links, Language language) {
    const Words& words = words_of(language);
    const ical::Component& event = *message.main_components().front();
    const auto [before, sentence] = opening_of(subject, words);
    Content content;
    content.title = one_line(event.text("SUMMARY"));
    content.sentence = sentence;
    content.time = time_in_words(message, event, words);
    content.is_series = event.find("RRULE") != nullptr;
    content.link = subject == "cancelled" ? "" : std::string(event.value("URL"));
    content.links = links;
    return {one_line(std::string(before) + content.title + ", " + content.time),
            plain_text(content, words), html_text(content, words, language)};
}

InvitationText proposal_text(const ical::Object& counter, const ProposalWords& said,
                             Language language) {
    const Words& words = words_of(language);
    const ical::Component& event = *counter.main_components().front();
    const auto timing = ical::timing_of(event, counter.kind, counter.zones);
    const std::string title = one_line(event.text("SUMMARY"));
    const std::string proposed = time_in_words(counter, event, words);
    std::vector<std::string> lines{
        core::replace_all(std::string(words.proposes), "{guest}", one_line(said.guest)), title};
    if (timing && *timing) {
        lines.push_back(std::string(words.former)
                        + interval_in_words(said.former, (*timing)->start, words));
    }
    lines.push_back(std::string(words.proposed) + proposed);
    if (const std::string comment = one_paragraph(event.text("COMMENT")); !comment.empty()) {
        lines.push_back(std::string(words.message) + comment);
    }
    lines.emplace_back(words.unchanged);
    InvitationText text;
    text.subject = one_line(std::string(words.proposal) + title + ", " + proposed);
    text.html = html_begin(title, language);
    for (const std::string& line : lines) {
        text.plain += line + "\r\n\r\n";
        text.html += paragraph(html_escaped(line));
    }
    text.html += "</body></html>\r\n";
    return text;
}

} // namespace domain
