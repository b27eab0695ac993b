// A SQLite file in a temporary directory of its own.
#pragma once

#include "storage/sqlite/connection.h"
#include "storage/sqlite/store.h"
#include "tests/contract/store_contract.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace contract {

class SqliteDatabase final : public TestDatabase {
public:
    SqliteDatabase() {
        std::string name =
            (std::filesystem::temp_directory_path() / "appointed-store-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("no temporary directory");
        }
        directory_ = name;
    }
    ~SqliteDatabase() override {
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }

    [[nodiscard]] std::string path() const { return (directory_ / "appointed.db").string(); }

    std::unique_ptr<storage::Store> open() override { return storage::open_sqlite(path()); }
    std::unique_ptr<storage::sql::Connection> connect() override {
        return std::make_unique<storage::sqlite::Connection>(
            path(), storage::sqlite::Access::read_write, std::chrono::seconds(10));
    }

private:
    std::filesystem::path directory_;
};

} // namespace contract
