// COPY and MOVE (RFC 4918 sections 9.8 and 9.9), each in one transaction, so that a client that is
// refused or cut off finds everything as it was (R-A16).
#include "caldav/conditions.h"
#include "caldav/methods.h"
#include "caldav/properties.h"
#include "caldav/requests.h"
#include "caldav/resource.h"
#include "core/strings.h"
#include "core/uri.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace caldav {

namespace {

using core::Errc;

// A copied collection is written in one transaction, for which every other writer waits.
constexpr std::size_t copied_members_max = 5'000;

enum class Transfer { copy, move };

struct Plan {
    Transfer transfer;
    core::Destination destination;
    bool overwrite = true;
    Depth depth = Depth::infinity;
};

// Host without port: proxies and clients disagree about default ports. In brackets: IPv6.
std::string_view host_name(std::string_view authority) {
    authority = core::trim(authority);
    authority.remove_prefix(std::min(authority.find('@') + 1, authority.size())); // npos + 1 is 0
    const auto bracket = authority.find(']');
    const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    return authority.substr(0, colon);
}

bool names_host(std::string_view list, std::string_view host) {
    for (const std::string_view authority : core::split(list, ',')) {
        if (!host.empty() && core::iequals(host_name(authority), host)) {
            return true;
        }
    }
    return false;
}

// The destination is this server by any of the names by which the client or a proxy calls it
// (R-A16). What it names there is authorized like every other path.
bool is_here(const core::Destination& destination, const Call& call) {
    if (destination.host.empty()) {
        return true;
    }
    const std::string_view host = host_name(destination.host);
    const std::string_view url = call.services.public_url;
    const auto scheme_end = url.find("://");
    const std::string_view own =
        scheme_end == std::string_view::npos ? url : url.substr(scheme_end + 3);
    const core::Headers& headers = call.request.headers;
    return names_host(own.substr(0, own.find('/')), host)
           || names_host(headers.joined("Host"), host)
           || names_host(headers.joined("X-Forwarded-Host"), host);
}

core::Result<bool> read_overwrite(const core::Request& request) { // RFC 4918 section 10.6
    const std::string_view value = core::trim(request.headers.get("Overwrite").value_or("T"));
    if (!core::iequals(value, "T") && !core::iequals(value, "F")) {
        return core::fail(Errc::invalid_input, "Overwrite has to be T or F.");
    }
    return core::iequals(value, "T");
}

core::Result<Plan> read_plan(const Call& call, Transfer transfer) {
    const auto header = call.request.headers.get("Destination");
    if (!header) {
        return core::fail(Errc::invalid_input, "There is no Destination.");
    }
    Plan plan{transfer, TRY(core::parse_destination(core::trim(*header)))};
    plan.overwrite = TRY(read_overwrite(call.request));
    plan.depth = TRY(depth_of(call.request, Depth::infinity));
    return plan;
}

// The target of the destination, where something may be made.
core::Result<Resource> find_target(const Call& call, const storage::ReadTransaction& transaction,
                                   const Plan& plan) {
    auto target = resolve(transaction, plan.destination.target, call.who, domain::Privilege::bind);
    if (!target && target.error().code == Errc::not_found) {
        return core::fail(Errc::conflict, "Nothing can be put at that destination.");
    }
    return target;
}

core::Result<core::Response> done(const Resource& target) {
    core::Response response;
    response.status = target.kind == ResourceKind::unmapped ? 201 : 204;
    if (response.status == 201) {
        response.headers.set("Location", target.href);
    }
    return response;
}

core::Result<core::Response> transfer_object(const Call& call,
                                             storage::WriteTransaction& transaction,
                                             const Plan& plan, const Resource& source,
                                             const Resource& target) {
    const bool is_member = target.kind == ResourceKind::object
                           || (target.kind == ResourceKind::unmapped && target.collection);
    if (!is_member) {
        return core::fail(Errc::forbidden, "An object goes into a collection, not in its place.");
    }
    const auto object = transaction.objects().find(source.object->id);
    if (!object) {
        return core::fail(Errc::not_found, "There is nothing here.");
    }
    const domain::Calendars& calendars = call.services.calendars;
    const auto stored = plan.transfer == Transfer::move
                            ? calendars.move(transaction, *object, *target.collection, target.name)
                            : calendars.copy(transaction, *object, *target.collection, target.name);
    if (!stored) {
        return tl::unexpected(with_member_href(stored.error(), target));
    }
    return done(target);
}

core::Done copy_members(const domain::Calendars& calendars, storage::WriteTransaction& transaction,
                        std::int64_t source, const storage::Collection& target) {
    std::vector<std::int64_t> members;
    transaction.objects().for_each_member(source, [&](const storage::ObjectHead& head) {
        members.push_back(head.id);
        return members.size() <= copied_members_max;
    });
    if (members.size() > copied_members_max) {
        return core::fail(Errc::insufficient_storage,
                          "The collection has too many members to be copied at once.");
    }
    for (const std::int64_t id : members) {
        if (const auto object = transaction.objects().find(id)) {
            TRYV(calendars.copy(transaction, *object, target, object->head.name));
        }
    }
    return {};
}

core::Done copy_collection(const Call& call, storage::WriteTransaction& transaction,
                           const Plan& plan, const Resource& source, const Resource& target) {
    const domain::Calendars& calendars = call.services.calendars;
    domain::NewCalendar copy{*source.collection,
                             transaction.properties().list(dead_property_key(source))};
    copy.collection.revision = 0;
    copy.collection.revision_floor = 0;
    const storage::Collection made =
        TRY(calendars.create(transaction, target.owner, target.name, std::move(copy)));
    if (plan.depth == Depth::zero) { // RFC 4918 section 9.8.3: without its members
        return {};
    }
    return copy_members(calendars, transaction, source.collection->id, made);
}

// RFC 4918 section 9.9.2: MOVE of a collection is Depth infinity and nothing else.
core::Done check_collection_depth(const Plan& plan) {
    if (plan.depth == Depth::one
        || (plan.transfer == Transfer::move && plan.depth != Depth::infinity)) {
        return core::fail(Errc::invalid_input, "This Depth is not for collections.");
    }
    return {};
}

core::Result<core::Response> transfer_collection(const Call& call,
                                                 storage::WriteTransaction& transaction,
                                                 const Plan& plan, const Resource& source,
                                                 const Resource& target) {
    TRYV(check_collection_depth(plan));
    if (source.share && plan.transfer == Transfer::move) {
        return core::fail(Errc::forbidden, "A shared calendar stays where it is.");
    }
    if (target.kind != ResourceKind::unmapped) {
        return core::fail(Errc::forbidden,
                          "A collection is never replaced by another: delete it first.");
    }
    if (target.collection) {
        return core::fail(Errc::forbidden, "Collections are not nested.",
                          core::Condition::calendar_collection_location_ok);
    }
    if (plan.transfer == Transfer::copy) {
        TRYV(copy_collection(call, transaction, plan, source, target));
        return done(target);
    }
    storage::Collection renamed = *source.collection;
    renamed.name = target.name;
    call.services.calendars.update(transaction, renamed);
    return done(target);
}

core::Result<core::Response> transfer(const Call& call, storage::WriteTransaction& transaction,
                                      const Plan& plan) {
    const Resource source = TRY(resolve_existing(
        transaction, call.target, call.who,
        plan.transfer == Transfer::move ? domain::Privilege::unbind : domain::Privilege::read));
    if (!source.collection) {
        return core::fail(Errc::method_not_allowed, "This stays where it is.");
    }
    TRYV(check_conditions(call, transaction, source));
    const Resource target = TRY(find_target(call, transaction, plan));
    if (target.href == source.href) { // RFC 4918 section 9.8.5
        return core::fail(Errc::forbidden, "Source and destination are the same.");
    }
    // A session is its owner's: it does not become somebody else's by being dragged there.
    if (plan.transfer == Transfer::move && target.owner != source.owner) {
        return core::fail(Errc::forbidden, "This moves only among its owner's calendars.");
    }
    if (target.kind != ResourceKind::unmapped && !plan.overwrite) {
        return core::fail(Errc::precondition_failed, "There is something at the destination.");
    }
    return source.kind == ResourceKind::object
               ? transfer_object(call, transaction, plan, source, target)
               : transfer_collection(call, transaction, plan, source, target);
}

core::Result<core::Response> run(const Call& call, Transfer kind) {
    const Plan plan = TRY(read_plan(call, kind));
    if (!is_here(plan.destination, call)) { // RFC 4918 section 9.8.5
        core::Response response;
        response.status = 502;
        response.headers.set("Content-Type", "text/plain; charset=utf-8");
        response.body = "The destination is on another server.\n";
        return response;
    }
    return call.services.store.write(
        [&](storage::WriteTransaction& transaction) { return transfer(call, transaction, plan); });
}

} // namespace

core::Result<core::Response> copy(const Call& call) {
    return run(call, Transfer::copy);
}

core::Result<core::Response> move(const Call& call) {
    return run(call, Transfer::move);
}

} // namespace caldav
