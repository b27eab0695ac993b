#include "storage/sql/query.h"
#include "storage/sql/repositories.h"

namespace storage::sql {

namespace {

Feed read_feed(Columns& row) {
    return Feed{.id = row.integer(),
                .subject = row.text(),
                .generation = static_cast<int>(row.integer()),
                .created = row.instant()};
}

} // namespace

std::optional<Feed> SqlFeeds::find(std::int64_t id) const {
    return find_one(connection_, "SELECT id, subject, generation, created FROM feed WHERE id = $1",
                    {id}, read_feed);
}

std::optional<Feed> SqlFeeds::find_by_subject(std::string_view subject) const {
    return find_one(connection_,
                    "SELECT id, subject, generation, created FROM feed WHERE subject = $1",
                    {subject}, read_feed);
}

std::int64_t SqlFeeds::insert(const Feed& feed) {
    return returned_integer(
        connection_,
        "INSERT INTO feed (subject, generation, created) VALUES ($1, $2, $3) RETURNING id",
        {feed.subject, std::int64_t{feed.generation}, feed.created.seconds});
}

void SqlFeeds::update(const Feed& feed) {
    execute(connection_,
            "UPDATE feed SET subject = $2, generation = $3, created = $4 WHERE id = $1",
            {feed.id, feed.subject, std::int64_t{feed.generation}, feed.created.seconds});
}

} // namespace storage::sql
