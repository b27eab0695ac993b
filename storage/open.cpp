#include "storage/open.h"

#include "core/unavailable.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/store.h"

#include <string_view>

namespace storage {

namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

std::string path_of(const std::string& url) {
    if (const auto fault = fault_of_storage_url(url)) {
        throw core::Unavailable("the storage URL " + *fault);
    }
    return url.substr(sqlite_scheme.size());
}

} // namespace

std::optional<std::string> fault_of_storage_url(const std::string& url) {
    if (!url.starts_with(sqlite_scheme) || url.size() == sqlite_scheme.size()) {
        return "must be sqlite:PATH";
    }
    return std::nullopt;
}

std::unique_ptr<Store> open(const std::string& url) {
    return open_sqlite(path_of(url));
}

std::unique_ptr<sql::Connection> connect(const std::string& url, Use use) {
    const auto access = use == Use::read ? sqlite::Access::read_only : sqlite::Access::read_write;
    return std::make_unique<sqlite::Connection>(path_of(url), access, SqliteOptions().patience);
}

std::unique_ptr<sql::Connection> connect_to_new_file(const std::string& path) {
    return std::make_unique<sqlite::Connection>(path, sqlite::Access::whole_file,
                                                SqliteOptions().patience);
}

} // namespace storage
