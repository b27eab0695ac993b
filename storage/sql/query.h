// How repositories run a statement and read a row, so that each of their methods is its SQL and a
// list of columns.
#pragma once

#include "core/time.h"
#include "storage/sql/connection.h"

#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace storage::sql {

// Reads the columns of a row from left to right.
class Columns {
public:
    explicit Columns(const Rows& rows) : rows_(rows) {}

    std::int64_t integer() { return rows_.integer(next_++); }
    bool flag() { return integer() != 0; }
    core::Instant instant() { return {integer()}; }
    std::string text() { return std::string(rows_.bytes(next_++)); }
    // Keeps the memory of the text before it.
    void text_into(std::string& text) { text.assign(rows_.bytes(next_++)); }
    std::optional<std::string> optional_text() {
        if (rows_.is_null(next_)) {
            ++next_;
            return std::nullopt;
        }
        return text();
    }
    std::optional<std::int64_t> optional_integer() {
        if (rows_.is_null(next_)) {
            ++next_;
            return std::nullopt;
        }
        return integer();
    }

private:
    const Rows& rows_;
    int next_ = 0;
};

// Both engines store a flag as 0 or 1.
inline Value flag(bool value) {
    return std::int64_t{value ? 1 : 0};
}

inline Value nullable(const std::optional<std::string>& value) {
    return value ? Value(std::string_view(*value)) : Value();
}

inline Value nullable(const std::optional<std::int64_t>& value) {
    return value ? Value(*value) : Value();
}

// A LIMIT; nobody has more rows than an integer counts.
inline Value limit(std::size_t count) {
    constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
    return static_cast<std::int64_t>(count < most ? count : most);
}

inline void execute(Connection& connection, std::string_view sql, Values values) {
    auto rows = connection.query(sql, values);
    while (rows->next()) {
    }
}

template <class Read>
auto find_one(Connection& connection, std::string_view sql, Values values, Read read)
    -> std::optional<std::invoke_result_t<Read, Columns&>> {
    auto rows = connection.query(sql, values);
    if (!rows->next()) {
        return std::nullopt;
    }
    Columns columns(*rows);
    return read(columns);
}

template <class Read>
auto find_all(Connection& connection, std::string_view sql, Values values, Read read)
    -> std::vector<std::invoke_result_t<Read, Columns&>> {
    std::vector<std::invoke_result_t<Read, Columns&>> found;
    auto rows = connection.query(sql, values);
    while (rows->next()) {
        Columns columns(*rows);
        found.push_back(read(columns));
    }
    return found;
}

// For INSERT ... RETURNING id and its like, which always have a row.
inline std::int64_t returned_integer(Connection& connection, std::string_view sql, Values values) {
    auto rows = connection.query(sql, values);
    if (!rows->next()) {
        throw Conflict("the row is not there any more");
    }
    const std::int64_t value = rows->integer(0);
    while (rows->next()) {
    }
    return value;
}

} // namespace storage::sql
