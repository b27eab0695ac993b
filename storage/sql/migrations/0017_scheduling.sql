-- 0: a person, 1: a room, 2: a resource (storage/records.h).
ALTER TABLE account ADD COLUMN kind BIGINT NOT NULL DEFAULT 0 CHECK (kind IN (0, 1, 2));
-- Where invitations go; a calendar that is gone, or none, stands for the one that there always was.
ALTER TABLE home ADD COLUMN default_calendar BIGINT;
-- Messages in inboxes have no UID, which members of calendars have, and a component, which files have not.
CREATE INDEX object_message ON object (created) WHERE uid = '' AND component <> '';
