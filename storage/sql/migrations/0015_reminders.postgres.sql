-- When to look next at whom a session's guests are to be reminded, and until when that has been done
-- (storage/outbox.h). Of sessions from before, nobody is reminded of what was due already.
CREATE TABLE reminder (
    session_id BIGINT PRIMARY KEY NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    due BIGINT,
    handled BIGINT NOT NULL
);
CREATE INDEX reminder_due ON reminder (due);
INSERT INTO reminder (session_id, due, handled) SELECT id, 0, 2305843009213693951 FROM session;

ALTER TABLE mail DROP CONSTRAINT mail_subject_check,
    ADD CONSTRAINT mail_subject_check CHECK (subject IN ('new', 'changed', 'cancelled', 'reminder'));
