-- Flags are 0 or 1, instants are seconds since 1970, lengths are seconds.
-- {identity}, {text} and {blob} are the engine's words (storage/sql/connection.h, Dialect).

CREATE TABLE account (
    id {text} PRIMARY KEY NOT NULL,
    login {text} NOT NULL UNIQUE,
    name {text} NOT NULL,
    email {text} NOT NULL,
    password_hash {text} NOT NULL,
    admin BIGINT NOT NULL CHECK (admin IN (0, 1)),
    disabled BIGINT NOT NULL CHECK (disabled IN (0, 1)),
    created BIGINT NOT NULL
);
-- A room or a resource may have no address.
CREATE UNIQUE INDEX account_email ON account (email) WHERE email <> '';

-- Raised whenever a collection of the owner is created, changed or removed.
CREATE TABLE home (
    owner {text} PRIMARY KEY NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    revision BIGINT NOT NULL
);

CREATE TABLE collection (
    id {identity},
    owner {text} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name {text} NOT NULL,
    is_calendar BIGINT NOT NULL CHECK (is_calendar IN (0, 1)),
    components BIGINT NOT NULL,
    display_name {text},
    description {text},
    color {text},
    sort_order {text},
    time_zone {text} NOT NULL,
    transparent BIGINT NOT NULL CHECK (transparent IN (0, 1)),
    sessions BIGINT NOT NULL CHECK (sessions IN (0, 1)),
    revision BIGINT NOT NULL,
    revision_floor BIGINT NOT NULL,
    created BIGINT NOT NULL,
    UNIQUE (owner, name)
);

-- The large columns come last, so that reading a head does not read them.
CREATE TABLE object (
    id {identity},
    collection_id BIGINT NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
    name {text} NOT NULL,
    uid {text} NOT NULL,
    component {text} NOT NULL,
    content_type {text} NOT NULL,
    etag {text} NOT NULL,
    schedule_tag {text} NOT NULL,
    size BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    span_start BIGINT NOT NULL,
    span_end BIGINT NOT NULL,
    links {blob} NOT NULL,
    text {blob} NOT NULL,
    UNIQUE (collection_id, name)
);
-- RFC 4791 section 4.1: one resource per UID; members of plain collections have none.
CREATE UNIQUE INDEX object_uid ON object (collection_id, uid) WHERE uid <> '';
CREATE INDEX object_revision ON object (collection_id, revision);
-- A span of a week or less is found by its start, a longer one by its end (storage/sql/objects.cpp).
CREATE INDEX object_short_span ON object (collection_id, span_start, span_end)
    WHERE span_end - span_start <= 604800;
CREATE INDEX object_long_span ON object (collection_id, span_end, span_start)
    WHERE span_end - span_start > 604800;

CREATE TABLE tombstone (
    collection_id BIGINT NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
    name {text} NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (collection_id, name)
);
CREATE INDEX tombstone_revision ON tombstone (collection_id, revision);

CREATE TABLE property (
    resource {text} NOT NULL,
    name_space {text} NOT NULL,
    name {text} NOT NULL,
    xml {text} NOT NULL,
    PRIMARY KEY (resource, name_space, name)
);

CREATE TABLE session (
    id {identity},
    owner {text} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    uid {text} NOT NULL,
    object_id BIGINT REFERENCES object (id) ON DELETE SET NULL,
    shift_seconds BIGINT NOT NULL,
    last_text {blob} NOT NULL,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    UNIQUE (owner, uid)
);
CREATE INDEX session_object ON session (object_id);

CREATE TABLE participant (
    id {identity},
    session_id BIGINT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    address {text} NOT NULL,
    name {text} NOT NULL,
    role {text} NOT NULL CHECK (role IN ('host', 'guest')),
    account_id {text} REFERENCES account (id) ON DELETE SET NULL,
    generation BIGINT NOT NULL,
    removed BIGINT NOT NULL CHECK (removed IN (0, 1)),
    created BIGINT NOT NULL,
    UNIQUE (session_id, address)
);
CREATE INDEX participant_account ON participant (account_id);
CREATE INDEX participant_address ON participant (address);

CREATE TABLE attempt (
    id {identity},
    participant_id BIGINT NOT NULL REFERENCES participant (id) ON DELETE CASCADE,
    occurrence BIGINT NOT NULL,
    at BIGINT NOT NULL,
    outcome {text} NOT NULL,
    peer_address {text} NOT NULL
);
CREATE INDEX attempt_participant ON attempt (participant_id, id);

CREATE TABLE feed (
    id {identity},
    subject {text} NOT NULL UNIQUE,
    generation BIGINT NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE fact (
    key {text} PRIMARY KEY NOT NULL,
    value {text} NOT NULL
);
