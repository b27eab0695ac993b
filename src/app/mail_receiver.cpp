#include "src/app/mail_receiver.h"

#include "core/log.h"
#include "core/unavailable.h"
#include "domain/deliveries.h"
#include "domain/replies.h"
#include "src/gateways/incoming.h"

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

namespace app {

namespace {

// More than any way through real servers has; what exceeds it goes in circles.
constexpr std::size_t received_max = 50;

net::LmtpReply reply_of(const Received& received) {
    switch (received.receipt) {
    case Receipt::done:
        break;
    case Receipt::no_such_address:
        return {550, "5.1.1 " + received.sentence};
    case Receipt::refused:
        return {550, "5.6.0 " + received.sentence};
    case Receipt::try_later:
        return {451, "4.3.0 " + received.sentence};
    }
    return {250, "2.0.0 OK"};
}

// A mail that left comes back as undeliverable. What else is sent to such an address, a delay or
// that somebody is out of office, is of no interest.
void take_reports(Practice& practice, const domain::BounceToken& token,
                  const std::vector<gateways::DeliveryReport>& reports) {
    const auto failed = std::find_if(reports.begin(), reports.end(),
                                     [](const auto& report) { return report.action == "failed"; });
    if (failed == reports.end()) {
        return;
    }
    constexpr std::size_t reason_bytes_max = 500;
    std::string reason = std::string(domain::came_back) + failed->status + ' ' + failed->diagnostic;
    reason.resize(std::min(reason.size(), reason_bytes_max));
    for (char& c : reason) { // of whoever knows the address: one line of ASCII
        c = c >= ' ' && c <= '~' ? c : '?';
    }
    const auto known =
        practice.store->write([&](storage::WriteTransaction& transaction) -> core::Result<bool> {
            const auto mail = transaction.outbox().find(token.mail);
            if (!mail || mail->created != token.created
                || mail->state == storage::MailState::failed) {
                return false;
            }
            transaction.outbox().give_up(mail->id, reason);
            domain::note_delivery(transaction.outbox(), *mail, practice.clock.now());
            return true;
        });
    if (known && *known) {
        core::log(core::LogLevel::warning, "mail_came_back",
                  {{"mail", std::to_string(token.mail)}, {"why", reason}});
    }
}

} // namespace

Received accept_mail(const Practice& practice, std::string_view recipient) {
    const std::string& base = practice.config.mail.reply_to;
    if (base.empty()) {
        return {Receipt::try_later, "Mail is not taken: [mail] has no reply_to."};
    }
    if (!domain::read_reply_address(base, practice.keys, recipient)
        && !domain::read_bounce_address(base, practice.keys, recipient)) {
        return {Receipt::no_such_address, "There is nobody of that address."};
    }
    return {};
}

Received receive_mail(Practice& practice, std::string_view recipient, std::string_view text) {
    if (Received accepted = accept_mail(practice, recipient); accepted.receipt != Receipt::done) {
        return accepted;
    }
    const auto read = gateways::read_mail(text);
    if (!read || read->received > received_max) {
        return {Receipt::refused, read ? "The mail goes in circles." : read.error().detail};
    }
    if (const auto bounce =
            domain::read_bounce_address(practice.config.mail.reply_to, practice.keys, recipient)) {
        take_reports(practice, *bounce, read->reports);
        return {}; // a bounce is never bounced
    }
    if (read->calendars.empty()) {
        return {}; // words for the organizer, who has them by the other Reply-To
    }
    const auto token =
        domain::read_reply_address(practice.config.mail.reply_to, practice.keys, recipient);
    const auto done = practice.store->write([&](storage::WriteTransaction& transaction) {
        return domain::apply_reply(transaction, practice.calendars, *token, read->calendars.front(),
                                   practice.clock.now(), practice.config.policy);
    });
    if (!done && !read->automatic) {
        return {Receipt::refused, done.error().detail};
    }
    if (!done) { // to bounce what a program sent would only make it send again
        core::log(core::LogLevel::warning, "mail_refused", {{"reason", done.error().detail}});
    }
    return {};
}

net::LmtpHandler make_lmtp_handler(Practice& practice) {
    return {.accept =
                [&practice](const std::string& recipient) {
                    return reply_of(accept_mail(practice, recipient));
                },
            .deliver =
                [&practice](const net::LmtpMail& mail, const std::string& recipient) {
                    try {
                        return reply_of(receive_mail(practice, recipient, mail.text));
                    } catch (const std::exception& failure) {
                        core::log(core::LogLevel::error, "mail_not_taken",
                                  {{"reason", failure.what()}});
                        return reply_of({Receipt::try_later, "Please come again."});
                    }
                }};
}

} // namespace app
