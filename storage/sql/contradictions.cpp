#include "storage/sql/contradictions.h"

#include <array>
#include <string>

namespace storage::sql {

namespace {

// A statement whose rows name what contradicts. "{calendar}" stands for the path of the row of
// `collection`.
struct Rule {
    std::string_view what;
    std::string_view sql;
};

constexpr std::array rules{
    // Synchronisation (RFC 6578): a client that has revision N is told what has a greater one.
    Rule{"has a revision that its calendar has not reached",
         "SELECT {calendar} || object.name FROM object JOIN collection "
         "ON collection.id = object.collection_id WHERE object.revision > collection.revision"},
    Rule{"was removed at a revision that its calendar has not reached",
         "SELECT {calendar} || tombstone.name FROM tombstone JOIN collection "
         "ON collection.id = tombstone.collection_id "
         "WHERE tombstone.revision > collection.revision"},
    Rule{"is there and noted as removed",
         "SELECT {calendar} || object.name FROM object JOIN tombstone "
         "ON tombstone.collection_id = object.collection_id AND tombstone.name = object.name "
         "JOIN collection ON collection.id = object.collection_id"},
    Rule{"shares its revision with another member",
         "SELECT {calendar} || member.name FROM "
         "(SELECT collection_id, name, revision FROM object UNION ALL "
         "SELECT collection_id, name, revision FROM tombstone) AS member JOIN "
         "(SELECT collection_id, revision FROM "
         "(SELECT collection_id, revision FROM object UNION ALL "
         "SELECT collection_id, revision FROM tombstone) AS each_member "
         "GROUP BY collection_id, revision HAVING COUNT(*) > 1) AS twice "
         "ON twice.collection_id = member.collection_id AND twice.revision = member.revision "
         "JOIN collection ON collection.id = member.collection_id"},
    Rule{"has forgotten removals that have not been yet",
         "SELECT {calendar} FROM collection WHERE revision_floor > revision"},
    Rule{"has a revision that its home has not reached",
         "SELECT {calendar} FROM collection JOIN home ON home.owner = collection.owner "
         "WHERE collection.revision > home.revision"},
    Rule{"was removed at a revision that its home has not reached",
         "SELECT '/calendars/' || gone.owner || '/' || gone.name || '/' "
         "FROM collection_tombstone AS gone JOIN home ON home.owner = gone.owner "
         "WHERE gone.revision > home.revision"},
    Rule{"is there and noted as removed",
         "SELECT {calendar} FROM collection JOIN collection_tombstone AS gone "
         "ON gone.owner = collection.owner AND gone.name = collection.name"},
    Rule{"has another size than what is in it",
         "SELECT '/calendars/' || home.owner || '/' FROM home LEFT JOIN "
         "(SELECT collection.owner, SUM(object.size) AS bytes FROM object JOIN collection "
         "ON collection.id = object.collection_id GROUP BY collection.owner) AS added "
         "ON added.owner = home.owner WHERE home.bytes <> COALESCE(added.bytes, 0)"},
    Rule{"is in a home without a revision",
         "SELECT {calendar} FROM collection LEFT JOIN home ON home.owner = collection.owner "
         "WHERE home.owner IS NULL"},
    Rule{"is indexed in another calendar: run `appointed reindex`",
         "SELECT DISTINCT {calendar} || object.name FROM object JOIN occurrence "
         "ON occurrence.object_id = object.id JOIN collection "
         "ON collection.id = object.collection_id "
         "WHERE occurrence.collection_id <> object.collection_id"},
    Rule{"has no epoch, so sync tokens mean nothing",
         "SELECT 'the database' WHERE NOT EXISTS "
         "(SELECT 1 FROM fact WHERE key = 'epoch' AND value <> '')"},
    // Rows that are found by a text and not by a foreign key.
    Rule{"is a property of an object that is gone",
         "SELECT resource || ' ' || name FROM property WHERE resource LIKE 'object:%' "
         "AND resource NOT IN (SELECT 'object:' || id FROM object)"},
    Rule{"is a property of a calendar that is gone",
         "SELECT resource || ' ' || name FROM property WHERE resource LIKE 'collection:%' "
         "AND resource NOT IN (SELECT 'collection:' || id FROM collection)"},
    Rule{"is a property of a shared calendar that is gone",
         "SELECT resource || ' ' || name FROM property WHERE resource LIKE 'share:%' AND resource "
         "NOT IN (SELECT 'share:' || collection_id || ':' || sharee FROM share)"},
    Rule{"is shared by somebody who does not own it",
         "SELECT {calendar} FROM collection JOIN share ON share.collection_id = collection.id "
         "WHERE share.owner <> collection.owner"},
    Rule{"is shared with somebody to whom it is not granted",
         "SELECT {calendar} || ' ' || share.sharee FROM share "
         "JOIN collection ON collection.id = share.collection_id "
         "LEFT JOIN access_grant ON access_grant.owner = share.owner "
         "AND access_grant.collection_id = share.collection_id "
         "AND access_grant.grantee = share.sharee "
         "WHERE share.status = 1 AND (access_grant.level IS NULL "
         "OR access_grant.level <> share.level)"},
    Rule{"is a property of an account that is gone",
         "SELECT resource || ' ' || name FROM property "
         "WHERE (resource LIKE 'account:%' OR resource LIKE 'home:%') AND resource NOT IN "
         "(SELECT 'account:' || id FROM account UNION ALL SELECT 'home:' || id FROM account)"},
    Rule{"is a feed of an account that is gone",
         "SELECT 'feed ' || feed.id FROM feed WHERE subject LIKE 'account:%' "
         "AND subject NOT IN (SELECT 'account:' || id FROM account)"},
    // Sessions hang on an event of their owner, or remember the one that is gone.
    Rule{"hangs on an event of another owner or UID",
         "SELECT 'session ' || session.id || ' of ' || session.owner FROM session "
         "JOIN object ON object.id = session.object_id "
         "JOIN collection ON collection.id = object.collection_id "
         "WHERE collection.owner <> session.owner OR object.uid <> session.uid"},
    Rule{"has neither an event nor the text of the one that is gone",
         "SELECT 'session ' || session.id || ' of ' || session.owner FROM session "
         "WHERE object_id IS NULL AND LENGTH(last_text) = 0"},
    Rule{"has nobody who takes part",
         "SELECT 'session ' || session.id || ' of ' || session.owner FROM session "
         "WHERE object_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM participant "
         "WHERE participant.session_id = session.id AND participant.removed = 0)"},
};

constexpr std::string_view calendar_word = "{calendar}";
constexpr std::string_view calendar_path =
    "'/calendars/' || collection.owner || '/' || collection.name || '/'";

std::string statement_of(const Rule& rule) {
    std::string sql(rule.sql);
    if (const auto at = sql.find(calendar_word); at != std::string::npos) {
        sql.replace(at, calendar_word.size(), calendar_path);
    }
    return sql;
}

} // namespace

void find_contradictions(Connection& connection, const OnFinding& on_finding) {
    for (const Rule& rule : rules) {
        auto rows = connection.query(statement_of(rule), {});
        while (rows->next()) {
            on_finding(rows->bytes(0), rule.what);
        }
    }
}

} // namespace storage::sql
