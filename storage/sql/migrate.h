// Brings a database to the schema that this program knows: forward only, numbered, each migration
// in one transaction and recorded in the table schema_migration.
#pragma once

#include "storage/sql/connection.h"

#include <cstdint>
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

// The number of the last migration that a database has had. Throws core::Unavailable, too, if it is
// none of Appointed's.
std::int64_t schema_version(Connection& connection);
// Of the last migration that this program knows for that engine.
std::int64_t newest_version(const Dialect& dialect);

// Gives a new database its epoch (part of every sync token).
void ensure_epoch(Connection& connection);
// Gives a database another epoch, so that every sync token from before is refused. In the caller's
// transaction.
void renew_epoch(Connection& connection);

} // namespace storage::sql
