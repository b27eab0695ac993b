#include "storage/sql/transaction.h"

namespace storage::sql {

Transaction::Transaction(Connection& connection)
    : accounts_(connection), collections_(connection), objects_(connection),
      properties_(connection), sessions_(connection), feeds_(connection), versions_(connection),
      facts_(connection), outbox_(connection), grants_(connection), shares_(connection),
      attachments_(connection) {}

} // namespace storage::sql
