// The index of occurrences: which objects a time range meets.
#include "storage/sql/object_rows.h"
#include "storage/sql/repositories.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace storage::sql {

namespace {

// An interval of class N takes 2^(14+3N) seconds at most (4.5 hours, 36 hours, 12 days ... 8,700
// years, and any), so that of each class a range is found by where its intervals start: neither
// what is long past nor what is far ahead is read.
constexpr std::array<std::int64_t, 10> class_seconds{
    std::int64_t{1} << 14U, std::int64_t{1} << 17U, std::int64_t{1} << 20U, std::int64_t{1} << 23U,
    std::int64_t{1} << 26U, std::int64_t{1} << 29U, std::int64_t{1} << 32U, std::int64_t{1} << 35U,
    std::int64_t{1} << 38U, std::int64_t{1} << 62U,
};

std::int64_t length_class(core::Interval reach) {
    const std::int64_t length = reach.end - reach.start;
    const auto* const found = std::lower_bound(class_seconds.begin(), class_seconds.end(), length);
    return found - class_seconds.begin();
}

// A longer range meets so many occurrences of a series that asking each object costs less.
constexpr std::int64_t short_range_seconds = 62 * 86'400;

// A span of a week or less that overlaps a range starts at most a week before it (migration 0001).
constexpr std::int64_t short_span_seconds = 604'800;

const std::string overlaps = "starts < $3 AND ends > $2 ";
const std::string surely_overlaps = "starts + doubt < $3 AND ends - doubt > $2 ";
// Joined to nothing, so that the component is not what an object is found by: see short_range_sql.
const std::string is_asked_for = "AND (object.component || '' = $4 OR $4 = '') ";

std::string columns_of(Detail detail) {
    return detail == Detail::text ? member_columns + ", " + text_columns : member_columns;
}

// The occurrences of collection $1 that overlap the range from $2 to $3.
std::string met_sql(std::string_view columns, std::string_view condition = "") {
    std::string met;
    for (std::size_t number = 0; number < class_seconds.size(); ++number) {
        met += number == 0 ? "SELECT " : "UNION ALL SELECT ";
        met += columns;
        met += " FROM occurrence WHERE collection_id = $1 AND length_class = "
               + std::to_string(number) + " AND ";
        if (number + 1 < class_seconds.size()) { // else they may begin at any time before it
            met += "starts > CAST($2 AS BIGINT) - " + std::to_string(class_seconds.at(number))
                   + " AND ";
        }
        met += overlaps;
        met += condition;
    }
    return met;
}

// $1 collection, $2 and $3 the range, $4 component. First column: 1 if some occurrence surely
// overlaps the range. "+ 0" keeps the collection from being what an object is found by: a server
// that has not counted its rows yet takes a calendar for a row, and reads all of it for each found.
std::string short_range_sql(Detail detail) {
    return "SELECT found.sure, " + columns_of(detail) + "FROM (SELECT object_id, MAX(CASE WHEN "
           + surely_overlaps + "THEN 1 ELSE 0 END) AS sure FROM ("
           + met_sql("object_id, starts, ends, doubt")
           + ") AS met GROUP BY object_id) AS found "
             "JOIN object ON object.id = found.object_id WHERE object.collection_id + 0 = $1 "
           + is_asked_for;
}

// The same parameters. Objects whose index does not reach as far as the range.
const std::string& unknown_sql() {
    static const std::string select =
        "SELECT " + columns_of(Detail::text) + "FROM object WHERE collection_id = $1 ";
    static const std::string sql =
        select + "AND complete_end < $3 AND complete_end < 2305843009213693951 "
        + "AND span_start < $3 AND span_end > $2 " + is_asked_for + "UNION ALL " + select
        + "AND complete_start > $2 AND complete_start > -2305843009213693952 "
          "AND complete_end >= $3 AND span_start < $3 AND span_end > $2 "
        + is_asked_for;
    return sql;
}

// $5: a week before the range. First columns: 2 for an occurrence that surely overlaps the range, 1
// for one that may, 0 for none; the latest is looked at. Then whether the index reaches that far.
std::string long_range_sql(Detail detail) {
    const std::string select =
        "SELECT COALESCE((SELECT CASE WHEN " + surely_overlaps
        + "THEN 2 ELSE 1 END FROM occurrence WHERE object_id = object.id AND " + overlaps
        + "ORDER BY starts DESC LIMIT 1), 0), "
          "CASE WHEN complete_start <= $2 AND complete_end >= $3 THEN 1 ELSE 0 END, "
        + columns_of(detail) + "FROM object WHERE collection_id = $1 " + is_asked_for;
    return select
           + "AND span_end - span_start <= 604800 AND span_start > $5 AND span_start < $3 "
             "AND span_end > $2 UNION ALL "
           + select + "AND span_end - span_start > 604800 AND span_end > $2 AND span_start < $3";
}

const std::string& sql_for(std::string (*make)(Detail), Detail detail) {
    static const std::string short_head = short_range_sql(Detail::head);
    static const std::string short_text = short_range_sql(Detail::text);
    static const std::string long_head = long_range_sql(Detail::head);
    static const std::string long_text = long_range_sql(Detail::text);
    if (make == short_range_sql) {
        return detail == Detail::head ? short_head : short_text;
    }
    return detail == Detail::head ? long_head : long_text;
}

std::string insert_sql(std::size_t count) {
    constexpr std::size_t values_of_row = 5;
    std::string sql = "INSERT INTO occurrence (collection_id, length_class, starts, ends, "
                      "object_id, doubt, taken) VALUES ";
    for (std::size_t row = 0; row < count; ++row) {
        const auto parameter = [row](std::size_t number) {
            return "$" + std::to_string(3 + row * values_of_row + number);
        };
        sql += row == 0 ? "($1, " : ", ($1, ";
        sql += parameter(0) + ", " + parameter(1) + ", " + parameter(2) + ", $2, " + parameter(3)
               + ", " + parameter(4) + ")";
    }
    return sql;
}

// Where a statement is a journey to another machine, a hundred of them are felt: so many rows by
// one, of the sizes that there are statements for.
constexpr std::array<std::size_t, 3> inserted_rows{64, 8, 1};

void insert_rows(Connection& connection, const ObjectHead& object,
                 std::span<const IndexedOccurrence> rows) {
    static const std::array statements{insert_sql(inserted_rows[0]), insert_sql(inserted_rows[1]),
                                       insert_sql(inserted_rows[2])};
    std::vector<Value> values;
    for (std::size_t size = 0; size < inserted_rows.size(); ++size) {
        const std::size_t count = inserted_rows.at(size);
        for (; rows.size() >= count; rows = rows.subspan(count)) {
            values.assign({object.collection, object.id});
            for (const IndexedOccurrence& row : rows.first(count)) {
                values.insert(values.end(), {length_class(row.reach), row.reach.start.seconds,
                                             row.reach.end.seconds, row.doubt_seconds,
                                             static_cast<std::int64_t>(row.taken)});
            }
            execute(connection, statements.at(size), Values(values));
        }
    }
}

} // namespace

