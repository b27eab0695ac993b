// The administrator's commands for mail.
#pragma once

#include "src/app/commands.h"
#include "src/app/practice.h"

#include <cstddef>
#include <istream>
#include <string>

namespace app {

// What waits to be sent and what failed for good, a line each.
int list_mail_queue(Practice& practice, std::size_t first, Streams streams);

// One mail that came in for that address (the envelope's), from a mail server's pipe. Answers
// become changes; what is refused is a sentence on the error stream, for the mail server to send
// back. Returns an exit code of sysexits.h: EX_OK, EX_NOUSER, EX_DATAERR, EX_TEMPFAIL.
int deliver_mail(Practice& practice, const std::string& recipient, std::istream& mail,
                 Streams streams);

} // namespace app
