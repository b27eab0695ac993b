-- Who may do what with somebody else's calendars (storage/grants.h). A grantee is an account or a
-- team. Collection 0 is the whole home; grants on a calendar go with it (storage/sql/collections).
CREATE TABLE team (
    id {text} PRIMARY KEY NOT NULL,
    name {text} NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE team_member (
    group_id {text} NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    account_id {text} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, account_id)
);
CREATE INDEX team_member_account ON team_member (account_id, group_id);

CREATE TABLE access_grant (
    owner {text} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    collection_id BIGINT NOT NULL,
    grantee {text} NOT NULL,
    level BIGINT NOT NULL CHECK (level IN (1, 2, 3)),
    granted_by {text} NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (owner, collection_id, grantee)
);
-- Every request for somebody else's calendar asks this.
CREATE INDEX access_grant_held ON access_grant (owner, grantee);
CREATE INDEX access_grant_grantee ON access_grant (grantee, collection_id);
CREATE INDEX access_grant_collection ON access_grant (collection_id) WHERE collection_id <> 0;
