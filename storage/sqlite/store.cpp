#include "storage/sqlite/store.h"

#include "storage/sql/migrate.h"
#include "storage/sqlite/reader_pool.h"
#include "storage/sqlite/writer.h"

#include <utility>

namespace storage {

namespace {

class SqliteStore final : public Store {
public:
    SqliteStore(const std::string& path, const SqliteOptions& options,
                std::unique_ptr<sql::Connection> connection)
        : writer_(std::move(connection)), readers_(path, options.readers_max, options.patience) {}

protected:
    void do_read(const std::function<void(const ReadTransaction&)>& f) override {
        readers_.read(f);
    }
    void do_write(const std::function<bool(WriteTransaction&)>& f) override { writer_.write(f); }

private:
    sqlite::Writer writer_; // first, so that its connection is the last one to close
    sqlite::ReaderPool readers_;
};

} // namespace

std::unique_ptr<Store> open_sqlite(const std::string& path, const SqliteOptions& options) {
    auto connection =
        std::make_unique<sqlite::Connection>(path, sqlite::Access::read_write, options.patience);
    sql::migrate(*connection);
    sql::ensure_epoch(*connection);
    return std::make_unique<SqliteStore>(path, options, std::move(connection));
}

} // namespace storage
