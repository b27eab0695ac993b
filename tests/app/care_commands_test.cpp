#include "core/unavailable.h"
#include "src/app/backup_file.h"
#include "src/app/care_commands.h"
#include "src/app/check_command.h"
#include "src/app/practice.h"
#include "src/app/progress.h"
#include "storage/open.h"
#include "storage/sql/migrate.h"
#include "storage/sql/query.h"
#include "tests/support/domain_fixture.h"
#include "tests/support/events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace {

using testing::HasSubstr;

// A practice with one session, and a backup of it.
class CareCommands : public testing::Test {
protected:
    CareCommands() {
        config.data_folder = folder.file("data");
        const auto practice = app::open_practice(config);
        EXPECT_EQ(app::add_user(*practice,
                                {"anna", "Dr Anna", "anna@clinic.example", "correct horse"},
                                streams()),
                  0);
        put(*practice, "first.ics", support::session_event());
    }

    static void put(app::Practice& practice, const std::string& name, const std::string& text) {
        const auto collection = *practice.store->read([](const storage::ReadTransaction& read) {
            return read.collections().find("anna", "calendar");
        });
        const auto checked = practice.calendars.check(collection, text);
        ASSERT_TRUE(practice.store->write([&](storage::WriteTransaction& transaction) {
            return practice.calendars.put(transaction, collection, name, *checked);
        }));
    }

    // To anna's event.
    void attach(const std::string& bytes) {
        const auto practice = app::open_practice(config);
        const domain::Attachments attachments(practice->calendars, *practice->folder,
                                              practice->config.policy, practice->clock);
        const auto file = attachments.keep(bytes, "text/plain", "form.txt");
        ASSERT_TRUE(file);
        const auto done = practice->store->write([&](storage::WriteTransaction& transaction) {
            const auto calendar = transaction.collections().find("anna", "calendar");
            const auto event = transaction.objects().find(calendar->id, "first.ics");
            return attachments.add(transaction, *calendar, *event, *file, {});
        });
        ASSERT_TRUE(done) << done.error().detail;
    }

    // The names in anna's calendar, and the epoch.
    std::vector<std::string> look(const app::Config& where) {
        const auto practice = app::open_practice(where);
        return practice->store->read([](const storage::ReadTransaction& read) {
            std::vector<std::string> found{*read.facts().find("epoch")};
            if (const auto calendar = read.collections().find("anna", "calendar")) {
                read.objects().for_each_member(calendar->id, [&](const storage::ObjectHead& head) {
                    found.push_back(head.name);
                    return true;
                });
            }
            return found;
        });
    }

    app::Config elsewhere() {
        app::Config other = config;
        other.data_folder = folder.file("elsewhere");
        return other;
    }

    app::Streams streams() { return {out, error}; }
    int back_up() { return app::back_up(config, backup, console, streams()); }
    int restore(const app::Config& where, bool yes = true) {
        return app::restore(where, {backup, yes}, console, streams());
    }
    void back_up_well() { ASSERT_EQ(back_up(), 0) << error.str(); }

    // Nothing but a sentence may come of a restore from what is at `backup` now.
    void expect_refused(const std::string& sentence) {
        const auto before = look(config);
        error.str("");
        int code = 0;
        try {
            code = restore(config);
        } catch (const std::exception& failure) {
            code = 1;
            error << failure.what();
        }
        EXPECT_EQ(code, 1);
        EXPECT_THAT(error.str(), HasSubstr(sentence));
        EXPECT_EQ(look(config), before);
        EXPECT_FALSE(std::filesystem::exists(backup + ".part"));
    }

    support::TemporaryFolder folder;
    app::Config config;
    std::string backup = folder.file("backup");
    std::istringstream in;
    app::Console console{in, false};
    std::ostringstream out;
    std::ostringstream error;
};

TEST_F(CareCommands, RestoresABackupIntoAFreshFolderWithoutMakingAKey) {
    back_up_well();

    ASSERT_EQ(restore(elsewhere()), 0) << error.str();

    EXPECT_THAT(error.str(), HasSubstr("There is no key"));
    EXPECT_FALSE(std::filesystem::exists(folder.file("elsewhere/key")));
    const auto restored = look(elsewhere());
    EXPECT_EQ(restored.size(), 2U);
    EXPECT_EQ(restored.back(), "first.ics");
    EXPECT_NE(restored.front(), look(config).front()) << "the epoch";
}

TEST_F(CareCommands, CarryAttachmentsAlongAndNameThoseThatAreMissing) {
    const std::string hash = storage::content_hash("words");
    attach("words");
    back_up_well();
    EXPECT_EQ(error.str(), "");

    ASSERT_EQ(restore(elsewhere()), 0) << error.str();

    const storage::ContentFolder restored(folder.file("elsewhere/attachments"));
    EXPECT_EQ(restored.read(hash), "words");
    EXPECT_EQ(app::check(elsewhere(), streams()), 0) << out.str();
    restored.remove(hash);
    EXPECT_EQ(app::check(elsewhere(), streams()), 1);
    EXPECT_THAT(out.str(), HasSubstr("form.txt of anna, file " + hash + ": is missing"));
    std::filesystem::remove_all(backup + ".attachments");
    error.str("");
    ASSERT_EQ(restore(elsewhere()), 0);
    EXPECT_THAT(error.str(), HasSubstr("form.txt of anna, file " + hash + " is missing"));
}

