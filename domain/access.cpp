#include "domain/access.h"

#include <algorithm>
#include <array>

namespace domain {

namespace {

using storage::Level;

struct PrivilegeRow {
    Privilege privilege;
    std::string_view word; // in Error::href
    std::string_view refusal;
};

constexpr std::array privilege_rows{
    PrivilegeRow{Privilege::read_free_busy, "read-free-busy", "You may not see when this is busy."},
    PrivilegeRow{Privilege::read, "read", "You may not read this."},
    PrivilegeRow{Privilege::write_properties, "write-properties",
                 "You may not change the properties of this."},
    PrivilegeRow{Privilege::write_content, "write-content", "You may not change this."},
    PrivilegeRow{Privilege::bind, "bind", "You may not add anything to this."},
    PrivilegeRow{Privilege::unbind, "unbind", "You may not remove anything from this."},
    PrivilegeRow{Privilege::write_acl, "write-acl", "You may not say who may use this."},
};

// Level: who may write somebody's whole home may also make and remove calendars there; who may
// write one calendar may change what is in it, but not what it is called.
bool allows(Level level, Privilege privilege, Place place, bool whole_home) {
    switch (privilege) {
    case Privilege::read_free_busy: // of what is in a calendar they may not even know the names
        return level != Level::free_busy || place != Place::member;
    case Privilege::read:
        return level != Level::free_busy;
    case Privilege::write_properties:
        return place == Place::share
                   ? level != Level::free_busy
                   : level == Level::write && (whole_home || place == Place::member);
    case Privilege::write_content:
    case Privilege::bind:
    case Privilege::unbind:
        return level == Level::write;
    case Privilege::write_acl:
        break;
    }
    return false;
}

} // namespace

Access Access::of_owner() {
    Access access;
    access.owner_ = true;
    return access;
}

Access::Access(const std::vector<storage::Holding>& holdings) {
    for (const storage::Holding& holding : holdings) {
        if (holding.collection) {
            calendars_.push_back(holding);
        } else {
            home_ = std::max(home_.value_or(holding.level), holding.level);
        }
    }
}

std::optional<Level> Access::level(Place place, std::int64_t calendar) const {
    std::optional<Level> most = home_;
    if (place != Place::home) {
        for (const storage::Holding& holding : calendars_) {
            if (holding.collection == calendar) {
                most = std::max(most.value_or(holding.level), holding.level);
            }
        }
    }
    return most;
}

bool Access::reaches(Place place, std::int64_t calendar) const {
    return owner_ || level(place, calendar).has_value();
}

bool Access::may(Privilege privilege, Place place, std::int64_t calendar) const {
    if (owner_) {
        return true;
    }
    if (place == Place::principal) { // whoever was granted anything may know by whom
        return privilege == Privilege::read && any();
    }
    const auto held = level(place, calendar);
    return held && allows(*held, privilege, place, home_ == Level::write);
}

Links Access::links(std::int64_t calendar) const {
    return may(Privilege::write_content, Place::member, calendar) ? Links::shown : Links::hidden;
}

Access access_to(const storage::ReadTransaction& transaction, const Principal& who,
                 std::string_view owner) {
    if (who.account.empty()) {
        return {};
    }
    return who.account == owner ? Access::of_owner()
                                : Access(transaction.grants().held(owner, who.account));
}

tl::unexpected<core::Error> refuse(Privilege privilege, std::string_view href) {
    const PrivilegeRow& row = privilege_rows.at(static_cast<std::size_t>(privilege));
    std::string missing(row.word);
    missing.append(" ").append(href);
    return core::fail(core::Errc::forbidden, std::string(row.refusal),
                      core::Condition::need_privileges, std::move(missing));
}

std::optional<Missing> missing_of(const core::Error& error) {
    const std::string_view text = error.href;
    const auto blank = text.find(' ');
    for (const PrivilegeRow& row : privilege_rows) {
        if (blank != std::string_view::npos && text.substr(0, blank) == row.word) {
            return Missing{row.privilege, std::string(text.substr(blank + 1))};
        }
    }
    return std::nullopt;
}

core::Done authorize(const Access& access, Privilege privilege, Place place, std::int64_t calendar,
                     std::string_view href) {
    return access.may(privilege, place, calendar) ? core::Done() : refuse(privilege, href);
}

} // namespace domain
