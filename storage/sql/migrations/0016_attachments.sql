-- Managed attachments (storage/attachments.h). The bytes are files beside the database, named by their
-- digest; a row of `content` is where who keeps them and who removes them meet.
CREATE TABLE content (
    hash {text} PRIMARY KEY NOT NULL,
    size BIGINT NOT NULL
);
CREATE TABLE attachment (
    id {identity},
    managed_id {text} NOT NULL UNIQUE,
    owner {text} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    hash {text} NOT NULL REFERENCES content (hash),
    size BIGINT NOT NULL,
    content_type {text} NOT NULL,
    file_name {text} NOT NULL,
    created BIGINT NOT NULL,
    unused_since BIGINT
);
CREATE INDEX attachment_owner ON attachment (owner);
CREATE INDEX attachment_hash ON attachment (hash);
CREATE INDEX attachment_unused ON attachment (unused_since);
CREATE TABLE attachment_use (
    object_id BIGINT NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    attachment_id BIGINT NOT NULL REFERENCES attachment (id) ON DELETE CASCADE,
    PRIMARY KEY (object_id, attachment_id)
);
CREATE INDEX attachment_use_attachment ON attachment_use (attachment_id);
