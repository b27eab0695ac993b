// PROPFIND (RFC 4918 section 9.1).
#include "caldav/methods.h"
#include "caldav/multistatus.h"
#include "caldav/properties.h"
#include "caldav/requests.h"
#include "caldav/resource.h"
#include "core/limits.h"
#include "domain/inbox.h"
#include "domain/sharing.h"

#include <set>

namespace caldav {

namespace {

// Writes a resource and, at Depth 1, what it holds.
class Walk {
public:
    Walk(const Call& call, const storage::ReadTransaction& transaction,
         const PropertyRequest& request)
        : call_(call), transaction_(transaction), wishes_(preferences_of(call.request)),
          plan_(request, wishes_.minimal) {}

    core::Result<core::Response> run(const Resource& resource, Depth depth) {
        // RFC 8144 section 4: without members, the resource itself is all that is asked for.
        const bool noroot = wishes_.noroot && depth == Depth::one;
        if (!noroot) {
            write(resource);
        }
        if (depth == Depth::one) {
            write_members(resource);
        }
        if (is_full()) {
            return core::fail(core::Errc::insufficient_storage, "The answer would be too long.",
                              core::Condition::number_of_matches_within_limits);
        }
        core::Response response = out_.finish();
        if (wishes_.minimal) {
            add_applied(response, "return=minimal");
        }
        if (noroot) {
            add_applied(response, "depth-noroot");
        }
        return response;
    }

private:
    [[nodiscard]] bool is_full() const { return out_.size() > core::limits::response_bytes; }

    void write(const Resource& resource) {
        plan_.write(out_, {call_.services, transaction_, call_.who, resource, nullptr, nullptr});
    }

    void write_members(const Resource& resource) {
        switch (resource.kind) {
        case ResourceKind::root:
            write_fixed(ResourceKind::principals, "/principals/");
            write_fixed(ResourceKind::calendars_root, "/calendars/");
            break;
        case ResourceKind::principals: // nobody learns who else there is
            write_known(ResourceKind::principal, principal_href);
            break;
        case ResourceKind::calendars_root:
            write_known(ResourceKind::home, home_href);
            break;
        case ResourceKind::home:
            write_collections(resource);
            break;
        case ResourceKind::calendar:
        case ResourceKind::plain:
        case ResourceKind::inbox:
            write_objects(resource);
            break;
        case ResourceKind::principal:
            write_proxies(resource);
            break;
        case ResourceKind::notifications:
            write_notifications(resource);
            break;
        default:
            break; // the outbox holds nothing, objects have no members
        }
    }

    void write_fixed(ResourceKind kind, std::string href) {
        Resource member;
        member.kind = kind;
        member.href = std::move(href);
        write(member);
    }

    // Apple's caldav-proxy: a principal is a collection of the groups of who may act for it.
    void write_proxies(const Resource& principal) {
        for (const ResourceKind kind : {ResourceKind::proxy_read, ResourceKind::proxy_write}) {
            Resource proxy = principal;
            proxy.kind = kind;
            proxy.href = proxy_href(principal.owner, kind);
            write(proxy);
        }
    }

    // The reader's own, and that of everybody who trusts the reader with their calendars.
    void write_known(ResourceKind kind, std::string (*href)(std::string_view)) {
        std::set<std::string> owners{call_.who.account};
        for (const storage::TrustedHome& home : transaction_.grants().homes_of(call_.who.account)) {
            owners.insert(home.owner);
        }
        for (const std::string& owner : owners) {
            Resource member;
            member.kind = kind;
            member.href = href(owner);
            member.owner = owner;
            member.account = transaction_.accounts().find(owner);
            member.access = domain::access_to(transaction_, call_.who, owner);
            if (member.account && member.may(domain::Privilege::read)) {
                write(member);
            }
        }
    }

    void write_collections(const Resource& home) {
        Resource member;
        member.owner = home.owner;
        member.account = home.account;
        member.access = home.access;
        for (storage::Collection& collection : transaction_.collections().list(home.owner)) {
            if (collection.is_inbox()) {
                continue;
            }
            member.kind = collection.is_calendar ? ResourceKind::calendar : ResourceKind::plain;
            member.href = collection_href(home.owner, collection.name);
            member.name = collection.name;
            member.collection = std::move(collection);
            write(member);
        }
        member.collection.reset();
        for (const auto& [kind, name] :
             {std::pair{ResourceKind::inbox, "inbox"}, std::pair{ResourceKind::outbox, "outbox"}}) {
            member.kind = kind;
            member.href = collection_href(home.owner, name);
            member.name = name;
            member.collection = kind == ResourceKind::inbox
                                    ? std::optional(domain::inbox_of(transaction_, home.owner))
                                    : std::nullopt;
            write(member);
        }
        if (home.access.is_owner()) {
            write_shared(home);
        }
    }

    // What others share with the home's owner, and what they are invited to.
    void write_shared(const Resource& home) {
        for (const storage::Share& share : domain::accepted_shares(transaction_, home.owner)) {
            const auto shared = find_shared(transaction_, call_.who, share);
            if (shared && shared->may(domain::Privilege::read)) {
                write(*shared);
            }
        }
        Resource notifications = home;
        notifications.kind = ResourceKind::notifications;
        notifications.href = collection_href(home.owner, notifications_name);
        write(notifications);
    }

    void write_notifications(const Resource& notifications) {
        Resource member = notifications;
        member.kind = ResourceKind::notification;
        for (const storage::Share& share :
             transaction_.shares().list_of_sharee(notifications.owner)) {
            if (share.unread) {
                member.name = share.invitation + ".xml";
                member.href = notifications.href + member.name;
                member.invitation = share;
                write(member);
            }
        }
    }

    // One Resource for all rows: assigning to it keeps its strings' memory.
    void write_objects(const Resource& collection) {
        Resource member;
        member.kind =
            collection.kind == ResourceKind::inbox ? ResourceKind::message : ResourceKind::object;
        member.owner = collection.owner;
        member.collection = collection.collection;
        member.access = collection.access;
        member.share = collection.share;
        transaction_.objects().for_each_member(
            collection.collection->id,
            [&](const storage::ObjectHead& head) {
                member.object = head;
                member.name = head.name;
                member.href = collection.href;
                core::append_encoded_segment(member.href, head.name);
                write(member);
                return !is_full();
            },
            plan_.listing());
    }

    const Call& call_;
    const storage::ReadTransaction& transaction_;
    Preferences wishes_;
    PropertyPlan plan_;
    Multistatus out_;
};

} // namespace

// Depth: infinity is refused (RFC 4918 section 9.1.1). Without a Depth header, which means infinity
// too, only the resource itself is meant by the clients that leave it out (tsdav), so they get it.
core::Result<core::Response> propfind(const Call& call) {
    const Depth depth = TRY(depth_of(call.request, Depth::zero));
    const PropertyRequest request = TRY(parse_propfind(call.request.body));
    return call.services.store.read(
        [&](const storage::ReadTransaction& transaction) -> core::Result<core::Response> {
            const Resource resource = TRY(resolve_existing(transaction, call.target, call.who));
            if (depth == Depth::infinity && resource.is_collection()) {
                return core::fail(core::Errc::forbidden, "Depth has to be 0 or 1 here.",
                                  core::Condition::propfind_finite_depth);
            }
            return Walk(call, transaction, request).run(resource, depth);
        });
}

} // namespace caldav
