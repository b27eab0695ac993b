#include "src/app/mail_sender.h"

#include "core/log.h"
#include "core/strings.h"
#include "domain/deliveries.h"
#include "domain/invitations.h"
#include "domain/proposals.h"
#include "domain/reminders.h"
#include "domain/reply_addresses.h"
#include "src/app/mail_text.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <utility>

namespace app {

namespace {

constexpr std::chrono::seconds interval(1);
constexpr std::size_t batch = 50;
// Longer than a batch may take: it stops at half of it, and one mail has a minute at most.
constexpr std::int64_t lease_seconds = 600;
constexpr std::int64_t first_delay_seconds = 60;
constexpr std::int64_t longest_delay_seconds = 4 * 3'600;
constexpr std::int64_t give_up_after_seconds = 2 * 86'400;
// Mail servers give up after five days, and what they say then has to find its mail.
constexpr std::int64_t sent_kept_seconds = 14 * 86'400;
constexpr std::int64_t failed_kept_seconds = 30 * 86'400;

struct Claimed {
    storage::Mail mail;
    std::optional<domain::Invitation> invitation;
    std::optional<domain::ProposalMail> proposal; // instead, to the organizer
};

Claimed read_mail_to_send(storage::WriteTransaction& transaction, const Practice& practice,
                          storage::Mail mail, core::Instant now) {
    const Config& config = practice.config;
    Claimed claimed;
    if (mail.subject == domain::proposal_subject) {
        claimed.proposal = domain::read_proposal(mail, config.policy);
    } else {
        claimed.invitation = domain::read_invitation(transaction, mail, now, config.policy,
                                                     practice.keys, config.mail.reply_to);
    }
    claimed.mail = std::move(mail);
    return claimed;
}

std::vector<Claimed> claim(Practice& practice) {
    const core::Instant now = practice.clock.now();
    auto claimed = practice.store->write(
        [&](storage::WriteTransaction& transaction) -> core::Result<std::vector<Claimed>> {
            transaction.outbox().forget(storage::MailState::failed,
                                        {now.seconds - failed_kept_seconds});
            transaction.outbox().forget(storage::MailState::sent,
                                        {now.seconds - sent_kept_seconds});
            std::vector<Claimed> mails;
            for (storage::Mail& mail :
                 transaction.outbox().claim(now, {now.seconds + lease_seconds}, batch)) {
                mails.push_back(read_mail_to_send(transaction, practice, std::move(mail), now));
            }
            return mails;
        });
    return claimed ? std::move(*claimed) : std::vector<Claimed>();
}

// Where mail servers send the mail back to if they cannot deliver it.
std::string envelope_sender(const Practice& practice, const storage::Mail& mail) {
    const MailOptions& options = practice.config.mail;
    return options.reply_to.empty()
               ? options.from
               : domain::make_bounce_address(options.reply_to, practice.keys, mail);
}

gateways::Delivery deliver_one(const Practice& practice, const Deliver& deliver,
                               const Claimed& claimed) {
    if (!claimed.invitation && !claimed.proposal) {
        return {gateways::Outcome::refused, "the mail cannot be read"};
    }
    if (claimed.invitation && claimed.invitation->useful_until
        && *claimed.invitation->useful_until <= practice.clock.now()) {
        return {gateways::Outcome::refused, "the session is over"};
    }
    const std::string& from = practice.config.mail.from;
    const gateways::InvitationMail mail =
        claimed.proposal ? proposal_mail(from, claimed.mail, *claimed.proposal)
                         : invitation_mail(from, claimed.mail, *claimed.invitation);
    return deliver(envelope_sender(practice, claimed.mail), claimed.mail.recipient,
                   gateways::to_mime(mail));
}

core::Instant next_try(const storage::Mail& mail, core::Instant now) {
    constexpr int doublings_max = 10;
    const std::int64_t delay = first_delay_seconds
                               << std::clamp(mail.attempts - 1, 0, doublings_max);
    return {now.seconds + std::min(delay, longest_delay_seconds)};
}

void record(storage::Outbox& outbox, const storage::Mail& mail, const gateways::Delivery& delivery,
            core::Instant now) {
    const bool is_old = now.seconds - mail.created.seconds > give_up_after_seconds;
    if (delivery.outcome == gateways::Outcome::sent) {
        outbox.sent(mail.id, now);
        domain::note_delivery(outbox, mail, now);
    } else if (delivery.outcome == gateways::Outcome::refused || is_old) {
        outbox.give_up(mail.id, delivery.reason);
        domain::note_delivery(outbox, mail, now);
    } else {
        outbox.retry(mail.id, next_try(mail, now), delivery.reason);
    }
}

void log_failure(const storage::Mail& mail, const gateways::Delivery& delivery) {
    if (delivery.outcome != gateways::Outcome::sent) {
        core::log(core::LogLevel::warning, "mail_not_sent",
                  {{"mail", std::to_string(mail.id)}, {"why", delivery.reason}});
    }
}

// Returns whether there may be more to send now.
bool send_batch(Practice& practice, const Deliver& deliver, const std::atomic<bool>& stopping) {
    const core::Instant begun = practice.clock.now();
    const std::vector<Claimed> claimed = claim(practice);
    std::vector<gateways::Delivery> deliveries;
    for (const Claimed& each : claimed) {
        const bool late = practice.clock.now().seconds - begun.seconds > lease_seconds / 2;
        if (stopping || late
            || (!deliveries.empty()
                && deliveries.back().outcome == gateways::Outcome::unreachable)) {
            break;
        }
        deliveries.push_back(deliver_one(practice, deliver, each));
        log_failure(each.mail, deliveries.back());
    }
    if (claimed.empty()) {
        return false;
    }
    const bool unreachable =
        !deliveries.empty() && deliveries.back().outcome == gateways::Outcome::unreachable;
    const core::Instant now = practice.clock.now();
    (void)practice.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
        for (std::size_t i = 0; i < claimed.size(); ++i) {
            if (i < deliveries.size()) {
                record(transaction.outbox(), claimed[i].mail, deliveries[i], now);
            } else if (unreachable) {
                record(transaction.outbox(), claimed[i].mail, deliveries.back(), now);
            } else {
                transaction.outbox().retry(claimed[i].mail.id, now, "");
            }
        }
        return {};
    });
    return !unreachable && claimed.size() == batch;
}

