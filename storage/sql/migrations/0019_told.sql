-- Since when what became of a session's mails is not yet in its event (storage/outbox.h).
ALTER TABLE announcement ADD COLUMN delivery_due BIGINT;
CREATE INDEX announcement_delivery ON announcement (delivery_due);
-- Which revision of a feed its reader has, and since when; -1: nobody has fetched it yet.
ALTER TABLE feed ADD COLUMN fetched BIGINT NOT NULL DEFAULT -1;
ALTER TABLE feed ADD COLUMN fetched_at BIGINT NOT NULL DEFAULT 0;
