// The repository of shared calendars (storage/shares.h).
#pragma once

#include "storage/shares.h"
#include "storage/sql/connection.h"

namespace storage::sql {

class SqlShares final : public Shares {
public:
    explicit SqlShares(Connection& connection) : connection_(connection) {}
    [[nodiscard]] std::optional<Share> find(std::int64_t collection,
                                            std::string_view sharee) const override;
    [[nodiscard]] std::optional<Share> find_by_name(std::string_view sharee,
                                                    std::string_view name) const override;
    [[nodiscard]] std::vector<Share> list(std::int64_t collection) const override;
    [[nodiscard]] std::vector<Share> list_of_sharee(std::string_view sharee) const override;
    void set(const Share& share) override;
    void remove(const Share& share) override;

private:
    Connection& connection_;
};

} // namespace storage::sql
