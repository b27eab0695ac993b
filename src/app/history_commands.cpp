#include "src/app/history_commands.h"

#include "domain/history.h"

namespace app {

namespace {

const char* ending_word(storage::Ending ending) {
    switch (ending) {
    case storage::Ending::replaced:
        return "replaced";
    case storage::Ending::moved:
        return "moved away";
    case storage::Ending::removed:
        break;
    }
    return "deleted";
}

void print_version(const storage::Version& version, std::ostream& out) {
    out << version.id << '\t' << core::to_rfc3339(version.ended) << '\t'
        << ending_word(version.ending) << "\t/calendars/" << printable(version.owner) << '/'
        << printable(version.collection_name) << '/' << printable(version.name) << '\t'
        << printable(domain::summary_of(version)) << '\n';
}

} // namespace

int list_history(Practice& practice, const HistoryOptions& options, Streams streams) {
    const auto versions = practice.store->read([&](const storage::ReadTransaction& transaction)
                                                   -> std::optional<std::vector<storage::Version>> {
        const auto account = transaction.accounts().find_by_login(options.login);
        if (!account) {
            return std::nullopt;
        }
        return transaction.versions().list(account->id, options.calendar, options.uid,
                                           options.newest);
    });
    if (!versions) {
        streams.error << "appointed: There is no account " << options.login << ".\n";
        return 1;
    }
    for (const storage::Version& version : *versions) {
        print_version(version, streams.out);
    }
    return 0;
}

int undelete(Practice& practice, const UndeleteOptions& options, Streams streams) {
    const auto done = practice.store->write([&](storage::WriteTransaction& transaction) {
        return domain::put_back(transaction, practice.calendars, options.version, options.calendar);
    });
    if (!done) {
        streams.error << "appointed: " << printable(done.error().detail) << '\n';
        return 1;
    }
    streams.out << "Put back as " << printable(done->path) << '\n';
    return 0;
}

} // namespace app
