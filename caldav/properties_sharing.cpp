// Properties of calendars that are shared and of the invitations to them: Apple's caldav-sharing
// and caldav-notifications, all non-standard.
#include "caldav/properties_table.h"
#include "caldav/sharing.h"
#include "core/strings.h"

#include <array>

namespace caldav {

namespace {

bool allowed_sharing_modes(const PropertyContext& context, std::string& content) {
    const bool may_share = context.resource.access.is_owner();
    content += may_share ? "<CS:can-be-shared/>" : "";
    return may_share;
}

void append_sharee(const PropertyContext& context, const storage::Share& share,
                   std::string& content) {
    const auto account = context.transaction.accounts().find(share.sharee);
    if (!account) {
        return;
    }
    content += "<CS:user>";
    storage::Account shown = *account;
    shown.name = share.sharee_name;
    append_person(content, shown);
    append_access(content, share.level);
    append_status(content, share.status);
    content += "</CS:user>";
}

// The owner sees everybody who was invited, a sharee whom it is from and what it allows.
bool invite(const PropertyContext& context, std::string& content) {
    const Resource& resource = context.resource;
    if (!resource.share && !resource.access.is_owner()) {
        return false;
    }
    const auto shares = resource.share ? std::vector<storage::Share>{*resource.share}
                                       : context.transaction.shares().list(resource.collection->id);
    if (shares.empty()) {
        return false;
    }
    if (const auto owner = context.transaction.accounts().find(resource.owner)) {
        content += "<CS:organizer>";
        append_href(content, principal_href(owner->id));
        content += "<CS:common-name>";
        core::append_xml_escaped(content, owner->name);
        content += "</CS:common-name></CS:organizer>";
    }
    for (const storage::Share& share : shares) {
        append_sharee(context, share, content);
    }
    return true;
}

bool shared_url(const PropertyContext& context, std::string& content) {
    const Resource& resource = context.resource;
    if (!resource.share) {
        return false;
    }
    append_href(content, collection_href(resource.owner, resource.collection->name));
    return true;
}

bool notification_url(const PropertyContext& context, std::string& content) {
    append_href(content, collection_href(context.resource.owner, notifications_name));
    return true;
}

bool notification_type(const PropertyContext& /*context*/, std::string& content) {
    content += "<CS:invite-notification shared-type=\"calendar\"/>";
    return true;
}

std::string text_of_notification(const PropertyContext& context) {
    return notification_text(context.transaction, *context.resource.invitation);
}

bool notification_tag(const PropertyContext& context, std::string& content) {
    content += "&quot;" + notification_etag(text_of_notification(context)) + "&quot;";
    return true;
}

bool notification_content_type(const PropertyContext& /*context*/, std::string& content) {
    content += "application/xml; charset=utf-8";
    return true;
}

bool notification_length(const PropertyContext& context, std::string& content) {
    content += std::to_string(text_of_notification(context).size());
    return true;
}

// Every change of an invitation raises the revision of the home.
bool notifications_tag(const PropertyContext& context, std::string& content) {
    core::append_xml_escaped(content, context.transaction.facts().find("epoch").value_or(""));
    content += '-';
    content +=
        std::to_string(context.transaction.collections().home_revision(context.resource.owner));
    return true;
}

using enum InAllprop;

constexpr std::array sharing_rows{
    PropertyRow{ns::calendarserver, "allowed-sharing-modes", on::calendar, allowed_sharing_modes,
                nullptr, no, "non-standard: caldav-sharing"},
    PropertyRow{ns::calendarserver, "invite", on::calendar, invite, nullptr, no,
                "non-standard: caldav-sharing"},
    PropertyRow{ns::calendarserver, "shared-url", on::calendar, shared_url, nullptr, no,
                "non-standard: caldav-sharing"},
    PropertyRow{ns::calendarserver, "notification-URL", on::principal, notification_url, nullptr,
                no, "non-standard: caldav-notifications"},
    PropertyRow{ns::calendarserver, "notificationtype", on::notification, notification_type,
                nullptr, no, "non-standard: caldav-notifications"},
    PropertyRow{ns::calendarserver, "getctag", on::notifications, notifications_tag, nullptr, no,
                "non-standard: calendarserver-ctag"},
    PropertyRow{ns::dav, "getetag", on::notification, notification_tag, nullptr, yes,
                "RFC 4918 15.6"},
    PropertyRow{ns::dav, "getcontenttype", on::notification, notification_content_type, nullptr,
                yes, "RFC 4918 15.5"},
    PropertyRow{ns::dav, "getcontentlength", on::notification, notification_length, nullptr, yes,
                "RFC 4918 15.4"},
};

} // namespace

std::span<const PropertyRow> sharing_properties() {
    return sharing_rows;
}

} // namespace caldav
