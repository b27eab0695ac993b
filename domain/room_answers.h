// How a room or a resource answers an invitation by itself: it accepts when it is free and declines
// when it is not. Pure but for the busy times it asks for. Whoever writes the room's calendar in
// the same transaction keeps two organizers from having it at once.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "domain/answers.h"
#include "ical/free_busy.h"
#include "ical/object.h"

#include <functional>
#include <vector>

namespace domain {

using BusyWithin = std::function<core::Result<std::vector<ical::BusyPeriod>>(core::Interval range)>;

// Writes the answer into the room's lines of `event` wherever it is asked: NEEDS-ACTION, or a
// status that `former` (null: there was none) does not have. A series is accepted as far as each
// occurrence to come was looked at and was free, some that are not are declined by themselves, and
// it is declined where those are many or where it goes on beyond core::limits::room_horizon_days.
// True if anything changed. Errors: valid_calendar_data.
core::Result<bool> answer_for_room(ical::Object& event, const ical::Object* former,
                                   const IsAttendee& is_room, const BusyWithin& busy,
                                   core::Instant now);

} // namespace domain
