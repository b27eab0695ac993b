#include "src/app/mail_commands.h"

#include "src/app/mail_receiver.h"
#include "src/gateways/incoming.h"

#include <sysexits.h>

namespace app {

namespace {

std::string read_at_most(std::istream& stream, std::size_t most) {
    std::string text(most, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(most));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

int exit_code(Receipt receipt) {
    switch (receipt) {
    case Receipt::done:
        break;
    case Receipt::no_such_address:
        return EX_NOUSER;
    case Receipt::refused:
        return EX_DATAERR;
    case Receipt::try_later:
        return EX_TEMPFAIL;
    }
    return EX_OK;
}

} // namespace

int list_mail_queue(Practice& practice, std::size_t first, Streams streams) {
    const auto mails = practice.store->read([&](const storage::ReadTransaction& transaction) {
        return transaction.outbox().list(first);
    });
    for (const storage::Mail& mail : mails) {
        streams.out << mail.id << '\t'
                    << (mail.state == storage::MailState::failed ? "failed" : "waiting") << '\t'
                    << core::to_rfc3339(mail.created) << '\t' << printable(mail.recipient) << '\t'
                    << mail.subject << '\t' << mail.attempts << '\t' << printable(mail.failure)
                    << '\n';
    }
    return 0;
}

int deliver_mail(Practice& practice, const std::string& recipient, std::istream& mail,
                 Streams streams) {
    const std::string text = read_at_most(mail, gateways::incoming_bytes_max + 1);
    const Received received = receive_mail(practice, recipient, text);
    if (received.receipt != Receipt::done) {
        streams.error << "appointed: " << received.sentence << '\n';
    }
    return exit_code(received.receipt);
}

} // namespace app
