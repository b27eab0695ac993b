// How a row of the table object is read: the columns by which objects.cpp and occurrences.cpp name
// it. Reading into a record that was used before keeps its strings' memory.
#pragma once

#include "storage/records.h"
#include "storage/sql/query.h"

#include <string>

namespace storage::sql {

// All but the UID: what the index object_member holds.
inline const std::string member_columns =
    "object.id, object.collection_id, object.revision, object.name, object.component, "
    "object.content_type, object.etag, object.schedule_tag, object.size, object.created, "
    "object.modified ";
// What Listing::names reads.
inline const std::string name_columns = "object.id, object.revision, object.name, object.etag ";
inline const std::string head_columns = "object.uid, " + member_columns;
inline const std::string text_columns = "object.links, object.text ";
inline const std::string all_columns =
    head_columns
    + ", object.span_start, object.span_end, object.complete_start, object.complete_end, "
      "object.index_due, "
    + text_columns;

inline void read_member(Columns& row, ObjectHead& head) {
    head.id = row.integer();
    head.collection = row.integer();
    head.revision = row.integer();
    row.text_into(head.name);
    row.text_into(head.component);
    row.text_into(head.content_type);
    row.text_into(head.etag);
    row.text_into(head.schedule_tag);
    head.size = row.integer();
    head.created = row.instant();
    head.modified = row.instant();
}

inline void read_name(Columns& row, ObjectHead& head) {
    head.id = row.integer();
    head.revision = row.integer();
    row.text_into(head.name);
    row.text_into(head.etag);
}

inline ObjectHead read_head(Columns& row) {
    ObjectHead head;
    row.text_into(head.uid);
    read_member(row, head);
    return head;
}

inline void read_text(Columns& row, Object& object) {
    row.text_into(object.links);
    row.text_into(object.text);
}

inline Object read_object(Columns& row) {
    Object object;
    object.head = read_head(row);
    object.index.span = {row.instant(), row.instant()};
    object.index.complete = {row.instant(), row.instant()};
    object.index.due = row.instant();
    read_text(row, object);
    return object;
}

} // namespace storage::sql
