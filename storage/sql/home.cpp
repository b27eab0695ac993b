#include "storage/sql/home.h"

#include "storage/sql/query.h"

#include <string>

namespace storage::sql {

std::int64_t raise_home(Connection& connection, std::string_view owner) {
    connection.announce_change("home:" + std::string(owner));
    return returned_integer(
        connection,
        "INSERT INTO home (owner, revision) VALUES ($1, 1) "
        "ON CONFLICT (owner) DO UPDATE SET revision = home.revision + 1 RETURNING revision",
        {owner});
}

} // namespace storage::sql
