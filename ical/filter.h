// CALDAV:filter as values and its evaluation (RFC 4791 sections 9.7 to 9.9).
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/object.h"

#include <optional>
#include <string>
#include <vector>

namespace ical {

enum class Collation { ascii_casemap, octet, unicode_casemap };

struct TextMatch {
    std::string text;
    Collation collation = Collation::ascii_casemap;
    bool negate = false;
};

struct ParameterFilter {
    std::string name;
    bool is_not_defined = false;
    std::optional<TextMatch> text_match;
};

struct PropertyFilter {
    std::string name;
    bool is_not_defined = false;
    std::optional<core::Interval> time_range;
    std::optional<TextMatch> text_match;
    std::vector<ParameterFilter> parameters; // all must match
    bool any_of = false;                     // test="anyof" of CardDAV-minded clients; default all
};

struct ComponentFilter {
    std::string name;
    bool is_not_defined = false;
    std::optional<core::Interval> time_range;
    std::vector<PropertyFilter> properties;  // all must match
    std::vector<ComponentFilter> components; // all must match
};

// `filter` is the VCALENDAR level. A component filter matches if one component of that name
// satisfies all its conditions; its time range is met by an occurrence that this component
// describes, so that a master and its overrides are told apart. A time range where section 9.9
// gives no meaning to one (VCALENDAR, VTIMEZONE) is met by everything. Errors: max_instances.
core::Result<bool> matches(const ComponentFilter& filter, const Object& object);

// What the store can decide by its index: a superset of the matches, or just those.
struct Prefilter {
    std::optional<Kind> kind;
    core::Interval range;
    bool exact = false; // an object of that kind that meets the range is a match
};
Prefilter prefilter(const ComponentFilter& filter);

} // namespace ical
