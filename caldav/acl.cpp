// ACL (RFC 3744 section 8.1): who may use a calendar, or a whole home, as its owner's client says.
// What a list can say is what a grant can (storage/grants.h): one of three levels for an account or
// a group.
#include "caldav/conditions.h"
#include "caldav/grantees.h"
#include "caldav/methods.h"
#include "caldav/resource.h"
#include "caldav/xml_reader.h"
#include "core/limits.h"
#include "core/strings.h"
#include "domain/teams.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

namespace caldav {

namespace {

using core::Condition;
using domain::Privilege;
using storage::Level;

tl::unexpected<core::Error> refused(std::string detail, Condition condition) {
    return core::fail(core::Errc::forbidden, std::move(detail), condition);
}

tl::unexpected<core::Error> malformed_entry() {
    return core::fail(core::Errc::invalid_input,
                      "An ace needs one principal and what it is granted.");
}

struct PrivilegeNames {
    std::string_view name_space;
    std::string_view local;
    std::vector<Privilege> stands_for; // RFC 3744 section 3: an aggregate is all of its parts
};

// What can be granted. DAV:all is not: only an owner may read and write the list itself.
const std::vector<PrivilegeNames>& privilege_names() {
    static const std::vector<PrivilegeNames> names{
        {ns::dav, "read", {Privilege::read, Privilege::read_free_busy}},
        {ns::caldav, "read-free-busy", {Privilege::read_free_busy}},
        {ns::dav,
         "write",
         {Privilege::write_properties, Privilege::write_content, Privilege::bind,
          Privilege::unbind}},
        {ns::dav, "write-properties", {Privilege::write_properties}},
        {ns::dav, "write-content", {Privilege::write_content}},
        {ns::dav, "bind", {Privilege::bind}},
        {ns::dav, "unbind", {Privilege::unbind}},
        {ns::dav, "read-current-user-privilege-set", {}}, // whoever holds anything may
    };
    return names;
}

using Privileges = std::set<Privilege>;

core::Result<Privileges> read_privileges(const Element& grant) {
    Privileges privileges;
    for (const Element& privilege : grant.children) {
        if (!privilege.is(dav("privilege")) || privilege.children.size() != 1) {
            return malformed_entry();
        }
        const Name& name = privilege.children.front().name;
        const auto& names = privilege_names();
        const auto row = std::find_if(names.begin(), names.end(), [&](const auto& candidate) {
            return name.name_space == candidate.name_space && name.local == candidate.local;
        });
        if (row == names.end()) {
            return refused(name.local + " cannot be granted here.",
                           Condition::not_supported_privilege);
        }
        privileges.insert(row->stands_for.begin(), row->stands_for.end());
    }
    return privileges;
}

// The level that allows just these. Of one calendar the owner says what it is called, whoever else
// writes it, so write-properties means those of its members there.
core::Result<Level> level_of(Privileges privileges, bool of_home) {
    const Privileges busy{Privilege::read_free_busy};
    const Privileges read{Privilege::read_free_busy, Privilege::read};
    const Privileges write{Privilege::read_free_busy, Privilege::read, Privilege::write_properties,
                           Privilege::write_content,  Privilege::bind, Privilege::unbind};
    if (!of_home && privileges.contains(Privilege::write_content)) {
        privileges.insert(Privilege::write_properties);
    }
    if (privileges == write) {
        return Level::write;
    }
    if (privileges == read) {
        return Level::read;
    }
    if (privileges == busy) {
        return Level::free_busy;
    }
    return refused("Granted is read-free-busy, or read, or read and write.",
                   Condition::not_supported_privilege);
}

core::Result<std::string> read_grantee(const storage::ReadTransaction& transaction,
                                       const Element& principal) {
    if (principal.children.size() != 1) {
        return malformed_entry();
    }
    const Element& who = principal.children.front();
    if (!who.is(dav("href"))) { // all, authenticated, unauthenticated, self, property
        return refused("Granted is to accounts and groups by their addresses.",
                       Condition::allowed_principal);
    }
    return find_grantee(transaction, who.text);
}

// What a client sends back of the list as it read it: what the server says, and what is above.
bool is_as_listed(const Element& entry, std::string_view grantee, const Resource& resource) {
    if (const Element* inherited = entry.find(dav("inherited"))) {
        const Element* from = inherited->find(dav("href"));
        return resource.kind != ResourceKind::home && from != nullptr
               && core::trim(from->text) == home_href(resource.owner);
    }
    return grantee == resource.owner;
}

core::Done check_form(const Element& entry) {
    if (entry.find(dav("deny")) != nullptr) {
        return refused("Nothing is denied to one who was granted it.", Condition::grant_only);
    }
    if (entry.find(dav("invert")) != nullptr) {
        return refused("Nothing is granted to all but one.", Condition::no_invert);
    }
    if (entry.find(dav("principal")) == nullptr || entry.find(dav("grant")) == nullptr) {
        return malformed_entry();
    }
    return {};
}

core::Done read_entry(const storage::ReadTransaction& transaction, const Resource& resource,
                      const Element& entry, std::map<std::string, Privileges>& list) {
    TRYV(check_form(entry));
    const std::string grantee = TRY(read_grantee(transaction, *entry.find(dav("principal"))));
    const bool is_inherited = entry.find(dav("inherited")) != nullptr;
    if (is_inherited || entry.find(dav("protected")) != nullptr) {
        return is_as_listed(entry, grantee, resource)
                   ? core::Done()
                   : refused("This entry is not one of the list.",
                             is_inherited ? Condition::no_inherited_ace_conflict
                                          : Condition::no_protected_ace_conflict);
    }
    const Privileges privileges = TRY(read_privileges(*entry.find(dav("grant"))));
    if (grantee == resource.owner) {
        return refused("An owner may do everything.", Condition::no_protected_ace_conflict);
    }
    list[grantee].insert(privileges.begin(), privileges.end());
    return {};
}

core::Result<domain::Rights> read_list(const storage::ReadTransaction& transaction,
                                       const Resource& resource, const Element& root) {
    std::map<std::string, Privileges> list;
    std::size_t entries = 0;
    for (const Element& entry : root.children) {
        if (!entry.is(dav("ace"))) {
            continue;
        }
        if (++entries > core::limits::access_control_entries) {
            return refused("The list has too many entries.", Condition::limited_number_of_aces);
        }
        TRYV(read_entry(transaction, resource, entry, list));
    }
    domain::Rights rights;
    for (const auto& [grantee, privileges] : list) {
        if (!privileges.empty()) {
            rights[grantee] = TRY(level_of(privileges, resource.kind == ResourceKind::home));
        }
    }
    return rights;
}

} // namespace

core::Result<core::Response> acl(const Call& call) {
    constexpr Kinds with_list =
        kinds(ResourceKind::home, ResourceKind::calendar, ResourceKind::plain);
    const Element root = TRY(read_xml(call.request.body));
    if (!root.is(dav("acl"))) {
        return core::fail(core::Errc::invalid_input, "The body has to be a DAV:acl.");
    }
    const auto done =
        call.services.store.write([&](storage::WriteTransaction& transaction) -> core::Done {
            const Resource resource =
                TRY(resolve_existing(transaction, call.target, call.who, Privilege::write_acl));
            if (!contains(with_list, resource.kind)) {
                return core::fail(core::Errc::method_not_allowed, "This has no list of its own.");
            }
            TRYV(check_conditions(call, transaction, resource));
            const domain::Rights rights = TRY(read_list(transaction, resource, root));
            const auto collection = resource.collection ? std::optional(resource.collection->id)
                                                        : std::optional<std::int64_t>();
            domain::replace_rights(transaction, resource.owner, collection, rights, call.who.login,
                                   call.services.clock.now());
            return {};
        });
    TRYV(done);
    return core::Response();
}

} // namespace caldav
