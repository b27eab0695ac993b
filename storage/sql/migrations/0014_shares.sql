-- Calendars that are shared with one account at a time (storage/shares.h). A grant on one calendar is
-- shown in the grantee's home, so those from before are shares that need no answer any more.
CREATE TABLE share (
    collection_id BIGINT NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
    sharee {text} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    owner {text} NOT NULL,
    invitation {text} NOT NULL,
    level BIGINT NOT NULL CHECK (level IN (2, 3)),
    status BIGINT NOT NULL CHECK (status IN (0, 1, 2)),
    unread BIGINT NOT NULL CHECK (unread IN (0, 1)),
    summary {text} NOT NULL,
    sharee_name {text} NOT NULL,
    name {text} NOT NULL,
    display_name {text},
    color {text},
    sort_order {text},
    created BIGINT NOT NULL,
    PRIMARY KEY (collection_id, sharee)
);
-- Every request below a sharee's home asks for a name, every PROPFIND of a home for all of them.
CREATE UNIQUE INDEX share_name ON share (sharee, name) WHERE name <> '';
CREATE INDEX share_sharee ON share (sharee, collection_id);

INSERT INTO share (collection_id, sharee, owner, invitation, level, status, unread, summary,
                   sharee_name, name, display_name, created)
SELECT access_grant.collection_id, access_grant.grantee, access_grant.owner,
       'granted-' || access_grant.collection_id, access_grant.level, 1, 0, '', account.name,
       'shared-' || access_grant.collection_id,
       COALESCE(collection.display_name, collection.name) || ' (' || owner.name || ')',
       access_grant.created
FROM access_grant JOIN account ON account.id = access_grant.grantee
JOIN account AS owner ON owner.id = access_grant.owner
JOIN collection ON collection.id = access_grant.collection_id
WHERE access_grant.level >= 2 AND collection.is_calendar = 1;
