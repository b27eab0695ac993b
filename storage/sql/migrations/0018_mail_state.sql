-- A mail that left is remembered, because it may come back (storage/outbox.h): 0 waiting, 1 failed, 2 sent.
-- SQLite changes no CHECK: the table is made anew. What `subject` may be is the program's business.
CREATE TABLE new_mail (
    id {identity},
    session_id BIGINT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    message_id {text} NOT NULL,
    recipient {text} NOT NULL,
    subject {text} NOT NULL,
    text {blob} NOT NULL,
    links {blob} NOT NULL,
    created BIGINT NOT NULL,
    due BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    state BIGINT NOT NULL CHECK (state IN (0, 1, 2)),
    failure {text} NOT NULL
);
INSERT INTO new_mail SELECT id, session_id, message_id, recipient, subject, text, links, created, due,
    attempts, failed, failure FROM mail;
DROP TABLE mail;
ALTER TABLE new_mail RENAME TO mail;
CREATE INDEX mail_due ON mail (state, due, id);
CREATE INDEX mail_session ON mail (session_id);
