#include "src/app/import_command.h"

#include "domain/import.h"
#include "src/app/progress.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace app {

namespace {

// Some hundred thousand events; it is held in memory twice.
constexpr std::size_t file_bytes_max = std::size_t{256} * 1024 * 1024;

core::Result<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return core::fail(core::Errc::not_found, "There is no file " + path + " to read.");
    }
    std::string text;
    std::array<char, 65'536> block{};
    while (file.read(block.data(), block.size()) || file.gcount() > 0) {
        text.append(block.data(), static_cast<std::size_t>(file.gcount()));
        if (text.size() > file_bytes_max) {
            return core::fail(core::Errc::too_large, "The file is too large; split it.");
        }
    }
    return text;
}

core::Result<storage::Collection> find_calendar(Practice& practice, const ImportOptions& options) {
    return practice.store->read(
        [&](const storage::ReadTransaction& transaction) -> core::Result<storage::Collection> {
            const auto account = transaction.accounts().find_by_login(options.login);
            if (!account) {
                return core::fail(core::Errc::not_found,
                                  "There is no account " + options.login + ".");
            }
            auto calendar = transaction.collections().find(account->id, options.calendar);
            if (!calendar || !calendar->is_calendar) {
                return core::fail(core::Errc::not_found,
                                  options.login + " has no calendar " + options.calendar + ".");
            }
            return *std::move(calendar);
        });
}

core::Result<domain::Imported> import_objects(Practice& practice, const ImportOptions& options,
                                              const Console& console, Streams streams) {
    const storage::Collection calendar = TRY(find_calendar(practice, options));
    const std::string text = TRY(read_file(options.file));
    const std::vector<ical::SplitObject> objects = TRY(ical::split_calendar(text));
    Progress progress(streams.error, console.is_terminal);
    const domain::ImportReport report{
        [&](const ical::SplitObject& object, const core::Error& error) {
            streams.error << "line " << object.line << ", " << printable(object.uid) << ": "
                          << printable(error.detail) << '\n';
        },
        [&](std::size_t done) {
            progress.show(static_cast<std::int64_t>(done),
                          static_cast<std::int64_t>(objects.size()));
        }};
    return domain::import_objects(*practice.store, practice.calendars, calendar, objects, report);
}

} // namespace

int import_file(Practice& practice, const ImportOptions& options, const Console& console,
                Streams streams) {
    practice.config.policy.mail_settle_seconds.reset(); // guests know what is brought along
    const auto imported = import_objects(practice, options, console, streams);
    if (!imported) {
        streams.error << "appointed: " << printable(imported.error().detail) << '\n';
        return 1;
    }
    streams.out << imported->created << " new, " << imported->replaced << " replaced, "
                << imported->refused << " refused.\n";
    return imported->refused == 0 ? 0 : 1;
}

} // namespace app
