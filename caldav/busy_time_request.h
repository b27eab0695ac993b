// A POST to a scheduling outbox that asks when other people are busy (RFC 6638 section 5).
#pragma once

#include "caldav/methods.h"
#include "core/result.h"

namespace caldav {

// Every account may ask when others of this server are busy, and learns nothing else of them; of an
// address that is nobody's here nothing is known. Errors: supported_calendar_data,
// valid_calendar_data, valid_scheduling_message, organizer_allowed (who asks is not the owner of
// the outbox), number_of_matches_within_limits.
core::Result<core::Response> request_busy_time(const Call& call);

} // namespace caldav