TEST_F(CareCommands, ADamagedAttachmentIsNamedAndNotCarriedAlong) {
    attach("words");
    const std::string hash = storage::content_hash("words");
    std::ofstream(app::attachments_path_of(config) + "/" + hash.substr(0, 2) + "/" + hash)
        << "sword";

    EXPECT_EQ(app::check(config, streams()), 1);
    EXPECT_THAT(out.str(), HasSubstr(hash + ": is damaged"));
    back_up_well();

    EXPECT_THAT(error.str(), HasSubstr("form.txt of anna"));
    EXPECT_FALSE(storage::ContentFolder(backup + ".attachments").has(hash));
}

TEST_F(CareCommands, ABackupIsForItsOwnerOnlyAndWhole) {
    back_up_well();

    struct stat status {};
    ASSERT_EQ(::stat(backup.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_FALSE(std::filesystem::exists(backup + ".part"));
    EXPECT_FALSE(std::filesystem::exists(backup + "-wal"));
    EXPECT_TRUE(app::check_backup_file(backup));
    const auto reader = storage::connect("sqlite:" + backup, storage::Use::read);
    EXPECT_THAT(reader->find_damage(), testing::IsEmpty());
    EXPECT_EQ(storage::sql::returned_integer(*reader, "SELECT COUNT(*) FROM object", {}), 1);
}

TEST_F(CareCommands, ABackupReplacesNoFile) {
    std::ofstream(backup) << "somebody's work";
    EXPECT_EQ(back_up(), 1);
    EXPECT_EQ(std::filesystem::file_size(backup), 15U);

    std::filesystem::rename(backup, backup + ".part");
    EXPECT_EQ(back_up(), 1);
    EXPECT_THAT(error.str(), HasSubstr("another backup"));
    EXPECT_EQ(std::filesystem::file_size(backup + ".part"), 15U);
}

TEST_F(CareCommands, ABackupThatFailsLeavesNothing) {
    config.data_folder = folder.file("nothing here");
    EXPECT_THROW((void)back_up(), core::Unavailable);
    EXPECT_FALSE(std::filesystem::exists(backup + ".part"));

    config.data_folder = folder.file("data");
    backup = folder.file("no such folder/backup");
    EXPECT_EQ(back_up(), 1);
}

TEST_F(CareCommands, WhatCameAfterTheBackupIsGoneAfterTheRestore) {
    back_up_well();
    put(*app::open_practice(config), "second.ics",
        support::calendar_of("BEGIN:VEVENT\nUID:two@test\nDTSTAMP:20261101T000000Z\n"
                             + support::afternoon + "END:VEVENT\n"));
    const auto before = look(config);
    ASSERT_EQ(before.size(), 3U);

    ASSERT_EQ(restore(config), 0) << error.str();

    const auto after = look(config);
    EXPECT_EQ(after.size(), 2U);
    EXPECT_NE(after.front(), before.front()) << "the epoch";
}

TEST_F(CareCommands, ALinkFromAfterTheBackupNeverBelongsToSomebodyElse) {
    back_up_well();

    ASSERT_EQ(restore(elsewhere()), 0);

    const auto practice = app::open_practice(elsewhere());
    const auto made = practice->store->write(
        [](storage::WriteTransaction& transaction) -> core::Result<std::int64_t> {
            storage::Participant person;
            person.session = transaction.sessions().list().front().id;
            person.address = "mary@mail.example";
            return transaction.sessions().insert(person);
        });
    EXPECT_GT(*made, 1'000'000);
}

TEST_F(CareCommands, ARestoreOverAccountsWantsAYes) {
    back_up_well();

    EXPECT_EQ(restore(config, false), 1);
    EXPECT_THAT(error.str(), HasSubstr("--yes"));
    console.is_terminal = true;
    in.str("no\nyes\n");
    EXPECT_EQ(restore(config, false), 1);
    EXPECT_EQ(restore(config, false), 0);
    console.is_terminal = false;
    EXPECT_EQ(restore(elsewhere(), false), 0) << "nothing to lose";
}

TEST_F(CareCommands, ATruncatedBackupIsRefused) {
    back_up_well();
    std::filesystem::resize_file(backup, std::filesystem::file_size(backup) - 1);
    expect_refused("or its end is missing");
    std::filesystem::resize_file(backup, 4096);
    expect_refused("or its end is missing");
    std::filesystem::resize_file(backup, 0);
    expect_refused("or its end is missing");
}

TEST_F(CareCommands, ABackupWithOneOtherByteIsRefused) {
    back_up_well();
    const auto size = static_cast<std::streamoff>(std::filesystem::file_size(backup));
    for (const std::streamoff at : {std::streamoff{30}, std::streamoff{4096 * 3 + 17}, size - 30}) {
        std::fstream file(backup, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(at);
        const char old = static_cast<char>(file.get());
        file.seekp(at);
        file.put(static_cast<char>(old ^ 4));
        file.close();

        expect_refused("damaged");

        std::fstream again(backup, std::ios::in | std::ios::out | std::ios::binary);
        again.seekp(at);
        again.put(old);
    }
    EXPECT_EQ(restore(config), 0) << "whole again";
}

TEST_F(CareCommands, WhatIsNoBackupIsRefused) {
    expect_refused("cannot be opened");
    std::ofstream(backup) << std::string(100'000, 'x');
    expect_refused("no backup of Appointed");
    std::filesystem::remove(backup);
    std::filesystem::copy_file(folder.file("data/appointed.db"), backup);
    expect_refused("no backup of Appointed");
    std::filesystem::remove(backup);
    std::filesystem::create_directory(backup);
    expect_refused("no backup of Appointed");
}

// Sealed like a backup, whatever is in it.
void seal(const std::string& path, const std::function<void(storage::sql::Connection&)>& fill) {
    auto file = app::NewBackupFile::begin(path);
    ASSERT_TRUE(file);
    fill(*storage::connect_to_new_file(file->part()));
    ASSERT_TRUE(file->finish());
}

TEST_F(CareCommands, ABackupOfANewerProgramIsRefused) {
    seal(backup, [](storage::sql::Connection& connection) {
        storage::sql::migrate(connection);
        connection.run_script("INSERT INTO schema_migration (number, name) VALUES (9001, 'later')");
    });
    expect_refused("schema version 9001");
}

TEST_F(CareCommands, ASealedFileOfSomethingElseIsRefused) {
    seal(backup, [](storage::sql::Connection& connection) {
        connection.run_script("CREATE TABLE letter (text TEXT)");
    });
    expect_refused("schema_migration");
}

TEST_F(CareCommands, ABackupOfAnOlderProgramIsBroughtUpToDateInACopy) {
    seal(backup, [](storage::sql::Connection& connection) {
        storage::sql::migrate(connection, storage::sql::migrations().first(1));
        connection.run_script(
            "INSERT INTO account VALUES ('old', 'old', 'Old', 'old@x.example', '', 0, 0, 7)");
    });
    std::ifstream before(backup, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(before)), {});

    ASSERT_EQ(restore(elsewhere()), 0) << error.str();

    std::ifstream after(backup, std::ios::binary);
    EXPECT_EQ(bytes, std::string((std::istreambuf_iterator<char>(after)), {}));
    EXPECT_TRUE(
        app::open_practice(elsewhere())->store->read([](const storage::ReadTransaction& read) {
            return read.accounts().find("old");
        }));
    for (const auto& entry : std::filesystem::directory_iterator(folder.file("elsewhere"))) {
        EXPECT_THAT(entry.path().filename().string(), testing::Not(HasSubstr("restore-")));
    }
}

TEST_F(CareCommands, RowsWhoseParentsAreGoneAreNotRestored) {
    seal(backup, [](storage::sql::Connection& connection) {
        storage::sql::migrate(connection);
        connection.run_script(
            "PRAGMA foreign_keys = OFF; INSERT INTO home (owner, revision) VALUES ('nobody', 1)");
    });
    expect_refused("FOREIGN KEY");
}

TEST_F(CareCommands, CopiesToAnEmptyStorageOnly) {
    const std::string from = "sqlite:" + folder.file("data/appointed.db");
    const std::string to = "sqlite:" + folder.file("copy.db");

    ASSERT_EQ(app::copy_storage(from, to, console, streams()), 0) << error.str();
    EXPECT_EQ(app::copy_storage(from, to, console, streams()), 1);
    EXPECT_THAT(error.str(), HasSubstr("not empty"));
    EXPECT_EQ(app::copy_storage("appointed.db", to, console, streams()), 1);
    EXPECT_EQ(app::copy_storage(from, "mysql://x", console, streams()), 1);
    EXPECT_THAT(error.str(), HasSubstr("TO must be"));
    EXPECT_THROW(
        (void)app::copy_storage("sqlite:" + folder.file("none.db"), to, console, streams()),
        core::Unavailable);
    EXPECT_FALSE(std::filesystem::exists(folder.file("none.db")));
}

TEST(Progress, IsWrittenOnATerminalOnly) {
    std::ostringstream log;
    std::ostringstream terminal;
    {
        app::Progress quiet(log, false);
        app::Progress seen(terminal, true);
        for (std::int64_t done = 0; done <= 4; ++done) {
            quiet.show(done, 4);
            seen.show(done, 4);
            seen.show(done, 4);
        }
        seen.show(1, 0);
    }

    EXPECT_EQ(log.str(), "");
    EXPECT_THAT(terminal.str(), HasSubstr("\r[###############               ] 50% of 4 rows"));
    EXPECT_THAT(terminal.str(), HasSubstr("100% of 4 rows"));
    EXPECT_EQ(terminal.str().back(), '\r') << "and cleared at the end";
}

} // namespace
