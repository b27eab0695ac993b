// The zone in which a calendar reads floating and all-day times (RFC 4791 section 5.2.2).
#pragma once

#include "domain/policy.h"
#include "ical/zone.h"
#include "storage/records.h"

namespace domain {

// CALDAV:calendar-timezone where the calendar has one, else the deployment's.
ical::ZonePtr floating_zone(const storage::Collection& collection, const Policy& policy);

} // namespace domain
