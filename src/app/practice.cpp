#include "src/app/practice.h"

#include "src/app/key_file.h"
#include "storage/sqlite/store.h"

#include <sys/stat.h>

#include <filesystem>

namespace app {

namespace {

constexpr mode_t owner_only = S_IRWXU;

std::string database_path(const Config& config) {
    const std::filesystem::path path = config.storage_url.substr(sizeof("sqlite:") - 1);
    return path.is_absolute() ? path.string()
                              : (std::filesystem::path(config.data_folder) / path).string();
}

} // namespace

std::unique_ptr<Practice> open_practice(Config config) {
    const std::filesystem::path folder = config.data_folder;
    if (!std::filesystem::exists(folder)) {
        std::filesystem::create_directories(folder);
        ::chmod(folder.c_str(), owner_only);
    }
    auto practice = std::make_unique<Practice>();
    practice->config = std::move(config);
    practice->keys = domain::Keys::from_master(load_or_make_key((folder / "key").string()));
    practice->store = storage::open_sqlite(database_path(practice->config));
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
