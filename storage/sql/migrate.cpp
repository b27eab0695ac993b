#include "storage/sql/migrate.h"

#include "core/crypto.h"
#include "core/strings.h"
#include "core/unavailable.h"
#include "storage/sql/query.h"

#include <algorithm>
#include <map>

namespace storage::sql {

namespace {

constexpr std::size_t epoch_bytes = 12;

template <class F>
void in_migration(Connection& connection, F f) {
    connection.begin_migration();
    try {
        f();
        connection.commit();
    } catch (...) {
        connection.rollback();
        throw;
    }
}

std::string in_dialect(const Dialect& dialect, std::string_view sql) {
    std::string text = core::replace_all(std::string(sql), "{identity}", dialect.identity);
    text = core::replace_all(std::move(text), "{text}", dialect.text);
    text = core::replace_all(std::move(text), "{clustered}", dialect.clustered);
    return core::replace_all(std::move(text), "{blob}", dialect.blob);
}

// By number, an engine's own file before the common one.
std::map<int, const Migration*> choose(std::span<const Migration> known, std::string_view engine) {
    std::map<int, const Migration*> chosen;
    for (const Migration& migration : known) {
        if (migration.engine == engine) {
            chosen[migration.number] = &migration;
        } else if (migration.engine.empty()) {
            chosen.try_emplace(migration.number, &migration);
        }
    }
    return chosen;
}

void refuse_newer(std::int64_t version, std::int64_t newest) {
    if (version > newest) {
        throw core::Unavailable("the database has schema version " + std::to_string(version)
                                + ", this program knows no later one than " + std::to_string(newest)
                                + ": run a newer program");
    }
}

} // namespace

std::int64_t schema_version(Connection& connection) {
    return returned_integer(connection, "SELECT COALESCE(MAX(number), 0) FROM schema_migration",
                            {});
}

std::int64_t newest_version(const Dialect& dialect) {
    const auto chosen = choose(migrations(), dialect.engine);
    return chosen.empty() ? 0 : chosen.rbegin()->first;
}

void migrate(Connection& connection, std::span<const Migration> known) {
    const auto chosen = choose(known, connection.dialect().engine);
    const std::int64_t newest = chosen.empty() ? 0 : chosen.rbegin()->first;
    std::int64_t version = 0;
    in_migration(connection, [&] {
        connection.run_script("CREATE TABLE IF NOT EXISTS schema_migration ("
                              "number BIGINT PRIMARY KEY NOT NULL, name TEXT NOT NULL)");
        version = schema_version(connection);
        refuse_newer(version, newest);
    });
    for (const auto& [number, migration] : chosen) {
        if (number <= version) {
            continue;
        }
        in_migration(connection, [&] {
            // Another process may have been faster.
            version = schema_version(connection);
            refuse_newer(version, newest);
            if (number > version) {
                connection.run_script(in_dialect(connection.dialect(), migration->sql));
                execute(connection, "INSERT INTO schema_migration (number, name) VALUES ($1, $2)",
                        {std::int64_t{number}, migration->name});
            }
        });
    }
}

void ensure_epoch(Connection& connection) {
    in_migration(connection, [&] {
        execute(connection,
                "INSERT INTO fact (key, value) VALUES ('epoch', $1) ON CONFLICT (key) DO NOTHING",
                {core::random_token(epoch_bytes)});
    });
}

void renew_epoch(Connection& connection) {
    execute(connection,
            "INSERT INTO fact (key, value) VALUES ('epoch', $1) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            {core::random_token(epoch_bytes)});
}

} // namespace storage::sql
