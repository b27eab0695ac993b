#include "storage/sql/query.h"
#include "storage/sql/repositories.h"

namespace storage::sql {

std::optional<std::string> SqlFacts::find(std::string_view key) const {
    return find_one(connection_, "SELECT value FROM fact WHERE key = $1", {key},
                    [](Columns& row) { return row.text(); });
}

void SqlFacts::set(std::string_view key, std::string_view value) {
    execute(connection_,
            "INSERT INTO fact (key, value) VALUES ($1, $2) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            {key, value});
}

} // namespace storage::sql
