#include "storage/sql/query.h"
#include "storage/sql/repositories.h"

namespace storage::sql {

std::vector<DeadProperty> SqlProperties::list(std::string_view resource) const {
    return find_all(connection_,
                    "SELECT name_space, name, xml FROM property WHERE resource = $1 "
                    "ORDER BY name_space, name",
                    {resource}, [](Columns& row) {
                        return DeadProperty{
                            .name_space = row.text(), .name = row.text(), .xml = row.text()};
                    });
}

void SqlProperties::set(std::string_view resource, const DeadProperty& property) {
    execute(connection_,
            "INSERT INTO property (resource, name_space, name, xml) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (resource, name_space, name) DO UPDATE SET xml = excluded.xml",
            {resource, property.name_space, property.name, property.xml});
}

void SqlProperties::remove(std::string_view resource, std::string_view name_space,
                           std::string_view name) {
    execute(connection_,
            "DELETE FROM property WHERE resource = $1 AND name_space = $2 AND name = $3",
            {resource, name_space, name});
}

void SqlProperties::remove_all(std::string_view resource) {
    execute(connection_, "DELETE FROM property WHERE resource = $1", {resource});
}

void SqlProperties::copy_all(std::string_view from, std::string_view to) {
    if (from == to) {
        return; // replacing would lose them
    }
    remove_all(to);
    execute(connection_,
            "INSERT INTO property (resource, name_space, name, xml) "
            "SELECT CAST($2 AS TEXT), name_space, name, xml FROM property WHERE resource = $1",
            {from, to});
}

} // namespace storage::sql
