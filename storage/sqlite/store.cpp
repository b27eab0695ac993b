#include "storage/sqlite/store.h"

#include "core/unavailable.h"
#include "storage/sql/migrate.h"
#include "storage/sql/pool.h"
#include "storage/sql/transaction.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/writer.h"

#include <utility>

namespace storage {

namespace {

struct Reader {
    Reader(const std::string& path, std::chrono::milliseconds patience)
        : connection(path, sqlite::Access::read_only, patience), transaction(connection) {}
    [[nodiscard]] bool is_usable() const { return usable; }

    sqlite::Connection connection;
    sql::Transaction transaction;
    bool usable = true;
};

class SqliteStore final : public Store {
public:
    SqliteStore(const std::string& path, const SqliteOptions& options,
                std::unique_ptr<sql::Connection> connection)
        : writer_(std::move(connection)),
          readers_(options.readers_max, options.patience, [path, patience = options.patience] {
              return std::make_unique<Reader>(path, patience);
          }) {}

protected:
    void do_read(const std::function<void(const ReadTransaction&)>& f) override;
    void do_write(const std::function<bool(WriteTransaction&)>& f) override { writer_.write(f); }

private:
    sqlite::Writer writer_; // first, so that its connection is the last one to close
    sql::Pool<Reader> readers_;
};

void SqliteStore::do_read(const std::function<void(const ReadTransaction&)>& f) {
    const auto reader = readers_.take();
    try {
        reader->connection.begin_read();
        f(std::as_const(reader->transaction));
        reader->connection.commit();
    } catch (const core::Unavailable&) {
        reader->usable = false; // the next one gets a fresh connection
        throw;
    } catch (...) {
        reader->connection.rollback();
        throw;
    }
}

} // namespace

std::unique_ptr<Store> open_sqlite(const std::string& path, const SqliteOptions& options) {
    auto connection =
        std::make_unique<sqlite::Connection>(path, sqlite::Access::read_write, options.patience);
    sql::migrate(*connection);
    sql::ensure_epoch(*connection);
    return std::make_unique<SqliteStore>(path, options, std::move(connection));
}

} // namespace storage
