#include "core/strings.h"
#include "src/app/config.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace {

core::Result<app::Config> parse(const std::string& text, const app::Overrides& overrides = {}) {
    return app::parse_config(text, "test.toml", overrides);
}

std::string complaint(const std::string& text) {
    const auto config = parse(text);
    return config ? "" : config.error().detail;
}

TEST(Config, IsSensibleWithoutAFile) {
    const auto config = parse("");

    ASSERT_TRUE(config);
    EXPECT_EQ(config->server.host, "127.0.0.1");
    EXPECT_EQ(config->server.port, 8080);
    EXPECT_EQ(config->policy.public_url, "http://127.0.0.1:8080");
    EXPECT_EQ(config->policy.guest_opens_before_seconds, 300);
    EXPECT_EQ(config->policy.host_opens_before_seconds, 1800);
    EXPECT_TRUE(config->exposure.trusted_proxies.empty());
}

TEST(Config, TakesWhatTheFileSays) {
    const auto config = parse("[server]\nlisten = \"[::1]:9000\"\n"
                              "public_url = \"https://clinic.example\"\n"
                              "trusted_proxies = [\"10.0.0.0/8\"]\n"
                              "[sessions]\nguest_opens_before_minutes = 10\n"
                              "time_zone = \"Europe/Berlin\"\nguest_details = \"full\"\n"
                              "[call]\nurl = \"https://meet.example.org/{room}\"\n");

    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->server.host, "::1");
    EXPECT_EQ(config->server.port, 9000);
    EXPECT_EQ(config->policy.public_url, "https://clinic.example");
    EXPECT_EQ(config->policy.guest_opens_before_seconds, 600);
    EXPECT_EQ(config->policy.time_zone->name(), "Europe/Berlin");
    EXPECT_EQ(config->policy.guest_details, domain::GuestDetails::full);
    EXPECT_EQ(config->exposure.trusted_proxies, std::vector<std::string>{"10.0.0.0/8"});
}

TEST(Config, LetsTheCommandLineSayOtherwise) {
    const auto config = parse("[server]\nlisten = \"127.0.0.1:1\"\n[storage]\ndata = \"a\"\n",
                              {"", "b", "127.0.0.1:2"});

    ASSERT_TRUE(config);
    EXPECT_EQ(config->server.port, 2);
    EXPECT_EQ(config->data_folder, "b");
    EXPECT_EQ(config->policy.public_url, "http://127.0.0.1:2");
}

struct Bad {
    const char* name;
    const char* text;
    const char* complaint; // the beginning
};

class BadConfig : public testing::TestWithParam<Bad> {};

TEST_P(BadConfig, IsRefusedWithFileAndLine) {
    EXPECT_TRUE(complaint(GetParam().text).starts_with(GetParam().complaint))
        << complaint(GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, BadConfig,
    testing::Values(
        Bad{"Syntax", "[server]\nlisten = \n", "test.toml:2: "},
        Bad{"UnknownTable", "\n[serve]\nlisten = \"x\"\n",
            "test.toml:2: there is no table [serve]"},
        Bad{"UnknownKey", "[server]\nlissen = \"x\"\n", "test.toml:2: there is no key lissen"},
        Bad{"KeyOutsideATable", "listen = \"x\"\n", "test.toml:1: there is no table"},
        Bad{"WrongType", "[server]\n\nworkers = \"many\"\n",
            "test.toml:3: workers must be a whole"},
        Bad{"OutOfRange", "[server]\nworkers = 1000\n", "test.toml:2: workers must be a whole"},
        Bad{"NoPort", "[server]\nlisten = \"127.0.0.1\"\n", "test.toml:2: listen must be HOST"},
        Bad{"AttachmentsThatAreTooLarge", "[limits]\nattachment_megabytes = 11\n",
            "test.toml:2: attachment_megabytes must be a whole number from 1 to 10"},
        Bad{"AttachmentTypesThatAreNoList", "[limits]\nattachment_types = \"a/b\"\n",
            "test.toml:2: attachment_types must be a list"},
        Bad{"AttachmentTypeThatIsNone", "[limits]\nattachment_types = [\"pdf\"]\n",
            "test.toml:2: attachment_types must be a list"},
        Bad{"RemindersThatAreNoList", "[mail]\nreminders_minutes = 10\n",
            "test.toml:2: reminders_minutes must be a list"},
        Bad{"ReminderThatIsNoNumber", "[mail]\nreminders_minutes = [10, \"x\"]\n",
            "test.toml:2: reminders_minutes must be a whole"},
        Bad{"LmtpWithoutPort", "[mail]\nlmtp_listen = \"127.0.0.1\"\n",
            "test.toml:2: lmtp_listen must be HOST"},
        Bad{"ReplyToWithAName", "[mail]\nreply_to = \"Desk <s@clinic.example>\"\n",
            "test.toml:2: reply_to must be an e-mail address"},
        Bad{"ReplyToTooLongForAToken",
            "[mail]\nreply_to = \"ssssssssssssssssssssssssssssssssssssssss@clinic.example\"\n",
            "test.toml:2: reply_to must be an e-mail address"},
        Bad{"PortTooLarge", "[server]\nlisten = \"h:65536\"\n", "test.toml:2: listen must be HOST"},
        Bad{"UrlWithPath", "[server]\npublic_url = \"https://a.example/b\"\n",
            "test.toml:2: public_url must be"},
        Bad{"CallWithoutRoom", "[call]\nurl = \"https://meet.example.org/\"\n",
            "test.toml:2: url must be"},
        Bad{"CallThatIsNoWebAddress", "[call]\nurl = \"javascript:{room}\"\n",
            "test.toml:2: url must be"},
        Bad{"NoSuchZone", "[sessions]\ntime_zone = \"Mars/Olympus\"\n",
            "test.toml:2: time_zone is not a time zone"},
        Bad{"UnknownStorage", "[storage]\nurl = \"mysql://x\"\n",
            "test.toml:2: url must be sqlite"},
        Bad{"StorageWithoutAPath", "[storage]\nurl = \"sqlite:\"\n",
            "test.toml:2: url must be sqlite"},
        Bad{"UnreadableServer", "[storage]\nurl = \"postgresql://a:secret%zz@h/d\"\n",
            "test.toml:2: url must be a postgresql: address"},
        Bad{"OneConnection", "[storage]\nconnections = 1\n",
            "test.toml:2: connections must be a whole number from 2"},
        Bad{"HalfOfTls", "[server]\ntls_key = \"k\"\n", "test.toml: tls_certificate and tls_key"}),
    [](const auto& row) { return row.param.name; });

TEST(Config, NeverRepeatsAPassword) {
    for (const char* url :
         {"postgresql://anna:hunter2%zz@host/base", "postgres://anna:hunter2@[::1/base?nosuch=1"}) {
        const std::string said = complaint("[storage]\nurl = \"" + std::string(url) + "\"\n");

        EXPECT_TRUE(said.starts_with("test.toml:2: url must be")) << said;
        EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
    }
}

TEST(Config, TakesAServerAsStorage) {
    const auto config = parse("[storage]\nurl = \"postgresql://anna@db.example/appointed"
                              "?sslmode=verify-full&passfile=/etc/pgpass\"\nconnections = 40\n");

    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->storage_connections, 40U);
}

