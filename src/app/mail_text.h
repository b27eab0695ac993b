// From what is to be told to the mail that leaves: who it is from, where answers go, and its parts.
#pragma once

#include "domain/invitations.h"
#include "domain/proposals.h"
#include "src/gateways/mime.h"
#include "storage/outbox.h"

#include <string>

namespace app {

// To a guest; `from` is the practice's own address.
gateways::InvitationMail invitation_mail(const std::string& from, const storage::Mail& row,
                                         const domain::Invitation& invitation);
// To the organizer, of a guest who asks for another time.
gateways::InvitationMail proposal_mail(const std::string& from, const storage::Mail& row,
                                       const domain::ProposalMail& proposal);

} // namespace app
