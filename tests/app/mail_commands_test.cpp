// What comes back and what is shown of it (RFC 3464).
#include "domain/reply_addresses.h"
#include "src/app/mail_commands.h"
#include "tests/support/domain_fixture.h"

#include <gmock/gmock.h>
#include <sysexits.h>

#include <sstream>

namespace app::mail_commands_test {

using testing::HasSubstr;
using testing::IsEmpty;

const std::string base = "sessions@clinic.example";

std::string report(const std::string& fields) {
    return "From: MAILER-DAEMON@mail.home.example\r\nMIME-Version: 1.0\r\n"
           "Content-Type: multipart/report; report-type=delivery-status; boundary=\"B\"\r\n\r\n"
           "--B\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
           "--B\r\nContent-Type: message/delivery-status\r\n\r\n"
           "Reporting-MTA: dns; mail.home.example\r\n\r\n"
           "Final-Recipient: rfc822; paul@home.example\r\n"
           + fields + "\r\n--B--\r\n";
}

class MailThatLeft : public testing::Test {
protected:
    MailThatLeft() {
        Config config;
        config.data_folder = folder_.file("data");
        config.storage_url = storage_.url();
        config.policy.public_url = "https://clinic.example";
        config.mail.reply_to = base;
        practice_ = open_practice(config);
        (void)practice_->store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            TRY(domain::create_account(
                transaction, {"anna", "Anna", "anna@clinic.example", "correct horse", false},
                practice_->clock.now()));
            storage::Session session;
            session.owner = "anna";
            session.uid = "one@test";
            mail_.session = transaction.sessions().insert(session);
            mail_.recipient = "paul@home.example";
            mail_.subject = "new";
            mail_.created = practice_->clock.now();
            mail_.due = mail_.created;
            mail_.id = transaction.outbox().insert(mail_);
            transaction.outbox().sent(mail_.id, mail_.created);
            return {};
        });
    }
    std::string address() const {
        return domain::make_bounce_address(base, practice_->keys, mail_);
    }
    int deliver(const std::string& recipient, const std::string& text) {
        std::istringstream stream(text);
        return deliver_mail(*practice_, recipient, stream, streams_);
    }
    std::string queue() {
        out_.str("");
        EXPECT_EQ(list_mail_queue(*practice_, 10, streams_), 0);
        return out_.str();
    }

    support::TemporaryFolder folder_;
    support::TestStorage storage_;
    std::unique_ptr<Practice> practice_;
    storage::Mail mail_;
    std::ostringstream out_;
    std::ostringstream error_;
    Streams streams_{out_, error_};
};

TEST_F(MailThatLeft, AndComesBackIsListedAsFailedWithTheReason) {
    EXPECT_THAT(queue(), IsEmpty());

    EXPECT_EQ(deliver(address(), report("Action: failed\r\nStatus: 5.1.1\r\n"
                                        "Diagnostic-Code: smtp; 550 no \x1b[31m such user\r\n")),
              EX_OK);

    EXPECT_THAT(queue(), HasSubstr("\tfailed\t"));
    EXPECT_THAT(queue(), HasSubstr("came back: 5.1.1 smtp; 550 no ?[31m such user"));
}

TEST_F(MailThatLeft, AndIsLateOrWasReadIsNoFailure) {
    EXPECT_EQ(deliver(address(), report("Action: delayed\r\nStatus: 4.4.1\r\n")), EX_OK);
    EXPECT_EQ(deliver(address(), report("Action: delivered\r\nStatus: 2.0.0\r\n")), EX_OK);
    EXPECT_EQ(deliver(address(), "Auto-Submitted: auto-replied\r\n\r\nI am away.\r\n"), EX_OK);

    EXPECT_THAT(queue(), IsEmpty());
}

TEST_F(MailThatLeft, AndIsForgottenConcernsNobody) {
    const std::string failed = report("Action: failed\r\nStatus: 5.1.1\r\n");
    storage::Mail other = mail_;
    other.id = mail_.id + 1;
    EXPECT_EQ(deliver(domain::make_bounce_address(base, practice_->keys, other), failed), EX_OK);
    other = mail_;
    other.created.seconds -= 1; // of a database before this one
    EXPECT_EQ(deliver(domain::make_bounce_address(base, practice_->keys, other), failed), EX_OK);

    EXPECT_THAT(queue(), IsEmpty());
}

TEST_F(MailThatLeft, IsNotForOthersToSendBack) {
    std::string forged = address();
    char& last = forged[forged.find('@') - 1];
    last = last == '0' ? '1' : '0';

    EXPECT_EQ(deliver(forged, report("Action: failed\r\nStatus: 5.1.1\r\n")), EX_NOUSER);

    EXPECT_THAT(queue(), IsEmpty());
}

} // namespace app::mail_commands_test
