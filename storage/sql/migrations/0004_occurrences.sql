-- Times as in 0001; -2305843009213693952 and 2305843009213693951 are the beginning and the end of
-- time (core/time.h).

-- The index of occurrences answers a range that lies from complete_start to complete_end; index_due
-- says when it is to be computed again. What was stored before is due at once.
ALTER TABLE object ADD COLUMN complete_start BIGINT NOT NULL DEFAULT -2305843009213693952;
ALTER TABLE object ADD COLUMN complete_end BIGINT NOT NULL DEFAULT -2305843009213693952;
ALTER TABLE object ADD COLUMN index_due BIGINT NOT NULL DEFAULT -2305843009213693952;
CREATE INDEX object_unknown_after ON object (collection_id, complete_end)
    WHERE complete_end < 2305843009213693951;
CREATE INDEX object_unknown_before ON object (collection_id, complete_start)
    WHERE complete_start > -2305843009213693952;
CREATE INDEX object_index_due ON object (index_due) WHERE index_due < 2305843009213693951;

-- What a range has to overlap to meet the object; see storage/records.h. The length class bounds
-- how long before a range an interval that reaches into it can begin (storage/sql/occurrences.cpp).
CREATE TABLE occurrence (
    collection_id BIGINT NOT NULL,
    length_class BIGINT NOT NULL,
    starts BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    object_id BIGINT NOT NULL REFERENCES object (id) ON DELETE CASCADE,
    doubt BIGINT NOT NULL,
    PRIMARY KEY (collection_id, length_class, starts, ends, object_id, doubt)
) {clustered};
CREATE INDEX occurrence_object ON occurrence (object_id, starts, ends, doubt);

-- Lists of members are read from this index alone, without their rows, which hold the text.
DROP INDEX object_revision;
CREATE INDEX object_member ON object (collection_id, revision, name, component, content_type, etag,
    schedule_tag, size, created, modified);

-- When the member went, to forget it after some months. Of older ones nobody knows.
ALTER TABLE tombstone ADD COLUMN removed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX tombstone_removed ON tombstone (removed);
