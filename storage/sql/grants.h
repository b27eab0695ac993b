// The repository of who may do what with whose calendars (storage/grants.h).
#pragma once

#include "storage/grants.h"
#include "storage/sql/connection.h"

namespace storage::sql {

class SqlGrants final : public Grants {
public:
    explicit SqlGrants(Connection& connection) : connection_(connection) {}
    [[nodiscard]] std::vector<Holding> held(std::string_view owner,
                                            std::string_view account) const override;
    [[nodiscard]] std::vector<TrustedHome> homes_of(std::string_view account) const override;
    [[nodiscard]] std::vector<TrustedHome>
    homes_granted_to(std::string_view grantee) const override;
    [[nodiscard]] std::vector<Grant> list(std::string_view owner) const override;
    void set(const Grant& grant) override;
    bool remove(std::string_view owner, std::optional<std::int64_t> collection,
                std::string_view grantee) override;
    [[nodiscard]] std::optional<Group> group(std::string_view id) const override;
    [[nodiscard]] std::vector<Group> groups() const override;
    void insert(const Group& group) override;
    void remove_group(std::string_view id) override;
    [[nodiscard]] std::vector<std::string> members(std::string_view group) const override;
    [[nodiscard]] std::vector<Group> groups_of(std::string_view account) const override;
    void add_member(std::string_view group, std::string_view account) override;
    bool remove_member(std::string_view group, std::string_view account) override;

private:
    Connection& connection_;
};

} // namespace storage::sql
