#include "storage/sqlite/reader_pool.h"

#include "core/unavailable.h"

#include <utility>

namespace storage::sqlite {

ReaderPool::ReaderPool(std::string path, std::size_t readers_max,
                       std::chrono::milliseconds patience)
    : path_(std::move(path)), readers_max_(readers_max), patience_(patience) {}

void ReaderPool::read(const std::function<void(const ReadTransaction&)>& function) {
    std::unique_ptr<Reader> reader = take();
    try {
        reader->connection.begin_read();
        function(std::as_const(reader->transaction));
        reader->connection.commit();
    } catch (const core::Unavailable&) {
        give_back(nullptr); // the next one gets a fresh connection
        throw;
    } catch (...) {
        reader->connection.rollback();
        give_back(std::move(reader));
        throw;
    }
    give_back(std::move(reader));
}

std::unique_ptr<ReaderPool::Reader> ReaderPool::take() {
    {
        std::unique_lock lock(mutex_);
        const bool free = returned_.wait_for(
            lock, patience_, [this] { return !idle_.empty() || open_ < readers_max_; });
        if (!free) {
            throw core::Unavailable("every database connection is busy");
        }
        if (!idle_.empty()) {
            std::unique_ptr<Reader> reader = std::move(idle_.back());
            idle_.pop_back();
            return reader;
        }
        ++open_;
    }
    try {
        return std::make_unique<Reader>(path_, patience_);
    } catch (...) {
        give_back(nullptr);
        throw;
    }
}

void ReaderPool::give_back(std::unique_ptr<Reader> reader) {
    {
        const std::lock_guard lock(mutex_);
        if (reader) {
            idle_.push_back(std::move(reader));
        } else {
            --open_;
        }
    }
    returned_.notify_one();
}

} // namespace storage::sqlite
