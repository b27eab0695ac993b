// Every bound of the program, each with its reason. What an operator may change is in
// src/app/config.h; these are the walls behind it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace core::limits {

// HTTP
constexpr std::size_t header_bytes = 32 * 1024;      // issue: 32 KiB, as nginx and Apache allow
constexpr std::size_t body_bytes = 10 * 1024 * 1024; // issue: 10 MiB
constexpr std::size_t path_segments = 32;            // ours never has more than four
constexpr std::size_t path_bytes = 4096;             // before decoding

// Managed attachments (RFC 8607)
constexpr std::size_t attachment_bytes = body_bytes;     // CALDAV:max-attachment-size
constexpr std::size_t attachments_per_resource = 100;    // CALDAV:max-attachments-per-resource
constexpr std::size_t attachment_instances = 100;        // of one rid: each may be a new override
constexpr std::size_t attachment_batch = 100;            // what one write of care does
constexpr std::int64_t attachment_part_seconds = 86'400; // no upload takes that long

// XML request bodies: a multiget of 5,000 hrefs has some 10,000 nodes
constexpr std::size_t xml_depth = 64;
constexpr std::size_t xml_nodes = 100'000;
constexpr std::size_t xml_text_bytes = 1024 * 1024; // of one element
constexpr std::size_t xml_attributes = 64;          // of one element
constexpr std::size_t multiget_hrefs = 5'000;       // the same as Apple's server

// iCalendar: checked on the raw lines, before libical sees them (libical 3 has no limits)
constexpr std::size_t resource_bytes = 1024 * 1024;    // CALDAV:max-resource-size
constexpr std::size_t content_line_bytes = 512 * 1024; // unfolded; a picture in a property
constexpr std::size_t content_lines = 50'000;
constexpr std::size_t components = 4'000;       // overrides, alarms and observances together
constexpr std::size_t component_depth = 4;      // VCALENDAR, VTIMEZONE, STANDARD and one more
constexpr std::size_t zone_observances = 2'000; // per VTIMEZONE; Thunderbird sends 14
constexpr std::size_t alarms = 200;             // per component
constexpr std::size_t parameters = 100;         // per property
constexpr std::size_t attendees = 500;          // CALDAV:max-attendees-per-instance
// Of one event in all the calendars of its attendees together: each has a copy.
constexpr std::size_t copies_bytes = 32 * 1024 * 1024;
constexpr std::size_t instances = 10'000;          // CALDAV:max-instances, of a bounded series
constexpr std::size_t instances_per_day = 48;      // densest series; nobody is seen every half hour
constexpr std::size_t dates_per_property = 10'000; // RDATE and EXDATE values in one object

// Work that one request may cause
constexpr std::size_t expansion_steps = 2'000'000; // recurrence iterator steps
constexpr std::size_t expanded_instances = 20'000; // in one answer
constexpr std::size_t response_bytes = 256 * 1024 * 1024;
constexpr std::size_t feed_texts_bytes = 8 * 1024 * 1024; // kept ready; one of 1,000 takes 0.7

// What a home holds and has lost, in one answer without a limit of the client's; the rest follows.
constexpr std::size_t home_sync_page = 10'000;

// The index of occurrences (domain/occurrence_index.h). A row costs a PUT some 3 microseconds: a
// weekly series has 104 of two years, a daily one 365 of one.
constexpr std::size_t indexed_occurrences = 400; // of one object
constexpr std::size_t index_steps = 200'000;     // recurrence iterator steps to find them

// Care (src/app/care.h): what one write does for it, so that no other waits for more than some
// milliseconds, and how often there is a look at what is due.
constexpr std::size_t index_batch = 16;
constexpr std::size_t tombstone_batch = 500;
constexpr std::size_t history_batch = 100;
constexpr std::size_t message_batch = 100;
constexpr std::int64_t care_interval_seconds = 600;

// Rows
constexpr std::size_t dead_properties_per_resource = 200;
constexpr std::size_t dead_property_bytes = 64 * 1024;
constexpr std::size_t collections_per_account = 250;
constexpr std::size_t sharees_per_calendar = 250; // each is in the CS:invite of a refresh
constexpr std::size_t shares_per_account = 250;   // invitations and shared calendars of one sharee
constexpr std::size_t share_text_bytes = 1024;    // a name or a summary in an invitation
constexpr std::size_t access_control_entries = 250; // of one ACL; each is a row
constexpr std::size_t versions_per_object = 50;     // former texts; the oldest go first
// Messages in one inbox, and how long: most clients read them at once, some never do.
constexpr std::size_t inbox_messages = 100;
constexpr std::int64_t inbox_days = 30;
// How far from now a room's or resource's answer to a series looks at each occurrence, and at how
// many: what is further away is not known to be free.
constexpr std::int64_t room_horizon_days = 366;
constexpr std::size_t room_occurrences = 400;
constexpr std::size_t password_bytes_max = 1024;
constexpr std::size_t name_bytes = 255; // of a path segment; Outlook's add-in uses long ones
// Texts that rows are found by: an entry of a PostgreSQL index has some 2,700 bytes.
constexpr std::size_t uid_bytes = 1024;     // RFC 7986 section 5.3 advises 255
constexpr std::size_t address_bytes = 1024; // of a participant; one of mail has 320 at most
constexpr std::size_t dead_property_name_bytes = 1024; // with its name space

// What a client that was away for longer missed, it finds by listing everything (RFC 6578 3.2).
constexpr std::int64_t tombstone_days = 180;
constexpr std::size_t content_type_bytes = 255; // of an upload to a plain collection

// CALDAV:min-date-time and max-date-time
constexpr int year_min = 1;
constexpr int year_max = 9999;

} // namespace core::limits
