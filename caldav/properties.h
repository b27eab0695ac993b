// The property table: name, where it applies, getter, setter, RFC section. PROPFIND, PROPPATCH,
// MKCALENDAR and the reports all read this one table; support for another property is a row.
#pragma once

#include "caldav/multistatus.h"
#include "caldav/requests.h"
#include "caldav/resource.h"
#include "caldav/services.h"
#include "core/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace caldav {

// What a getter may look at. `object` is loaded by the caller only when calendar-data is asked.
struct PropertyContext {
    const Services& services;
    const storage::ReadTransaction& transaction;
    const domain::Principal& who;
    const Resource& resource;
    const storage::Object* object = nullptr; // with text, for CALDAV:calendar-data
    const ical::DataSelection* data = nullptr;
};

// Answers for one resource: 200 with the value, 404 for what it does not have. allprop leaves out
// what RFC 4918 section 9.1 and RFC 4791 section 5.2 tell it to; propname gives names only.
std::vector<PropertyAnswer> properties_of(const PropertyContext& context,
                                          const PropertyRequest& request);

// A request looked up in the table once and then written for any number of resources: PROPFIND
// Depth 1 and the reports. With `minimal` the 404 propstats are left out (RFC 8144 section 2.1).
class PropertyPlan {
public:
    PropertyPlan(const PropertyRequest& request, bool minimal);
    ~PropertyPlan();
    PropertyPlan(const PropertyPlan&) = delete;
    PropertyPlan& operator=(const PropertyPlan&) = delete;

    // CALDAV:calendar-data is among them: give contexts with `object` and `data`.
    [[nodiscard]] bool wants_calendar_data() const;
    // What a list of objects has to read of each for write().
    [[nodiscard]] storage::Listing listing();
    // One DAV:response.
    void write(Multistatus& out, const PropertyContext& context);
    std::vector<PropertyAnswer> answers(const PropertyContext& context);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

// Applies changes in order and says for each property what came of it: all or nothing (RFC 4918
// section 9.2): if any fails, the others are 424 and nothing is changed. The collection's record is
// changed in place and the dead properties are written; the caller stores the record through the
// door when the answer is all 200.
struct PropertyUpdate {
    std::vector<PropertyAnswer> answers;
    bool succeeded = false;
    storage::Collection collection; // as changed
    // Of an inbox, if it was changed: where invitations go from now on.
    std::optional<std::optional<std::int64_t>> default_calendar;
    std::vector<storage::DeadProperty> set; // dead properties to set
    std::vector<Name> removed;              // and to remove
};
PropertyUpdate change_properties(const storage::ReadTransaction& transaction,
                                 const Resource& resource,
                                 const std::vector<PropertyChange>& changes);

// The key of a resource's dead properties (storage::Properties).
std::string dead_property_key(const Resource& resource);

} // namespace caldav
