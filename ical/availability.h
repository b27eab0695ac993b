// When somebody is not to be had at all (RFC 7953): VAVAILABILITY components as busy time.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/component.h"
#include "ical/free_busy.h"
#include "ical/zone.h"

#include <string_view>
#include <vector>

namespace ical {

// Reads a calendar of VAVAILABILITY components and judges everything that its meaning depends on.
// Errors: valid_calendar_data, and those of parse().
core::Result<Component> parse_availability(std::string_view text, const ZonePtr& floating);

// RFC 7953 section 4: what of `range` these calendars of VAVAILABILITYs block, cut to it, in order
// of time: each blocks its own time but for what its AVAILABLEs free, one of a higher priority over
// one of a lower. One that makes no sense blocks nothing. Errors: max_instances.
core::Result<std::vector<BusyPeriod>> unavailable_periods(const std::vector<Component>& calendars,
                                                          core::Interval range,
                                                          const ZonePtr& floating,
                                                          ExpansionLimits limits = {});

} // namespace ical
