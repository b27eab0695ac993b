// The storage of one test, on the engine that APPOINTED_TEST_STORAGE names: "sqlite", also if it
// names none, or "postgres". So a whole suite runs on either.
#pragma once

#include "storage/store.h"

#include <filesystem>
#include <memory>
#include <string>

namespace support {

class TestStorage {
public:
    TestStorage();
    TestStorage(const TestStorage&) = delete;
    TestStorage& operator=(const TestStorage&) = delete;
    ~TestStorage();

    [[nodiscard]] const std::string& url() const { return url_; }
    [[nodiscard]] std::unique_ptr<storage::Store> open() const;
    // What somebody finds who steals the disk: every file of an embedded database, every value of a
    // server's.
    [[nodiscard]] std::string bytes_at_rest() const;

private:
    std::filesystem::path folder_; // of SQLite
    std::string database_;         // of PostgreSQL
    std::string url_;
};

} // namespace support
