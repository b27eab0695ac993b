// What a guest's mail says in words, beside the calendar object that it carries: subject, plain
// text and HTML. Pure; everything that somebody else chose is one line and escaped.
#pragma once

#include "core/time.h"
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

// What stands in a guest's mail beside the message itself.
struct MailLinks {
    std::string feed;
    std::string answer; // the guest's answer page (answer_links.h); empty: there is none
};

// `message` is an iTIP message or a reminder with one event; its join link stands in URL. `subject`
// as storage::Mail::subject.
InvitationText invitation_text(const ical::Object& message, std::string_view subject,
                               const MailLinks& links, Language language);

// To the organizer: somebody asks for the time of `counter` (a COUNTER) instead of `former`.
struct ProposalWords {
    std::string guest;
    core::Interval former;
};
InvitationText proposal_text(const ical::Object& counter, const ProposalWords& said,
                             Language language);

} // namespace domain
