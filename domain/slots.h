// Which occurrence of a series a RECURRENCE-ID or an EXDATE names, as an instant, whatever zone or
// form it was written in.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/object.h"

#include <optional>
#include <set>

namespace domain {

// Nothing for the master. `component` is one of `event`'s, or has its clock.
core::Result<std::optional<core::Instant>> slot_of(const ical::Component& component,
                                                   const ical::Object& event);

// Those that the master's EXDATEs take out.
core::Result<std::set<core::Instant>> excluded_slots(const ical::Object& event);

} // namespace domain