gateways::SmtpOptions smtp_options(const MailOptions& mail) {
    gateways::SmtpOptions options;
    options.url = mail.smtp_url;
    options.starttls = mail.starttls;
    options.user = mail.user;
    options.certificates_file = mail.certificates_file;
    if (!mail.password_file.empty()) {
        std::ifstream file(mail.password_file, std::ios::binary);
        std::getline(file, options.password);
        if (!file && options.password.empty()) {
            throw std::runtime_error("the password file " + mail.password_file + " cannot be read");
        }
        options.password = core::trim(options.password);
    }
    return options;
}

} // namespace

void send_due_mails(Practice& practice, const Deliver& deliver, const std::atomic<bool>& stopping) {
    while (!stopping
           && domain::write_settled_mails(*practice.store, practice.clock.now(),
                                          practice.config.policy)
                  != 0) {
    }
    while (!stopping
           && domain::write_due_reminders(*practice.store, practice.clock.now(),
                                          practice.config.policy)
                  != 0) {
    }
    while (!stopping && send_batch(practice, deliver, stopping)) {
    }
    while (!stopping
           && domain::write_deliveries(*practice.store, practice.calendars, practice.clock.now())
                  != 0) {
    }
}

MailSender::MailSender(Practice& practice) : practice_(practice) {
    if (!practice.config.mail.smtp_url.empty()) {
        (void)smtp_options(practice.config.mail); // what is missing is better known now
        thread_ = std::thread([this] { work(); });
    }
}

MailSender::~MailSender() {
    if (!thread_.joinable()) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

// A server that will not have us is asked the next time by a new client, with the password as it is
// then.
void MailSender::work() {
    std::optional<gateways::SmtpClient> client;
    bool had_us = true;
    const Deliver deliver = [&](const std::string& sender, const std::string& recipient,
                                const std::string& text) {
        gateways::Delivery delivery = client->send(sender, recipient, text);
        had_us = delivery.outcome != gateways::Outcome::unreachable;
        return delivery;
    };
    while (!stopping_) {
        try {
            if (!client || !had_us) {
                client.emplace(smtp_options(practice_.config.mail));
                had_us = true;
            }
            send_due_mails(practice_, deliver, stopping_);
        } catch (const std::exception& failure) { // there will be another time
            core::log(core::LogLevel::warning, "mail_interrupted", {{"why", failure.what()}});
        }
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, interval, [this] { return stopping_.load(); });
    }
}

} // namespace app
