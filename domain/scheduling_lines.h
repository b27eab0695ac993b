// What the lines of an event say about who is invited to it, and by whom.
#pragma once

#include "core/time.h"
#include "ical/object.h"

namespace domain {

// SCHEDULE-AGENT=CLIENT, NONE or a name that nobody knows (RFC 6638 section 7.1: as NONE).
bool is_told_by_others(const ical::Property& line);
bool invites_anybody(const ical::Object& event);
const ical::Property* organizer_line(const ical::Object& event); // null: it has none
bool is_cancelled(const ical::Component& component);
// Something of it has not ended, and it is not cancelled.
bool is_to_come(const ical::Object& event, core::Instant now);

} // namespace domain
