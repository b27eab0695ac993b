#include "storage/sql/outbox.h"

#include "storage/sql/query.h"

#include <algorithm>

namespace storage::sql {

namespace {

const std::string mail_columns = "id, session_id, message_id, recipient, subject, text, links, "
                                 "created, due, attempts, state, failure ";

std::int64_t number_of(MailState state) {
    return static_cast<std::int64_t>(state);
}

Mail read_mail(Columns& row) {
    return Mail{.id = row.integer(),
                .session = row.integer(),
                .message_id = row.text(),
                .recipient = row.text(),
                .subject = row.text(),
                .text = row.text(),
                .links = row.text(),
                .created = row.instant(),
                .due = row.instant(),
                .attempts = static_cast<int>(row.integer()),
                .state = static_cast<MailState>(row.integer()),
                .failure = row.text()};
}

Announcement read_announcement(Columns& row) {
    return Announcement{.session = row.integer(), .sequence = row.integer(), .former = row.text()};
}

} // namespace

void SqlOutbox::announce(std::int64_t session, std::string_view former, core::Instant due) {
    execute(connection_,
            "INSERT INTO announcement (session_id, sequence, due, former) VALUES ($1, 0, $2, $3) "
            "ON CONFLICT (session_id) DO UPDATE SET due = excluded.due, "
            "former = CASE WHEN announcement.due IS NULL THEN excluded.former "
            "ELSE announcement.former END",
            {session, due.seconds, Blob{former}});
}

std::vector<Announcement> SqlOutbox::due_announcements(core::Instant now,
                                                       std::size_t limit_rows) const {
    return find_all(connection_,
                    "SELECT session_id, sequence, former FROM announcement WHERE due <= $1 "
                    "ORDER BY due LIMIT $2",
                    {now.seconds, limit(limit_rows)}, read_announcement);
}

void SqlOutbox::announced(std::int64_t session, std::int64_t next_sequence) {
    execute(connection_,
            "UPDATE announcement SET due = NULL, former = $3, sequence = $2 WHERE session_id = $1",
            {session, next_sequence, Blob{""}});
}

void SqlOutbox::note_delivery(std::int64_t session, core::Instant now) {
    execute(connection_, "UPDATE announcement SET delivery_due = $2 WHERE session_id = $1",
            {session, now.seconds});
}

std::vector<std::int64_t> SqlOutbox::due_deliveries(core::Instant now,
                                                    std::size_t limit_rows) const {
    return find_all(connection_,
                    "SELECT session_id FROM announcement WHERE delivery_due <= $1 AND due IS NULL "
                    "ORDER BY delivery_due LIMIT $2",
                    {now.seconds, limit(limit_rows)}, [](Columns& row) { return row.integer(); });
}

void SqlOutbox::delivery_written(std::int64_t session) {
    execute(connection_, "UPDATE announcement SET delivery_due = NULL WHERE session_id = $1",
            {session});
}

void SqlOutbox::look_at_reminders(std::int64_t session, core::Instant now) {
    execute(connection_,
            "INSERT INTO reminder (session_id, due, handled) VALUES ($1, $2, $2) "
            "ON CONFLICT (session_id) DO UPDATE SET due = excluded.due",
            {session, now.seconds});
}

std::vector<DueReminder> SqlOutbox::due_reminders(core::Instant now, std::size_t limit_rows) const {
    return find_all(
        connection_,
        "SELECT session_id, handled FROM reminder WHERE due <= $1 ORDER BY due LIMIT $2",
        {now.seconds, limit(limit_rows)}, [](Columns& row) {
            return DueReminder{.session = row.integer(), .handled = row.instant()};
        });
}

void SqlOutbox::reminded(std::int64_t session, core::Instant handled,
                         std::optional<core::Instant> next) {
    execute(connection_, "UPDATE reminder SET handled = $2, due = $3 WHERE session_id = $1",
            {session, handled.seconds, next ? Value(next->seconds) : Value()});
}

std::int64_t SqlOutbox::insert(const Mail& mail) {
    return returned_integer(
        connection_,
        "INSERT INTO mail (session_id, message_id, recipient, subject, text, links, created, due, "
        "attempts, state, failure) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
        "RETURNING id",
        {mail.session, mail.message_id, mail.recipient, mail.subject, Blob{mail.text},
         Blob{mail.links}, mail.created.seconds, mail.due.seconds, std::int64_t{mail.attempts},
         number_of(mail.state), mail.failure});
}

// Two that claim the same row at the same time: one of them loses the race and claims again.
std::vector<Mail> SqlOutbox::claim(core::Instant now, core::Instant lease_end,
                                   std::size_t limit_rows) {
    static const std::string sql =
        "UPDATE mail SET due = $2, attempts = attempts + 1 WHERE id IN (SELECT id FROM mail "
        "WHERE state = 0 AND due <= $1 ORDER BY due, id LIMIT $3) RETURNING "
        + mail_columns;
    auto mails =
        find_all(connection_, sql, {now.seconds, lease_end.seconds, limit(limit_rows)}, read_mail);
    std::sort(mails.begin(), mails.end(), [](const Mail& a, const Mail& b) { return a.id < b.id; });
    return mails;
}

std::optional<Mail> SqlOutbox::find(std::int64_t id) const {
    static const std::string sql = "SELECT " + mail_columns + "FROM mail WHERE id = $1";
    return find_one(connection_, sql, {id}, read_mail);
}

// A mail may come back before it is noted here that it left: then it has failed.
void SqlOutbox::sent(std::int64_t id, core::Instant at) {
    execute(connection_,
            "UPDATE mail SET state = 2, due = $2, text = $3, links = $3, failure = '' "
            "WHERE id = $1 AND state = 0",
            {id, at.seconds, Blob{""}});
}

void SqlOutbox::retry(std::int64_t id, core::Instant due, std::string_view failure) {
    execute(connection_, "UPDATE mail SET due = $2, failure = $3 WHERE id = $1 AND state = 0",
            {id, due.seconds, failure});
}

void SqlOutbox::give_up(std::int64_t id, std::string_view failure) {
    execute(connection_, "UPDATE mail SET state = 1, failure = $2 WHERE id = $1", {id, failure});
}

std::vector<Mail> SqlOutbox::list(std::size_t limit_rows) const {
    static const std::string sql =
        "SELECT " + mail_columns + "FROM mail WHERE state < 2 ORDER BY id LIMIT $1";
    return find_all(connection_, sql, {limit(limit_rows)}, read_mail);
}

std::vector<Mail> SqlOutbox::mails_of(std::int64_t session) const {
    return find_all(connection_,
                    "SELECT id, session_id, message_id, recipient, subject, '' AS text, "
                    "'' AS links, created, due, attempts, state, failure FROM mail "
                    "WHERE session_id = $1 ORDER BY id",
                    {session}, read_mail);
}

void SqlOutbox::forget(MailState state, core::Instant before) {
    execute(connection_, "DELETE FROM mail WHERE state = $1 AND due < $2",
            {number_of(state), before.seconds});
}

} // namespace storage::sql
