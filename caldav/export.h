// A calendar as one file: GET of the calendar itself, and with ?export as a download.
#pragma once

#include "caldav/methods.h"
#include "caldav/resource.h"
#include "core/http.h"
#include "core/result.h"
#include "storage/store.h"

namespace caldav {

// RFC 4791 leaves open what GET says of a calendar: everything in it, as its members' GET says it
// to this reader. Errors: precondition_failed, insufficient_storage.
core::Result<core::Response> export_calendar(const Call& call,
                                             const storage::ReadTransaction& transaction,
                                             const Resource& resource);

} // namespace caldav
