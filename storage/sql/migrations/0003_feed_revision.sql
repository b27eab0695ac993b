-- Whether a feed has changed is known without reading what is in it.

ALTER TABLE feed ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN modified BIGINT NOT NULL DEFAULT 0;
UPDATE feed SET modified = (SELECT COALESCE(MAX(modified), 0) FROM session);
