#include "storage/sql/query.h"
#include "storage/sql/repositories.h"

namespace storage::sql {

namespace {

const std::string session_columns =
    "session.id, session.owner, session.uid, session.object_id, session.shift_seconds, "
    "session.last_text, session.created, session.modified";
const std::string participant_columns =
    "participant.id, participant.session_id, participant.address, participant.name, "
    "participant.role, participant.account_id, participant.generation, participant.removed, "
    "participant.created";

Session read_session(Columns& row) {
    return Session{.id = row.integer(),
                   .owner = row.text(),
                   .uid = row.text(),
                   .object = row.optional_integer(),
                   .shift_seconds = row.integer(),
                   .last_text = row.text(),
                   .created = row.instant(),
                   .modified = row.instant()};
}

std::string_view role_name(Role role) {
    return role == Role::host ? "host" : "guest";
}

Participant read_participant(Columns& row) {
    return Participant{.id = row.integer(),
                       .session = row.integer(),
                       .address = row.text(),
                       .name = row.text(),
                       .role = row.text() == "host" ? Role::host : Role::guest,
                       .account = row.optional_text(),
                       .generation = static_cast<int>(row.integer()),
                       .removed = row.flag(),
                       .created = row.instant()};
}

Participation read_participation(Columns& row) {
    return Participation{.session = read_session(row),
                         .participant = read_participant(row),
                         .collection = row.optional_integer().value_or(0),
                         .revision = row.optional_integer().value_or(0)};
}

const std::string participations =
    "SELECT " + session_columns + ", " + participant_columns
    + ", object.collection_id, object.revision "
      "FROM participant JOIN session ON session.id = participant.session_id "
      "LEFT JOIN object ON object.id = session.object_id ";

} // namespace

std::optional<Session> SqlSessions::find(std::int64_t id) const {
    static const std::string sql = "SELECT " + session_columns + " FROM session WHERE id = $1";
    return find_one(connection_, sql, {id}, read_session);
}

std::optional<Session> SqlSessions::find(std::string_view owner, std::string_view uid) const {
    static const std::string sql =
        "SELECT " + session_columns + " FROM session WHERE owner = $1 AND uid = $2";
    return find_one(connection_, sql, {owner, uid}, read_session);
}

std::vector<Session> SqlSessions::list_by_owner(std::string_view owner) const {
    static const std::string sql =
        "SELECT " + session_columns + " FROM session WHERE owner = $1 ORDER BY id";
    return find_all(connection_, sql, {owner}, read_session);
}

std::vector<Session> SqlSessions::list() const {
    static const std::string sql = "SELECT " + session_columns + " FROM session ORDER BY id";
    return find_all(connection_, sql, {}, read_session);
}

std::int64_t SqlSessions::insert(const Session& session) {
    return returned_integer(
        connection_,
        "INSERT INTO session (owner, uid, object_id, shift_seconds, last_text, created, modified) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        {session.owner, session.uid, nullable(session.object), session.shift_seconds,
         Blob{session.last_text}, session.created.seconds, session.modified.seconds});
}

void SqlSessions::update(const Session& session) {
    execute(connection_,
            "UPDATE session SET owner = $2, uid = $3, object_id = $4, shift_seconds = $5, "
            "last_text = $6, created = $7, modified = $8 WHERE id = $1",
            {session.id, session.owner, session.uid, nullable(session.object),
             session.shift_seconds, Blob{session.last_text}, session.created.seconds,
             session.modified.seconds});
}

std::optional<Participant> SqlSessions::participant(std::int64_t id) const {
    static const std::string sql =
        "SELECT " + participant_columns + " FROM participant WHERE id = $1";
    return find_one(connection_, sql, {id}, read_participant);
}

std::vector<Participant> SqlSessions::participants(std::int64_t session) const {
    static const std::string sql =
        "SELECT " + participant_columns + " FROM participant WHERE session_id = $1 ORDER BY id";
    return find_all(connection_, sql, {session}, read_participant);
}

std::vector<Participation> SqlSessions::participations_of_account(std::string_view account) const {
    static const std::string sql =
        participations + "WHERE participant.account_id = $1 ORDER BY participant.id";
    return find_all(connection_, sql, {account}, read_participation);
}

std::vector<Participation> SqlSessions::participations_of_address(std::string_view address) const {
    static const std::string sql =
        participations + "WHERE participant.address = $1 ORDER BY participant.id";
    return find_all(connection_, sql, {address}, read_participation);
}

std::int64_t SqlSessions::insert(const Participant& participant) {
    return returned_integer(
        connection_,
        "INSERT INTO participant (session_id, address, name, role, account_id, generation, "
        "removed, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        {participant.session, participant.address, participant.name, role_name(participant.role),
         nullable(participant.account), std::int64_t{participant.generation},
         flag(participant.removed), participant.created.seconds});
}

void SqlSessions::update(const Participant& participant) {
    execute(connection_,
            "UPDATE participant SET session_id = $2, address = $3, name = $4, role = $5, "
            "account_id = $6, generation = $7, removed = $8, created = $9 WHERE id = $1",
            {participant.id, participant.session, participant.address, participant.name,
             role_name(participant.role), nullable(participant.account),
             std::int64_t{participant.generation}, flag(participant.removed),
             participant.created.seconds});
}

void SqlSessions::insert(const Attempt& attempt) {
    execute(connection_,
            "INSERT INTO attempt (participant_id, occurrence, at, outcome, peer_address) "
            "VALUES ($1, $2, $3, $4, $5)",
            {attempt.participant, attempt.occurrence, attempt.at.seconds, attempt.outcome,
             attempt.peer_address});
}

std::vector<Attempt> SqlSessions::attempts(std::int64_t participant, std::size_t newest) const {
    return find_all(connection_,
                    "SELECT participant_id, occurrence, at, outcome, peer_address FROM attempt "
                    "WHERE participant_id = $1 ORDER BY id DESC LIMIT $2",
                    {participant, limit(newest)}, [](Columns& row) {
                        return Attempt{.participant = row.integer(),
                                       .occurrence = row.integer(),
                                       .at = row.instant(),
                                       .outcome = row.text(),
                                       .peer_address = row.text()};
                    });
}

void SqlSessions::trim_attempts(std::int64_t participant, std::size_t count) {
    // The first row after the ones to keep; no such row, and the comparison with NULL removes none.
    execute(connection_,
            "DELETE FROM attempt WHERE participant_id = $1 AND id <= "
            "(SELECT id FROM attempt WHERE participant_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
            {participant, limit(count)});
}

} // namespace storage::sql
