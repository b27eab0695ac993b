// Properties of access control: RFC 3744. Who owns a resource may do everything with it; others
// what they were granted (domain/access.h), on one calendar or on a whole home.
#include "caldav/properties_table.h"

#include <array>

namespace caldav {

namespace {

// Clients look for single privileges and do not know what is part of what (client rule 27).
constexpr std::string_view owner_privileges =
    "<D:privilege><D:all/></D:privilege>"
    "<D:privilege><D:read/></D:privilege>"
    "<D:privilege><D:write/></D:privilege>"
    "<D:privilege><D:write-properties/></D:privilege>"
    "<D:privilege><D:write-content/></D:privilege>"
    "<D:privilege><D:bind/></D:privilege>"
    "<D:privilege><D:unbind/></D:privilege>"
    "<D:privilege><D:read-acl/></D:privilege>"
    "<D:privilege><D:write-acl/></D:privilege>"
    "<D:privilege><D:read-current-user-privilege-set/></D:privilege>"
    "<D:privilege><C:read-free-busy/></D:privilege>";

// What the server keeps and nobody changes by hand, save its dead properties.
constexpr std::string_view reader_privileges =
    "<D:privilege><D:read/></D:privilege>"
    "<D:privilege><D:write-properties/></D:privilege>"
    "<D:privilege><D:read-acl/></D:privilege>"
    "<D:privilege><D:read-current-user-privilege-set/></D:privilege>";

// RFC 6638 section 6: every account may invite and answer every other one, and itself.
constexpr std::string_view inbox_privileges =
    "<D:privilege><D:unbind/></D:privilege>"
    "<D:privilege><C:schedule-deliver/></D:privilege>"
    "<D:privilege><C:schedule-deliver-invite/></D:privilege>"
    "<D:privilege><C:schedule-deliver-reply/></D:privilege>"
    "<D:privilege><C:schedule-query-freebusy/></D:privilege>";
constexpr std::string_view outbox_privileges =
    "<D:privilege><C:schedule-send/></D:privilege>"
    "<D:privilege><C:schedule-send-invite/></D:privilege>"
    "<D:privilege><C:schedule-send-reply/></D:privilege>"
    "<D:privilege><C:schedule-send-freebusy/></D:privilege>";

constexpr std::string_view visitor_privileges =
    "<D:privilege><D:read/></D:privilege>"
    "<D:privilege><D:read-acl/></D:privilege>"
    "<D:privilege><D:read-current-user-privilege-set/></D:privilege>";

constexpr std::string_view listed_privileges =
    "<D:privilege><D:read/></D:privilege>"
    "<D:privilege><D:read-current-user-privilege-set/></D:privilege>";

constexpr Kinds own_content = on::collections | on::home | kinds(ResourceKind::object);
constexpr Kinds listed = on::group | kinds(ResourceKind::colleague);

struct GrantablePrivilege {
    domain::Privilege privilege;
    std::string_view xml;
};
constexpr std::array grantable{
    GrantablePrivilege{domain::Privilege::read, "<D:privilege><D:read/></D:privilege>"},
    GrantablePrivilege{domain::Privilege::write_properties,
                       "<D:privilege><D:write-properties/></D:privilege>"},
    GrantablePrivilege{domain::Privilege::write_content,
                       "<D:privilege><D:write-content/></D:privilege>"},
    GrantablePrivilege{domain::Privilege::bind, "<D:privilege><D:bind/></D:privilege>"},
    GrantablePrivilege{domain::Privilege::unbind, "<D:privilege><D:unbind/></D:privilege>"},
    GrantablePrivilege{domain::Privilege::read_free_busy,
                       "<D:privilege><C:read-free-busy/></D:privilege>"},
};

// What somebody holds who is not the owner. Write stands for all of its parts or is not there.
void append_held(std::string& content, const domain::Access& access, domain::Place place,
                 std::int64_t calendar) {
    bool all = true;
    for (const GrantablePrivilege& row : grantable) {
        const bool held = access.may(row.privilege, place, calendar);
        content += held ? row.xml : "";
        all = all && held;
    }
    content += all ? "<D:privilege><D:write/></D:privilege>" : "";
}

void append_privileges(std::string& content, const PropertyContext& context) {
    const Resource& resource = context.resource;
    if (contains(on::roots, resource.kind)) {
        content += visitor_privileges;
    } else if (contains(listed, resource.kind)) {
        content += listed_privileges;
    } else if (resource.access.is_owner()) {
        content += contains(own_content, resource.kind) ? owner_privileges : reader_privileges;
        content += resource.kind == ResourceKind::inbox    ? inbox_privileges
                   : resource.kind == ResourceKind::outbox ? outbox_privileges
                                                           : "";
    } else {
        append_held(content, resource.access, resource.place(),
                    resource.collection ? resource.collection->id : 0);
        content += "<D:privilege><D:read-current-user-privilege-set/></D:privilege>";
    }
}

bool owner(const PropertyContext& context, std::string& content) {
    append_href(content, principal_href(context.resource.owner));
    return true;
}

bool current_user_privilege_set(const PropertyContext& context, std::string& content) {
    append_privileges(content, context);
    return true;
}

// RFC 3744 section 5.3: as a tree.
bool supported_privilege_set(const PropertyContext& context, std::string& content) {
    const auto begin = [&](std::string_view privilege, std::string_view description) {
        content.append("<D:supported-privilege><D:privilege><").append(privilege);
        content.append("/></D:privilege><D:description xml:lang=\"en\">").append(description);
        content += "</D:description>";
    };
    const auto end = [&] { content += "</D:supported-privilege>"; };
    const auto leaf = [&](std::string_view privilege, std::string_view description) {
        begin(privilege, description);
        end();
    };
    begin("D:all", "Any operation");
    leaf("D:read-acl", "Read the access control list");
    leaf("D:write-acl", "Say who may use the resource");
    begin("D:read", "Read the resource");
    leaf("D:read-current-user-privilege-set", "Read one's own privileges");
    leaf("C:read-free-busy", "Read free and busy times");
    end();
    begin("D:write", "Write the resource");
    leaf("D:write-properties", "Write properties");
    leaf("D:write-content", "Write content");
    leaf("D:bind", "Add members");
    leaf("D:unbind", "Remove members");
    end();
    if (context.resource.kind == ResourceKind::inbox) { // RFC 6638 section 6.1
        begin("C:schedule-deliver", "Deliver scheduling messages");
        leaf("C:schedule-deliver-invite", "Invite");
        leaf("C:schedule-deliver-reply", "Answer");
        leaf("C:schedule-query-freebusy", "Ask for busy times");
        end();
    }
    if (context.resource.kind == ResourceKind::outbox) { // RFC 6638 section 6.2
        begin("C:schedule-send", "Send scheduling messages");
        leaf("C:schedule-send-invite", "Invite");
        leaf("C:schedule-send-reply", "Answer");
        leaf("C:schedule-send-freebusy", "Ask for busy times");
        end();
    }
    end();
    return true;
}

// Where on the way from a resource to its home a grant was made; the resource itself: empty.
std::string inherited_from(const Resource& resource, const storage::Grant& grant) {
    if (!grant.collection) {
        return resource.kind == ResourceKind::home ? "" : home_href(resource.owner);
    }
    return contains(on::object, resource.kind) ? resource.collection_href() : "";
}

void append_grants(std::string& content, const PropertyContext& context) {
    const Resource& resource = context.resource;
    const std::int64_t calendar = resource.collection ? resource.collection->id : 0;
    for (const storage::Grant& grant : context.transaction.grants().list(resource.owner)) {
        if (grant.collection && grant.collection != calendar) {
            continue;
        }
        const domain::Access access({{grant.collection, grant.level}});
        content += "<D:ace><D:principal>";
        append_href(content, principal_href(grant.grantee));
        content += "</D:principal><D:grant>";
        append_held(content, access, resource.place(), calendar);
        content += "</D:grant>";
        if (const std::string from = inherited_from(resource, grant); !from.empty()) {
            content += "<D:inherited>";
            append_href(content, from);
            content += "</D:inherited>";
        }
        content += "</D:ace>";
    }
}

// RFC 3744 section 5.5: the owner's entry, which is protected, then what was granted, which the ACL
// method replaces where it is not inherited. Only the owner has read-acl.
bool access_control_list(const PropertyContext& context, std::string& content) {
    const Resource& resource = context.resource;
    if (contains(listed, resource.kind)
        || (!resource.owner.empty() && !resource.access.is_owner())) {
        return false;
    }
    content += "<D:ace><D:principal>";
    if (resource.owner.empty()) {
        content += "<D:authenticated/>";
    } else {
        append_href(content, principal_href(resource.owner));
    }
    content += "</D:principal><D:grant>";
    append_privileges(content, context);
    content += "</D:grant><D:protected/></D:ace>";
    if (contains(own_content, resource.kind)) {
        append_grants(content, context);
    }
    return true;
}

// RFC 3744 section 5.7: what a calendar and its objects have from above.
bool inherited_acl_set(const PropertyContext& context, std::string& content) {
    const Resource& resource = context.resource;
    if (contains(on::object, resource.kind)) {
        append_href(content, resource.collection_href());
    }
    if (contains(on::collections | on::object, resource.kind)) {
        append_href(content, home_href(resource.owner));
    }
    return true;
}

bool access_control_restrictions(const PropertyContext& /*context*/, std::string& content) {
    content += "<D:grant-only/><D:no-invert/>";
    return true;
}

bool principal_collection_set(const PropertyContext& /*context*/, std::string& content) {
    append_href(content, "/principals/");
    return true;
}

using enum InAllprop;

constexpr std::array access_control_rows{
    PropertyRow{ns::dav, "owner", on::owned, owner, nullptr, no, "RFC 3744 5.1"},
    PropertyRow{ns::dav, "supported-privilege-set", on::all, supported_privilege_set, nullptr, no,
                "RFC 3744 5.3"},
    PropertyRow{ns::dav, "current-user-privilege-set", on::all, current_user_privilege_set, nullptr,
                no, "RFC 3744 5.4"},
    PropertyRow{ns::dav, "acl", on::all, access_control_list, nullptr, no, "RFC 3744 5.5"},
    PropertyRow{ns::dav, "acl-restrictions", on::all, access_control_restrictions, nullptr, no,
                "RFC 3744 5.6"},
    PropertyRow{ns::dav, "inherited-acl-set", on::all, inherited_acl_set, nullptr, no,
                "RFC 3744 5.7"},
    PropertyRow{ns::dav, "principal-collection-set", on::all, principal_collection_set, nullptr, no,
                "RFC 3744 5.8"},
};

} // namespace

std::span<const PropertyRow> access_control_properties() {
    return access_control_rows;
}

} // namespace caldav
