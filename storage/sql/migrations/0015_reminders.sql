-- When to look next at whom a session's guests are to be reminded, and until when that has been done
-- (storage/outbox.h). Of sessions from before, nobody is reminded of what was due already.
CREATE TABLE reminder (
    session_id BIGINT PRIMARY KEY NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    due BIGINT,
    handled BIGINT NOT NULL
);
CREATE INDEX reminder_due ON reminder (due);
INSERT INTO reminder (session_id, due, handled) SELECT id, 0, 2305843009213693951 FROM session;

-- SQLite changes no CHECK: the table is made anew.
CREATE TABLE new_mail (
    id {identity},
    session_id BIGINT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    message_id {text} NOT NULL,
    recipient {text} NOT NULL,
    subject {text} NOT NULL CHECK (subject IN ('new', 'changed', 'cancelled', 'reminder')),
    text {blob} NOT NULL,
    links {blob} NOT NULL,
    created BIGINT NOT NULL,
    due BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    failed BIGINT NOT NULL CHECK (failed IN (0, 1)),
    failure {text} NOT NULL
);
INSERT INTO new_mail SELECT id, session_id, message_id, recipient, subject, text, links, created, due,
    attempts, failed, failure FROM mail;
DROP TABLE mail;
ALTER TABLE new_mail RENAME TO mail;
CREATE INDEX mail_due ON mail (failed, due, id);
CREATE INDEX mail_session ON mail (session_id);
