// RFC 6578: sync tokens and the sync-collection report.
#pragma once

#include "caldav/multistatus.h"
#include "caldav/requests.h"
#include "caldav/resource.h"
#include "caldav/services.h"
#include "core/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace caldav {

// A URI (R-E2) that holds the database's epoch, the collection's id and its revision.
std::string make_sync_token(std::string_view epoch, std::int64_t collection,
                            std::int64_t revision);
// The revision. Errors: forbidden with valid_sync_token for any other epoch or collection, for a
// revision that has not been yet, and for one older than the oldest tombstone.
core::Result<std::int64_t> read_sync_token(std::string_view token, std::string_view epoch,
                                           const storage::Collection& collection);

core::Result<core::Response> sync_collection(const SyncCollection& request,
                                             const Resource& resource,
                                             const storage::ReadTransaction& transaction,
                                             const domain::Principal& who,
                                             const Services& services);

} // namespace caldav
