// What iTIP messages (RFC 5546 section 3) are made of, whoever they are from. Pure.
#pragma once

#include "core/time.h"
#include "ical/component.h"
#include "ical/object.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace ical {

enum class ItipMethod { request, cancel, reply };

std::string_view method_name(ItipMethod method); // REQUEST, CANCEL, REPLY

// As far as it is a number of RFC 5545 section 3.8.7.4; else 0.
std::int64_t sequence_of(const Component& component);

// What an attendee's or organizer's line tells others; SCHEDULE-AGENT and its like, and whatever a
// server keeps there, are between a client and its server (RFC 6638 section 7).
Property told_line(const Property& line);

// A VCALENDAR with METHOD, the VTIMEZONEs of `object` that the events need, and these.
Component itip_calendar(ItipMethod method, std::vector<Component> events, const Object& object);

// The event of a REPLY (RFC 5546 section 3.2.3): to what `component` says is answered with
// `attendee`, a line with its PARTSTAT.
Component reply_event(const Component& component, const Property& attendee, core::Instant now);

} // namespace ical
