// Properties of principals, homes and scheduling: RFC 4791 section 6, RFC 6638, and those of
// Apple's calendar server that its clients still ask for.
#include "caldav/properties_table.h"
#include "caldav/sync.h"
#include "core/strings.h"
#include "domain/scheduler.h"
#include "domain/sharing.h"

#include <array>

namespace caldav {

namespace {

bool calendar_home_set(const PropertyContext& context, std::string& content) {
    append_href(content, home_href(context.resource.owner));
    return true;
}

bool schedule_inbox_url(const PropertyContext& context, std::string& content) {
    append_href(content, collection_href(context.resource.owner, "inbox"));
    return true;
}

bool schedule_outbox_url(const PropertyContext& context, std::string& content) {
    append_href(content, collection_href(context.resource.owner, "outbox"));
    return true;
}

// RFC 6638 section 9.2.
bool schedule_default_calendar(const PropertyContext& context, std::string& content) {
    const auto found = domain::default_calendar(context.transaction, context.resource.owner);
    if (found) {
        append_href(content, collection_href(found->owner, found->name));
    }
    return true;
}

bool schedule_transparency(const PropertyContext& context, std::string& content) {
    // A shared calendar takes its owner's time and nobody else's.
    const bool transparent = context.resource.share || context.resource.collection->transparent;
    content += transparent ? "<C:transparent/>" : "<C:opaque/>";
    return true;
}

core::Done set_schedule_transparency(storage::Collection& collection, const Element* value) {
    const bool transparent = value != nullptr && value->find(cal("transparent")) != nullptr;
    const bool opaque = value == nullptr || value->find(cal("opaque")) != nullptr;
    if (transparent == opaque) {
        return core::fail(core::Errc::conflict,
                          "schedule-calendar-transp has to be opaque or transparent");
    }
    collection.transparent = transparent;
    return {};
}

bool schedule_tag(const PropertyContext& context, std::string& content) { // R-D6
    const std::string& tag = context.resource.object->schedule_tag;
    if (tag.empty()) {
        return false;
    }
    content += "&quot;";
    core::append_xml_escaped(content, tag);
    content += "&quot;";
    return true;
}

// Evolution and others compare nothing else to learn whether anything changed: it is different
// after every change, also after a restore.
bool collection_tag(const PropertyContext& context, std::string& content) {
    const auto& [transaction, resource] = std::tie(context.transaction, context.resource);
    core::append_xml_escaped(content, resource.collection
                                          ? current_sync_token(transaction, *resource.collection)
                                          : current_home_token(transaction, resource));
    return true;
}

// RFC 4331: what counts is the account's, for the home and whatever is in it, and nobody else's
// business.
bool quota_used(const PropertyContext& context, std::string& content) {
    if (!context.resource.access.is_owner()) {
        return false;
    }
    content +=
        std::to_string(domain::Calendars::bytes_used(context.transaction, context.resource.owner));
    return true;
}

bool quota_available(const PropertyContext& context, std::string& content) {
    const auto left =
        context.services.calendars.bytes_left(context.transaction, context.resource.owner);
    if (!left || !context.resource.access.is_owner()) { // RFC 4331 section 3: no quota, no property
        return false;
    }
    content += std::to_string(*left);
    return true;
}

using enum InAllprop;

constexpr std::array scheduling_rows{
    PropertyRow{ns::caldav, "calendar-home-set", on::principal, calendar_home_set, nullptr, no,
                "RFC 4791 6.2.1"},
    PropertyRow{ns::caldav, "schedule-inbox-URL", on::principal, schedule_inbox_url, nullptr, no,
                "RFC 6638 2.2.1"},
    PropertyRow{ns::caldav, "schedule-outbox-URL", on::principal, schedule_outbox_url, nullptr, no,
                "RFC 6638 2.1.1"},
    PropertyRow{ns::caldav, "schedule-calendar-transp", on::calendar, schedule_transparency,
                set_schedule_transparency, no, "RFC 6638 9.1"},
    PropertyRow{ns::caldav, "schedule-default-calendar-URL", kinds(ResourceKind::inbox),
                schedule_default_calendar, nullptr, no, "RFC 6638 9.2"},
    PropertyRow{ns::caldav, "schedule-tag", on::object, schedule_tag, nullptr, no, "RFC 6638 9.3"},
    PropertyRow{ns::calendarserver, "getctag", on::collections | on::home | on::inbox,
                collection_tag, nullptr, no, "non-standard: calendarserver-ctag"},
    PropertyRow{ns::dav, "quota-used-bytes", on::collections | on::home, quota_used, nullptr, no,
                "RFC 4331 4"},
    PropertyRow{ns::dav, "quota-available-bytes", on::collections | on::home, quota_available,
                nullptr, no, "RFC 4331 3"},
};

} // namespace

std::span<const PropertyRow> scheduling_properties() {
    return scheduling_rows;
}

} // namespace caldav
