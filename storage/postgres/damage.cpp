#include "storage/postgres/damage.h"

#include "storage/sql/query.h"

namespace storage::postgres {

namespace {

struct Reference {
    std::string from_table;
    std::string from_column;
    std::string to_table;
    std::string to_column;
};

// Of one column each, as all of the program's are. The server quotes the names where they need it.
std::vector<Reference> references(sql::Connection& connection) {
    return sql::find_all(
        connection,
        "SELECT CAST(CAST(c.conrelid AS regclass) AS TEXT), quote_ident(a.attname), "
        "CAST(CAST(c.confrelid AS regclass) AS TEXT), quote_ident(b.attname) "
        "FROM pg_constraint AS c "
        "JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
        "JOIN pg_attribute AS b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1] "
        "JOIN pg_namespace AS n ON n.oid = c.connamespace "
        "WHERE c.contype = 'f' AND n.nspname = current_schema() ORDER BY c.oid",
        {}, [](sql::Columns& row) {
            return Reference{row.text(), row.text(), row.text(), row.text()};
        });
}

void add_orphans(sql::Connection& connection, const Reference& reference,
                 std::vector<std::string>& found) {
    std::string sql = "SELECT COUNT(*) FROM " + reference.from_table + " AS child WHERE child.";
    sql.append(reference.from_column).append(" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ");
    sql.append(reference.to_table).append(" AS parent WHERE parent.");
    sql.append(reference.to_column).append(" = child.").append(reference.from_column).append(")");
    const std::int64_t count = sql::returned_integer(connection, sql, {});
    if (count > 0) {
        found.push_back(std::to_string(count) + " rows of the table " + reference.from_table
                        + " name rows of the table " + reference.to_table + " that are not there");
    }
}

} // namespace

std::vector<std::string> find_damage(sql::Connection& connection) {
    std::vector<std::string> found;
    const auto failures =
        sql::find_one(connection,
                      "SELECT COALESCE(checksum_failures, 0) FROM pg_stat_database "
                      "WHERE datname = current_database()",
                      {}, [](sql::Columns& row) { return row.integer(); });
    if (failures.value_or(0) > 0) {
        found.push_back("the server has seen " + std::to_string(*failures)
                        + " pages with a wrong checksum");
    }
    for (const std::string& index :
         sql::find_all(connection,
                       "SELECT CAST(CAST(indexrelid AS regclass) AS TEXT) FROM pg_index "
                       "WHERE NOT indisvalid ORDER BY indexrelid LIMIT 100",
                       {}, [](sql::Columns& row) { return row.text(); })) {
        found.push_back("the index " + index + " is not valid");
    }
    for (const Reference& reference : references(connection)) {
        add_orphans(connection, reference, found);
    }
    return found;
}

} // namespace storage::postgres
