#include "caldav/handler.h"

#include "caldav/errors.h"
#include "caldav/methods.h"
#include "caldav/resource.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace caldav {

// RFC 4918 section 10.1. Not "2": there are no locks. Not calendar-schedule: it would switch on the
// legacy POSTs of clients (R-T5).
const char* const dav_header =
    "1, 3, access-control, extended-mkcol, calendar-access, calendar-auto-schedule, "
    "calendar-availability, calendar-managed-attachments, calendar-proxy, "
    "calendarserver-principal-property-search, "
    "calendarserver-principal-search, calendarserver-sharing";

namespace {

// Where a method may apply. A path says as much without the store, but for the last two of each
// level: a free name and what may have it.
enum class Place : unsigned {
    root = 1,
    principals = 2,
    principal = 4,
    calendars_root = 8,
    home = 16,
    inbox = 32,
    calendar = 64,
    plain = 128,
    free_collection = 256,
    object = 512,
    free_object = 1024,
    outbox = 2048,
    listed = 4096, // a colleague or a group
    proxy = 8192,
    notifications = 16384,
    notification = 32768,
    message = 65536
};
using Places = unsigned;
constexpr Places at(auto... places) {
    return (static_cast<Places>(places) | ...);
}

constexpr Places collections = at(Place::calendar, Place::plain);
constexpr Places scheduling = at(Place::inbox, Place::outbox);
constexpr Places free_names = at(Place::free_collection, Place::free_object);
constexpr Places everything =
    at(Place::root, Place::principals, Place::principal, Place::calendars_root, Place::home,
       Place::object, Place::listed, Place::proxy, Place::notifications, Place::notification,
       Place::message)
    | collections | scheduling;
constexpr Places with_properties =
    at(Place::principal, Place::proxy, Place::home, Place::object) | collections | scheduling;

constexpr Places with_body =
    at(Place::object, Place::calendar, Place::notification, Place::message);

// Whether a method may be asked of what is not there. Those that make something judge a free name
// by themselves, and a missing parent is a conflict for them (RFC 4918 section 9.7.1).
enum class Makes { nothing, something };

struct MethodRow {
    std::string_view name;
    Method method;
    Places places;               // for Allow
    domain::Privilege privilege; // RFC 3744 appendix B, as somebody is told who may know nothing
    Makes makes = Makes::nothing;
};

constexpr domain::Privilege reads = domain::Privilege::read;
constexpr domain::Privilege changes = domain::Privilege::write_content;
constexpr domain::Privilege binds = domain::Privilege::bind;
constexpr domain::Privilege unbinds = domain::Privilege::unbind;

constexpr std::array methods{
    MethodRow{"GET", get, with_body, reads},                              // RFC 9110 9.3.1
    MethodRow{"HEAD", get, with_body, reads},                             // RFC 9110 9.3.2
    MethodRow{"PUT", put, at(Place::object, Place::free_object), changes, // RFC 9110 9.3.4
              Makes::something},
    // RFC 5995 3.2, RFC 6638 5, RFC 8607 3.3, caldav-sharing
    MethodRow{"POST", post, at(Place::calendar, Place::outbox, Place::home, Place::object), binds},
    MethodRow{"DELETE", remove,
              at(Place::object, Place::notification, Place::message) | collections,
              unbinds},                                 // RFC 9110 9.3.5
    MethodRow{"PROPFIND", propfind, everything, reads}, // RFC 4918 9.1
    MethodRow{"PROPPATCH", proppatch, with_properties,
              domain::Privilege::write_properties},                        // RFC 4918 9.2
    MethodRow{"MKCOL", make_collection, at(Place::free_collection), binds, // RFC 4918 9.3
              Makes::something},
    MethodRow{"MKCALENDAR", make_collection, at(Place::free_collection), binds, // RFC 4791 5.3.1
              Makes::something},
    MethodRow{"COPY", copy, at(Place::object) | collections, reads, // RFC 4918 9.8
              Makes::something},
    MethodRow{"MOVE", move, at(Place::object) | collections, unbinds, // RFC 4918 9.9
              Makes::something},
    MethodRow{"REPORT", report, everything, reads}, // RFC 3253 3.6
    MethodRow{"ACL", acl, at(Place::home) | collections,
              domain::Privilege::write_acl}, // RFC 3744 8.1
};

// Methods that somebody has specified and nothing here offers: 405. Of others nobody knows
// anything: 501 (RFC 9110 section 15.6.2).
constexpr std::array<std::string_view, 9> other_methods{
    "PATCH", "TRACE", "CONNECT", "LOCK", "UNLOCK", "SEARCH", "VERSION-CONTROL", "BIND", "UNBIND",
};

const MethodRow* find_method(std::string_view name) {
    const auto row = std::find_if(methods.begin(), methods.end(), [&](const MethodRow& candidate) {
        return candidate.name == name;
    });
    return row == methods.end() ? nullptr : &*row;
}

// The places that a path can be, by its shape; none outside of our space.
Places places_of(const core::Target& target) {
    const auto& segments = target.segments;
    if (segments.empty()) {
        return at(Place::root);
    }
    if (segments[0] == "principals") {
        constexpr std::array places{at(Place::principals), at(Place::principal, Place::listed),
                                    at(Place::proxy)};
        return segments.size() <= places.size() ? places.at(segments.size() - 1) : 0;
    }
    if (segments[0] != "calendars") {
        return 0;
    }
    switch (segments.size()) {
    case 1:
        return at(Place::calendars_root);
    case 2:
        return at(Place::home);
    case 3:
        if (segments[2] == "inbox" || segments[2] == "outbox") {
            return segments[2] == "inbox" ? at(Place::inbox) : at(Place::outbox);
        }
        if (segments[2] == notifications_name) {
            return at(Place::notifications);
        }
        return at(Place::free_collection) | collections;
    default:
        if (segments[2] == notifications_name) {
            return at(Place::notification);
        }
        if (segments[2] == storage::inbox_name) {
            return at(Place::message);
        }
        return at(Place::object, Place::free_object);
    }
}

Places place_of(const Resource& resource) {
    switch (resource.kind) {
    case ResourceKind::root:
        return at(Place::root);
    case ResourceKind::principals:
        return at(Place::principals);
    case ResourceKind::principal:
        return at(Place::principal);
    case ResourceKind::calendars_root:
        return at(Place::calendars_root);
    case ResourceKind::home:
        return at(Place::home);
    case ResourceKind::inbox:
        return at(Place::inbox);
    case ResourceKind::outbox:
        return at(Place::outbox);
    case ResourceKind::calendar:
        return at(Place::calendar);
    case ResourceKind::plain:
        return at(Place::plain);
    case ResourceKind::object:
        return at(Place::object);
    case ResourceKind::colleague:
    case ResourceKind::group:
        return at(Place::listed);
    case ResourceKind::proxy_read:
    case ResourceKind::proxy_write:
        return at(Place::proxy);
    case ResourceKind::notifications:
        return at(Place::notifications);
    case ResourceKind::notification:
        return at(Place::notification);
    case ResourceKind::message:
        return at(Place::message);
    case ResourceKind::unmapped:
        break;
    }
    return resource.collection ? at(Place::free_object) : at(Place::free_collection);
}

std::string allow(Places places) {
    std::string names = "OPTIONS";
    for (const MethodRow& row : methods) {
        if ((row.places & places) != 0) {
            names += ", ";
            names += row.name;
        }
    }
    return names;
}

// Whose the path is; empty for what belongs to nobody.
std::string_view owner_of(const core::Target& target) {
    const bool owned = target.segments.size() > 1
                       && (target.segments[0] == "principals" || target.segments[0] == "calendars");
    return owned ? std::string_view(target.segments[1]) : std::string_view();
}

// Whoever was granted nothing is told the same, whatever the method failed at and whatever is there
// (R-C20). Methods authorize in the transaction that does what they do; this asks after a failure.
core::Error as_told(const Call& call, core::Error error) {
    const std::string_view owner = owner_of(call.target);
    if (owner.empty() || owner == call.who.account || domain::missing_of(error)) {
        return error;
    }
    const bool may_know =
        call.services.store.read([&](const storage::ReadTransaction& transaction) {
            return domain::access_to(transaction, call.who, owner).any()
                   || resolve(transaction, call.target, call.who).has_value();
        });
    const MethodRow* row = find_method(call.request.method);
    return may_know ? error
                    : refuse_stranger(call.target, row == nullptr ? reads : row->privilege).value();
}

core::Done check_size(const core::Request& request, Places places) {
    if (!request.body_too_large) {
        return {};
    }
    core::Condition condition = core::Condition::none;
    if (request.method == "POST" && (places & at(Place::object)) != 0) { // RFC 8607 section 3.11
        condition = core::Condition::max_attachment_size;
    } else if (request.method == "PUT" || request.method == "POST") {
        condition = core::Condition::max_resource_size;
    }
    return core::fail(core::Errc::too_large, "The body is too large.", condition);
}

tl::unexpected<core::Error> not_allowed() {
    return core::fail(core::Errc::method_not_allowed, "This method is not for this resource.");
}

core::Result<core::Response> dispatch(const Call& call) {
    const Places places = places_of(call.target);
    const MethodRow* row = find_method(call.request.method);
    if (places == 0) {
        return nothing_here();
    }
    if (row == nullptr) {
        const bool known =
            std::find(other_methods.begin(), other_methods.end(), call.request.method)
            != other_methods.end();
        return known ? not_allowed()
                     : core::fail(core::Errc::unsupported, "This method is not known here.");
    }
    const bool may_make = row->makes == Makes::something && (places & free_names) != 0;
    if ((row->places & places) == 0 && !may_make) {
        return not_allowed();
    }
    TRYV(check_size(call.request, places));
    auto result = row->method(call);
    if (!result && result.error().code == core::Errc::conflict && row->makes == Makes::nothing) {
        return nothing_here();
    }
    return result;
}

// A 405 says what is allowed on exactly this resource (RFC 9110 section 15.5.6); where there is
// nothing, only the methods that make something are told so.
core::Response refuse_method(const Call& call, const core::Error& error) {
    const auto resource =
        call.services.store.read([&](const storage::ReadTransaction& transaction) {
            return resolve(transaction, call.target, call.who);
        });
    const MethodRow* row = find_method(call.request.method);
    const bool makes = row != nullptr && row->makes == Makes::something;
    if (row != nullptr && !makes && (!resource || resource->kind == ResourceKind::unmapped)) {
        return to_response(nothing_here().value(), call.request.target);
    }
    core::Response response = to_response(error, call.request.target);
    response.headers.set("Allow", allow(resource ? place_of(*resource) : places_of(call.target)));
    return response;
}

} // namespace

core::Response handle(const core::Request& request, const core::Target& target,
                      const domain::Principal& who, const Services& services) {
    if (request.method == "OPTIONS") {
        return options(request, target);
    }
    const Call call{request, target, who, services};
    auto result = dispatch(call);
    core::Response response;
    if (result) {
        response = std::move(*result);
    } else {
        const core::Error error = as_told(call, std::move(result).error());
        response = error.code == core::Errc::method_not_allowed
                       ? refuse_method(call, error)
                       : to_response(error, request.target);
    }
    response.headers.set("DAV", dav_header);
    return response;
}

core::Response options(const core::Request& /*request*/, const core::Target& target) {
    core::Response response;
    response.headers.set("DAV", dav_header);
    response.headers.set("Allow", allow(places_of(target)));
    return response;
}

} // namespace caldav
