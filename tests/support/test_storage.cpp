#include "tests/support/test_storage.h"

#include "storage/open.h"
#include "storage/sql/copy.h"
#include "tests/support/postgres_cluster.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <vector>

namespace support {

namespace {

bool on_postgres() {
    const char* const named = std::getenv("APPOINTED_TEST_STORAGE");
    const std::string engine = named == nullptr ? "sqlite" : named;
    if (engine != "sqlite" && engine != "postgres") {
        throw std::runtime_error("APPOINTED_TEST_STORAGE is neither sqlite nor postgres");
    }
    return engine == "postgres";
}

// Emptying a database costs a tenth of making one, so those that tests have left are used again.
std::vector<std::string>& left_databases() {
    static std::vector<std::string> names;
    return names;
}

std::string take_database() {
    if (left_databases().empty()) {
        return PostgresCluster::shared().create_database();
    }
    std::string name = std::move(left_databases().back());
    left_databases().pop_back();
    return name;
}

void leave_database(std::string name, const std::string& url) {
    storage::connect(url, storage::Use::write)
        ->run_script("DO $$ BEGIN EXECUTE (SELECT 'TRUNCATE ' || string_agg(tablename, ', ') "
                     "|| ' RESTART IDENTITY' FROM pg_tables WHERE schemaname = current_schema() "
                     "AND tablename <> 'schema_migration'); END $$");
    left_databases().push_back(std::move(name));
}

std::string every_value(storage::sql::Connection& connection) {
    std::string bytes;
    for (const storage::sql::Table& table : storage::sql::tables()) {
        for (const storage::sql::Column& column : table.columns) {
            const bool number = column.kind == storage::sql::Kind::integer;
            const auto rows = connection.query(
                "SELECT " + std::string(column.name) + " FROM " + std::string(table.name), {});
            while (rows->next()) {
                bytes += number ? std::to_string(rows->integer(0)) : std::string(rows->bytes(0));
                bytes += '\n';
            }
        }
    }
    return bytes;
}

} // namespace

TestStorage::TestStorage() {
    if (on_postgres()) {
        database_ = take_database();
        url_ = PostgresCluster::shared().url(database_);
        return;
    }
    std::string name =
        (std::filesystem::temp_directory_path() / "appointed-storage-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("no temporary directory");
    }
    folder_ = name;
    url_ = "sqlite:" + (folder_ / "test.db").string();
}

TestStorage::~TestStorage() {
    if (!database_.empty()) {
        leave_database(database_, url_);
    } else {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
}

std::unique_ptr<storage::Store> TestStorage::open() const {
    return storage::open(url_);
}

std::string TestStorage::bytes_at_rest() const {
    if (!database_.empty()) {
        return every_value(*storage::connect(url_, storage::Use::read));
    }
    std::string bytes;
    for (const char* name : {"test.db", "test.db-wal"}) {
        std::ifstream file(folder_ / name, std::ios::binary);
        bytes.append(std::istreambuf_iterator<char>(file), {});
    }
    return bytes;
}

} // namespace support
