#include "domain/reply_addresses.h"
#include "src/app/commands.h"
#include "src/app/import_command.h"
#include "src/app/mail_commands.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <sysexits.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

namespace {

class Commands : public testing::Test {
protected:
    Commands() {
        app::Config config;
        config.data_folder = folder.file("data");
        config.storage_url = storage.url();
        config.policy.public_url = "https://clinic.example";
        practice = app::open_practice(config);
        EXPECT_EQ(add("anna", "anna@clinic.example"), 0) << error.str();
    }
    int add(const std::string& login, const std::string& email) {
        return app::add_user(*practice, {login, "Dr Anna Chen", email, "correct horse", false},
                             streams);
    }
    void put_session() {
        const auto collection = *practice->store->read([](const storage::ReadTransaction& read) {
            return read.collections().find("anna", "calendar");
        });
        const core::Instant start = practice->clock.now() + 3'600;
        const auto checked = practice->calendars.check(
            collection, support::event("DTSTART:" + core::to_ical_utc(start)
                                       + "\nDTEND:" + core::to_ical_utc(start + 3'000)
                                       + "\nSUMMARY:Talk\n" + support::invited));
        ASSERT_TRUE(checked);
        ASSERT_TRUE(practice->store->write([&](storage::WriteTransaction& transaction) {
            return practice->calendars.put(transaction, collection, "a.ics", *checked);
        }));
    }

    support::TemporaryFolder folder;
    support::TestStorage storage;
    std::unique_ptr<app::Practice> practice;
    std::ostringstream out;
    std::ostringstream error;
    app::Streams streams{out, error};
};

// What a mail server makes of them: it keeps the mail, sends it back, or has done with it.
TEST_F(Commands, DeliverTellsTheMailServerByItsExitCode) {
    put_session();
    const auto deliver = [&](const std::string& recipient, const std::string& text) {
        std::istringstream mail(text);
        return app::deliver_mail(*practice, recipient, mail, streams);
    };
    const std::string words = "From: paul@mail.example\r\n\r\nI may be late.\r\n";
    EXPECT_EQ(deliver("sessions+00@clinic.example", words), EX_TEMPFAIL); // not set up yet

    const std::string base = "sessions@clinic.example";
    practice->config.mail.reply_to = base;
    const auto participant = *practice->store->read([](const storage::ReadTransaction& read) {
        const auto session = read.sessions().find("anna", "one@test");
        const auto people = read.sessions().participants(session->id);
        return std::optional(*std::find_if(people.begin(), people.end(), [](const auto& person) {
            return person.role == storage::Role::guest;
        }));
    });
    const std::string address = domain::make_reply_address(base, practice->keys, participant);
    std::string forged = address;
    forged[forged.find('@') - 1] = forged[forged.find('@') - 1] == '0' ? '1' : '0';

    EXPECT_EQ(deliver(address, words), EX_OK);
    EXPECT_EQ(deliver(forged, words), EX_NOUSER);
    EXPECT_EQ(deliver(base, words), EX_NOUSER);
    std::string circling;
    for (int i = 0; i < 60; ++i) {
        circling += "Received: from a.example by b.example; Sun, 22 Nov 2026 08:00:00 +0000\r\n";
    }
    EXPECT_EQ(deliver(address, circling + words), EX_DATAERR);
    EXPECT_EQ(deliver(address, "Content-Type: text/calendar; method=REPLY\r\n\r\nnonsense\r\n"),
              EX_DATAERR);
}

TEST_F(Commands, ListSessionsAsJsonWithEveryLink) {
    put_session();
    out.str("");

    ASSERT_EQ(app::list_sessions(*practice, {"anna", true, 30}, streams), 0);

    const auto rows = boost::json::parse(out.str()).as_array();
    ASSERT_EQ(rows.size(), 1U);
    const auto& people = rows[0].at("participants").as_array();
    ASSERT_EQ(people.size(), 2U);
    EXPECT_EQ(people[0].at("role").as_string(), "host");
    EXPECT_EQ(people[1].at("address").as_string(), "paul@mail.example");
    EXPECT_TRUE(people[1].at("link").as_string().starts_with("https://clinic.example/j/"));
}

TEST_F(Commands, ListSessionsForPeopleToo) {
    put_session();

    ASSERT_EQ(app::list_sessions(*practice, {std::nullopt, false, 30}, streams), 0);

    EXPECT_NE(out.str().find("Talk"), std::string::npos);
    EXPECT_NE(out.str().find("Paul Patient <paul@mail.example>"), std::string::npos);
}

TEST_F(Commands, SayWhatIsWrongAndFail) {
    EXPECT_EQ(add("anna", "other@clinic.example"), 1);
    EXPECT_NE(error.str().find("taken"), std::string::npos);
    EXPECT_EQ(app::change_password(*practice, "nobody", "12345678", streams), 1);
    EXPECT_EQ(app::disable_user(*practice, "nobody", true, streams), 1);
    EXPECT_EQ(app::print_feed(*practice, "nobody", false, streams), 1);
    EXPECT_EQ(app::list_sessions(*practice, {"nobody", false, 30}, streams), 1);
}

TEST_F(Commands, ImportAFileAndNameWhatIsRefused) {
    std::ofstream(folder.file("events.ics"))
        << support::calendar_of("BEGIN:VEVENT\nUID:good\nDTSTAMP:20261101T000000Z\n"
                                "DTSTART:20261123T140000Z\nEND:VEVENT\n"
                                "BEGIN:VEVENT\nUID:bad\nDTSTAMP:20261101T000000Z\n"
                                "DTSTART:soon\nEND:VEVENT\n");
    const auto import = [&](const std::string& login, const std::string& file,
                            const std::string& calendar = "calendar") {
        out.str("");
        error.str("");
        return app::import_file(*practice, {login, folder.file(file), calendar}, {std::cin},
                                streams);
    };

    EXPECT_EQ(import("anna", "events.ics"), 1);
    EXPECT_EQ(out.str(), "1 new, 0 replaced, 1 refused.\n");
    EXPECT_NE(error.str().find(", bad: "), std::string::npos);

    EXPECT_EQ(import("nobody", "events.ics"), 1);
    EXPECT_NE(error.str().find("no account nobody"), std::string::npos);
    EXPECT_EQ(import("anna", "events.ics", "none"), 1);
    EXPECT_NE(error.str().find("no calendar none"), std::string::npos);
    EXPECT_EQ(import("anna", "missing.ics"), 1);
    EXPECT_NE(error.str().find("missing.ics"), std::string::npos);
}

TEST_F(Commands, ShowWhoIsDisabled) {
    ASSERT_EQ(app::disable_user(*practice, "anna", true, streams), 0);
    ASSERT_EQ(app::list_users(*practice, streams), 0);

    EXPECT_NE(out.str().find("anna\tDr Anna Chen\tanna@clinic.example\tdisabled"),
              std::string::npos);
}

TEST_F(Commands, PrintAFeedAddressAndANewOneWhenItIsRevoked) {
    out.str("");
    ASSERT_EQ(app::print_feed(*practice, "anna", false, streams), 0);
    const std::string first = out.str();
    out.str("");
    ASSERT_EQ(app::print_feed(*practice, "anna", true, streams), 0);

    EXPECT_TRUE(first.starts_with("https://clinic.example/feeds/"));
    EXPECT_NE(out.str(), first);
}

TEST_F(Commands, UseTheAddressUnderWhichTheServerLastServed) {
    practice->config.policy.public_url = "https://served.example";
    ASSERT_TRUE(practice->calendars.follow_public_url(*practice->store));
    practice->config.policy.public_url = "http://127.0.0.1:8080";

    app::follow_last_server(*practice);

    EXPECT_EQ(practice->config.policy.public_url, "https://served.example");
}

} // namespace
