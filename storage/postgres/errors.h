// What PostgreSQL's error codes mean to whoever runs a transaction: run it again, run it again on
// another connection, or give up (PostgreSQL 15, appendix A).
#pragma once

#include "core/unavailable.h"

#include <string>
#include <string_view>

namespace storage::postgres {

// The connection is of no use any more, and what the transaction did is undone: COMMIT was not
// sent. The same transaction may be run on another connection.
class ConnectionLost : public core::Unavailable {
public:
    using core::Unavailable::Unavailable;
};

enum class Failure {
    conflict,   // sql::Conflict
    lost,       // ConnectionLost
    unavailable // core::Unavailable
};

// By SQLSTATE, five characters; empty where the server said none.
Failure classify(std::string_view state, std::string_view message);

// Throws what `classify` says.
[[noreturn]] void fail(std::string_view state, const std::string& message);

} // namespace storage::postgres
