// The connections that read: opened when needed, kept, and bounded in number; who finds none waits.
#pragma once

#include "storage/sql/transaction.h"
#include "storage/sqlite/connection.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace storage::sqlite {

class ReaderPool {
public:
    ReaderPool(std::string path, std::size_t readers_max, std::chrono::milliseconds patience);

    // Runs `function` on one snapshot. Throws core::Unavailable if no connection comes free in
    // time.
    void read(const std::function<void(const ReadTransaction&)>& function);

private:
    struct Reader {
        Reader(const std::string& path, std::chrono::milliseconds patience)
            : connection(path, Access::read_only, patience), transaction(connection) {}
        Connection connection;
        sql::Transaction transaction;
    };

    std::unique_ptr<Reader> take();
    void give_back(std::unique_ptr<Reader> reader); // nullptr: it is gone

    const std::string path_;
    const std::size_t readers_max_;
    const std::chrono::milliseconds patience_;
    std::mutex mutex_; // of the two below
    std::vector<std::unique_ptr<Reader>> idle_;
    std::size_t open_ = 0;
    std::condition_variable returned_;
};

} // namespace storage::sqlite
