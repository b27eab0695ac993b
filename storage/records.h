// The rows of the store as plain values. Which rules hold between them is domain's business.
#pragma once

#include "core/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

// Who or what an account is for (RFC 5545 section 3.2.3). As stored: numbers stay what they are.
enum class AccountKind { individual = 0, room = 1, resource = 2 };

// A principal with a login. `id` is the path segment of its URLs and never changes.
struct Account {
    std::string id;
    std::string login;
    std::string name;
    std::string email; // ASCII lower case; unique
    std::string password_hash;
    bool admin = false;
    bool disabled = false;
    core::Instant created;
    AccountKind kind = AccountKind::individual;
};

// Bits of Collection::components.
namespace components {
constexpr unsigned event = 1;
constexpr unsigned todo = 2;
constexpr unsigned journal = 4;
constexpr unsigned freebusy = 8;
constexpr unsigned availability = 16;
} // namespace components

// The collection of that name and no calendar: what was told to its owner (RFC 6638 section 2.2).
constexpr std::string_view inbox_name = "inbox";

// A calendar of one account, or a plain WebDAV collection in its home (`is_calendar` false).
struct Collection {
    std::int64_t id = 0; // never used again
    std::string owner;   // Account::id
    std::string name;    // path segment
    bool is_calendar = true;
    unsigned components = components::event;
    std::optional<std::string> display_name;
    std::optional<std::string> description;
    std::optional<std::string> color; // as sent, #RRGGBB or #RRGGBBAA
    std::optional<std::string> order; // as sent, a number
    std::string time_zone;            // the VTIMEZONE calendar that a client sent, or empty
    bool transparent = false;         // CALDAV:schedule-calendar-transp
    bool sessions = false;            // events with attendees become sessions
    std::int64_t revision = 0;        // rises with every change of the collection or a member
    std::int64_t revision_floor = 0;  // tombstones older than this are gone
    core::Instant created;

    [[nodiscard]] bool is_inbox() const { return !is_calendar && name == inbox_name; }
};

// What is known of a home as a whole.
struct Home {
    std::int64_t revision = 0;       // of the last change of anything in it
    std::int64_t revision_floor = 0; // calendars removed before are forgotten
    // When a calendar last got another name, or a name that a removed one had had: who asks for
    // the changes of members since a time before that would be told wrongly.
    std::int64_t renamed = 0;
    std::int64_t bytes = 0;                       // of all objects in it, as they are served
    std::optional<std::int64_t> default_calendar; // that somebody chose; it may be gone
};

// A calendar that is gone from its home.
struct RemovedCollection {
    std::string name;
    std::int64_t revision = 0;
};

// One calendar object resource without its text.
struct ObjectHead {
    std::int64_t id = 0; // stays through MOVE
    std::int64_t collection = 0;
    std::string name; // path segment
    std::string uid;
    std::string component;    // VEVENT ...; "" in a plain collection
    std::string content_type; // "text/calendar" except in a plain collection
    std::string etag;         // without quotes
    std::string schedule_tag; // without quotes; empty: not a scheduling object (RFC 6638 3.2.10)
    std::int64_t size = 0;    // of what GET returns
    std::int64_t revision = 0;
    core::Instant created;
    core::Instant modified;
};

// What an indexed occurrence takes of its owner's time. As stored: numbers stay what they are.
enum class TimeTaken { none = 0, busy = 1, tentative = 2, unknown = 3 };

// An interval that a range has to overlap to meet an object, whoever asks. A range that still
// overlaps it with `doubt_seconds` taken off either end surely does; between, expansion decides.
struct IndexedOccurrence {
    core::Interval reach;
    std::int64_t doubt_seconds = 0;
    TimeTaken taken = TimeTaken::unknown; // only the text can tell: always right

    friend bool operator==(const IndexedOccurrence&, const IndexedOccurrence&) = default;
};

// Time that the index knows to be taken.
struct TakenTime {
    std::int64_t object = 0;
    core::Interval time;
    TimeTaken taken = TimeTaken::busy;
};

// How far the indexed occurrences of an object reach. A cache, never a filter.
struct IndexReach {
    core::Interval span; // a range that does not overlap it does not meet the object
    // A range inside of it meets the object only where it overlaps an indexed occurrence. Nowhere:
    // none is indexed, expansion decides always.
    core::Interval complete{core::beginning_of_time, core::beginning_of_time};
    core::Instant due = core::beginning_of_time; // when to compute the index again

    friend bool operator==(const IndexReach&, const IndexReach&) = default;
};

struct Object {
    ObjectHead head;
    std::string text;
    // Where join links are spliced in on the way out: byte offsets of their placeholders in `text`,
    // ascending, as domain/links.h writes them. Empty: `text` is what the client sent.
    std::string links;
    IndexReach index;
};

struct Change {
    ObjectHead head; // as it is now, without its UID; if removed, its name and revision
    bool removed = false;
};

// A property that the server only keeps (RFC 4918 section 4).
struct DeadProperty {
    std::string name_space;
    std::string name;
    std::string xml; // the whole element, self-contained
};

// What an object with attendees became: one row for a series, found by its owner and UID, so that
// it outlives the resource and survives being moved, deleted and put again.
struct Session {
    std::int64_t id = 0;
    std::string owner; // Account::id of the calendar's owner
    std::string uid;
    std::optional<std::int64_t> object; // nothing: its event is gone, the session is cancelled
    // How far the series was dragged in all since its links were first made, in wall-clock seconds.
    // Links name an occurrence by RECURRENCE-ID minus this, so they stay the same.
    std::int64_t shift_seconds = 0;
    std::string last_text; // of the event when it went, to say what was cancelled
    core::Instant created;
    core::Instant modified;
};

enum class Role { host, guest };

struct Participant {
    std::int64_t id = 0;
    std::int64_t session = 0;
    std::string address; // normalised: "mailto:" in lower case removed, ASCII lower case
    std::string name;
    Role role = Role::guest;
    std::optional<std::string> account; // Account::id if the address belongs to one
    int generation = 0;                 // raising it revokes the links made before
    bool removed = false;               // no longer an attendee of any occurrence
    core::Instant created;
};

// One POST to a join link, whatever came of it.
struct Attempt {
    std::int64_t participant = 0;
    std::int64_t occurrence = 0; // the occurrence key of the token
    core::Instant at;
    std::string outcome; // the state's machine name, or "admitted"
    std::string peer_address;
};

// What became of a text that an object had.
enum class Ending { replaced, moved, removed };

// A text that an object had, kept for some time so that it can be put back. It outlives the object
// and its calendar.
struct Version {
    std::int64_t id = 0;
    std::string owner; // Account::id of the calendar's owner
    std::int64_t collection = 0;
    std::string collection_name;
    std::string name;
    std::string uid;
    std::string component;
    std::string content_type;
    Ending ending = Ending::replaced;
    core::Instant written; // the object's last change before
    core::Instant ended;
    std::string text; // as it was at rest: with placeholders, without links
};

// A feed address. The token in its URL is derived from id and generation and not stored.
struct Feed {
    std::int64_t id = 0;
    std::string subject; // "account:ID" or "address:ADDRESS"
    int generation = 0;
    core::Instant created;
    std::int64_t revision = 0;  // rises whenever a session of that person changes
    core::Instant modified{};   // when it last did
    std::int64_t fetched = -1;  // the revision that its reader has; -1: nobody has fetched it yet
    core::Instant fetched_at{}; // when that was first fetched
};

} // namespace storage
