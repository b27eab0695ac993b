// The row of a home, where writers of one home meet.
#pragma once

#include "storage/sql/connection.h"

#include <cstdint>
#include <string_view>

namespace storage::sql {

// A counter, because a sum would fall when a collection goes and could come back to an old value.
// Returns the new revision.
std::int64_t raise_home(Connection& connection, std::string_view owner);

} // namespace storage::sql
