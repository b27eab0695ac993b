// Conditional requests: If-Match, If-None-Match, If-Modified-Since and If-Unmodified-Since (RFC
// 9110 section 13), If-Schedule-Tag-Match (RFC 6638 section 8.3) and WebDAV's If (RFC 4918
// section 10.4). Writers judge them in the transaction that changes the resource.
#pragma once

#include "caldav/methods.h"
#include "caldav/resource.h"
#include "core/http.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/store.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caldav {

// What conditions are judged against.
struct ResourceState {
    bool exists = false;
    std::string etag;         // without quotes; empty: the resource has none, as a collection
    std::string schedule_tag; // without quotes; empty: not a scheduling object
    std::string state_token;  // a collection's sync token (RFC 6578 section 5)
    std::optional<core::Instant> modified;
};

// The If header. A list holds if all its conditions hold on its resource; the header holds if any
// list does. There are no locks, so no lock token is ever held.
struct IfCondition {
    bool negated = false;
    bool is_etag = false; // else a state token
    std::string value;    // without its brackets and quotes
};
struct IfList {
    std::string resource; // the tag in front of it, as sent; empty: the request's own resource
    std::vector<IfCondition> conditions;
};
// Errors: invalid_input for anything but the grammar, or too many lists.
core::Result<std::vector<IfList>> parse_if(std::string_view header);

// The state of the resource that a tag in the If header names.
using TaggedState = std::function<ResourceState(std::string_view resource)>;

// Errors: precondition_failed; invalid_input for an If header that cannot be read.
core::Done check_conditions(const core::Request& request, const ResourceState& state,
                            const TaggedState& tagged);
// The same for the resource of a request, as that transaction sees it.
core::Done check_conditions(const Call& call, const storage::ReadTransaction& transaction,
                            const Resource& resource);

// GET and HEAD may answer 304 (RFC 9110 section 13.2.2, steps 3 and 4).
bool is_not_modified(const core::Request& request, const ResourceState& state);

ResourceState state_of(const storage::ReadTransaction& transaction, const Resource& resource);

} // namespace caldav
