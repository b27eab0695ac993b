// Copies everything from one database to another, whatever their engines: the work behind backup,
// restore and the move between SQLite and PostgreSQL.
#pragma once

#include "core/result.h"
#include "storage/sql/connection.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace storage::sql {

enum class Kind { integer, text, blob };

struct Column {
    std::string_view name;
    Kind kind = Kind::integer;
};

struct Table {
    std::string_view name;
    std::vector<Column> columns;
    std::size_t key_columns = 1; // that many of them, from the first on, name a row
    bool identity = false;       // the first gives numbers of its own
};

// Every table that holds rows of the program's, parents before children. A test compares them with
// what the migrations make, so that none can be forgotten.
std::span<const Table> tables();

struct CopyOptions {
    enum class Existing { refuse, replace };
    Existing existing = Existing::refuse; // rows that the target has
    // How many numbers of every identity column the target leaves out, for what was given out since
    // the source was written: a join link names its participant by number.
    std::int64_t skipped_identities = 0;
    std::function<void(std::int64_t done, std::int64_t all)> on_progress; // rows
};

// From one snapshot of `from` into one transaction of `to`, both with the newest schema; returns
// the number of rows. No identity that either has given is given again. The target gets an epoch of
// its own: the source may go on, and a sync token of one says nothing of the other. Errors:
// conflict (the target has rows). Whatever fails changes nothing.
core::Result<std::int64_t> copy_everything(Connection& from, Connection& to,
                                           const CopyOptions& options);

} // namespace storage::sql
