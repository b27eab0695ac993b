// The two iTIP messages about busy time (RFC 5546 section 3.3): a REQUEST with a VFREEBUSY, and the
// REPLY of one attendee.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/component.h"
#include "ical/free_busy.h"

#include <string>
#include <string_view>
#include <vector>

namespace ical {

struct BusyRequest {
    core::Interval range;
    std::string uid;
    Property organizer;
    std::vector<Property> attendees;
    std::string masked_uid; // of the event that is being moved; empty: none
};

// Errors: those of parse(), valid_scheduling_message.
core::Result<BusyRequest> read_busy_request(std::string_view text);

Component busy_reply(const BusyRequest& request, const Property& attendee,
                     const std::vector<BusyPeriod>& periods, core::Instant now);

} // namespace ical
