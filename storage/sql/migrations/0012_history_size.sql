-- The bytes of an account's history up to and with this version, so that the newest of so many bytes are
-- found without adding anything up. What is forgotten before its turn keeps counting until then.
ALTER TABLE object_version ADD COLUMN running_bytes BIGINT NOT NULL DEFAULT 0;
CREATE INDEX object_version_running_bytes ON object_version (owner, running_bytes);
