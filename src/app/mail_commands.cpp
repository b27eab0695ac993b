#include "src/app/mail_commands.h"

#include "core/log.h"
#include "domain/replies.h"
#include "src/gateways/incoming.h"

#include <sysexits.h>

namespace app {

namespace {

// More than any way through real servers has; what exceeds it goes in circles.
constexpr std::size_t received_max = 50;

std::string read_at_most(std::istream& stream, std::size_t most) {
    std::string text(most, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(most));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

int refuse(Streams streams, int code, const std::string& sentence) {
    streams.error << "appointed: " << sentence << '\n';
    return code;
}

} // namespace

int list_mail_queue(Practice& practice, std::size_t first, Streams streams) {
    const auto mails = practice.store->read([&](const storage::ReadTransaction& transaction) {
        return transaction.outbox().list(first);
    });
    for (const storage::Mail& mail : mails) {
        streams.out << mail.id << '\t' << (mail.failed ? "failed" : "waiting") << '\t'
                    << core::to_rfc3339(mail.created) << '\t' << printable(mail.recipient) << '\t'
                    << mail.subject << '\t' << mail.attempts << '\t' << printable(mail.failure)
                    << '\n';
    }
    return 0;
}

int deliver_mail(Practice& practice, const std::string& recipient, std::istream& mail,
                 Streams streams) {
    const std::string text = read_at_most(mail, gateways::incoming_bytes_max + 1);
    const std::string& base = practice.config.mail.reply_to;
    if (base.empty()) {
        return refuse(streams, EX_TEMPFAIL, "Mail is not taken: [mail] has no reply_to.");
    }
    const auto token = domain::read_reply_address(base, practice.keys, recipient);
    if (!token) {
        return refuse(streams, EX_NOUSER, "There is nobody of that address.");
    }
    const auto read = gateways::read_mail(text);
    if (!read || read->received > received_max) {
        return refuse(streams, EX_DATAERR,
                      read ? "The mail goes in circles." : read.error().detail);
    }
    if (read->calendars.empty()) {
        return EX_OK; // words for the organizer, who has them by the other Reply-To
    }
    const auto done = practice.store->write([&](storage::WriteTransaction& transaction) {
        return domain::apply_reply(transaction, practice.calendars, *token, read->calendars.front(),
                                   practice.config.policy);
    });
    if (!done && !read->automatic) {
        return refuse(streams, EX_DATAERR, done.error().detail);
    }
    if (!done) { // to bounce what a program sent would only make it send again
        core::log(core::LogLevel::warning, "mail_refused", {{"reason", done.error().detail}});
    }
    return EX_OK;
}

} // namespace app
