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
    std::vector<PropertyFilter> properties; // all must match
    std::vector<ComponentFilter> components; // all must match
};

// `filter` is the VCALENDAR level. Errors: max_instances.
core::Result<bool> matches(const ComponentFilter& filter, const Object& object);

// What the store can decide by its index: a superset of the matches.
struct Prefilter {
    std::optional<Kind> kind;
    core::Interval range;
    std::optional<std::string> uid; // an exact, case-sensitive UID match is asked for
};
Prefilter prefilter(const ComponentFilter& filter);

} // namespace ical
