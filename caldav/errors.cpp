#include "caldav/errors.h"

#include "caldav/xml_writer.h"
#include "domain/access.h"

#include <array>

namespace caldav {

namespace {

struct StatusRow {
    core::Errc code;
    int status;
};

constexpr std::array statuses{
    StatusRow{core::Errc::invalid_input, 400},
    StatusRow{core::Errc::unauthenticated, 401},
    StatusRow{core::Errc::forbidden, 403},
    StatusRow{core::Errc::not_found, 404},
    StatusRow{core::Errc::method_not_allowed, 405},
    StatusRow{core::Errc::conflict, 409},
    StatusRow{core::Errc::gone, 410},
    StatusRow{core::Errc::precondition_failed, 412},
    StatusRow{core::Errc::too_large, 413},
    StatusRow{core::Errc::unsupported_type, 415},
    StatusRow{core::Errc::rate_limited, 429},
    StatusRow{core::Errc::unsupported, 501},
    StatusRow{core::Errc::unavailable, 503},
    StatusRow{core::Errc::insufficient_storage, 507},
};

struct ConditionRow {
    core::Condition condition;
    std::string_view name_space;
    std::string_view local;
};

constexpr std::array conditions{
    // RFC 4918 section 16
    ConditionRow{core::Condition::propfind_finite_depth, ns::dav, "propfind-finite-depth"},
    ConditionRow{core::Condition::cannot_modify_protected_property, ns::dav,
                 "cannot-modify-protected-property"},
    // RFC 3744 section 7.1.1
    ConditionRow{core::Condition::need_privileges, ns::dav, "need-privileges"},
    // RFC 3744 section 8.1.1
    ConditionRow{core::Condition::no_ace_conflict, ns::dav, "no-ace-conflict"},
    ConditionRow{core::Condition::no_protected_ace_conflict, ns::dav, "no-protected-ace-conflict"},
    ConditionRow{core::Condition::no_inherited_ace_conflict, ns::dav, "no-inherited-ace-conflict"},
    ConditionRow{core::Condition::limited_number_of_aces, ns::dav, "limited-number-of-aces"},
    ConditionRow{core::Condition::grant_only, ns::dav, "grant-only"},
    ConditionRow{core::Condition::no_invert, ns::dav, "no-invert"},
    ConditionRow{core::Condition::not_supported_privilege, ns::dav, "not-supported-privilege"},
    ConditionRow{core::Condition::recognized_principal, ns::dav, "recognized-principal"},
    ConditionRow{core::Condition::allowed_principal, ns::dav, "allowed-principal"},
    // RFC 3253 section 3.6
    ConditionRow{core::Condition::supported_report, ns::dav, "supported-report"},
    // RFC 4791 sections 5.3.1.1, 5.3.2.1, 7.8 and 7.9
    ConditionRow{core::Condition::calendar_collection_location_ok, ns::caldav,
                 "calendar-collection-location-ok"},
    ConditionRow{core::Condition::valid_calendar_data, ns::caldav, "valid-calendar-data"},
    ConditionRow{core::Condition::supported_calendar_data, ns::caldav, "supported-calendar-data"},
    ConditionRow{core::Condition::valid_calendar_object_resource, ns::caldav,
                 "valid-calendar-object-resource"},
    ConditionRow{core::Condition::supported_calendar_component, ns::caldav,
                 "supported-calendar-component"},
    ConditionRow{core::Condition::no_uid_conflict, ns::caldav, "no-uid-conflict"},
    ConditionRow{core::Condition::max_resource_size, ns::caldav, "max-resource-size"},
    ConditionRow{core::Condition::min_date_time, ns::caldav, "min-date-time"},
    ConditionRow{core::Condition::max_date_time, ns::caldav, "max-date-time"},
    ConditionRow{core::Condition::max_instances, ns::caldav, "max-instances"},
    ConditionRow{core::Condition::max_attendees_per_instance, ns::caldav,
                 "max-attendees-per-instance"},
    ConditionRow{core::Condition::initialize_calendar_collection, ns::caldav,
                 "initialize-calendar-collection"},
    ConditionRow{core::Condition::valid_filter, ns::caldav, "valid-filter"},
    ConditionRow{core::Condition::supported_filter, ns::caldav, "supported-filter"},
    ConditionRow{core::Condition::supported_collation, ns::caldav, "supported-collation"},
    ConditionRow{core::Condition::number_of_matches_within_limits, ns::dav,
                 "number-of-matches-within-limits"},
    // RFC 5689 section 3.3, RFC 4918 section 9.3.1
    ConditionRow{core::Condition::valid_resourcetype, ns::dav, "valid-resourcetype"},
    ConditionRow{core::Condition::resource_must_be_null, ns::dav, "resource-must-be-null"},
    // RFC 6578 section 3.2
    ConditionRow{core::Condition::valid_sync_token, ns::dav, "valid-sync-token"},
    ConditionRow{core::Condition::sync_traversal_supported, ns::dav, "sync-traversal-supported"},
    // RFC 4331 section 6
    ConditionRow{core::Condition::quota_not_exceeded, ns::dav, "quota-not-exceeded"},
    // RFC 8607 section 3.11
    ConditionRow{core::Condition::max_attachment_size, ns::caldav, "max-attachment-size"},
    ConditionRow{core::Condition::max_attachments_per_resource, ns::caldav,
                 "max-attachments-per-resource"},
    ConditionRow{core::Condition::valid_action, ns::caldav, "valid-action"},
    ConditionRow{core::Condition::valid_managed_id, ns::caldav, "valid-managed-id"},
    ConditionRow{core::Condition::valid_rid, ns::caldav, "valid-rid"},
    // RFC 7809 section 3.1.2
    ConditionRow{core::Condition::valid_timezone, ns::caldav, "valid-timezone"},
    // RFC 6638 section 3.2.4
    ConditionRow{core::Condition::unique_scheduling_object_resource, ns::caldav,
                 "unique-scheduling-object-resource"},
    ConditionRow{core::Condition::allowed_organizer_scheduling_object_change, ns::caldav,
                 "allowed-organizer-scheduling-object-change"},
    ConditionRow{core::Condition::same_organizer_in_all_components, ns::caldav,
                 "same-organizer-in-all-components"},
    ConditionRow{core::Condition::allowed_attendee_scheduling_object_change, ns::caldav,
                 "allowed-attendee-scheduling-object-change"},
    // RFC 6638 section 5
    ConditionRow{core::Condition::valid_scheduling_message, ns::caldav, "valid-scheduling-message"},
    ConditionRow{core::Condition::organizer_allowed, ns::caldav, "organizer-allowed"},
    // RFC 6638 section 9.2
    ConditionRow{core::Condition::default_calendar_needed, ns::caldav, "default-calendar-needed"},
    ConditionRow{core::Condition::valid_schedule_default_calendar_url, ns::caldav,
                 "valid-schedule-default-calendar-URL"},
};

Name element_of(domain::Privilege privilege) {
    switch (privilege) {
    case domain::Privilege::read_free_busy:
        return cal("read-free-busy");
    case domain::Privilege::read:
        return dav("read");
    case domain::Privilege::write_properties:
        return dav("write-properties");
    case domain::Privilege::write_content:
        return dav("write-content");
    case domain::Privilege::bind:
        return dav("bind");
    case domain::Privilege::unbind:
        return dav("unbind");
    case domain::Privilege::write_acl:
        break;
    }
    return dav("write-acl");
}

// RFC 3744 section 7.1.1: (resource (href, privilege))*
void write_need_privileges(XmlWriter& writer, const core::Error& error, std::string_view href) {
    const auto missing = domain::missing_of(error);
    writer.open(dav("resource"));
    writer.element(dav("href"), missing ? std::string_view(missing->href) : href);
    writer.open(dav("privilege"));
    writer.empty(missing ? element_of(missing->privilege) : dav("all"));
    writer.close();
    writer.close();
}

std::string xml_body(const core::Error& error, const Name& element, std::string_view href) {
    XmlWriter writer(dav("error"));
    writer.open(element);
    if (error.condition == core::Condition::need_privileges) {
        write_need_privileges(writer, error, href);
    } else if (!error.href.empty()) {
        writer.element(dav("href"), error.href);
    }
    writer.close();
    if (!error.detail.empty()) {
        writer.element(dav("responsedescription"), error.detail);
    }
    return writer.finish();
}

} // namespace

int status_of(core::Errc code) {
    for (const StatusRow& row : statuses) {
        if (row.code == code) {
            return row.status;
        }
    }
    return 500;
}

std::optional<Name> element_of(core::Condition condition) {
    for (const ConditionRow& row : conditions) {
        if (row.condition == condition) {
            return Name{std::string(row.name_space), std::string(row.local)};
        }
    }
    return std::nullopt;
}

core::Response to_response(const core::Error& error, std::string_view href) {
    core::Response response;
    response.status = status_of(error.code);
    // RFC 9110 section 10.2.3: clients that are told when to come back do not hammer (R-C21).
    if (error.code == core::Errc::unavailable || error.code == core::Errc::rate_limited) {
        response.headers.set("Retry-After", "10");
    }
    if (const auto element = element_of(error.condition)) {
        response.headers.set("Content-Type", "application/xml; charset=utf-8");
        response.body = xml_body(error, *element, href);
        return response;
    }
    response.headers.set("Content-Type", "text/plain; charset=utf-8");
    response.body =
        error.detail.empty() ? std::string(core::reason_phrase(response.status)) : error.detail;
    response.body += '\n';
    return response;
}

} // namespace caldav
