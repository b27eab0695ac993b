// Mails that come in, in the shapes of real programs and in those of nobody's goodwill.
#include "core/strings.h"
#include "src/gateways/incoming.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

namespace gateways {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string sample(const std::string& name) {
    std::ifstream file(std::string(APPOINTED_SOURCE_DIR) + "/tests/data/mail/" + name,
                       std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string nested(int depth) {
    std::string text = "From: a@b.example\r\n";
    for (int i = 0; i < depth; ++i) {
        text += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\r\n\r\n--b"
                + std::to_string(i) + "\r\n";
    }
    return text + "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n";
}

} // namespace

TEST(Incoming, CalendarsAreFoundInTheShapesOfRealPrograms) {
    for (const std::string name :
         {"reply_alternative.eml", "reply_base64.eml", "reply_single.eml"}) {
        const auto mail = read_mail(sample(name));
        ASSERT_TRUE(mail) << name;
        ASSERT_FALSE(mail->calendars.empty()) << name;
        EXPECT_THAT(mail->calendars.front(), HasSubstr("METHOD:REPLY")) << name;
        EXPECT_THAT(mail->calendars.front(), HasSubstr("M\xc3\xbcller")) << name;
    }
}

TEST(Incoming, ForwardedCalendarsAreNobodysAnswer) {
    const auto mail = read_mail("Content-Type: message/rfc822\r\n\r\n"
                                "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n");
    ASSERT_TRUE(mail);
    EXPECT_THAT(mail->calendars, IsEmpty());
}

TEST(Incoming, HeadersSayWhatIsAutomaticAndHowFarItCame) {
    EXPECT_TRUE(read_mail("Auto-Submitted: auto-replied\r\n\r\nAway\r\n")->automatic);
    EXPECT_FALSE(read_mail("Auto-Submitted: no\r\n\r\nHello\r\n")->automatic);
    EXPECT_FALSE(read_mail("Subject: x\r\n\r\nAuto-Submitted: auto-replied\r\n")->automatic);
    EXPECT_EQ(read_mail("Received: a\r\nReceived: b\r\n\r\n")->received, 2U);
}

TEST(Incoming, WhatIsNoMailIsNoTrouble) {
    for (const std::string& text :
         {std::string(), std::string("\r\n"), std::string(1000, '\0'), std::string(1000, '\xff'),
          std::string("Content-Type: \r\n\r\n"),
          std::string("Content-Type: multipart/mixed\r\n\r\n--\r\n")}) {
        const auto mail = read_mail(text);
        EXPECT_TRUE(!mail || mail->calendars.empty());
    }
    const std::string whole = sample("reply_base64.eml");
    for (std::size_t length = 0; length < whole.size(); length += 7) {
        (void)read_mail(std::string_view(whole).substr(0, length));
    }
}

TEST(Incoming, SizePartsAndDepthHaveBounds) {
    EXPECT_FALSE(read_mail(std::string(incoming_bytes_max + 1, 'x')));
    EXPECT_TRUE(read_mail(nested(3)));
    EXPECT_FALSE(read_mail(nested(30)));
    EXPECT_FALSE(read_mail(nested(30'000)));
    std::string wide = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (int i = 0; i < 1'000; ++i) {
        wide += "--b\r\n\r\nx\r\n";
    }
    EXPECT_FALSE(read_mail(wide + "--b--\r\n"));
}

TEST(Incoming, AReportSaysWhatBecameOfAMail) {
    const std::string bounce =
        "From: MAILER-DAEMON@mail.home.example\r\nTo: x\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=\"B\"\r\n\r\n"
        "--B\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mail.home.example\r\n\r\n"
        "Final-Recipient: rfc822; ben@home.example\r\nAction: Failed\r\n"
        "Status: 5.1.1 (no such user)\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1\r\n  no such user\r\n"
        "\r\nFinal-Recipient: rfc822; cleo@home.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n"
        "--B\r\nContent-Type: message/rfc822\r\n\r\n"
        "Content-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.0.0\r\n\r\n"
        "--B--\r\n";

    for (const std::string& text : {bounce, core::replace_all(bounce, "message/delivery-status",
                                                              "message/global-delivery-status")}) {
        const auto mail = gateways::read_mail(text);
        ASSERT_TRUE(mail);
        ASSERT_EQ(mail->reports.size(), 2U);
        EXPECT_EQ(mail->reports[0].action, "failed");
        EXPECT_EQ(mail->reports[0].status, "5.1.1");
        EXPECT_EQ(mail->reports[0].diagnostic, "smtp; 550 5.1.1 no such user");
        EXPECT_EQ(mail->reports[1].action, "delayed");
    }
}

TEST(Incoming, AReportWithoutEndIsBounded) {
    std::string text = "Content-Type: message/delivery-status\r\n\r\n";
    for (int i = 0; i < 10'000; ++i) {
        text += "\r\nAction: failed\r\nStatus: 5.1.1\r\n";
    }
    const auto mail = gateways::read_mail(text);
    ASSERT_TRUE(mail);
    EXPECT_EQ(mail->reports.size(), gateways::incoming_reports_max);
}

} // namespace gateways
