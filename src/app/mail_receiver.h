// A mail that came in, by a mail server's pipe (mail_commands.h) or by LMTP: whom it is for, and
// what becomes of it.
#pragma once

#include "src/app/practice.h"
#include "src/net/lmtp_server.h"

#include <string>
#include <string_view>

namespace app {

enum class Receipt {
    done,
    no_such_address, // for good
    refused,         // for good
    try_later
};

struct Received {
    Receipt receipt = Receipt::done;
    std::string sentence; // for whoever sent it, unless done
};

// Whether there is anybody of that address (of the envelope).
Received accept_mail(const Practice& practice, std::string_view recipient);

// Answers become changes, and mails that come back are known as failed. Bounded by
// gateways::incoming_bytes_max. Throws core::Unavailable.
Received receive_mail(Practice& practice, std::string_view recipient, std::string_view text);

// Delivers to receive_mail what a mail server hands over by LMTP.
net::LmtpHandler make_lmtp_handler(Practice& practice);

} // namespace app
