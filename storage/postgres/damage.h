// What the server itself can tell of a damaged database: bad pages, indexes that cannot be used,
// references to rows that are not there.
#pragma once

#include "storage/sql/connection.h"

#include <string>
#include <vector>

namespace storage::postgres {

// A sentence each, a bounded number of them.
std::vector<std::string> find_damage(sql::Connection& connection);

} // namespace storage::postgres
