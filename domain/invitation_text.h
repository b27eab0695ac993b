// What a guest's mail says in words, beside the calendar object that it carries: subject, plain
// text and HTML. Pure; everything that somebody else chose is one line and escaped.
#pragma once

#include "domain/policy.h"
#include "ical/object.h"

#include <string>
#include <string_view>

namespace domain {

struct InvitationText {
    std::string subject;
    std::string plain; // CRLF
    std::string html;
};

// `message` is an iTIP message or a reminder with one event; its join link stands in URL. `subject`
// as storage::Mail::subject.
InvitationText invitation_text(const ical::Object& message, std::string_view subject,
                               std::string_view feed_url, Language language);

} // namespace domain
