-- Former texts of objects, kept for some time (domain/history.h). They outlive object and calendar,
-- so those are named and not referred to.
CREATE TABLE object_version (
    id {identity},
    owner {text} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    collection_id BIGINT NOT NULL,
    collection_name {text} NOT NULL,
    name {text} NOT NULL,
    uid {text} NOT NULL,
    component {text} NOT NULL,
    content_type {text} NOT NULL,
    ending {text} NOT NULL CHECK (ending IN ('replaced', 'moved', 'removed')),
    written BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    text {blob} NOT NULL
);
CREATE INDEX object_version_owner ON object_version (owner, id);
CREATE INDEX object_version_resource ON object_version (collection_id, name, id);
CREATE INDEX object_version_ended ON object_version (ended);
