// The configuration file: one TOML document, every key documented in conf/appointed.toml. Read once
// at start into a typed value; a bad key or value is an error that names file and line.
#pragma once

#include "core/log.h"
#include "core/result.h"
#include "domain/policy.h"
#include "src/net/server.h"
#include "src/routes/router.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace app {

struct MailOptions {
    std::string smtp_url; // empty: nobody gets mail
    std::string from;
    std::string reply_to;  // empty: answers are not taken by mail
    std::string lmtp_host; // an IP address to take them at, by LMTP; empty: not that way
    std::uint16_t lmtp_port = 0;
    std::string user;
    std::string password_file;
    bool starttls = true;
    std::string certificates_file; // empty: the system's
    std::int64_t settle_seconds = 60;
};

struct Config {
    net::ServerOptions server;
    routes::Exposure exposure;
    domain::Policy policy;
    MailOptions mail;
    std::string data_folder = "data";
    std::string storage_url = "sqlite:appointed.db"; // a relative path is inside the data folder
    std::string attachments_folder = "attachments";  // a relative path is inside the data folder
    std::size_t storage_connections = 16;
    core::LogLevel log_level = core::LogLevel::info;
    bool public_url_said = false; // else it follows from `listen`
};

// What the command line may say over the file. Empty: not said.
struct Overrides {
    std::string config_file;
    std::string data_folder;
    std::string listen; // HOST:PORT
};

// Defaults, then the file if one is named, then the overrides. Errors: invalid_input,
// "FILE:LINE: what is wrong".
core::Result<Config> load_config(const Overrides& overrides);

// The same from text; `file` is only for messages.
core::Result<Config> parse_config(std::string_view text, const std::string& file,
                                  const Overrides& overrides);

} // namespace app
