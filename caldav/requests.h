// Request bodies as typed values. Anything that an RFC does not allow is refused here, with its
// precondition; unknown elements are ignored as RFC 4918 section 17 asks.
#pragma once

#include "caldav/names.h"
#include "caldav/xml_reader.h"
#include "core/http.h"
#include "core/result.h"
#include "ical/filter.h"
#include "ical/select.h"

#include <optional>
#include <string>
#include <vector>

namespace caldav {

enum class Depth { zero, one, infinity };

// The Depth header; `absent` if there is none. Errors: invalid_input for any other value.
core::Result<Depth> depth_of(const core::Request& request, Depth absent);

// What a client would rather have (RFC 7240, RFC 8144), and Brief: t.
struct Preferences {
    bool minimal = false;        // return=minimal
    bool representation = false; // return=representation
    bool noroot = false;         // depth-noroot
};
Preferences preferences_of(const core::Request& request);
// RFC 7240 section 3: says that a preference was followed.
void add_applied(core::Response& response, std::string_view preference);

struct PropertyRequest {
    enum class Which { named, all, names };
    Which which = Which::all;
    std::vector<Name> names;  // named; with `all`: DAV:include
    ical::DataSelection data; // of a CALDAV:calendar-data among them
};

struct PropertyChange {
    bool remove = false;
    Element element;
};

struct CalendarQuery {
    PropertyRequest properties;
    ical::ComponentFilter filter;
    std::optional<std::string> time_zone; // CALDAV:timezone: VTIMEZONE text
    std::optional<std::size_t> limit;     // DAV:limit / DAV:nresults
};

struct CalendarMultiget {
    PropertyRequest properties;
    std::vector<std::string> hrefs; // as sent
};

struct SyncCollection {
    PropertyRequest properties;
    std::string token;     // empty: initial
    bool infinite = false; // DAV:sync-level; absent in old drafts' requests: one level
    std::optional<std::size_t> limit;
};

struct MakeCollection {              // MKCALENDAR, or MKCOL with or without a body
    bool calendar = false;           // resourcetype says so, or the method is MKCALENDAR
    std::vector<Element> properties; // DAV:set/DAV:prop children, without resourcetype
};

// CALDAV:time-range, expand and the like (RFC 4791 section 9.9): start and end in UTC, of which one
// may be absent. Errors: forbidden with valid_filter.
core::Result<core::Interval> parse_time_range(const Element& element);

// DAV:limit (RFC 5323 section 5.17), or the element of that name in another space: a positive
// number, if it is there. Errors: invalid_input.
core::Result<std::optional<std::size_t>> parse_limit(const Element& root,
                                                     std::string_view name_space = ns::dav);

// An empty body is allprop (RFC 4918 section 9.1).
core::Result<PropertyRequest> parse_propfind(std::string_view body);
// What the children of a REPORT's root ask for: DAV:prop, allprop or propname; none of them: no
// property at all. Errors: as of parse_calendar_data.
core::Result<PropertyRequest> parse_report_properties(const Element& root);
// CALDAV:calendar-data as a request (RFC 4791 section 9.6). Errors: invalid_input, and forbidden
// with supported_calendar_data.
core::Result<ical::DataSelection> parse_calendar_data(const Element& element);
// In document order (RFC 4918 section 9.2).
core::Result<std::vector<PropertyChange>> parse_proppatch(std::string_view body);
// Errors: unsupported_type (a MKCOL body that is not DAV:mkcol), forbidden with valid_resourcetype
// (a type that is neither a plain collection nor a calendar).
core::Result<MakeCollection> parse_make_collection(std::string_view method, std::string_view body);
// Errors: forbidden with valid_filter, supported_collation or supported_calendar_data.
core::Result<CalendarQuery> parse_calendar_query(const Element& root);
// Errors: forbidden with number_of_matches_within_limits for too many hrefs.
core::Result<CalendarMultiget> parse_calendar_multiget(const Element& root);
core::Result<SyncCollection> parse_sync_collection(const Element& root);

} // namespace caldav
