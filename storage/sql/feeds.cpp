#include "storage/sql/query.h"
#include "storage/sql/repositories.h"

namespace storage::sql {

namespace {

Feed read_feed(Columns& row) {
    return Feed{.id = row.integer(),
                .subject = row.text(),
                .generation = static_cast<int>(row.integer()),
                .created = row.instant(),
                .revision = row.integer(),
                .modified = row.instant(),
                .fetched = row.integer(),
                .fetched_at = row.instant()};
}

const std::string feed_columns =
    "id, subject, generation, created, revision, modified, fetched, fetched_at ";

} // namespace

std::optional<Feed> SqlFeeds::find(std::int64_t id) const {
    static const std::string sql = "SELECT " + feed_columns + "FROM feed WHERE id = $1";
    return find_one(connection_, sql, {id}, read_feed);
}

std::optional<Feed> SqlFeeds::find_by_subject(std::string_view subject) const {
    static const std::string sql = "SELECT " + feed_columns + "FROM feed WHERE subject = $1";
    return find_one(connection_, sql, {subject}, read_feed);
}

std::int64_t SqlFeeds::insert(const Feed& feed) {
    return returned_integer(connection_,
                            "INSERT INTO feed (subject, generation, created, revision, modified) "
                            "VALUES ($1, $2, $3, $4, $5) RETURNING id",
                            {feed.subject, std::int64_t{feed.generation}, feed.created.seconds,
                             feed.revision, feed.modified.seconds});
}

void SqlFeeds::update(const Feed& feed) {
    execute(connection_,
            "UPDATE feed SET subject = $2, generation = $3, created = $4, "
            "fetched = CASE WHEN generation = $3 THEN fetched ELSE -1 END WHERE id = $1",
            {feed.id, feed.subject, std::int64_t{feed.generation}, feed.created.seconds});
}

// Sessions of different homes meet at the feed of somebody who takes part in both.
void SqlFeeds::raise(std::string_view subject, core::Instant now) {
    connection_.announce_change("feed:" + std::string(subject));
    execute(connection_,
            "UPDATE feed SET revision = revision + 1, modified = $2 WHERE subject = $1",
            {subject, now.seconds});
}

void SqlFeeds::note_fetched(const Feed& feed, core::Instant now) {
    connection_.announce_change("feed:" + feed.subject);
    execute(connection_,
            "UPDATE feed SET fetched = $2, fetched_at = $3 WHERE id = $1 AND fetched < $2",
            {feed.id, feed.revision, now.seconds});
}

bool SqlFeeds::is_followed(std::int64_t session, std::string_view prefix) const {
    return find_one(connection_,
                    "SELECT feed.id FROM participant JOIN feed "
                    "ON feed.subject = $2 || participant.address "
                    "WHERE participant.session_id = $1 AND feed.fetched >= 0 LIMIT 1",
                    {session, prefix}, [](Columns& row) { return row.integer(); })
        .has_value();
}

} // namespace storage::sql
