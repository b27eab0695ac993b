// The administrator's commands for mail.
#pragma once

#include "src/app/commands.h"
#include "src/app/practice.h"

#include <cstddef>

namespace app {

// What waits to be sent and what failed for good, a line each.
int list_mail_queue(Practice& practice, std::size_t first, Streams streams);

} // namespace app
