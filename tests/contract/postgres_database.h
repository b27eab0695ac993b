// A database of its own in the tests' PostgreSQL server.
#pragma once

#include "storage/postgres/connection.h"
#include "storage/postgres/store.h"
#include "tests/contract/store_contract.h"
#include "tests/support/postgres_cluster.h"

#include <string>

namespace contract {

class PostgresDatabase final : public TestDatabase {
public:
    PostgresDatabase() : name_(support::PostgresCluster::shared().create_database()) {}
    ~PostgresDatabase() override { support::PostgresCluster::shared().drop_database(name_); }

    [[nodiscard]] std::string url() const { return support::PostgresCluster::shared().url(name_); }
    [[nodiscard]] const std::string& name() const { return name_; }

    std::unique_ptr<storage::Store> open() override { return storage::open_postgres(url()); }
    std::unique_ptr<storage::sql::Connection> connect() override {
        return std::make_unique<storage::postgres::Connection>(
            url(), storage::postgres::Access::read_write, storage::postgres::Timeouts{});
    }

private:
    std::string name_;
};

} // namespace contract
