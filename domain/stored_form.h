// What the row of an object says of its text: computed here for the door that writes it and for the
// check that reads it again, so that the two cannot disagree.
#pragma once

#include "ical/object.h"

#include <string>
#include <string_view>

namespace domain {

constexpr std::string_view calendar_content_type = "text/calendar";

// Without quotes.
std::string etag_of(std::string_view text);
// RFC 6638 section 3.2.10: of an event with an organizer and somebody to tell; else empty.
std::string schedule_tag_of(const ical::Object& object, std::string_view text);

} // namespace domain
