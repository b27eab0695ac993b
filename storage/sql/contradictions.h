// What must not be in a database and no foreign key forbids: members out of step with their
// collection's revision, and rows whose subject is gone. For `appointed check`.
#pragma once

#include "storage/sql/connection.h"

#include <functional>
#include <string_view>

namespace storage::sql {

// `subject` is a path where there is one; `what` a sentence without a subject ("has ...").
using OnFinding = std::function<void(std::string_view subject, std::string_view what)>;

// In the caller's transaction.
void find_contradictions(Connection& connection, const OnFinding& on_finding);

} // namespace storage::sql
