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
    std::string owner; // Account::id; empty for root, principals, calendars_root
    std::optional<storage::Account> account; // principal, home, inbox, outbox, calendar, plain
    std::optional<storage::Collection> collection; // calendar, plain, object, unmapped in one
    std::optional<storage::ObjectHead> object;     // object
    std::string name;      // last segment; for unmapped the name that would be made
    domain::Access access; // what the reader holds at its owner's; roots are everybody's

    [[nodiscard]] domain::Place place() const;
    [[nodiscard]] bool may(domain::Privilege privilege) const {
        return access.may(privilege, place(), collection ? collection->id : 0);
    }
    [[nodiscard]] domain::Links links() const {
        return access.links(collection ? collection->id : 0);
    }
    [[nodiscard]] bool is_collection() const {
        return kind != ResourceKind::object && kind != ResourceKind::unmapped;
    }
};

std::string principal_href(std::string_view account);
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

// The door names the resource of a conflict by its name in that collection; clients need its href.
core::Error with_member_href(core::Error error, const storage::Collection& collection);

// The error of a path that leads nowhere, or nowhere that this reader may know of.
tl::unexpected<core::Error> nothing_here();

} // namespace caldav
