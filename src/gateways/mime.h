// An invitation as a mail (RFC 6047, RFC 2045): the one place that knows GMime, which cannot be
// made to write a header that was not asked for.
#pragma once

#include "core/time.h"

#include <string>

namespace gateways {

struct Mailbox {
    std::string name; // may be empty
    std::string address;
};

struct InvitationMail {
    Mailbox from;
    Mailbox reply_to;   // no address: none
    Mailbox answers_to; // a second Reply-To, for calendar programs; no address: none
    std::string to;
    std::string message_id; // without angle brackets
    core::Instant date;
    std::string subject;
    std::string plain;
    std::string html;
    std::string calendar; // empty: words only
    std::string method;   // of the calendar; clients refuse one that differs from it
};

// With a calendar: multipart/mixed {multipart/alternative {text/plain, text/html, text/calendar},
// invite.ics}: the calendar in the alternative makes buttons, the attachment is for who has none of
// it. Without: multipart/alternative {text/plain, text/html}. Lines end with CRLF. The same mail is
// the same text.
std::string to_mime(const InvitationMail& mail);

} // namespace gateways
