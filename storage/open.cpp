#include "storage/open.h"

#include "core/unavailable.h"
#include "storage/postgres/connection.h"
#include "storage/postgres/store.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/store.h"

#include <string_view>

namespace storage {

namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

bool is_postgres(const std::string& url) {
    return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

void refuse_faults(const std::string& url) {
    if (const auto fault = fault_of_storage_url(url)) {
        throw core::Unavailable("the storage URL " + *fault);
    }
}

std::string path_of(const std::string& url) {
    return url.substr(sqlite_scheme.size());
}

// Who copies or examines a whole database runs statements that take as long as they take.
std::unique_ptr<sql::Connection> connect_to_server(const std::string& url, Use use) {
    const auto access =
        use == Use::read ? postgres::Access::read_only : postgres::Access::read_write;
    return std::make_unique<postgres::Connection>(
        url, access,
        postgres::Timeouts{.statement = std::chrono::milliseconds(0),
                           .lock = PostgresOptions().patience});
}

} // namespace

std::optional<std::string> fault_of_storage_url(const std::string& url) {
    if (is_postgres(url)) {
        return fault_of_postgres_url(url);
    }
    if (!url.starts_with(sqlite_scheme) || url.size() == sqlite_scheme.size()) {
        return "must be sqlite:PATH or postgresql://USER@HOST/DATABASE";
    }
    return std::nullopt;
}

std::unique_ptr<Store> open(const std::string& url, std::size_t connections) {
    refuse_faults(url);
    if (is_postgres(url)) {
        return open_postgres(url, {.connections_max = connections});
    }
    return open_sqlite(path_of(url), {.readers_max = connections});
}

std::unique_ptr<sql::Connection> connect(const std::string& url, Use use) {
    refuse_faults(url);
    if (is_postgres(url)) {
        return connect_to_server(url, use);
    }
    const auto access = use == Use::read ? sqlite::Access::read_only : sqlite::Access::read_write;
    return std::make_unique<sqlite::Connection>(path_of(url), access, SqliteOptions().patience);
}

std::unique_ptr<sql::Connection> connect_to_new_file(const std::string& path) {
    return std::make_unique<sqlite::Connection>(path, sqlite::Access::whole_file,
                                                SqliteOptions().patience);
}

} // namespace storage
