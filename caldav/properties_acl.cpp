// Properties of access control: RFC 3744. There is one rule and nobody can change it: who owns a
// resource may do everything with it, and nobody else may do anything (domain::authorize).
#include "caldav/properties_table.h"
#include "core/strings.h"

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
    "<D:privilege><D:read-current-user-privilege-set/></D:privilege>"
    "<D:privilege><C:read-free-busy/></D:privilege>";

// What the server keeps and nobody changes by hand, save its dead properties.
constexpr std::string_view reader_privileges =
    "<D:privilege><D:read/></D:privilege>"
    "<D:privilege><D:write-properties/></D:privilege>"
    "<D:privilege><D:read-acl/></D:privilege>"
    "<D:privilege><D:read-current-user-privilege-set/></D:privilege>";

constexpr std::string_view visitor_privileges =
    "<D:privilege><D:read/></D:privilege>"
    "<D:privilege><D:read-acl/></D:privilege>"
    "<D:privilege><D:read-current-user-privilege-set/></D:privilege>";

constexpr Kinds own_content = on::collections | on::home | on::object;

std::string_view privileges_on(const PropertyContext& context) {
    const Resource& resource = context.resource;
    if (contains(on::roots, resource.kind)) {
        return visitor_privileges;
    }
    if (!domain::authorize(context.who, domain::Privilege::write, resource.owner)) {
        return visitor_privileges;
    }
    return contains(own_content, resource.kind) ? owner_privileges : reader_privileges;
}

bool owner(const PropertyContext& context, std::string& content) {
    append_href(content, principal_href(context.resource.owner));
    return true;
}

bool current_user_privilege_set(const PropertyContext& context, std::string& content) {
    content += privileges_on(context);
    return true;
}

// RFC 3744 section 5.3: as a tree.
bool supported_privilege_set(const PropertyContext& /*context*/, std::string& content) {
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
    begin("D:read", "Read the resource");
    leaf("D:read-acl", "Read the access control list");
    leaf("D:read-current-user-privilege-set", "Read one's own privileges");
    leaf("C:read-free-busy", "Read free and busy times");
    end();
    begin("D:write", "Write the resource");
    leaf("D:write-properties", "Write properties");
    leaf("D:write-content", "Write content");
    leaf("D:bind", "Add members");
    leaf("D:unbind", "Remove members");
    end();
    end();
    return true;
}

// RFC 3744 section 5.5: one entry, protected.
bool access_control_list(const PropertyContext& context, std::string& content) {
    content += "<D:ace><D:principal>";
    if (context.resource.owner.empty()) {
        content += "<D:authenticated/>";
    } else {
        append_href(content, principal_href(context.resource.owner));
    }
    content.append("</D:principal><D:grant>").append(privileges_on(context));
    content += "</D:grant><D:protected/></D:ace>";
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

// Non-standard: also where RFC 3744 section 4.2 has none, because clients that know nothing but a
// host name ask any resource for it (R-C3).
bool principal_url(const PropertyContext& context, std::string& content) {
    const Resource& resource = context.resource;
    append_href(content,
                principal_href(resource.kind == ResourceKind::principal ? resource.owner
                                                                        : context.who.account));
    return true;
}

bool alternate_uri_set(const PropertyContext& context, std::string& content) {
    const std::string& email = context.resource.account->email;
    if (!email.empty()) {
        append_href(content, "mailto:" + core::to_lower(email));
    }
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
    PropertyRow{ns::dav, "inherited-acl-set", on::all, empty_element, nullptr, no, "RFC 3744 5.7"},
    PropertyRow{ns::dav, "principal-collection-set", on::all, principal_collection_set, nullptr, no,
                "RFC 3744 5.8"},
    PropertyRow{ns::dav, "principal-URL", on::roots | on::principal | on::home, principal_url,
                nullptr, no, "RFC 3744 4.2"},
    PropertyRow{ns::dav, "alternate-URI-set", on::principal, alternate_uri_set, nullptr, no,
                "RFC 3744 4.1"},
    // There are no groups.
    PropertyRow{ns::dav, "group-member-set", on::principal, empty_element, nullptr, no,
                "RFC 3744 4.3"},
    PropertyRow{ns::dav, "group-membership", on::principal, empty_element, nullptr, no,
                "RFC 3744 4.4"},
};

} // namespace

std::span<const PropertyRow> access_control_properties() {
    return access_control_rows;
}

} // namespace caldav
