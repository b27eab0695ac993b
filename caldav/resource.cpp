#include "caldav/resource.h"

#include <utility>

namespace caldav {

namespace {

using domain::Privilege;

constexpr std::string_view principals_segment = "principals";
constexpr std::string_view calendars_segment = "calendars";
constexpr std::string_view inbox_name = "inbox";
constexpr std::string_view outbox_name = "outbox";

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
    if (resource.kind == ResourceKind::object || (is_free && resource.collection)) {
        return domain::authorize(resource.access, needed, domain::Place::calendar, calendar,
                                 collection_href(resource.owner, resource.collection->name));
    }
    return domain::authorize(resource.access, needed, domain::Place::home, 0,
                             home_href(resource.owner));
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
        return refuse_stranger(target, needed);
    }
    if (target.segments.size() > 2) {
        return nothing_here();
    }
    Resource resource =
        TRY(owned(transaction, ResourceKind::principal, principal_href(owner), owner));
    resource.access = std::move(access);
    if (needed != Privilege::read) {
        TRYV(
            domain::authorize(resource.access, needed, domain::Place::principal, 0, resource.href));
    }
    return resource;
}

// /calendars/ID/NAME/: a calendar, a plain collection, one of the scheduling collections, or a name
// that is free.
core::Result<Resource> resolve_collection(const storage::ReadTransaction& transaction,
                                          const std::string& owner, const std::string& name) {
    ResourceKind kind = ResourceKind::unmapped;
    std::optional<storage::Collection> collection;
    if (name == inbox_name) {
        kind = ResourceKind::inbox;
    } else if (name == outbox_name) {
        kind = ResourceKind::outbox;
    } else {
        collection = transaction.collections().find(owner, name);
    }
    if (collection) {
        kind = collection->is_calendar ? ResourceKind::calendar : ResourceKind::plain;
    }
    Resource resource = TRY(owned(transaction, kind, collection_href(owner, name), owner));
    resource.collection = std::move(collection);
    resource.name = name;
    return resource;
}

core::Result<Resource> resolve_member(const storage::ReadTransaction& transaction,
                                      const core::Target& target) {
    const std::string& owner = target.segments[1];
    const std::string& parent = target.segments[2];
    if (parent == inbox_name || parent == outbox_name) {
        return core::fail(core::Errc::conflict, "Clients make nothing in the inbox or outbox.");
    }
    auto collection = transaction.collections().find(owner, parent);
    // RFC 4918 sections 9.3.1 and 9.7.1: what would be made here has no parent. There is one level
    // of collections below the home, so a member is nobody's parent.
    if (!collection || target.segments.size() > 4) {
        return core::fail(core::Errc::conflict, "The collection that this would be in is missing.");
    }
    const std::string& name = target.segments[3];
    Resource resource = fixed(ResourceKind::unmapped, object_href(owner, collection->name, name));
    resource.owner = owner;
    resource.name = name;
    resource.object = transaction.objects().find_head(collection->id, name);
    if (resource.object) {
        resource.kind = ResourceKind::object;
    }
    resource.collection = std::move(collection);
    return resource;
}

core::Result<Resource> locate(const storage::ReadTransaction& transaction,
                              const core::Target& target) {
    const std::string& owner = target.segments[1];
    if (target.segments.size() == 2) {
        return owned(transaction, ResourceKind::home, home_href(owner), owner);
    }
    if (target.segments.size() == 3) {
        return resolve_collection(transaction, owner, target.segments[2]);
    }
    return resolve_member(transaction, target);
}

core::Result<Resource> resolve_calendars(const storage::ReadTransaction& transaction,
                                         const core::Target& target, const domain::Principal& who,
                                         Privilege needed) {
    if (target.segments.size() == 1) {
        return fixed(ResourceKind::calendars_root, "/calendars/");
    }
    domain::Access access = domain::access_to(transaction, who, target.segments[1]);
    if (!access.any()) {
        return refuse_stranger(target, needed);
    }
    auto resource = locate(transaction, target);
    if (!resource) {
        // What is missing in somebody's home is for those to know who may list it.
        return access.may(Privilege::read, domain::Place::home) ? std::move(resource)
                                                                : refuse_stranger(target, needed);
    }
    resource->access = std::move(access);
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
        return domain::Place::principal;
    case ResourceKind::calendar:
    case ResourceKind::plain:
        return domain::Place::calendar;
    case ResourceKind::object:
        return domain::Place::member;
    case ResourceKind::unmapped: // a member of its collection, or a calendar that is not there
        return collection ? domain::Place::member : domain::Place::calendar;
    default:
        return domain::Place::home;
    }
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

core::Error with_member_href(core::Error error, const storage::Collection& collection) {
    if (error.condition == core::Condition::no_uid_conflict && !error.href.empty()) {
        error.href = object_href(collection.owner, collection.name, error.href);
    }
    return error;
}

} // namespace caldav
