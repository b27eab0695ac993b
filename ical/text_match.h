// CALDAV:text-match (RFC 4791 section 9.7.5) under the three collations of RFC 4790 and RFC 5051.
#pragma once

#include "ical/filter.h"

#include <string>
#include <string_view>

namespace ical {

// Whether `text` holds the match's text somewhere, or does not if it is negated.
bool matches(const TextMatch& match, std::string_view text);

// The simple case folding of Unicode for the Latin, Greek, Cyrillic and Armenian scripts and for
// full-width letters; other characters, and bytes that are not UTF-8, stay as they are.
std::string fold_case(std::string_view text);

} // namespace ical
