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
// Prefer: return=minimal (RFC 8144) or Brief: t.
bool wants_minimal(const core::Request& request);

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
    std::string token; // empty: initial
    bool infinite = false;
    std::optional<std::size_t> limit;
};

struct MakeCollection { // MKCALENDAR, or MKCOL with or without a body
    bool calendar = false; // resourcetype says so, or the method is MKCALENDAR
    std::vector<Element> properties; // DAV:set/DAV:prop children, without resourcetype
};

// An empty body is allprop (RFC 4918 section 9.1).
core::Result<PropertyRequest> parse_propfind(std::string_view body);
// In document order (RFC 4918 section 9.2).
core::Result<std::vector<PropertyChange>> parse_proppatch(std::string_view body);
core::Result<MakeCollection> parse_make_collection(std::string_view method, std::string_view body);
core::Result<CalendarQuery> parse_calendar_query(const Element& root);
core::Result<CalendarMultiget> parse_calendar_multiget(const Element& root);
core::Result<SyncCollection> parse_sync_collection(const Element& root);

} // namespace caldav
