// Properties that the server only keeps, as it keeps dead ones, but whose values are calendar data
// that clients and the server itself rely on: they are checked before.
#pragma once

#include "caldav/names.h"
#include "caldav/resource.h"
#include "caldav/xml_reader.h"
#include "core/result.h"
#include "ical/component.h"
#include "storage/store.h"

#include <string>
#include <vector>

namespace caldav {

// Whether the value may be kept. Errors: forbidden with valid_calendar_data.
core::Done check_kept(const Resource& resource, const Element& property);

// What the owner of an inbox said of when they are not to be had (RFC 7953 section 7.2.4), parsed.
std::vector<ical::Component> availability_of(const storage::ReadTransaction& transaction,
                                             const std::string& owner);

} // namespace caldav