void SqlObjects::for_each_in_range(
    std::int64_t collection, std::string_view component, core::Interval range, Detail detail,
    const std::function<bool(const Object&, Certainty)>& visit) const {
    const core::Interval within{std::max(range.start, core::beginning_of_time),
                                std::min(range.end, core::end_of_time)};
    if (within.end - within.start <= short_range_seconds) {
        visit_short_range(collection, component, within, detail, visit);
    } else {
        visit_long_range(collection, component, within, detail, visit);
    }
}

// Finds by occurrence, and then those of which the index does not know enough.
void SqlObjects::visit_short_range(std::int64_t collection, std::string_view component,
                                   core::Interval range, Detail detail,
                                   const RangeVisitor& visit) const {
    std::vector<std::int64_t> visited;
    auto rows = connection_.query(sql_for(short_range_sql, detail),
                                  {collection, range.start.seconds, range.end.seconds, component});
    Object object;
    while (rows->next()) {
        Columns row(*rows);
        const bool sure = row.flag();
        read_member(row, object.head);
        visited.push_back(object.head.id);
        if (detail == Detail::text) {
            read_text(row, object);
        } else if (!sure) {
            load_text(object);
        }
        if (!visit(object, sure ? Certainty::certain : Certainty::possible)) {
            return;
        }
    }
    rows.reset();
    std::sort(visited.begin(), visited.end());
    rows = connection_.query(unknown_sql(),
                             {collection, range.start.seconds, range.end.seconds, component});
    while (rows->next()) {
        Columns row(*rows);
        read_member(row, object.head);
        if (std::binary_search(visited.begin(), visited.end(), object.head.id)) {
            continue;
        }
        read_text(row, object);
        if (!visit(object, Certainty::possible)) {
            return;
        }
    }
}

// Finds by span, and asks the index of each object.
void SqlObjects::visit_long_range(std::int64_t collection, std::string_view component,
                                  core::Interval range, Detail detail,
                                  const RangeVisitor& visit) const {
    constexpr std::int64_t surely = 2;
    auto rows = connection_.query(sql_for(long_range_sql, detail),
                                  {collection, range.start.seconds, range.end.seconds, component,
                                   range.start.seconds - short_span_seconds});
    Object object;
    while (rows->next()) {
        Columns row(*rows);
        const std::int64_t met = row.integer();
        const bool known = row.flag();
        if (met == 0 && known) {
            continue;
        }
        read_member(row, object.head);
        if (detail == Detail::text) {
            read_text(row, object);
        } else if (met != surely) {
            load_text(object);
        }
        if (!visit(object, met == surely ? Certainty::certain : Certainty::possible)) {
            return;
        }
    }
}

