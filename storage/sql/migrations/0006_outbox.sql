-- What is to be told by mail (storage/outbox.h). A row of announcement without `due` remembers only
-- which SEQUENCE comes next.
CREATE TABLE announcement (
    session_id BIGINT PRIMARY KEY NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    sequence BIGINT NOT NULL,
    due BIGINT,
    former {blob} NOT NULL
);
CREATE INDEX announcement_due ON announcement (due);

CREATE TABLE mail (
    id {identity},
    session_id BIGINT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    message_id {text} NOT NULL,
    recipient {text} NOT NULL,
    subject {text} NOT NULL CHECK (subject IN ('new', 'changed', 'cancelled')),
    text {blob} NOT NULL,
    links {blob} NOT NULL,
    created BIGINT NOT NULL,
    due BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    failed BIGINT NOT NULL CHECK (failed IN (0, 1)),
    failure {text} NOT NULL
);
CREATE INDEX mail_due ON mail (failed, due, id);
CREATE INDEX mail_session ON mail (session_id);
