-- What an occurrence takes of its owner's time, as storage/records.h numbers it; 3: only the text can
-- tell. What was stored before is looked at again.
ALTER TABLE occurrence ADD COLUMN taken BIGINT NOT NULL DEFAULT 3;
UPDATE object SET index_due = -2305843009213693952
    WHERE component IN ('VEVENT', 'VTODO', 'VJOURNAL', 'VFREEBUSY');
