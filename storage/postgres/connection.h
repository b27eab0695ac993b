// One connection to a PostgreSQL server: the driver behind storage/sql, over the wire of link.h.
//
// A read is REPEATABLE READ, READ ONLY: one snapshot. A write is REPEATABLE READ too, and that is
// enough: every decision about somebody's calendars is made in a transaction that also raises the
// revision of their home, so of two that decided from the same snapshot only one can commit; the
// other is a sql::Conflict and is run again. What has no home (accounts, feeds, facts) is decided
// from the row that is written, or by a unique key. SERIALIZABLE would cost each statement its
// predicate locks, and would make writers of different homes fail over neighbouring index entries.
#pragma once

#include "storage/postgres/link.h"
#include "storage/sql/connection.h"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace storage::postgres {

struct Timeouts {
    std::chrono::milliseconds statement{30'000}; // zero: none
    std::chrono::milliseconds lock{10'000};
};

enum class Access { read_only, read_write };

class Connection final : public sql::Connection {
public:
    // Throws core::Unavailable.
    Connection(const std::string& url, Access access, const Timeouts& timeouts);

    [[nodiscard]] const sql::Dialect& dialect() const override;
    // The whole answer is read, so visitors may ask more while rows are open.
    [[nodiscard]] std::unique_ptr<sql::Rows> query(std::string_view sql,
                                                   sql::Values values) override;
    void run_script(const std::string& sql) override;

    void begin_read() override;
    void begin_write() override;
    void begin_migration() override;
    void commit() override;
    void rollback() noexcept override;
    void savepoint() override;
    void release_savepoint() override;
    void rollback_to_savepoint() override;
    [[nodiscard]] std::int64_t last_identity(std::string_view table) override;
    void skip_identities(std::string_view table, std::int64_t last) override;
    [[nodiscard]] std::vector<std::string> find_damage() override;

    // A snapshot is taken before a lock is waited for, so writers who meet at one row would fail
    // one after the other, again and again. Therefore a writer announces the place, and fails at
    // once if another one queues there; who has failed queues for the places it announced, before
    // its next snapshot, and is then alone.
    void announce_change(std::string_view place) override;
    void queue_at(std::vector<std::string> places); // outside of a transaction
    void leave_queues() noexcept;                   // after it
    [[nodiscard]] const std::vector<std::string>& announced() const { return announced_; }

    // Whether the next transaction may begin here.
    [[nodiscard]] bool is_usable() const;

private:
    void set_up(Access access);
    void be_patient(); // as long as a statement may take
    const std::string* prepared(std::string_view sql);
    void begin(const char* statement);

    Link link_;
    Timeouts timeouts_;
    std::map<std::string, std::string, std::less<>> statements_; // name by text
    std::vector<std::string> announced_;                         // in this transaction
    std::vector<std::string> queues_;                            // that this connection holds
};

} // namespace storage::postgres
