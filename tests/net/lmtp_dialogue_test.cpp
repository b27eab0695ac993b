#include "src/net/lmtp_dialogue.h"

#include <gmock/gmock.h>

namespace net_test::lmtp_dialogue_test {

namespace {

using net::LmtpDialogue;
using Step = net::LmtpDialogue::Step;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Lmtp : public testing::Test {
protected:
    Lmtp() {
        limits.message_bytes = 1000;
        limits.recipients = 3;
        limits.errors = 4;
        begin();
    }
    void begin() {
        dialogue = std::make_unique<LmtpDialogue>(limits, [](const std::string& recipient) {
            return recipient.starts_with("nobody") ? net::LmtpReply{550, "5.1.1 Nobody"}
                                                   : net::LmtpReply{};
        });
        (void)dialogue->output();
    }
    // What is answered to these lines, and the last step.
    std::string say(std::string_view bytes) {
        step = dialogue->advance(bytes);
        rest = bytes;
        return dialogue->output();
    }

    net::LmtpLimits limits;
    std::unique_ptr<LmtpDialogue> dialogue;
    Step step = Step::need_more;
    std::string rest;
};

constexpr const char* opening =
    "LHLO mail.clinic.example\r\nMAIL FROM:<paul@mail.example>\r\nRCPT TO:<s+1@clinic.example>\r\n";

} // namespace

TEST_F(Lmtp, GreetsAndSaysWhatItCan) {
    EXPECT_THAT(LmtpDialogue({}, {}).output(), StartsWith("220 "));

    const std::string answer = say("lhlo mail.clinic.example\r\n");

    EXPECT_THAT(answer, StartsWith("250-"));
    for (const char* word : {"PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "250 SIZE 1000"}) {
        EXPECT_THAT(answer, HasSubstr(word));
    }
}

TEST_F(Lmtp, GivesAMailToEachRecipientAndTheirAnswersInOrder) {
    say(std::string(opening) + "RCPT TO:<s+2@clinic.example>\r\n");
    EXPECT_THAT(say("DATA\r\n"), StartsWith("354 "));

    say("Subject: x\r\n\r\n..dots\r\n.\r\n");

    ASSERT_EQ(step, Step::mail);
    EXPECT_EQ(dialogue->mail().sender, "paul@mail.example");
    EXPECT_THAT(dialogue->mail().recipients,
                ElementsAre("s+1@clinic.example", "s+2@clinic.example"));
    EXPECT_EQ(dialogue->mail().text, "Subject: x\r\n\r\n.dots\r\n");
    dialogue->answer({{250, "2.0.0 one"}, {550, "5.6.0 two"}});
    EXPECT_EQ(dialogue->output(), "250 2.0.0 one\r\n550 5.6.0 two\r\n");
    EXPECT_THAT(say("MAIL FROM:<>\r\n"), StartsWith("250 ")) << "the next mail begins anew";
}

TEST_F(Lmtp, TakesBytesOneByOneAndManyMailsAtOnce) {
    const std::string mail = "MAIL FROM:<>\r\nRCPT TO:<s@clinic.example>\r\nDATA\r\nx\r\n.\r\n";
    int mails = 0;
    say("LHLO x\r\n");
    for (const char byte : mail + mail) {
        say(std::string(1, byte));
        if (step == Step::mail) {
            ++mails;
            dialogue->answer({{}});
        }
    }
    EXPECT_EQ(mails, 2);

    const std::string both = mail + mail; // as pipelining has it
    std::string_view bytes = both;
    while (dialogue->advance(bytes) == Step::mail) {
        ++mails;
        EXPECT_EQ(dialogue->mail().text, "x\r\n");
        dialogue->answer({{}});
    }
    EXPECT_EQ(mails, 4);
    EXPECT_TRUE(bytes.empty());
}

TEST_F(Lmtp, RefusesWhomNobodyKnowsAndKeepsTheOthers) {
    say(opening);
    EXPECT_EQ(say("RCPT TO:<nobody@clinic.example>\r\n"), "550 5.1.1 Nobody\r\n");
    say("DATA\r\n.\r\n");

    EXPECT_THAT(dialogue->mail().recipients, ElementsAre("s+1@clinic.example"));
}

TEST_F(Lmtp, RefusesDataForNobody) {
    say("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<nobody@clinic.example>\r\n");

    EXPECT_THAT(say("DATA\r\n"), StartsWith("503 5.5.1"));
}

TEST_F(Lmtp, KeepsTheOrderOfCommands) {
    EXPECT_THAT(say("MAIL FROM:<>\r\n"), StartsWith("503 "));
    say("LHLO x\r\n");
    EXPECT_THAT(say("RCPT TO:<a@b.example>\r\n"), StartsWith("503 "));
    say("MAIL FROM:<>\r\n");
    EXPECT_THAT(say("MAIL FROM:<>\r\n"), StartsWith("503 "));
    EXPECT_THAT(say("RSET\r\n"), StartsWith("250 "));
    EXPECT_THAT(say("MAIL FROM:<>\r\n"), StartsWith("250 "));
}

TEST_F(Lmtp, IsNotSmtp) {
    EXPECT_THAT(say("EHLO x\r\n"), StartsWith("500 5.5.1"));
    EXPECT_THAT(say("HELO x\r\n"), StartsWith("500 5.5.1"));
    EXPECT_THAT(say("VRFY paul\r\n"), StartsWith("252 "));
}

TEST_F(Lmtp, ReadsPathsAsTheyComeWrittenAndNothingElse) {
    for (const char* path : {"<\"a>b\"@x.example>", " <a@x.example>", "<@r.example:a@x.example>",
                             "<a@x.example> NOTIFY=NEVER"}) {
        begin();
        say("LHLO x\r\nMAIL FROM:<> BODY=8BITMIME\r\n");
        EXPECT_THAT(say(std::string("RCPT TO:") + path + "\r\n"), StartsWith("250 ")) << path;
    }
    for (const char* path : {"", "a@x.example", "<a@x.example", "<>", "<\"a>", "<\"a\\"}) {
        begin();
        say("LHLO x\r\nMAIL FROM:<>\r\n");
        EXPECT_THAT(say(std::string("RCPT TO:") + path + "\r\n"), StartsWith("501 ")) << path;
    }
}

TEST_F(Lmtp, EndsALineWithCrLfOnly) {
    say(opening);
    say("DATA\r\n");

    say("one\n.\n.\r\ntwo\r\n\n.\r\nMAIL FROM:<other@x.example>\r\n");

    EXPECT_EQ(step, Step::need_more) << "no server before this one saw an end there";
    say(".\r\n");
    ASSERT_EQ(step, Step::mail);
    EXPECT_EQ(dialogue->mail().text, "one\n.\n.\r\ntwo\r\n\n.\r\nMAIL FROM:<other@x.example>\r\n");
}

TEST_F(Lmtp, RefusesAMailThatIsTooLargeForEachRecipientAndGoesOn) {
    say(std::string(opening) + "RCPT TO:<s+2@clinic.example>\r\n");
    say("DATA\r\n");
    for (int i = 0; i < 40; ++i) {
        EXPECT_EQ(say(std::string(100, 'x') + "\r\n"), "");
    }

    EXPECT_EQ(say(".\r\n"),
              "552 5.3.4 The mail is too large\r\n552 5.3.4 The mail is too large\r\n");
    EXPECT_EQ(step, Step::need_more);
    EXPECT_THAT(say("MAIL FROM:<>\r\n"), StartsWith("250 "));
}

TEST_F(Lmtp, HoldsNoMoreOfALineThanItMay) {
    say(opening);
    say("DATA\r\n");
    for (int i = 0; i < 40; ++i) {
        say(std::string(100, 'x')); // no end of line
    }
    // What an attacker put into an overlong line is not a command.
    EXPECT_EQ(say("\n.\nMAIL FROM:<evil@x.example>\r\n"), "");
    EXPECT_THAT(say(".\r\n"), StartsWith("552 "));

    EXPECT_THAT(say("NOOP " + std::string(5000, 'x') + "\r\n"), StartsWith("500 5.5.2"));
    EXPECT_THAT(say("NOOP\r\n"), StartsWith("250 "));
}

TEST_F(Lmtp, RefusesAStatedSizeAtOnce) {
    say("LHLO x\r\n");
    EXPECT_THAT(say("MAIL FROM:<> SIZE=1001\r\n"), StartsWith("552 5.3.4"));
    EXPECT_THAT(say("MAIL FROM:<> SIZE=99999999999999999999999999\r\n"), StartsWith("552 5.3.4"));
    EXPECT_THAT(say("MAIL FROM:<> size=1000\r\n"), StartsWith("250 "));
}

TEST_F(Lmtp, TakesSoManyRecipientsAndAsksForAnotherCopy) {
    say(opening);
    say("RCPT TO:<s+2@clinic.example>\r\nRCPT TO:<s+3@clinic.example>\r\n");

    EXPECT_THAT(say("RCPT TO:<s+4@clinic.example>\r\n"), StartsWith("452 4.5.3"));
}

TEST_F(Lmtp, EndsWithQuitAndAfterTooManyErrors) {
    EXPECT_THAT(say("QUIT\r\nNOOP\r\n"), StartsWith("221 "));
    EXPECT_EQ(step, Step::close);

    begin();
    const std::string answers = say("A\r\nB\r\nC\r\nD\r\nE\r\nNOOP\r\n");
    EXPECT_EQ(step, Step::close);
    EXPECT_THAT(answers, HasSubstr("421 4.7.0"));
    EXPECT_THAT(answers, testing::Not(HasSubstr("250")));
}

} // namespace net_test::lmtp_dialogue_test
