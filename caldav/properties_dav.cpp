// Properties of WebDAV itself: RFC 4918, 3253, 5397, 5842 and 6578.
#include "caldav/properties_table.h"
#include "caldav/report.h"
#include "caldav/sync.h"
#include "caldav/xml_writer.h"
#include "core/crypto.h"
#include "core/limits.h"
#include "core/strings.h"

#include <array>
#include <tuple>

namespace caldav {

namespace {

// Non-standard (caldav-sharing): whose the calendar is that somebody shares. Only its owner learns
// that it is shared.
std::string_view sharing_type(const PropertyContext& context) {
    const Resource& resource = context.resource;
    if (resource.share) {
        return "<CS:shared/>";
    }
    const bool is_shared = resource.access.is_owner()
                           && !context.transaction.shares().list(resource.collection->id).empty();
    return is_shared ? "<CS:shared-owner/>" : "";
}

bool resource_type(const PropertyContext& context, std::string& content) {
    switch (context.resource.kind) {
    case ResourceKind::object:
    case ResourceKind::message:
    case ResourceKind::notification:
    case ResourceKind::unmapped:
        return true; // an empty element, not an absent one (R-T1)
    case ResourceKind::principal:
    case ResourceKind::colleague:
        content += "<D:collection/><D:principal/>";
        return true;
    case ResourceKind::group:
        content += "<D:principal/>";
        return true;
    case ResourceKind::proxy_read:
        content += "<D:principal/><CS:calendar-proxy-read/>";
        return true;
    case ResourceKind::proxy_write:
        content += "<D:principal/><CS:calendar-proxy-write/>";
        return true;
    case ResourceKind::calendar: // exactly these, unless shared (R-A4)
        content += "<D:collection/><C:calendar/>";
        content += sharing_type(context);
        return true;
    case ResourceKind::notifications:
        content += "<D:collection/><CS:notification/>";
        return true;
    case ResourceKind::inbox:
        content += "<D:collection/><C:schedule-inbox/>";
        return true;
    case ResourceKind::outbox:
        content += "<D:collection/><C:schedule-outbox/>";
        return true;
    default:
        content += "<D:collection/>";
        return true;
    }
}

bool display_name(const PropertyContext& context, std::string& content) {
    if (const auto& group = context.resource.group) {
        core::append_xml_escaped(content, group->name);
        return true;
    }
    if (!context.resource.collection) {
        core::append_xml_escaped(content, context.resource.account->name);
        return true;
    }
    const auto& name = context.resource.collection->display_name;
    core::append_xml_escaped(content, name.value_or(""));
    return name.has_value();
}

core::Done set_display_name(storage::Collection& collection, const Element* value) {
    collection.display_name.reset();
    if (value != nullptr) {
        collection.display_name = value->text;
    }
    return {};
}

bool etag(const PropertyContext& context, std::string& content) { // strong, quoted (R-C17)
    content += "&quot;";
    core::append_xml_escaped(content, context.resource.object->etag);
    content += "&quot;";
    return true;
}

// Thunderbird reads items of type text/calendar (R-T6), vdirsyncer what contains "calendar" (R-V1).
bool content_type(const PropertyContext& context, std::string& content) {
    const storage::ObjectHead& object = *context.resource.object;
    core::append_xml_escaped(content, object.content_type);
    if (!object.component.empty()) {
        content += "; charset=utf-8; component=";
        core::append_xml_escaped(content, object.component);
    }
    return true;
}

bool content_length(const PropertyContext& context, std::string& content) {
    content += std::to_string(context.resource.object->size);
    return true;
}

bool last_modified(const PropertyContext& context, std::string& content) {
    content += core::to_http_date(context.resource.object->modified);
    return true;
}

bool creation_date(const PropertyContext& context, std::string& content) {
    const Resource& resource = context.resource;
    content +=
        core::to_rfc3339(resource.object ? resource.object->created : resource.collection->created);
    return true;
}

bool current_user_principal(const PropertyContext& context, std::string& content) {
    append_href(content, principal_href(context.who.account));
    return true;
}

// RFC 3253 section 3.1.5
bool supported_report_set(const PropertyContext& context, std::string& content) {
    for (const Name& report : reports_on(context.resource.kind)) {
        content += "<D:supported-report><D:report>";
        append_empty_tag(content, report);
        content += "</D:report></D:supported-report>";
    }
    return true;
}

// RFC 5995 section 3.2.1: POST goes to the calendar itself.
bool add_member_uri(const PropertyContext& context, std::string& content) {
    append_href(content, context.resource.href);
    return true;
}

bool sync_token(const PropertyContext& context, std::string& content) {
    const auto& [transaction, resource] = std::tie(context.transaction, context.resource);
    core::append_xml_escaped(content, resource.collection
                                          ? current_sync_token(transaction, *resource.collection)
                                          : current_home_token(transaction, resource));
    return true;
}

// RFC 5842 section 3.1: unique for all time. A name-based UUID (RFC 4122 section 4.3) of the server
// and the record, so it needs no room in the database.
bool resource_id(const PropertyContext& context, std::string& content) {
    const core::Digest digest =
        core::sha256(context.services.public_url + "\n" + dead_property_key(context.resource));
    std::array<unsigned char, 16> bytes{};
    std::copy_n(digest.begin(), bytes.size(), bytes.begin());
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x50);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
    std::string uuid = core::to_hex(bytes);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) {
        uuid.insert(dash, 1, '-');
    }
    append_href(content, "urn:uuid:" + uuid);
    return true;
}

