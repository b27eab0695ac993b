// What an object's row may have wrong: everything that the one door (calendars.h) keeps in step is
// computed again and compared. For `appointed check`.
#pragma once

#include "domain/policy.h"
#include "storage/store.h"

#include <string>
#include <vector>

namespace domain {

// A sentence each, without a subject ("has ..."); none: the row is right. `collection` is the one
// that holds the object.
std::vector<std::string> faults_of(const storage::ReadTransaction& transaction,
                                   const storage::Collection& collection,
                                   const storage::Object& object, const Policy& policy);

} // namespace domain
