// The copy of an organizer's event that an attendee with an account has in their own calendar (RFC
// 6638 section 3.2): what of the organizer's event is theirs, with what they keep beside it. Pure,
// and without links.
#pragma once

#include "core/result.h"
#include "domain/answers.h"
#include "domain/participants.h"
#include "ical/object.h"

#include <optional>
#include <string>

namespace domain {

struct CopyOf {
    IsAttendee is_own;   // the reader's line
    std::string address; // the reader's own
    Owner organizer;
};

// Who has an account takes part with colleagues and sees who else is invited; alarms, own colours,
// categories and unknown properties of the organizer stay hers. `own` is the copy as it is or as
// its owner sent it: their alarms, TRANSP, categories and unknown properties stay, and so do the
// EXDATEs of what they declined. Nothing if they are not invited.
core::Result<std::optional<ical::Component>>
attendee_copy(const ical::Object& event, const ical::Object* own, const CopyOf& reader);

// The copy of somebody who is no longer invited, or of an event that is gone: STATUS:CANCELLED,
// without alarms.
ical::Component cancelled_copy(const ical::Object& own, core::Instant now);

// RFC 6638 section 3.2.2.1: what an attendee may not change is when the event is, its title and its
// place, its organizer, and that they are invited; of all else the organizer's is put back.
// Errors: allowed_attendee_scheduling_object_change.
core::Done check_attendee_change(const ical::Object& event, const ical::Object& sent,
                                 const CopyOf& reader, const IsAttendee& is_organizer);

} // namespace domain
