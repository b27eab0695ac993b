// What a deployment decides about sessions. Filled from the configuration (src/app/config.h).
#pragma once

#include "core/crypto.h"
#include "core/limits.h"
#include "ical/zone.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace domain {

enum class GuestDetails {
    neutral, // a guest's copy says "Video consultation with NAME" and nothing of the notes
    full     // a guest's copy carries the event's own title and notes
};

enum class Language { english, german };

struct Policy {
    std::string public_url = "http://127.0.0.1:8080"; // scheme and authority, no trailing slash
    std::string call_url; // "https://meet.example.org/{room}"; empty: our own /call/{room}
    std::int64_t guest_opens_before_seconds = 5 * 60;
    std::int64_t host_opens_before_seconds = 30 * 60;
    GuestDetails guest_details = GuestDetails::neutral;
    int feed_past_days = 30;
    int feed_future_days = 366;
    bool directory = true; // whoever has an account may find the others by name and address
    int history_days = 30; // how long former texts of objects are kept; 0: not at all
    std::size_t history_bytes = std::size_t{256} * 1024 * 1024; // of one account; the oldest go
    // Guests are told by mail of what was left alone for that long; nothing: they get no mail.
    std::optional<std::int64_t> mail_settle_seconds;
    // How long before an occurrence its guests are reminded, if they get mail; none: not at all.
    std::vector<std::int64_t> reminder_seconds{86'400, 600};
    std::string mail_domain = "localhost"; // of Message-IDs
    Language language = Language::english; // of mails
    // What an account may keep in all, in bytes (RFC 4331); 0: no limit. A practice's busiest
    // calendars have some 50 MB.
    std::int64_t account_bytes = 1024LL * 1024 * 1024;
    // Of what is attached to events (RFC 8607): bytes of one, and media types, "image/*" for all of
    // a kind; none: any.
    std::size_t attachment_bytes = core::limits::attachment_bytes;
    std::vector<std::string> attachment_types;
    ical::ZonePtr time_zone =
        ical::utc(); // of floating times in calendars without one of their own
};

// One key for each purpose, derived from the master key that lives outside the database.
struct Keys {
    core::Key join{};
    core::Key feed{};
    core::Key room{};

    static Keys from_master(const core::Key& master);
};

} // namespace domain
