// The preconditions and postconditions that the RFCs name, as values.
//
// A rule names its condition where the rule stands (in ical, domain or caldav); caldav/errors.cpp
// turns it into its XML element. New RFC, new rows.
#pragma once

namespace core {

enum class Condition {
    none,
    // RFC 4918 section 16
    propfind_finite_depth,
    cannot_modify_protected_property,
    // RFC 3744 sections 7.1.1 and 8.1.1
    need_privileges,
    no_ace_conflict,
    no_protected_ace_conflict,
    no_inherited_ace_conflict,
    limited_number_of_aces,
    grant_only,
    no_invert,
    not_supported_privilege,
    recognized_principal,
    allowed_principal,
    // RFC 3253 section 3.6
    supported_report,
    // RFC 4791 sections 5.3.1.1, 5.3.2.1, 7.8 and 7.9
    calendar_collection_location_ok,
    valid_calendar_data,
    supported_calendar_data,
    valid_calendar_object_resource,
    supported_calendar_component,
    no_uid_conflict,
    max_resource_size,
    min_date_time,
    max_date_time,
    max_instances,
    max_attendees_per_instance,
    initialize_calendar_collection,
    valid_filter,
    supported_filter,
    supported_collation,
    number_of_matches_within_limits,
    // RFC 5689 section 3.3
    valid_resourcetype,
    resource_must_be_null,
    // RFC 6578 section 3.2
    valid_sync_token,
    sync_traversal_supported,
    // RFC 4331 section 6
    quota_not_exceeded,
    // RFC 8607 section 3.11
    max_attachment_size,
    max_attachments_per_resource,
    valid_action,
    valid_managed_id,
    valid_rid,
    // RFC 7809 section 3.1.2
    valid_timezone,
    // RFC 6638 section 3.2.4
    unique_scheduling_object_resource,
    same_organizer_in_all_components,
    allowed_organizer_scheduling_object_change,
    allowed_attendee_scheduling_object_change,
    // RFC 6638 section 5
    valid_scheduling_message,
    organizer_allowed,
    // RFC 6638 section 9.2
    default_calendar_needed,
    valid_schedule_default_calendar_url,
};

} // namespace core
