// Who may do what with somebody else's calendars, and the groups that it may be granted to. What a
// level means is domain's business (domain/access.h).
#pragma once

#include "core/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

enum class Level { free_busy = 1, read = 2, write = 3 };

// A team: a principal without a login. Its id is never an Account's.
struct Group {
    std::string id;
    std::string name;
    core::Instant created;
};

// One principal's right to one calendar, or to a whole home.
struct Grant {
    std::string owner;                      // Account::id
    std::optional<std::int64_t> collection; // nothing: the whole home
    std::string grantee;                    // Account::id or Group::id
    Level level = Level::read;
    std::string granted_by; // who made it: a login, or "administrator"
    core::Instant created;
};

// What one account holds in somebody's home, by itself or through a group.
struct Holding {
    std::optional<std::int64_t> collection;
    Level level = Level::read;
};

// A whole home that somebody was trusted with.
struct TrustedHome {
    std::string owner;
    Level level = Level::read;
};

class Grants {
public:
    virtual ~Grants() = default;
    [[nodiscard]] virtual std::vector<Holding> held(std::string_view owner,
                                                    std::string_view account) const = 0;
    // By owner; an owner may come more than once.
    [[nodiscard]] virtual std::vector<TrustedHome> homes_of(std::string_view account) const = 0;
    // Those that were granted to this very account or group.
    [[nodiscard]] virtual std::vector<TrustedHome>
    homes_granted_to(std::string_view grantee) const = 0;
    [[nodiscard]] virtual std::vector<Grant> list(std::string_view owner) const = 0; // by grantee
    // Replaces what this grantee had there.
    virtual void set(const Grant& grant) = 0;
    // Whether there was one.
    virtual bool remove(std::string_view owner, std::optional<std::int64_t> collection,
                        std::string_view grantee) = 0;

    [[nodiscard]] virtual std::optional<Group> group(std::string_view id) const = 0;
    [[nodiscard]] virtual std::vector<Group> groups() const = 0; // by id
    virtual void insert(const Group& group) = 0;
    virtual void remove_group(std::string_view id) = 0; // with what was granted to it
    [[nodiscard]] virtual std::vector<std::string> members(std::string_view group) const = 0;
    [[nodiscard]] virtual std::vector<Group> groups_of(std::string_view account) const = 0;
    virtual void add_member(std::string_view group, std::string_view account) = 0;
    virtual bool remove_member(std::string_view group, std::string_view account) = 0;
};

} // namespace storage
