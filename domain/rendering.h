// What each reader sees: pure functions from an event to a text. Link fields are the server's: on
// the way in they are recognised, removed and made anew, so that a client can neither forge nor
// lose them, and the block in the notes never doubles (design, section 5).
#pragma once

#include "domain/links.h"
#include "domain/policy.h"
#include "ical/object.h"
#include "ical/recurrence.h"

#include <map>
#include <string>
#include <string_view>

namespace domain {

// Takes out every join link, ours or shaped like ours, wherever it stands: the X-APPOINTED-JOIN
// parameters, URL, LOCATION, CONFERENCE, the block in DESCRIPTION, and any other value. True if
// anything was there. What the user wrote beside it stays.
bool remove_links(ical::Component& calendar);

// One participant's right to a link.
struct LinkHolder {
    std::int64_t participant = 0;
    int generation = 0;
};
using LinkHolders = std::map<std::string, LinkHolder, std::less<>>; // by normalised address

struct Rendered {
    std::string text;  // with placeholders
    std::string links; // their offsets (placeholder_offsets)
};

// The host's view of a whole event without links: each ATTENDEE with that attendee's link, and the
// host's own in URL, LOCATION if it is empty, CONFERENCE, and the block in DESCRIPTION. Master and
// RANGE=THISANDFUTURE overrides carry series links, other overrides their occurrence's. Components
// that invite nobody stay as they are.
Rendered render_for_host(const ical::Object& event, const LinkHolders& holders,
                         std::string_view host_address, std::int64_t shift_seconds,
                         const Policy& policy);

// The key of the occurrence that a component with a RECURRENCE-ID describes; the series key for a
// component without one.
OccurrenceKey occurrence_key(const ical::Object& event, const ical::Component& component,
                             std::int64_t shift_seconds);
OccurrenceKey occurrence_key(const ical::Occurrence& occurrence, std::int64_t shift_seconds);

// One occurrence for one reader's feed or file, in UTC (so that no VTIMEZONE is needed), without
// ORGANIZER and ATTENDEE. `link` is spliced already; empty for a cancelled occurrence.
struct ReaderCopy {
    std::string uid;
    std::string title;
    std::string notes; // before the block; empty: only the block
    std::string link;
    bool cancelled = false;
    core::Instant modified;
};
ical::Component render_for_reader(const ical::Occurrence& occurrence, const ReaderCopy& copy);

// Puts a reader's own link where calendar clients show it: URL, LOCATION if it is empty,
// CONFERENCE, and the block in DESCRIPTION.
void add_own_link(ical::Component& component, const std::string& link);

// A VCALENDAR without components (RFC 5545 section 3.6) with METHOD:PUBLISH.
ical::Component new_calendar();

} // namespace domain
