// A connection that passes everything on to another one; tests override what they watch or break.
#pragma once

#include "storage/sql/connection.h"

#include <memory>
#include <string>
#include <utility>

namespace contract {

class ForwardingConnection : public storage::sql::Connection {
public:
    explicit ForwardingConnection(std::unique_ptr<storage::sql::Connection> real)
        : real_(std::move(real)) {}

    [[nodiscard]] const storage::sql::Dialect& dialect() const override { return real_->dialect(); }
    [[nodiscard]] std::unique_ptr<storage::sql::Rows> query(std::string_view sql,
                                                            storage::sql::Values values) override {
        return real_->query(sql, values);
    }
    void run_script(const std::string& sql) override { real_->run_script(sql); }
    void begin_read() override { real_->begin_read(); }
    void begin_write() override { real_->begin_write(); }
    void begin_migration() override { real_->begin_migration(); }
    void commit() override { real_->commit(); }
    void rollback() noexcept override { real_->rollback(); }
    void announce_change(std::string_view place) override { real_->announce_change(place); }
    void savepoint() override { real_->savepoint(); }
    void release_savepoint() override { real_->release_savepoint(); }
    void rollback_to_savepoint() override { real_->rollback_to_savepoint(); }
    [[nodiscard]] std::int64_t last_identity(std::string_view table) override {
        return real_->last_identity(table);
    }
    void skip_identities(std::string_view table, std::int64_t last) override {
        real_->skip_identities(table, last);
    }
    [[nodiscard]] std::vector<std::string> find_damage() override { return real_->find_damage(); }

protected:
    std::unique_ptr<storage::sql::Connection> real_;
};

} // namespace contract
