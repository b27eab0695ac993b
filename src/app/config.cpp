#include "src/app/config.h"

#include "core/limits.h"
#include "core/strings.h"
#include "domain/addresses.h"
#include "domain/reply_addresses.h"
#include "ical/zone.h"
#include "storage/open.h"

#include <toml++/toml.h>

#include <charconv>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <sstream>
#include <utility>

namespace app {

namespace {

struct Complaint {
    std::string sentence;
};

// One key of one table: how its value is taken into the configuration. Throws Complaint.
using Setter = std::function<void(Config&, const toml::node&)>;

std::string text_of(const toml::node& node) {
    const auto value = node.value<std::string>();
    if (!node.is_string() || !value) {
        throw Complaint{"must be a text in quotes"};
    }
    return *value;
}

std::int64_t number_of(const toml::node& node, std::int64_t least, std::int64_t most) {
    const auto value = node.value<std::int64_t>();
    if (!node.is_integer() || !value || *value < least || *value > most) {
        throw Complaint{"must be a whole number from " + std::to_string(least) + " to "
                        + std::to_string(most)};
    }
    return *value;
}

Setter text(std::string Config::*field) {
    return [field](Config& config, const toml::node& node) { config.*field = text_of(node); };
}

Setter server_text(std::string net::ServerOptions::*field) {
    return
        [field](Config& config, const toml::node& node) { config.server.*field = text_of(node); };
}

template <class T>
Setter server_number(T net::ServerOptions::*field, std::int64_t least, std::int64_t most) {
    return [=](Config& config, const toml::node& node) {
        config.server.*field = static_cast<T>(number_of(node, least, most));
    };
}

Setter server_seconds(std::chrono::seconds net::ServerOptions::*field) {
    constexpr std::int64_t most = 24 * 3600;
    return [field](Config& config, const toml::node& node) {
        config.server.*field = std::chrono::seconds(number_of(node, 1, most));
    };
}

Setter policy_number(std::int64_t domain::Policy::*field, std::int64_t unit, std::int64_t most) {
    return [=](Config& config, const toml::node& node) {
        config.policy.*field = number_of(node, 0, most) * unit;
    };
}

Setter policy_days(int domain::Policy::*field) {
    constexpr std::int64_t most = 3 * 366;
    return [field](Config& config, const toml::node& node) {
        config.policy.*field = static_cast<int>(number_of(node, 0, most));
    };
}

void set_history_megabytes(Config& config, const toml::node& node) {
    constexpr std::int64_t megabyte = 1024 * 1024;
    constexpr std::int64_t most = 1024 * 1024;
    config.policy.history_bytes = static_cast<std::size_t>(number_of(node, 1, most) * megabyte);
}

void set_attachment_megabytes(Config& config, const toml::node& node) {
    constexpr std::int64_t megabyte = 1024 * 1024;
    constexpr std::int64_t most = core::limits::attachment_bytes / megabyte;
    config.policy.attachment_bytes = static_cast<std::size_t>(number_of(node, 1, most) * megabyte);
}

void set_attachment_types(Config& config, const toml::node& node) {
    const toml::array* const types = node.as_array();
    constexpr std::size_t most = 100;
    if (types == nullptr || types->size() > most) {
        throw Complaint{"must be a list of media types"};
    }
    config.policy.attachment_types.clear();
    for (const toml::node& type : *types) {
        const std::string value = text_of(type);
        const std::size_t slash = value.find('/');
        if (slash == 0 || slash == std::string::npos || slash + 1 == value.size()) {
            throw Complaint{R"(must be a list of media types, such as "application/pdf")"};
        }
        config.policy.attachment_types.push_back(core::to_lower(value));
    }
}

struct ListenAddress {
    std::string host; // an IP address; of version 6 without its brackets
    std::uint16_t port = 0;
};

ListenAddress listen_address(const std::string& value) {
    const std::size_t colon = value.rfind(':');
    unsigned port = 0;
    const char* const begin = colon == std::string::npos ? nullptr : value.data() + colon + 1;
    const char* const end = value.data() + value.size();
    if (begin == nullptr || begin == end) {
        throw Complaint{"must be HOST:PORT"};
    }
    const auto [stop, error] = std::from_chars(begin, end, port);
    if (error != std::errc() || stop != end || port > std::numeric_limits<std::uint16_t>::max()) {
        throw Complaint{"must be HOST:PORT with a port from 0 to 65535"};
    }
    ListenAddress address{value.substr(0, colon), static_cast<std::uint16_t>(port)};
    if (address.host.starts_with('[') && address.host.ends_with(']')) {
        address.host = address.host.substr(1, address.host.size() - 2);
    }
    return address;
}

void set_listen(net::ServerOptions& server, const std::string& value) {
    ListenAddress address = listen_address(value);
    server.host = std::move(address.host);
    server.port = address.port;
}

void set_lmtp_listen(Config& config, const toml::node& node) {
    const std::string value = text_of(node);
    ListenAddress address = value.empty() ? ListenAddress{} : listen_address(value);
    config.mail.lmtp_host = std::move(address.host);
    config.mail.lmtp_port = address.port;
}

void set_public_url(Config& config, const toml::node& node) {
    std::string url = text_of(node);
    const bool has_scheme = url.starts_with("http://") || url.starts_with("https://");
    const std::size_t authority = url.find("//") + 2;
    if (!has_scheme || url.find('/', authority) != std::string::npos || url.size() == authority
        || url.find_first_of(" \t\r\n?#\"<>") != std::string::npos) {
        throw Complaint{"must be https://HOST or http://HOST[:PORT], without a path"};
    }
    config.policy.public_url = std::move(url);
    config.public_url_said = true;
}

void set_call_url(Config& config, const toml::node& node) {
    std::string url = text_of(node);
    const bool is_web = url.starts_with("http://") || url.starts_with("https://");
    if (!url.empty()
        && (!is_web || url.find("{room}") == std::string::npos
            || url.find_first_of(" \t\r\n\"<>;,") != std::string::npos)) {
        throw Complaint{"must be a web address with {room} in it"};
    }
    config.policy.call_url = std::move(url);
}

void set_guest_details(Config& config, const toml::node& node) {
    const std::string value = text_of(node);
    if (value != "neutral" && value != "full") {
        throw Complaint{"must be \"neutral\" or \"full\""};
    }
    config.policy.guest_details =
        value == "full" ? domain::GuestDetails::full : domain::GuestDetails::neutral;
}

void set_directory(Config& config, const toml::node& node) {
    const auto value = node.value<bool>();
    if (!node.is_boolean() || !value) {
        throw Complaint{"must be true or false"};
    }
    config.policy.directory = *value;
}

void set_time_zone(Config& config, const toml::node& node) {
    const std::string value = text_of(node);
    const auto zone = ical::find_zone(value);
    if (!zone) {
        throw Complaint{"is not a time zone: " + value};
    }
    config.policy.time_zone = *zone;
}

void set_log_level(Config& config, const toml::node& node) {
    static const std::map<std::string, core::LogLevel> levels = {
        {"debug", core::LogLevel::debug},
        {"info", core::LogLevel::info},
        {"warning", core::LogLevel::warning},
        {"error", core::LogLevel::error}};
    const auto level = levels.find(text_of(node));
    if (level == levels.end()) {
        throw Complaint{"must be \"debug\", \"info\", \"warning\" or \"error\""};
    }
    config.log_level = level->second;
}

void set_trusted_proxies(Config& config, const toml::node& node) {
    const toml::array* const array = node.as_array();
    if (array == nullptr) {
        throw Complaint{"must be a list of addresses or networks"};
    }
    for (const toml::node& entry : *array) {
        config.exposure.trusted_proxies.push_back(text_of(entry));
    }
}

void set_storage_url(Config& config, const toml::node& node) {
    config.storage_url = text_of(node);
    if (auto fault = storage::fault_of_storage_url(config.storage_url)) {
        throw Complaint{std::move(*fault)};
    }
}

Setter mail_text(std::string MailOptions::*field) {
    return [field](Config& config, const toml::node& node) { config.mail.*field = text_of(node); };
}

void set_smtp_url(Config& config, const toml::node& node) {
    std::string url = text_of(node);
    const std::size_t authority = url.find("://");
    if (!url.empty()
        && ((!url.starts_with("smtp://") && !url.starts_with("smtps://"))
            || authority + 3 == url.size()
            || url.find_first_of(" \t\r\n@?#\"<>", authority) != std::string::npos)) {
        throw Complaint{"must be smtp://HOST[:PORT] or smtps://HOST[:PORT]"};
    }
    config.mail.smtp_url = std::move(url);
}

void set_mail_from(Config& config, const toml::node& node) {
    config.mail.from = text_of(node);
    if (!config.mail.from.empty() && !domain::is_email_address(config.mail.from)) {
        throw Complaint{"must be an e-mail address without a name"};
    }
}

void set_mail_reply_to(Config& config, const toml::node& node) {
    config.mail.reply_to = text_of(node);
    if (!config.mail.reply_to.empty()
        && (!domain::is_email_address(config.mail.reply_to)
            || config.mail.reply_to.rfind('@') > domain::reply_local_part_max)) {
        throw Complaint{"must be an e-mail address without a name, with at most "
                        + std::to_string(domain::reply_local_part_max) + " characters before @"};
    }
}

void set_mail_tls(Config& config, const toml::node& node) {
    const std::string value = text_of(node);
    if (value != "starttls" && value != "none") {
        throw Complaint{R"(must be "starttls" or "none")"};
    }
    config.mail.starttls = value == "starttls";
}

void set_mail_language(Config& config, const toml::node& node) {
    const std::string value = text_of(node);
    if (value != "en" && value != "de") {
        throw Complaint{R"(must be "en" or "de")"};
    }
    config.policy.language = value == "de" ? domain::Language::german : domain::Language::english;
}

void set_settle_seconds(Config& config, const toml::node& node) {
    constexpr std::int64_t most = 3'600;
    config.mail.settle_seconds = number_of(node, 0, most);
}

void set_reminders(Config& config, const toml::node& node) {
    constexpr std::int64_t minute = 60;
    constexpr std::int64_t most = 30 * 24 * 60;
    constexpr std::size_t most_of_one = 8;
    const toml::array* const numbers = node.as_array();
    if (numbers == nullptr || numbers->size() > most_of_one) {
        throw Complaint{"must be a list of at most 8 numbers"};
    }
    config.policy.reminder_seconds.clear();
    for (const toml::node& number : *numbers) {
        config.policy.reminder_seconds.push_back(number_of(number, 1, most) * minute);
    }
}

// One is not enough: a request may look something up while it writes.
void set_storage_connections(Config& config, const toml::node& node) {
    config.storage_connections = static_cast<std::size_t>(number_of(node, 2, 1'000));
}

// Every key there is. conf/appointed.toml documents the same ones; a test compares the two.
const std::map<std::string, std::map<std::string, Setter>>& key_table() {
    using Server = net::ServerOptions;
    using Policy = domain::Policy;
    constexpr std::int64_t minute = 60;
    constexpr std::int64_t day_minutes = 24 * 60;
    constexpr std::int64_t megabyte = 1024 * 1024;
    static const std::map<std::string, std::map<std::string, Setter>> table = {
        {"server",
         {{"listen", [](Config& config,
                        const toml::node& node) { set_listen(config.server, text_of(node)); }},
          {"public_url", set_public_url},
          {"tls_certificate", server_text(&Server::certificate_file)},
          {"tls_key", server_text(&Server::key_file)},
          {"trusted_proxies", set_trusted_proxies},
          {"workers", server_number(&Server::workers, 0, 256)},
          {"queue_length", server_number(&Server::queue_length, 1, 100'000)},
          {"max_connections", server_number(&Server::connections, 1, 1'000'000)},
          {"idle_timeout_seconds", server_seconds(&Server::idle_timeout)},
          {"header_timeout_seconds", server_seconds(&Server::header_timeout)},
          {"body_timeout_seconds", server_seconds(&Server::body_timeout)},
          {"write_timeout_seconds", server_seconds(&Server::write_timeout)},
          {"shutdown_timeout_seconds", server_seconds(&Server::shutdown_timeout)}}},
        {"storage",
         {{"data", text(&Config::data_folder)},
          {"url", set_storage_url},
          {"attachments", text(&Config::attachments_folder)},
          {"connections", set_storage_connections},
          {"history_days", policy_days(&Policy::history_days)},
          {"history_megabytes", set_history_megabytes}}},
        {"limits",
         {{"account_megabytes",
           policy_number(&Policy::account_bytes, megabyte, std::int64_t{1} << 40)},
          {"attachment_megabytes", set_attachment_megabytes},
          {"attachment_types", set_attachment_types}}},
        {"sessions",
         {{"guest_opens_before_minutes",
           policy_number(&Policy::guest_opens_before_seconds, minute, day_minutes)},
          {"host_opens_before_minutes",
           policy_number(&Policy::host_opens_before_seconds, minute, day_minutes)},
          {"guest_details", set_guest_details},
          {"time_zone", set_time_zone}}},
        {"feeds",
         {{"past_days", policy_days(&Policy::feed_past_days)},
          {"future_days", policy_days(&Policy::feed_future_days)}}},
        {"teams", {{"directory", set_directory}}},
        {"call", {{"url", set_call_url}}},
        {"mail",
         {{"smtp_url", set_smtp_url},
          {"from", set_mail_from},
          {"reply_to", set_mail_reply_to},
          {"lmtp_listen", set_lmtp_listen},
          {"user", mail_text(&MailOptions::user)},
          {"password_file", mail_text(&MailOptions::password_file)},
          {"tls", set_mail_tls},
          {"certificates_file", mail_text(&MailOptions::certificates_file)},
          {"settle_seconds", set_settle_seconds},
          {"reminders_minutes", set_reminders},
          {"language", set_mail_language}}},
        {"log", {{"level", set_log_level}}},
    };
    return table;
}

std::string place(const std::string& file, const toml::source_region& source) {
    return file + ":" + std::to_string(source.begin.line) + ": ";
}

core::Done read_table(Config& config, const std::string& file, const std::string& name,
                      const toml::table& table, const std::map<std::string, Setter>& keys) {
    for (const auto& [key, node] : table) {
        const std::string word(key.str());
        const auto setter = keys.find(word);
        if (setter == keys.end()) {
            std::string detail = place(file, key.source());
            detail.append("there is no key ").append(word).append(" in [").append(name).append("]");
            return core::fail(core::Errc::invalid_input, std::move(detail));
        }
        try {
            setter->second(config, node);
        } catch (const Complaint& complaint) {
            return core::fail(core::Errc::invalid_input,
                              place(file, key.source()) + word + " " + complaint.sentence);
        }
    }
    return {};
}

core::Done read_document(Config& config, const std::string& file, const toml::table& document) {
    for (const auto& [key, node] : document) {
        const std::string name(key.str());
        const auto keys = key_table().find(name);
        const toml::table* const table = node.as_table();
        if (keys == key_table().end() || table == nullptr) {
            return core::fail(core::Errc::invalid_input,
                              place(file, key.source()) + "there is no table [" + name + "]");
        }
        TRYV(read_table(config, file, name, *table, keys->second));
    }
    return {};
}

core::Done complete_mail(Config& config, const std::string& file) {
    if (config.mail.smtp_url.empty()) {
        return {};
    }
    if (config.mail.from.empty()) {
        return core::fail(core::Errc::invalid_input, file + ": [mail] needs from beside smtp_url");
    }
    config.policy.mail_settle_seconds = config.mail.settle_seconds;
    config.policy.mail_domain = config.mail.from.substr(config.mail.from.rfind('@') + 1);
    return {};
}

// What follows from the other values where nothing was said.
core::Done complete(Config& config, const Overrides& overrides, const std::string& file) {
    if (!overrides.data_folder.empty()) {
        config.data_folder = overrides.data_folder;
    }
    if (!overrides.listen.empty()) {
        try {
            set_listen(config.server, overrides.listen);
        } catch (const Complaint& complaint) {
            return core::fail(core::Errc::invalid_input, "--listen " + complaint.sentence);
        }
    }
    if (config.server.certificate_file.empty() != config.server.key_file.empty()) {
        return core::fail(core::Errc::invalid_input,
                          file + ": tls_certificate and tls_key go together");
    }
    TRYV(complete_mail(config, file));
    if (!config.public_url_said) {
        const bool any = config.server.host == "0.0.0.0" || config.server.host == "::";
        const bool v6 = config.server.host.find(':') != std::string::npos && !any;
        const std::string host = any  ? "127.0.0.1"
                                 : v6 ? "[" + config.server.host + "]"
                                      : config.server.host;
        config.policy.public_url = (config.server.certificate_file.empty() ? "http://" : "https://")
                                   + host + ":" + std::to_string(config.server.port);
    }
    return {};
}

} // namespace

core::Result<Config> parse_config(std::string_view text, const std::string& file,
                                  const Overrides& overrides) {
    Config config;
    try {
        const toml::table document = toml::parse(text, file);
        TRYV(read_document(config, file, document));
    } catch (const toml::parse_error& error) {
        return core::fail(core::Errc::invalid_input,
                          place(file, error.source()) + std::string(error.description()));
    }
    TRYV(complete(config, overrides, file));
    return config;
}

core::Result<Config> load_config(const Overrides& overrides) {
    if (overrides.config_file.empty()) {
        return parse_config("", "", overrides);
    }
    std::ifstream stream(overrides.config_file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) {
        return core::fail(core::Errc::not_found,
                          "The configuration " + overrides.config_file + " cannot be read.");
    }
    return parse_config(text.str(), overrides.config_file, overrides);
}

} // namespace app
