// Properties of principals: accounts, groups and the calendar-proxy principals of those who may act
// for somebody (RFC 3744 section 4, RFC 6638 section 2.4, Apple's caldav-proxy).
#include "caldav/properties_table.h"
#include "core/strings.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace caldav {

namespace {

// Non-standard: also where RFC 3744 section 4.2 has none, because clients that know nothing but a
// host name ask any resource for it (R-C3).
bool principal_url(const PropertyContext& context, std::string& content) {
    const Resource& resource = context.resource;
    append_href(content, contains(on::principals, resource.kind)
                             ? resource.href
                             : principal_href(context.who.account));
    return true;
}

// An account's address; a group and a proxy have none.
std::string mailto_of(const Resource& resource) {
    const bool is_person = contains(on::person, resource.kind);
    return is_person && !resource.account->email.empty()
               ? "mailto:" + core::to_lower(resource.account->email)
               : "";
}

bool alternate_uri_set(const PropertyContext& context, std::string& content) {
    if (const std::string mailto = mailto_of(context.resource); !mailto.empty()) {
        append_href(content, mailto);
    }
    return true;
}

// Clients take the first address or the last, Apple the one marked as preferred (R-U1 to R-U3). All
// of them have to find one with mailto: in lower case.
bool calendar_user_address_set(const PropertyContext& context, std::string& content) {
    const std::string mailto = mailto_of(context.resource);
    if (!mailto.empty()) {
        append_href(content, mailto);
    }
    append_href(content, context.resource.href);
    if (!mailto.empty()) {
        content += "<D:href preferred=\"1\">";
        core::append_xml_escaped(content, mailto);
        content += "</D:href>";
    }
    return true;
}

bool calendar_user_type(const PropertyContext& context, std::string& content) {
    content += context.resource.group ? "GROUP" : user_type(*context.resource.account);
    return true;
}

bool email_address_set(const PropertyContext& context, std::string& content) {
    const std::string& email = context.resource.account->email;
    if (!email.empty()) {
        content += "<CS:email-address>";
        core::append_xml_escaped(content, email);
        content += "</CS:email-address>";
    }
    return true;
}

storage::Level level_of_proxy(ResourceKind kind) {
    return kind == ResourceKind::proxy_write ? storage::Level::write : storage::Level::read;
}

// RFC 3744 section 4.3. Whom else somebody trusts is not for those to know who are trusted.
bool group_member_set(const PropertyContext& context, std::string& content) {
    const Resource& resource = context.resource;
    if (resource.group) {
        for (const std::string& member : context.transaction.grants().members(resource.group->id)) {
            append_href(content, principal_href(member));
        }
    } else if (contains(on::proxies, resource.kind) && resource.access.is_owner()) {
        for (const storage::Grant& grant : context.transaction.grants().list(resource.owner)) {
            if (!grant.collection && grant.level == level_of_proxy(resource.kind)) {
                append_href(content, principal_href(grant.grantee));
            }
        }
    }
    return true; // an account is no group
}

// RFC 3744 section 4.4: what it is directly in. Nobody's but the reader's own.
bool group_membership(const PropertyContext& context, std::string& content) {
    const Resource& resource = context.resource;
    if (!resource.group && !resource.access.is_owner()) {
        return true;
    }
    const storage::Grants& grants = context.transaction.grants();
    if (!resource.group) {
        for (const storage::Group& group : grants.groups_of(resource.owner)) {
            append_href(content, principal_href(group.id));
        }
    }
    const std::string& grantee = resource.group ? resource.group->id : resource.owner;
    for (const storage::TrustedHome& home : grants.homes_granted_to(grantee)) {
        // Of a group's, only what the reader has a part in.
        const bool is_known =
            !resource.group
            || domain::access_to(context.transaction, context.who, home.owner).any();
        if (home.level != storage::Level::free_busy && is_known) {
            append_href(content, proxy_href(home.owner, home.level == storage::Level::write
                                                            ? ResourceKind::proxy_write
                                                            : ResourceKind::proxy_read));
        }
    }
    return true;
}

// Non-standard (caldav-proxy): the principals whose homes this one was trusted with; which of them
// everybody else is trusted with is not for the reader to know.
bool append_trusting(const PropertyContext& context, std::string& content, bool to_write) {
    if (!context.resource.access.is_owner()) {
        return true;
    }
    std::map<std::string, storage::Level> most;
    for (const auto& home : context.transaction.grants().homes_of(context.resource.owner)) {
        auto& level = most.try_emplace(home.owner, home.level).first->second;
        level = std::max(level, home.level);
    }
    for (const auto& [owner, level] : most) {
        const bool writes = level == storage::Level::write;
        if (level != storage::Level::free_busy && writes == to_write) {
            append_href(content, principal_href(owner));
        }
    }
    return true;
}

bool calendar_proxy_read_for(const PropertyContext& context, std::string& content) {
    return append_trusting(context, content, false);
}

bool calendar_proxy_write_for(const PropertyContext& context, std::string& content) {
    return append_trusting(context, content, true);
}

using enum InAllprop;

constexpr std::array principal_rows{
    PropertyRow{ns::dav, "principal-URL", on::roots | on::principals | on::home, principal_url,
                nullptr, no, "RFC 3744 4.2"},
    PropertyRow{ns::dav, "alternate-URI-set", on::principals, alternate_uri_set, nullptr, no,
                "RFC 3744 4.1"},
    PropertyRow{ns::dav, "group-member-set", on::principal | on::group | on::proxies,
                group_member_set, nullptr, no, "RFC 3744 4.3"},
    PropertyRow{ns::dav, "group-membership", on::principal | on::group, group_membership, nullptr,
                no, "RFC 3744 4.4"},
    PropertyRow{ns::dav, "group-membership", on::proxies, empty_element, nullptr, no,
                "RFC 3744 4.4"},
    PropertyRow{ns::caldav, "calendar-user-address-set", on::person | on::group,
                calendar_user_address_set, nullptr, no, "RFC 6638 2.4.1"},
    PropertyRow{ns::caldav, "calendar-user-type", on::person | on::group, calendar_user_type,
                nullptr, no, "RFC 6638 2.4.2"},
    PropertyRow{ns::calendarserver, "email-address-set", on::person, email_address_set, nullptr, no,
                "non-standard: Apple"},
    PropertyRow{ns::calendarserver, "calendar-proxy-read-for", on::principal,
                calendar_proxy_read_for, nullptr, no, "non-standard: caldav-proxy"},
    PropertyRow{ns::calendarserver, "calendar-proxy-write-for", on::principal,
                calendar_proxy_write_for, nullptr, no, "non-standard: caldav-proxy"},
};

} // namespace

std::span<const PropertyRow> principal_properties() {
    return principal_rows;
}

} // namespace caldav
