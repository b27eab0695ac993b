// The file of a backup: a SQLite database, and behind its last page one line with the SHA-256 of
// all before it, so that a file that was cut short or changed by a bad disk is known before
// anything is replaced by it. SQLite itself takes no notice of that line.
#pragma once

#include "core/result.h"

#include <string>

namespace app {

// Written beside its place and moved there when it is whole.
class NewBackupFile {
public:
    // Makes PATH.part, for the owner's eyes only. Errors: conflict (PATH or PATH.part is there),
    // unavailable.
    static core::Result<NewBackupFile> begin(const std::string& path);
    NewBackupFile(NewBackupFile&& other) noexcept;
    NewBackupFile& operator=(NewBackupFile&&) = delete;
    ~NewBackupFile(); // removes PATH.part if finish() was not called or failed

    [[nodiscard]] const std::string& part() const { return part_; }
    // Adds the line, and returns when the file is at its place and durable. Replaces nothing.
    core::Done finish();

private:
    explicit NewBackupFile(std::string path);

    std::string path_;
    std::string part_;
};

// Errors: not_found, invalid_input (it is no backup, or it is damaged), unavailable.
core::Done check_backup_file(const std::string& path);

} // namespace app
