// Brings a database to the schema that this program knows: forward only, numbered, each migration
// in one transaction and recorded in the table schema_migration.
#pragma once

#include "storage/sql/connection.h"

#include <span>
#include <string_view>

namespace storage::sql {

struct Migration {
    int number = 0;
    std::string_view name;
    std::string_view engine; // empty: for every engine that has no file of its own
    std::string_view sql;
};

// The files of storage/sql/migrations, in order of number.
std::span<const Migration> migrations();

// Throws core::Unavailable, and changes nothing, if the database is newer than the last of `known`.
void migrate(Connection& connection, std::span<const Migration> known = migrations());

// Gives a new database its epoch (part of every sync token).
void ensure_epoch(Connection& connection);

} // namespace storage::sql
