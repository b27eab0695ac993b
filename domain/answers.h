// What somebody's answer to an invitation changes in the organizer's event: the status (PARTSTAT)
// of that attendee, in the series or in one occurrence. Pure.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/object.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace domain {

// On an ATTENDEE: "SEQUENCE/DTSTAMP" of the answer that PARTSTAT is from, so that older ones are
// known for what they are (RFC 5546 section 2.1.5).
constexpr std::string_view replied_parameter = "X-APPOINTED-REPLIED";

// The component that an answer is about; an override is made for an occurrence without one.
// Nothing: the series. Errors: not_found for an occurrence that is none.
core::Result<ical::Component*> component_for(ical::Object& event,
                                             std::optional<core::Instant> occurrence);

// A stale copy of the organizer's client must not undo what somebody answered since: takes the
// status over from `former`, wherever the answer was not known to who wrote `event` and the time is
// the same. An override that says nothing but an answer is made again. True if anything changed.
core::Result<bool> keep_answers(ical::Object& event, const ical::Object& former);

using IsAttendee = std::function<bool(const ical::Property& attendee)>;

// RFC 6638 section 3.2.8: whoever answered to another time is asked again, but for the organizer.
// True if anything changed.
core::Result<bool> reset_answers(ical::Object& event, const ical::Object& former,
                                 const IsAttendee& is_organizer);

// What an attendee wrote into their own copy, as answers in the organizer's event: the status of
// each component, and DECLINED for an occurrence that they took out (EXDATE). True if anything
// changed. Errors: allowed_attendee_scheduling_object_change for more than a hundred answers.
core::Result<bool> take_answers(ical::Object& event, const ical::Object& sent,
                                const IsAttendee& is_own, core::Instant now);

// One answer, in the series or in the occurrence of a slot, for which an override is made if it has
// none. True if it is another than before; where the attendee is not asked, it is none.
core::Result<bool> write_answer(ical::Object& event, std::optional<core::Instant> slot,
                                const IsAttendee& is_own, const std::string& status,
                                core::Instant now);

// The attendee declines whatever they are invited to. True if anything changed.
bool decline_all(ical::Object& event, const IsAttendee& is_own, core::Instant now);

} // namespace domain
