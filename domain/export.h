// A whole calendar as one iCalendar text, spliced together out of the texts of its objects without
// parsing them.
#pragma once

#include "core/result.h"
#include "domain/calendars.h"
#include "storage/store.h"

#include <string>

namespace domain {

// What can be read of each object, with the links that this reader may see and each time zone once;
// what cannot is left out and named in the log. Errors: insufficient_storage where the text would
// be over core::limits::response_bytes.
core::Result<std::string> export_text(const storage::ReadTransaction& transaction,
                                      const Calendars& calendars,
                                      const storage::Collection& collection, Links links);

} // namespace domain
