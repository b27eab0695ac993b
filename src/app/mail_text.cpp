#include "src/app/mail_text.h"

namespace app {

namespace {

// What both kinds of mail have.
gateways::InvitationMail mail_of(const std::string& from, const storage::Mail& row,
                                 const domain::InvitationText& text) {
    gateways::InvitationMail mail;
    mail.from = {"", from};
    mail.to = row.recipient;
    mail.message_id = row.message_id;
    mail.date = row.created;
    mail.subject = text.subject;
    mail.plain = text.plain;
    mail.html = text.html;
    return mail;
}

} // namespace

gateways::InvitationMail invitation_mail(const std::string& from, const storage::Mail& row,
                                         const domain::Invitation& invitation) {
    gateways::InvitationMail mail = mail_of(from, row, invitation.text);
    mail.from.name = invitation.organizer_name;
    mail.reply_to = {invitation.organizer_name, invitation.organizer_address};
    mail.answers_to = {"", invitation.reply_address};
    mail.calendar = invitation.calendar;
    mail.method = invitation.method;
    return mail;
}

gateways::InvitationMail proposal_mail(const std::string& from, const storage::Mail& row,
                                       const domain::ProposalMail& proposal) {
    gateways::InvitationMail mail = mail_of(from, row, proposal.text);
    mail.from.name = proposal.guest_name;
    mail.reply_to = {proposal.guest_name, proposal.guest_address};
    mail.calendar = row.text;
    mail.method = "COUNTER";
    return mail;
}

} // namespace app