// conf/appointed.toml is the documentation: with every commented-out key switched on it is accepted
// and says the defaults.
TEST(ExampleConfiguration, HoldsEveryKeyWithItsDefault) {
    std::ifstream stream(std::string(APPOINTED_SOURCE_DIR) + "/conf/appointed.toml");
    std::ostringstream text;
    std::string line;
    while (std::getline(stream, line)) {
        const bool is_key =
            line.starts_with("# ") && line.find(" = ") != std::string::npos
            && line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", 2) == line.find(" = ");
        text << (is_key ? line.substr(2) : line) << '\n';
    }

    const auto config = parse(text.str());

    ASSERT_TRUE(config) << config.error().detail;
    const app::Config defaults;
    EXPECT_EQ(config->server.queue_length, defaults.server.queue_length);
    EXPECT_EQ(config->server.connections, defaults.server.connections);
    EXPECT_EQ(config->server.idle_timeout, defaults.server.idle_timeout);
    EXPECT_EQ(config->server.header_timeout, defaults.server.header_timeout);
    EXPECT_EQ(config->server.body_timeout, defaults.server.body_timeout);
    EXPECT_EQ(config->server.write_timeout, defaults.server.write_timeout);
    EXPECT_EQ(config->server.shutdown_timeout, defaults.server.shutdown_timeout);
    EXPECT_EQ(config->data_folder, defaults.data_folder);
    EXPECT_EQ(config->storage_url, defaults.storage_url);
    EXPECT_EQ(config->storage_connections, defaults.storage_connections);
    EXPECT_EQ(config->policy.history_days, defaults.policy.history_days);
    EXPECT_EQ(config->policy.reminder_seconds, defaults.policy.reminder_seconds);
    EXPECT_EQ(config->policy.history_bytes, defaults.policy.history_bytes);
    EXPECT_EQ(config->policy.account_bytes, defaults.policy.account_bytes);
    EXPECT_EQ(config->policy.feed_past_days, defaults.policy.feed_past_days);
    EXPECT_EQ(config->policy.feed_future_days, defaults.policy.feed_future_days);
    EXPECT_EQ(config->policy.host_opens_before_seconds, defaults.policy.host_opens_before_seconds);
    EXPECT_EQ(config->policy.guest_details, defaults.policy.guest_details);
    EXPECT_EQ(config->policy.directory, defaults.policy.directory);
    for (const char* key : {"listen",
                            "public_url",
                            "tls_certificate",
                            "tls_key",
                            "trusted_proxies",
                            "workers",
                            "queue_length",
                            "max_connections",
                            "idle_timeout_seconds",
                            "header_timeout_seconds",
                            "body_timeout_seconds",
                            "write_timeout_seconds",
                            "shutdown_timeout_seconds",
                            "data",
                            "url",
                            "connections",
                            "history_days",
                            "history_megabytes",
                            "attachments",
                            "account_megabytes",
                            "attachment_megabytes",
                            "attachment_types",
                            "reminders_minutes",
                            "guest_opens_before_minutes",
                            "host_opens_before_minutes",
                            "guest_details",
                            "time_zone",
                            "directory",
                            "past_days",
                            "future_days",
                            "level"}) {
        EXPECT_NE(text.str().find(std::string("\n") + key + " = "), std::string::npos) << key;
    }
}

} // namespace
