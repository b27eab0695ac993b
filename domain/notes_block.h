// The delimited block with the join link in an event's notes, in the form that Apple's clients and
// the join helpers know.
#pragma once

#include <string>
#include <string_view>

namespace domain {

std::string add_notes_block(std::string_view notes, std::string_view link);

// The notes without our block, without what editing left of one, and without any join link. A block
// with somebody else's link stays.
std::string remove_notes_block(std::string_view notes);

} // namespace domain
