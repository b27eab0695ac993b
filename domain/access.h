// What one principal may do with what belongs to an account: the one authorization function that
// every door asks (RFC 3744 section 3). An owner may do everything, and asking costs nothing; for
// anybody else it is one indexed read of what was granted (storage/grants.h).
#pragma once

#include "core/result.h"
#include "domain/principal.h"
#include "storage/grants.h"
#include "storage/store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

// The privileges that a method can lack, by the names of RFC 3744 section 3 and RFC 4791
// section 6.1.1. Reading includes reading free-busy times.
enum class Privilege {
    read_free_busy,
    read,
    write_properties,
    write_content,
    bind,
    unbind,
    write_acl // nobody's but the owner's
};

// What a privilege is asked for: RFC 3744 appendix B says which of them a method needs. A share is
// somebody's calendar as it stands in the home of who it was shared with: its name, its colour and
// its place are theirs.
enum class Place { principal, home, calendar, share, member };

// What may be shown of the links in an event: each is a way into a call, and whoever only reads
// somebody's calendar takes no part in it.
enum class Links { shown, hidden };

// Everything that one principal holds in one account's part of the tree.
class Access {
public:
    Access() = default; // nothing
    static Access of_owner();
    explicit Access(const std::vector<storage::Holding>& holdings);

    [[nodiscard]] bool is_owner() const { return owner_; }
    // False: the account's part looks as if it were not there.
    [[nodiscard]] bool any() const { return owner_ || home_ || !calendars_.empty(); }
    // `calendar` is a Collection::id, or 0 for one that is not there.
    [[nodiscard]] bool may(Privilege privilege, Place place, std::int64_t calendar = 0) const;
    // Whether one of its privileges is anywhere in that calendar or home.
    [[nodiscard]] bool reaches(Place place, std::int64_t calendar = 0) const;
    [[nodiscard]] Links links(std::int64_t calendar) const;

private:
    [[nodiscard]] std::optional<storage::Level> level(Place place, std::int64_t calendar) const;

    bool owner_ = false;
    std::optional<storage::Level> home_;
    std::vector<storage::Holding> calendars_;
};

Access access_to(const storage::ReadTransaction& transaction, const Principal& who,
                 std::string_view owner);

// What need_privileges is about, kept in core::Error::href: "PRIVILEGE HREF".
struct Missing {
    Privilege privilege = Privilege::read;
    std::string href;
};
tl::unexpected<core::Error> refuse(Privilege privilege, std::string_view href);
std::optional<Missing> missing_of(const core::Error& error);

// Errors: forbidden with need_privileges, which names the privilege and the resource (RFC 3744
// section 7.1.1).
core::Done authorize(const Access& access, Privilege privilege, Place place, std::int64_t calendar,
                     std::string_view href);

} // namespace domain
