// What every command works on: the store, the keys and the policy of one deployment.
#pragma once

#include "core/clock.h"
#include "domain/attachments.h"
#include "domain/calendars.h"
#include "domain/policy.h"
#include "src/app/config.h"
#include "storage/store.h"

#include <memory>
#include <string>

namespace app {

struct Practice {
    core::SystemClock clock;
    Config config;
    domain::Keys keys;
    std::unique_ptr<storage::Store> store;
    std::unique_ptr<storage::ContentFolder> folder;
    domain::Calendars calendars{config.policy, keys, clock};
};

// The configured storage with the data folder in front of a relative path.
std::string storage_url_of(const Config& config);
// The folder of attachments, found in the same way.
std::string attachments_path_of(const Config& config);
std::string key_path_of(const Config& config);
// With mode 0700, where it is missing.
void make_data_folder(const Config& config);

// Makes the data folder, the key and the database where they are missing. Throws
// std::runtime_error or core::Unavailable with a sentence.
std::unique_ptr<Practice> open_practice(Config config);

// Where no public URL is configured, the one under which the server last served: so that a command
// prints the same links.
void follow_last_server(Practice& practice);

} // namespace app
