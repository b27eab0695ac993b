// A mail that came in, as far as this program reads it: whatever it is, however it is nested,
// within bounds. Pure; what it means is decided elsewhere.
#pragma once

#include "core/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gateways {

// An answer with its calendar twice and a signature's pictures has less; Exchange's has 20 KiB.
constexpr std::size_t incoming_bytes_max = 2 * 1024 * 1024;
constexpr std::size_t incoming_parts_max = 100;
constexpr std::size_t incoming_depth_max = 20;
constexpr std::size_t incoming_calendars_max = 4; // the same one in every alternative

constexpr std::size_t incoming_reports_max = 50; // recipients of one mail of ours: one

// What a mail server says became of a mail, of one recipient (RFC 3464 section 2.3, RFC 6533).
struct DeliveryReport {
    std::string action;     // in lower case: "failed", "delayed", "delivered" and others
    std::string status;     // "5.1.1"
    std::string diagnostic; // "smtp; 550 no such user", may be empty
};

struct IncomingMail {
    bool automatic = false;   // nobody wrote it (RFC 3834): it gets no answer
    std::size_t received = 0; // how many servers it went through
    std::vector<std::string>
        calendars; // decoded, UTF-8; those of forwarded mails are not among them
    std::vector<DeliveryReport> reports;
};

// Errors: too_large; invalid_input for more parts or a deeper nesting than any mail has.
core::Result<IncomingMail> read_mail(std::string_view text);

} // namespace gateways