void SqlObjects::for_each_taken(std::int64_t collection, core::Interval range,
                                const std::function<bool(const TakenTime&)>& visit) const {
    static const std::string sql =
        met_sql("object_id, starts, ends, taken", "AND taken IN (1, 2) ");
    auto rows = connection_.query(sql, {collection, range.start.seconds, range.end.seconds});
    while (rows->next()) {
        Columns row(*rows);
        const TakenTime taken{.object = row.integer(),
                              .time = {row.instant(), row.instant()},
                              .taken = static_cast<TimeTaken>(row.integer())};
        if (!visit(taken)) {
            return;
        }
    }
}

void SqlObjects::for_each_undecided(std::int64_t collection, core::Interval range,
                                    const std::function<bool(const Object&)>& visit) const {
    static const std::string met =
        "SELECT " + columns_of(Detail::text) + "FROM (SELECT DISTINCT object_id FROM ("
        + met_sql("object_id", "AND taken = 3 ")
        + ") AS met) AS found JOIN object ON object.id = found.object_id "
          "WHERE object.collection_id + 0 = $1 AND object.component IN ('VEVENT', 'VFREEBUSY')";
    std::vector<std::int64_t> visited;
    Object object;
    auto rows = connection_.query(met, {collection, range.start.seconds, range.end.seconds});
    while (rows->next()) {
        Columns row(*rows);
        read_member(row, object.head);
        visited.push_back(object.head.id);
        read_text(row, object);
        if (!visit(object)) {
            return;
        }
    }
    std::sort(visited.begin(), visited.end());
    rows =
        connection_.query(unknown_sql(), {collection, range.start.seconds, range.end.seconds, ""});
    while (rows->next()) {
        Columns row(*rows);
        read_member(row, object.head);
        const bool takes_time =
            object.head.component == "VEVENT" || object.head.component == "VFREEBUSY";
        if (!takes_time || std::binary_search(visited.begin(), visited.end(), object.head.id)) {
            continue;
        }
        read_text(row, object);
        if (!visit(object)) {
            return;
        }
    }
}

void SqlObjects::load_text(Object& object) const {
    static const std::string sql = "SELECT " + text_columns + "FROM object WHERE id = $1";
    auto rows = connection_.query(sql, {object.head.id});
    if (rows->next()) {
        Columns row(*rows);
        read_text(row, object);
    }
}

std::vector<IndexedOccurrence> SqlObjects::occurrences(std::int64_t object) const {
    return find_all(connection_,
                    "SELECT starts, ends, doubt, taken FROM occurrence WHERE object_id = $1 "
                    "ORDER BY starts, ends, doubt",
                    {object}, [](Columns& row) {
                        return IndexedOccurrence{.reach = {row.instant(), row.instant()},
                                                 .doubt_seconds = row.integer(),
                                                 .taken = static_cast<TimeTaken>(row.integer())};
                    });
}

void SqlObjects::set_occurrences(const ObjectHead& object,
                                 const std::vector<IndexedOccurrence>& occurrences) {
    execute(connection_, "DELETE FROM occurrence WHERE object_id = $1", {object.id});
    insert_rows(connection_, object, occurrences);
}

std::vector<Object> SqlObjects::index_due(core::Instant now, std::size_t limit_count) const {
    static const std::string sql =
        "SELECT " + all_columns
        + "FROM object WHERE index_due <= $1 AND index_due < 2305843009213693951 "
          "ORDER BY index_due LIMIT $2";
    return find_all(connection_, sql, {now.seconds, limit(limit_count)}, read_object);
}

// A change of the object takes a new revision or another collection, another's refreshing makes it
// due at another time.
bool SqlObjects::refresh_index(const Object& object, const IndexReach& index,
                               const std::vector<IndexedOccurrence>& occurrences) {
    const ObjectHead& head = object.head;
    const auto changed = find_one(
        connection_,
        "UPDATE object SET span_start = $5, span_end = $6, complete_start = $7, "
        "complete_end = $8, index_due = $9 WHERE id = $1 AND collection_id = $2 AND revision = $3 "
        "AND index_due = $4 RETURNING id",
        {head.id, head.collection, head.revision, object.index.due.seconds,
         index.span.start.seconds, index.span.end.seconds, index.complete.start.seconds,
         index.complete.end.seconds, index.due.seconds},
        [](Columns& row) { return row.integer(); });
    if (changed) {
        set_occurrences(head, occurrences);
    }
    return changed.has_value();
}

} // namespace storage::sql
