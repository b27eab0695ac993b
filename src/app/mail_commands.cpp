#include "src/app/mail_commands.h"

namespace app {

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

} // namespace app
