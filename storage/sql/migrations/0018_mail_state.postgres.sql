-- A mail that left is remembered, because it may come back (storage/outbox.h): 0 waiting, 1 failed, 2 sent.
-- What `subject` may be is the program's business.
ALTER TABLE mail RENAME COLUMN failed TO state;
ALTER TABLE mail DROP CONSTRAINT mail_subject_check, DROP CONSTRAINT mail_failed_check,
    ADD CONSTRAINT mail_state_check CHECK (state IN (0, 1, 2));
