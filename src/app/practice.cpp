#include "src/app/practice.h"

#include "src/app/key_file.h"
#include "storage/open.h"

#include <sys/stat.h>

#include <filesystem>

namespace app {

namespace {

constexpr mode_t folder_mode = S_IRWXU;

} // namespace

std::string storage_url_of(const Config& config) {
    constexpr std::string_view sqlite = "sqlite:";
    if (!config.storage_url.starts_with(sqlite)) {
        return config.storage_url;
    }
    // What is absolute stays as it is.
    return std::string(sqlite)
           + (std::filesystem::path(config.data_folder) / config.storage_url.substr(sqlite.size()))
                 .string();
}

std::string attachments_path_of(const Config& config) {
    return (std::filesystem::path(config.data_folder) / config.attachments_folder).string();
}

std::string key_path_of(const Config& config) {
    return (std::filesystem::path(config.data_folder) / "key").string();
}

void make_data_folder(const Config& config) {
    const std::filesystem::path folder = config.data_folder;
    if (!std::filesystem::exists(folder)) {
        std::filesystem::create_directories(folder);
        ::chmod(folder.c_str(), folder_mode);
    }
}

std::unique_ptr<Practice> open_practice(Config config) {
    make_data_folder(config);
    auto practice = std::make_unique<Practice>();
    practice->config = std::move(config);
    practice->keys = domain::Keys::from_master(load_or_make_key(key_path_of(practice->config)));
    practice->folder =
        std::make_unique<storage::ContentFolder>(attachments_path_of(practice->config));
    practice->store =
        storage::open(storage_url_of(practice->config), practice->config.storage_connections);
    return practice;
}

void follow_last_server(Practice& practice) {
    if (practice.config.public_url_said) {
        return;
    }
    const auto last = practice.store->read([](const storage::ReadTransaction& transaction) {
        return transaction.facts().find(domain::link_base_fact);
    });
    practice.config.policy.public_url = last.value_or(practice.config.policy.public_url);
}

} // namespace app