using enum InAllprop;

constexpr std::array webdav_rows{
    PropertyRow{ns::dav, "resourcetype", on::all, resource_type, nullptr, yes, "RFC 4918 15.9",
                Reads::name},
    PropertyRow{ns::dav, "displayname", on::collections, display_name, set_display_name, yes,
                "RFC 4918 15.2"},
    PropertyRow{ns::dav, "displayname", on::principals, display_name, nullptr, yes, "RFC 3744 4"},
    PropertyRow{ns::dav, "getetag", on::object, etag, nullptr, yes, "RFC 4918 15.6", Reads::name},
    PropertyRow{ns::dav, "getcontenttype", on::object, content_type, nullptr, yes, "RFC 4918 15.5"},
    PropertyRow{ns::dav, "getcontentlength", on::object, content_length, nullptr, yes,
                "RFC 4918 15.4"},
    PropertyRow{ns::dav, "getlastmodified", on::object, last_modified, nullptr, yes,
                "RFC 4918 15.7"},
    PropertyRow{ns::dav, "creationdate", on::collections | on::object, creation_date, nullptr, yes,
                "RFC 4918 15.1"},
    // There are no locks.
    PropertyRow{ns::dav, "supportedlock", on::all, empty_element, nullptr, yes, "RFC 4918 15.10"},
    PropertyRow{ns::dav, "lockdiscovery", on::all, empty_element, nullptr, yes, "RFC 4918 15.8"},
    PropertyRow{ns::dav, "current-user-principal", on::all, current_user_principal, nullptr, no,
                "RFC 5397 3"},
    PropertyRow{ns::dav, "supported-report-set", on::all, supported_report_set, nullptr, no,
                "RFC 3253 3.1.5"},
    PropertyRow{ns::dav, "add-member", on::calendar, add_member_uri, nullptr, no, "RFC 5995 3.2.1"},
    PropertyRow{ns::dav, "sync-token", on::collections | on::home | on::inbox, sync_token, nullptr,
                no, "RFC 6578 4"},
    PropertyRow{ns::dav, "resource-id", on::owned, resource_id, nullptr, no, "RFC 5842 3.1"},
};

} // namespace

std::span<const PropertyRow> webdav_properties() {
    return webdav_rows;
}

} // namespace caldav
