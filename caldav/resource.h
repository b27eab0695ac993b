// From a path to what is there (design, section 6). Resolving asks the authorization function
// (domain/access.h), so that nobody learns what somebody else has.
#pragma once

#include "core/result.h"
#include "core/uri.h"
#include "domain/access.h"
#include "storage/store.h"

#include <optional>
#include <string>

namespace caldav {

enum class ResourceKind {
    root,           // /
    principals,     // /principals/
    principal,      // /principals/ID/
    calendars_root, // /calendars/
    home,           // /calendars/ID/
    calendar,       // /calendars/ID/NAME/ with is_calendar
    plain,          // /calendars/ID/NAME/ made by MKCOL
    inbox,          // /calendars/ID/inbox/
    outbox,         // /calendars/ID/outbox/
    object,         // /calendars/ID/NAME/OBJECT
    colleague,      // /principals/ID/ of somebody of whom the reader knows no more than the name
    group,          // /principals/ID/ of a team
    proxy_read,     // /principals/ID/calendar-proxy-read/
    proxy_write,    // /principals/ID/calendar-proxy-write/
    notifications,  // /calendars/ID/notification/
    notification,   // /calendars/ID/notification/NAME
    message,        // /calendars/ID/inbox/NAME
    unmapped        // a path in our space where nothing is yet: see `parent`
};

// A set of kinds, for the rows of tables.
using Kinds = unsigned;
constexpr Kinds kinds(auto... kind) {
    return ((1U << static_cast<unsigned>(kind)) | ...);
}
constexpr bool contains(Kinds set, ResourceKind kind) {
    return (set & kinds(kind)) != 0;
}

struct Resource {
    ResourceKind kind = ResourceKind::unmapped;
    std::string href;  // canonical (R-C7): encoded, collections end in "/"
    std::string owner; // Account::id; empty for root, principals, calendars_root, group
    std::optional<storage::Account> account;       // the owner's, but of what is in a collection
    std::optional<storage::Group> group;           // group
    std::optional<storage::Collection> collection; // calendar, plain, inbox, what is in one
    std::optional<storage::ObjectHead> object;     // object, message
    // Of a calendar that stands in the home of who it was shared with, and of what is in it. Its
    // owner and its collection are the other's.
    std::optional<storage::Share> share;
    std::optional<storage::Share> invitation; // notification
    std::string name;      // last segment; for unmapped the name that would be made
    domain::Access access; // what the reader holds at its owner's; roots are everybody's

    [[nodiscard]] domain::Place place() const;
    [[nodiscard]] bool may(domain::Privilege privilege) const {
        return access.may(privilege, place(), collection ? collection->id : 0);
    }
    // Where it stands: in its owner's home, or in that of who it was shared with.
    [[nodiscard]] const std::string& home() const { return share ? share->sharee : owner; }
    [[nodiscard]] const std::string& collection_name() const {
        return share ? share->name : collection->name;
    }
    [[nodiscard]] std::string collection_href() const;
    [[nodiscard]] std::string member_href(std::string_view member) const;
    [[nodiscard]] domain::Links links() const {
        return access.links(collection ? collection->id : 0);
    }
    [[nodiscard]] bool is_collection() const {
        return kind != ResourceKind::object && kind != ResourceKind::unmapped
               && kind != ResourceKind::notification && kind != ResourceKind::message;
    }
};

std::string principal_href(std::string_view account); // or of a group
std::string proxy_href(std::string_view account, ResourceKind proxy);
std::string home_href(std::string_view account);
std::string collection_href(std::string_view account, std::string_view name);
std::string object_href(std::string_view account, std::string_view collection,
                        std::string_view name);

// Errors: forbidden with need_privileges (somebody else's), not_found (outside our space, or too
// deep, or below something that is not there: RFC 4918's 409 for a missing parent is the method's
// to say, see `unmapped`).
// For a member of a home that does not exist: `unmapped` without collection. For a member of a
// collection that does not exist: `unmapped` with it. Below a missing collection: conflict.
// `needed` is the method's privilege by RFC 3744 appendix B: unbind is asked of what holds the
// resource, and so is bind, which is what write-content means for a name that is free.
core::Result<Resource> resolve(const storage::ReadTransaction& transaction,
                               const core::Target& target, const domain::Principal& who,
                               domain::Privilege needed = domain::Privilege::read);

// The same for what has to be there: not_found for everything unmapped.
core::Result<Resource> resolve_existing(const storage::ReadTransaction& transaction,
                                        const core::Target& target, const domain::Principal& who,
                                        domain::Privilege needed = domain::Privilege::read);

// What somebody is told who may not even read: the same whatever is there.
tl::unexpected<core::Error> refuse_stranger(const core::Target& target, domain::Privilege needed);

// The door names the resource of a conflict by its name in the collection of `place`; clients need
// its href.
core::Error with_member_href(core::Error error, const Resource& place);

// Principals as this reader may see them: in whole, as a colleague, or not at all (docs/teams.md).
std::optional<Resource> find_principal(const storage::ReadTransaction& transaction,
                                       const domain::Principal& who,
                                       const storage::Account& account);
std::optional<Resource> find_group(const storage::ReadTransaction& transaction,
                                   const domain::Principal& who, const storage::Group& group);
// A calendar that was shared with the reader, as it stands in the reader's home.
std::optional<Resource> find_shared(const storage::ReadTransaction& transaction,
                                    const domain::Principal& who, const storage::Share& share);
// RFC 6638 section 2.4.2: INDIVIDUAL, ROOM, RESOURCE.
std::string_view user_type(const storage::Account& account);
// What stands in every home beside calendars.
inline constexpr std::string_view notifications_name = "notification";

// The error of a path that leads nowhere, or nowhere that this reader may know of.
tl::unexpected<core::Error> nothing_here();

} // namespace caldav
