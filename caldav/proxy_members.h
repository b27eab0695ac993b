// Setting DAV:group-member-set of a calendar-proxy principal: an owner chooses in the client who
// may read, or write, all of their calendars (Apple's caldav-proxy).
#pragma once

#include "caldav/methods.h"
#include "caldav/requests.h"
#include "caldav/resource.h"

#include <vector>

namespace caldav {

// PROPPATCH of such a principal: all or nothing, like every other.
core::Response change_proxy(const Call& call, storage::WriteTransaction& transaction,
                            const Resource& resource, const std::vector<PropertyChange>& changes);

} // namespace caldav
