#include "src/app/care_commands.h"

#include "src/app/attachment_files.h"
#include "src/app/backup_file.h"
#include "src/app/commands.h"
#include "src/app/progress.h"
#include "storage/open.h"
#include "storage/sql/copy.h"
#include "storage/sql/migrate.h"
#include "storage/sql/query.h"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <utility>

namespace app {

namespace {

using storage::Use;
using storage::sql::Connection;
using storage::sql::CopyOptions;

// What was given out after the backup is not known to it. A join link or a feed of that time names
// a number that must never belong to somebody else, and nobody gives out a million between two
// backups; a link has room for a million such steps.
constexpr std::int64_t identities_after_backup = 1'000'000;

core::Result<std::int64_t> copy(Connection& from, Connection& to, CopyOptions options,
                                const Console& console, Streams streams) {
    Progress progress(streams.error, console.is_terminal);
    options.on_progress = [&](std::int64_t done, std::int64_t all) { progress.show(done, all); };
    return storage::sql::copy_everything(from, to, options);
}

// A database that this program may read as it is. Bringing it up to date is for who serves it.
core::Done check_version(Connection& connection, const std::string& what) {
    const std::int64_t version = storage::sql::schema_version(connection);
    const std::int64_t newest = storage::sql::newest_version(connection.dialect());
    if (version == newest) {
        return {};
    }
    return core::fail(core::Errc::conflict,
                      what + " has schema version " + std::to_string(version)
                          + ", this program has " + std::to_string(newest) + ": use the program "
                          + (version < newest ? "that serves it." : "that wrote it."));
}

bool has_accounts(Connection& connection) {
    return storage::sql::returned_integer(connection, "SELECT COUNT(*) FROM account", {}) > 0;
}

// A folder that goes with the object.
class ScratchFolder {
public:
    explicit ScratchFolder(const std::string& parent) : path_(parent + "/restore-XXXXXX") {
        if (::mkdtemp(path_.data()) == nullptr) {
            throw std::runtime_error("no folder can be made in " + parent);
        }
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

// The rows of a backup in the newest schema. The file itself is never changed: what is older is
// brought up to date in a copy.
class OpenBackup {
public:
    static core::Result<OpenBackup> open(const std::string& file, const Config& config) {
        TRYV(check_backup_file(file));
        OpenBackup backup;
        backup.connection_ = storage::connect("sqlite:" + file, Use::read);
        if (storage::sql::schema_version(*backup.connection_)
            < storage::sql::newest_version(backup.connection_->dialect())) {
            backup.bring_up_to_date(file, config);
        }
        TRYV(check_version(*backup.connection_, file));
        return backup;
    }
    [[nodiscard]] Connection& connection() const { return *connection_; }

private:
    void bring_up_to_date(const std::string& file, const Config& config) {
        scratch_ = std::make_unique<ScratchFolder>(config.data_folder);
        const std::string copy = scratch_->file("backup.db");
        std::filesystem::copy_file(file, copy);
        std::filesystem::permissions(copy, std::filesystem::perms::owner_read
                                               | std::filesystem::perms::owner_write);
        connection_ = storage::connect_to_new_file(copy);
        storage::sql::migrate(*connection_);
    }

    std::unique_ptr<ScratchFolder> scratch_; // first, so that the connection closes before it goes
    std::unique_ptr<Connection> connection_;
};

core::Done agree(const RestoreOptions& options, const Console& console, Streams streams) {
    if (options.yes) {
        return {};
    }
    if (!console.is_terminal) {
        return core::fail(core::Errc::conflict, "The storage has accounts already. Say --yes to "
                                                "replace everything in it.");
    }
    streams.error << "This replaces everything in the storage by the backup. Type yes: "
                  << std::flush;
    std::string answer;
    std::getline(console.in, answer);
    if (answer != "yes") {
        return core::fail(core::Errc::conflict, "Nothing was changed.");
    }
    return {};
}

core::Result<std::int64_t> restore_rows(const Config& config, const RestoreOptions& options,
                                        const Console& console, Streams streams) {
    make_data_folder(config);
    const OpenBackup backup = TRY(OpenBackup::open(options.file, config));
    const auto target = storage::connect(storage_url_of(config), Use::write);
    storage::sql::migrate(*target);
    if (has_accounts(*target)) {
        TRYV(agree(options, console, streams));
    }
    // First: a row never names a file that is still to come. Files that no row names are removed in
    // time.
    complain_of_missing(
        streams, carry_attachments(backup.connection(),
                                   storage::ContentFolder(backup_attachments_of(options.file)),
                                   storage::ContentFolder(attachments_path_of(config))));
    return copy(backup.connection(), *target,
                {.existing = CopyOptions::Existing::replace,
                 .skipped_identities = identities_after_backup,
                 .on_progress = {}},
                console, streams);
}

} // namespace

int back_up(const Config& config, const std::string& file, const Console& console,
            Streams streams) {
    const auto done = [&]() -> core::Result<std::int64_t> {
        const auto from = storage::connect(storage_url_of(config), Use::read);
        TRYV(check_version(*from, "The storage"));
        NewBackupFile backup = TRY(NewBackupFile::begin(file));
        std::int64_t rows = 0;
        {
            const auto to = storage::connect_to_new_file(backup.part());
            storage::sql::migrate(*to);
            rows = TRY(copy(*from, *to, {}, console, streams));
            complain_of_missing(
                streams, carry_attachments(*to, storage::ContentFolder(attachments_path_of(config)),
                                           storage::ContentFolder(backup_attachments_of(file))));
        }
        TRYV(backup.finish());
        return rows;
    }();
    if (!done) {
        return complain(streams, done.error());
    }
    streams.out << "Backed up " << *done << " rows to " << file << ", and what is attached to "
                << backup_attachments_of(file) << ". The key is not in it: keep a copy of "
                << key_path_of(config) << " elsewhere.\n";
    return 0;
}

int restore(const Config& config, const RestoreOptions& options, const Console& console,
            Streams streams) {
    const auto rows = restore_rows(config, options, console, streams);
    if (!rows) {
        return complain(streams, rows.error());
    }
    streams.out << "Restored " << *rows << " rows from " << options.file
                << ". Clients will fetch everything once.\n";
    if (!std::filesystem::exists(key_path_of(config))) {
        streams.error << "appointed: There is no key at " << key_path_of(config)
                      << ". Put the old one there before the server starts: with a new one every "
                         "link that was ever given out is dead.\n";
    }
    return 0;
}

int copy_storage(const std::string& from, const std::string& to, const Console& console,
                 Streams streams) {
    for (const auto& [name, url] : {std::pair("FROM", from), std::pair("TO", to)}) {
        if (const auto fault = storage::fault_of_storage_url(url)) {
            streams.error << "appointed: " << name << " " << *fault << ".\n";
            return 1;
        }
    }
    const auto done = [&]() -> core::Result<std::int64_t> {
        const auto source = storage::connect(from, Use::read);
        TRYV(check_version(*source, "FROM"));
        const auto target = storage::connect(to, Use::write);
        storage::sql::migrate(*target);
        return copy(*source, *target, {}, console, streams);
    }();
    if (!done) {
        return complain(streams, done.error());
    }
    streams.out << "Copied " << *done
                << " rows. Clients will fetch everything once. Attachments are files: they stay in "
                   "the folder that [storage] attachments names.\n";
    return 0;
}

} // namespace app
