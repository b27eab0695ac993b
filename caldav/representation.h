// What GET returns of an object, and whoever else was asked for it (Prefer: return=representation),
// with its validators.
#pragma once

#include "caldav/methods.h"
#include "caldav/resource.h"
#include "core/http.h"
#include "storage/records.h"

namespace caldav {

void add_schedule_tag(const storage::ObjectHead& head, core::Headers& headers);
// ETag, Last-Modified, Schedule-Tag.
void add_validators(const storage::ObjectHead& head, core::Headers& headers);
void add_representation(const Call& call, const storage::Object& object, const Resource& resource,
                        core::Response& response);

} // namespace caldav
