// Mails as text. What other programs make of them is asked in tests/e2e/mail_test.py.
#include "src/gateways/mime.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

namespace gateways {

namespace {

using testing::HasSubstr;
using testing::Not;

InvitationMail mail() {
    InvitationMail mail;
    mail.from = {"Dr Anna Chen", "sessions@clinic.example"};
    mail.reply_to = {"Dr Anna Chen", "anna@clinic.example"};
    mail.to = "ben@home.example";
    mail.message_id = "abc123@clinic.example";
    mail.date = {1'795'424'400};
    mail.subject = "Invitation: Wednesday";
    mail.plain = "Hello\r\nWednesday, 14:00 – 15:00\r\n";
    mail.html = "<p>Hello</p>\r\n";
    mail.calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n";
    mail.method = "REQUEST";
    return mail;
}

std::string golden(const std::string& name) {
    std::ifstream file(std::string(APPOINTED_SOURCE_DIR) + "/tests/data/mail/" + name,
                       std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// Names of the header fields before the first empty line.
std::vector<std::string> header_names(const std::string& text) {
    std::vector<std::string> names;
    std::istringstream head(text.substr(0, text.find("\r\n\r\n")));
    for (std::string line; std::getline(head, line);) {
        if (line.front() != ' ' && line.front() != '\t') {
            names.push_back(line.substr(0, line.find(':')));
        }
    }
    return names;
}

} // namespace

TEST(Mime, AnInvitationIsWrittenAsItAlwaysWas) {
    EXPECT_EQ(to_mime(mail()), golden("request.eml"));
}

TEST(Mime, WhatLatinOneCouldSayIsUtf8AsItsLabelSays) {
    InvitationMail umlaut = mail();
    umlaut.plain = "Änna\r\n";
    umlaut.calendar = "Änna";

    const std::string text = to_mime(umlaut);

    EXPECT_THAT(text, HasSubstr("\r\n\r\n=C3=84nna\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\n\r\nw4RubmE=\r\n"));
}

TEST(Mime, WithoutACalendarAMailIsWordsOnly) {
    InvitationMail reminder = mail();
    reminder.calendar.clear();

    const std::string text = to_mime(reminder);

    EXPECT_THAT(text, testing::HasSubstr("Content-Type: multipart/alternative"));
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("text/calendar")));
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("invite.ics")));
}

TEST(Mime, LinesEndWithCrLfAndAreShort) {
    InvitationMail long_mail = mail();
    long_mail.plain = std::string(5'000, 'x');
    long_mail.calendar += std::string(5'000, 'y');
    long_mail.subject = std::string(3'000, 'z') + " \xc3\xa4";

    const std::string text = to_mime(long_mail);

    std::size_t begin = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos;
         end = text.find('\n', begin)) {
        ASSERT_GT(end, 0U);
        EXPECT_EQ(text[end - 1], '\r');
        EXPECT_LE(end - begin, 998U);
        begin = end + 1;
    }
}

TEST(Mime, NamesAndTitlesCannotBeginAHeader) {
    for (const std::string evil : {"x\r\nBcc: eve@evil.example", "x\nBcc: eve@evil.example",
                                   "x\rBcc: eve@evil.example", "x\r\n\r\nBcc: eve@evil.example",
                                   "\"<eve@evil.example>, \xff\r\nBcc: eve@evil.example"}) {
        InvitationMail hostile = mail();
        hostile.from.name = evil;
        hostile.reply_to.name = evil;
        hostile.subject = evil;

        const std::string text = to_mime(hostile);

        EXPECT_EQ(header_names(text), header_names(to_mime(mail()))) << text;
    }
}

TEST(Mime, WithoutAnAddressForAnswersThereIsNone) {
    InvitationMail silent = mail();
    silent.reply_to = {};

    EXPECT_THAT(to_mime(silent), Not(HasSubstr("Reply-To")));
}

} // namespace gateways
