#include "storage/postgres/errors.h"

#include "storage/sql/connection.h"

namespace storage::postgres {

Failure classify(std::string_view state, std::string_view message) {
    const std::string_view error_class = state.substr(0, 2);
    // A violated key or reference is a race that was lost, as on SQLite; 40 is a serialization
    // failure or a deadlock.
    if (error_class == "23" || error_class == "40") {
        return Failure::conflict;
    }
    // 08: connection. 57P01 to 57P05: the server stops, crashed, starts, dropped the database or an
    // idle session. 25P03: the server ended a transaction that idled. 25006: this server was the
    // primary and is a standby now.
    if (error_class == "08" || state.starts_with("57P") || state == "25P03" || state == "25006") {
        return Failure::lost;
    }
    // A newer program has changed the schema under a prepared statement; another connection will
    // prepare it anew. The code alone is "feature not supported".
    if (state == "0A000" && message.find("cached plan") != std::string_view::npos) {
        return Failure::lost;
    }
    return Failure::unavailable;
}

void fail(std::string_view state, const std::string& message) {
    std::string text = "postgresql: " + message;
    if (!state.empty()) {
        text.append(" (").append(state).append(")");
    }
    switch (classify(state, message)) {
    case Failure::conflict:
        throw sql::Conflict(text);
    case Failure::lost:
        throw ConnectionLost(text);
    case Failure::unavailable:
        break;
    }
    throw core::Unavailable(text);
}

} // namespace storage::postgres
