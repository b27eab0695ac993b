#include "caldav/resource.h"

#include "domain/inbox.h"
#include "domain/sharing.h"

#include <algorithm>
#include <utility>

namespace caldav {

namespace {

using domain::Privilege;

constexpr std::string_view principals_segment = "principals";
constexpr std::string_view calendars_segment = "calendars";
using storage::inbox_name;
constexpr std::string_view outbox_name = "outbox";
constexpr std::string_view proxy_read_name = "calendar-proxy-read";
constexpr std::string_view proxy_write_name = "calendar-proxy-write";

Resource fixed(ResourceKind kind, std::string href) {
    Resource resource;
    resource.kind = kind;
    resource.href = std::move(href);
    return resource;
}

core::Result<Resource> owned(const storage::ReadTransaction& transaction, ResourceKind kind,
                             std::string href, const std::string& owner) {
    Resource resource = fixed(kind, std::move(href));
    resource.owner = owner;
    resource.account = transaction.accounts().find(owner);
    if (!resource.account) {
        return nothing_here();
    }
    return resource;
}

// The first `count` segments of a path.
std::string href_of(const core::Target& target, std::size_t count) {
    constexpr std::size_t collection_depth = 3;
    std::string href = "/";
    for (std::size_t i = 0; i < count; ++i) {
        core::append_encoded_segment(href, target.segments[i]);
        if (i < collection_depth) {
            href += '/';
        }
    }
    return href;
}

// RFC 3744 appendix B: what a method needs, of the resource itself or of what holds it.
core::Done demand(const Resource& resource, Privilege needed) {
    const bool is_free = resource.kind == ResourceKind::unmapped;
    if (needed == Privilege::write_content && is_free) {
        needed = Privilege::bind;
    } else if (needed == Privilege::bind && resource.kind == ResourceKind::object) {
        needed = Privilege::write_content;
    }
    const std::int64_t calendar = resource.collection ? resource.collection->id : 0;
    const bool of_parent = needed == Privilege::unbind || (needed == Privilege::bind && is_free);
    if (!of_parent) {
        return domain::authorize(resource.access, needed, resource.place(), calendar,
                                 resource.href);
    }
    if (resource.kind == ResourceKind::object || resource.kind == ResourceKind::message
        || (is_free && resource.collection)) {
        return domain::authorize(resource.access, needed,
                                 resource.share ? domain::Place::share : domain::Place::calendar,
                                 calendar, resource.collection_href());
    }
    if (resource.share) { // what stands in the reader's own home
        return {};
    }
    return domain::authorize(resource.access, needed, domain::Place::home, 0,
                             home_href(resource.owner));
}

// Who granted somebody something may know whom.
bool is_known(const storage::ReadTransaction& transaction, const domain::Principal& who,
              std::string_view account) {
    return who.knows_colleagues || !transaction.grants().held(who.account, account).empty();
}

core::Result<Resource> find_listed_principal(const storage::ReadTransaction& transaction,
                                             const core::Target& target,
                                             const domain::Principal& who, Privilege needed) {
    std::optional<Resource> found;
    if (target.segments.size() == 2) {
        if (const auto account = transaction.accounts().find(target.segments[1])) {
            found = find_principal(transaction, who, *account);
        } else if (const auto group = transaction.grants().group(target.segments[1])) {
            found = find_group(transaction, who, *group);
        }
    }
    if (!found || needed != Privilege::read) {
        return refuse_stranger(target, needed);
    }
    return std::move(*found);
}

core::Result<ResourceKind> kind_of_principal(const core::Target& target) {
    if (target.segments.size() == 2) {
        return ResourceKind::principal;
    }
    if (target.segments.size() == 3 && target.segments[2] == proxy_read_name) {
        return ResourceKind::proxy_read;
    }
    if (target.segments.size() == 3 && target.segments[2] == proxy_write_name) {
        return ResourceKind::proxy_write;
    }
    return nothing_here();
}

core::Result<Resource> resolve_principal(const storage::ReadTransaction& transaction,
                                         const core::Target& target, const domain::Principal& who,
                                         Privilege needed) {
    if (target.segments.size() == 1) {
        return fixed(ResourceKind::principals, "/principals/");
    }
    const std::string& owner = target.segments[1];
    domain::Access access = domain::access_to(transaction, who, owner);
    if (!access.may(Privilege::read, domain::Place::principal)) {
        return find_listed_principal(transaction, target, who, needed);
    }
    const ResourceKind kind = TRY(kind_of_principal(target));
    Resource resource = TRY(owned(
        transaction, kind,
        kind == ResourceKind::principal ? principal_href(owner) : proxy_href(owner, kind), owner));
    resource.access = std::move(access);
    if (needed != Privilege::read) {
        TRYV(
            domain::authorize(resource.access, needed, domain::Place::principal, 0, resource.href));
    }
    return resource;
}

// A calendar of that name, of the home's owner or shared with them. Nobody but they see the shares
// in their home: a delegate of theirs was not trusted with them.
std::optional<Resource> find_collection(const storage::ReadTransaction& transaction,
                                        const std::string& owner, const std::string& name,
                                        const domain::Principal& who) {
    if (auto collection = transaction.collections().find(owner, name)) {
        Resource resource =
            fixed(collection->is_calendar ? ResourceKind::calendar : ResourceKind::plain,
                  collection_href(owner, name));
        resource.owner = owner;
        resource.name = name;
        resource.collection = std::move(collection);
        return resource;
    }
    const auto share = who.account == owner ? transaction.shares().find_by_name(owner, name)
                                            : std::optional<storage::Share>();
    return share ? find_shared(transaction, who, *share) : std::nullopt;
}

// /calendars/ID/NAME/: a calendar, a plain collection, one of those that every home has, or a name
// that is free.
core::Result<Resource> resolve_collection(const storage::ReadTransaction& transaction,
                                          const std::string& owner, const std::string& name,
                                          const domain::Principal& who) {
    ResourceKind kind = ResourceKind::unmapped;
    if (name == inbox_name) {
        kind = ResourceKind::inbox;
    } else if (name == outbox_name) {
        kind = ResourceKind::outbox;
    } else if (name == notifications_name) {
        kind = ResourceKind::notifications;
    } else if (auto collection = find_collection(transaction, owner, name, who)) {
        collection->account = transaction.accounts().find(collection->owner);
        return std::move(*collection);
    }
    Resource resource = TRY(owned(transaction, kind, collection_href(owner, name), owner));
    resource.name = name;
    if (kind == ResourceKind::inbox) {
        resource.collection = domain::inbox_of(transaction, owner);
    }
    return resource;
}

// /calendars/ID/inbox/NAME
core::Result<Resource> resolve_message(const storage::ReadTransaction& transaction,
                                       const core::Target& target) {
    Resource resource;
    resource.kind = ResourceKind::message;
    resource.owner = target.segments[1];
    resource.name = target.segments[3];
    resource.collection = domain::inbox_of(transaction, resource.owner);
    resource.object = transaction.objects().find_head(resource.collection->id, resource.name);
    if (!resource.object || target.segments.size() > 4) {
        return core::fail(core::Errc::conflict, "Clients make nothing in the inbox.");
    }
    resource.href = resource.member_href(resource.name);
    return resource;
}

// /calendars/ID/notification/NAME
core::Result<Resource> resolve_notification(const storage::ReadTransaction& transaction,
                                            const core::Target& target) {
    const auto invitations = transaction.shares().list_of_sharee(target.segments[1]);
    const auto found =
        std::find_if(invitations.begin(), invitations.end(), [&](const storage::Share& invitation) {
            return invitation.unread && invitation.invitation + ".xml" == target.segments[3];
        });
    if (found == invitations.end() || target.segments.size() > 4) {
        return nothing_here();
    }
    Resource resource = TRY(
        owned(transaction, ResourceKind::notification,
              object_href(found->sharee, notifications_name, target.segments[3]), found->sharee));
    resource.name = target.segments[3];
    resource.invitation = *found;
    return resource;
}

core::Result<Resource> resolve_member(const storage::ReadTransaction& transaction,
                                      const core::Target& target, const domain::Principal& who) {
    const std::string& parent = target.segments[2];
    if (parent == inbox_name) {
        return resolve_message(transaction, target);
    }
    if (parent == outbox_name) {
        return core::fail(core::Errc::conflict, "Clients make nothing in the outbox.");
    }
    if (parent == notifications_name) {
        return resolve_notification(transaction, target);
    }
    auto resource = find_collection(transaction, target.segments[1], parent, who);
    // RFC 4918 sections 9.3.1 and 9.7.1: what would be made here has no parent. There is one level
    // of collections below the home, so a member is nobody's parent.
    if (!resource || target.segments.size() > 4) {
        return core::fail(core::Errc::conflict, "The collection that this would be in is missing.");
    }
    resource->kind = ResourceKind::unmapped;
    resource->name = target.segments[3];
    resource->href = resource->member_href(resource->name);
    resource->object = transaction.objects().find_head(resource->collection->id, resource->name);
    if (resource->object) {
        resource->kind = ResourceKind::object;
    }
    return std::move(*resource);
}

core::Result<Resource> locate(const storage::ReadTransaction& transaction,
                              const core::Target& target, const domain::Principal& who) {
    const std::string& owner = target.segments[1];
    if (target.segments.size() == 2) {
        return owned(transaction, ResourceKind::home, home_href(owner), owner);
    }
    if (target.segments.size() == 3) {
        return resolve_collection(transaction, owner, target.segments[2], who);
    }
    return resolve_member(transaction, target, who);
}

// What somebody was invited to is for nobody else to know, whoever may list the home.
bool is_for_its_owner_only(const core::Target& target) {
    return target.segments.size() > 2 && target.segments[2] == notifications_name;
}

core::Result<Resource> resolve_calendars(const storage::ReadTransaction& transaction,
                                         const core::Target& target, const domain::Principal& who,
                                         Privilege needed) {
    if (target.segments.size() == 1) {
        return fixed(ResourceKind::calendars_root, "/calendars/");
    }
    domain::Access access = domain::access_to(transaction, who, target.segments[1]);
    if (!access.any() || (is_for_its_owner_only(target) && !access.is_owner())) {
        return refuse_stranger(target, needed);
    }
    auto resource = locate(transaction, target, who);
    if (!resource) {
        // What is missing in somebody's home is for those to know who may list it.
        return access.may(Privilege::read, domain::Place::home) ? std::move(resource)
                                                                : refuse_stranger(target, needed);
    }
    if (!resource->share) { // what a shared calendar's owner granted, find_shared has asked
        resource->access = std::move(access);
    }
    const Privilege sees =
        needed == Privilege::read_free_busy ? Privilege::read_free_busy : Privilege::read;
    if (!resource->may(sees)) {
        return refuse_stranger(target, needed);
    }
    TRYV(demand(*resource, needed));
    return resource;
}

} // namespace

domain::Place Resource::place() const {
    switch (kind) {
    case ResourceKind::principal:
    case ResourceKind::colleague:
    case ResourceKind::group:
    case ResourceKind::proxy_read:
    case ResourceKind::proxy_write:
        return domain::Place::principal;
    case ResourceKind::calendar:
    case ResourceKind::plain:
        return share ? domain::Place::share : domain::Place::calendar;
    case ResourceKind::object:
    case ResourceKind::message:
        return domain::Place::member;
    case ResourceKind::unmapped: // a member of its collection, or a calendar that is not there
        return collection ? domain::Place::member : domain::Place::calendar;
    default:
        return domain::Place::home;
    }
}

std::string Resource::collection_href() const {
    return caldav::collection_href(home(), collection_name());
}

std::string Resource::member_href(std::string_view member) const {
    return object_href(home(), collection_name(), member);
}

// Which privilege it is follows from the method and the path alone.
tl::unexpected<core::Error> refuse_stranger(const core::Target& target, Privilege needed) {
    const std::size_t depth = target.segments.size();
    const bool of_parent = needed == Privilege::bind || needed == Privilege::unbind;
    return domain::refuse(needed, href_of(target, of_parent && depth > 1 ? depth - 1 : depth));
}

tl::unexpected<core::Error> nothing_here() {
    return core::fail(core::Errc::not_found, "There is nothing here.");
}

std::string principal_href(std::string_view account) {
    return "/principals/" + core::encode_segment(account) + "/";
}

std::string proxy_href(std::string_view account, ResourceKind proxy) {
    return principal_href(account)
           + std::string(proxy == ResourceKind::proxy_read ? proxy_read_name : proxy_write_name)
           + "/";
}

std::string home_href(std::string_view account) {
    return "/calendars/" + core::encode_segment(account) + "/";
}

std::string collection_href(std::string_view account, std::string_view name) {
    return home_href(account) + core::encode_segment(name) + "/";
}

std::string object_href(std::string_view account, std::string_view collection,
                        std::string_view name) {
    return collection_href(account, collection) + core::encode_segment(name);
}

core::Result<Resource> resolve(const storage::ReadTransaction& transaction,
                               const core::Target& target, const domain::Principal& who,
                               Privilege needed) {
    if (target.segments.empty()) {
        return fixed(ResourceKind::root, "/");
    }
    if (target.segments[0] == principals_segment) {
        return resolve_principal(transaction, target, who, needed);
    }
    if (target.segments[0] == calendars_segment) {
        return resolve_calendars(transaction, target, who, needed);
    }
    return nothing_here();
}

core::Result<Resource> resolve_existing(const storage::ReadTransaction& transaction,
                                        const core::Target& target, const domain::Principal& who,
                                        Privilege needed) {
    auto resource = resolve(transaction, target, who, needed);
    const bool parent_missing = !resource && resource.error().code == core::Errc::conflict;
    if (parent_missing || (resource && resource->kind == ResourceKind::unmapped)) {
        return nothing_here();
    }
    return resource;
}

core::Error with_member_href(core::Error error, const Resource& place) {
    if (error.condition == core::Condition::no_uid_conflict && !error.href.empty()) {
        error.href = place.member_href(error.href);
    }
    if (error.condition == core::Condition::unique_scheduling_object_resource) {
        const bool may_know = place.access.may(Privilege::read, domain::Place::home);
        error.href = may_know ? home_href(place.owner) + error.href : "";
    }
    return error;
}

std::optional<Resource> find_principal(const storage::ReadTransaction& transaction,
                                       const domain::Principal& who,
                                       const storage::Account& account) {
    Resource resource = fixed(ResourceKind::principal, principal_href(account.id));
    resource.owner = account.id;
    resource.account = account;
    resource.access = domain::access_to(transaction, who, account.id);
    if (resource.access.any()) {
        return resource;
    }
    if (account.disabled || !is_known(transaction, who, account.id)) {
        return std::nullopt;
    }
    resource.kind = ResourceKind::colleague;
    return resource;
}

std::string_view user_type(const storage::Account& account) {
    switch (account.kind) {
    case storage::AccountKind::room:
        return "ROOM";
    case storage::AccountKind::resource:
        return "RESOURCE";
    case storage::AccountKind::individual:
        break;
    }
    return "INDIVIDUAL";
}

std::optional<Resource> find_group(const storage::ReadTransaction& transaction,
                                   const domain::Principal& who, const storage::Group& group) {
    const auto is_member = [&] {
        const auto members = transaction.grants().members(group.id);
        return std::find(members.begin(), members.end(), who.account) != members.end();
    };
    const auto is_granted = [&] {
        const auto grants = transaction.grants().list(who.account);
        return std::any_of(grants.begin(), grants.end(),
                           [&](const storage::Grant& grant) { return grant.grantee == group.id; });
    };
    if (!who.knows_colleagues && !is_member() && !is_granted()) {
        return std::nullopt;
    }
    Resource resource = fixed(ResourceKind::group, principal_href(group.id));
    resource.group = group;
    return resource;
}

std::optional<Resource> find_shared(const storage::ReadTransaction& transaction,
                                    const domain::Principal& who, const storage::Share& share) {
    auto collection = transaction.collections().find(share.collection);
    if (!collection) {
        return std::nullopt;
    }
    Resource resource = fixed(ResourceKind::calendar, collection_href(share.sharee, share.name));
    resource.owner = share.owner;
    resource.name = share.name;
    resource.share = share;
    resource.collection = domain::as_shown(std::move(*collection), share);
    resource.access = domain::access_to(transaction, who, share.owner);
    return resource;
}

} // namespace caldav
