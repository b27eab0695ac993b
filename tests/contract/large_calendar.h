// A calendar of a hundred thousand objects as rows, in the SQL that all engines share: what a plan
// costs shows only where there is something to read.
#pragma once

namespace contract {

// Ten years of appointments of an hour each, one in twenty an endless weekly series, one in a
// thousand a stay of three months.
inline constexpr const char* hundred_thousand_objects =
    "INSERT INTO account VALUES ('anna', 'anna', '', '', '', 0, 0, 0, 0);"
    "INSERT INTO collection (id, owner, name, is_calendar, components, time_zone, transparent, "
    "sessions, revision, revision_floor, created) VALUES (1, 'anna', 'w', 1, 1, '', 0, 1, 0, "
    "0, 0);"
    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999) "
    "INSERT INTO object (id, collection_id, name, uid, component, content_type, etag, "
    "schedule_tag, size, revision, created, modified, span_start, span_end, complete_start, "
    "complete_end, index_due, links, text) "
    "SELECT i, 1, i, i, 'VEVENT', '', '', '', 0, i, 0, 0, i * 3153, "
    "CASE WHEN i % 20 = 0 THEN 2305843009213693951 ELSE i * 3153 + 3600 END, "
    "-2305843009213693952, "
    "CASE WHEN i % 20 = 0 THEN 400000000 ELSE 2305843009213693951 END, "
    "2305843009213693951, '', 'text' FROM n;"
    "INSERT INTO occurrence SELECT 1, 0, span_start, span_start + 3600, id, 0, 1 FROM object "
    "WHERE id % 20 <> 0 AND id % 1000 <> 7;"
    "INSERT INTO occurrence SELECT 1, 3, span_start, span_start + 7776000, id, 0, 1 FROM object "
    "WHERE id % 1000 = 7;"
    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19) "
    "INSERT INTO occurrence SELECT 1, 0, 255000000 + id % 604800 + i * 604800, "
    "255003600 + id % 604800 + i * 604800, object.id, 0, 1 FROM object, n WHERE id % 20 = 0;";

} // namespace contract
