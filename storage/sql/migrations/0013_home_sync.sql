-- A home is synchronised like a calendar (RFC 6578). Revisions of calendars and of what is in them are
-- the home's from now on, so its own go on above all that there were.
ALTER TABLE home ADD COLUMN revision_floor BIGINT NOT NULL DEFAULT 0;
-- When a calendar was last given another name, or a name that another one had had.
ALTER TABLE home ADD COLUMN renamed BIGINT NOT NULL DEFAULT 0;
UPDATE home SET revision = revision + (SELECT COALESCE(MAX(collection.revision), 0) FROM collection
    WHERE collection.owner = home.owner);

CREATE TABLE collection_tombstone (
    owner {text} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name {text} NOT NULL,
    revision BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    PRIMARY KEY (owner, name)
);
CREATE INDEX collection_tombstone_removed ON collection_tombstone (removed);

-- The sizes of all objects added up (RFC 4331), kept with every change of one.
ALTER TABLE home ADD COLUMN bytes BIGINT NOT NULL DEFAULT 0;
UPDATE home SET bytes = (SELECT COALESCE(SUM(object.size), 0) FROM object
    JOIN collection ON collection.id = object.collection_id WHERE collection.owner = home.owner);
