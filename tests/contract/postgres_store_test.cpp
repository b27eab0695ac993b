// The contract on PostgreSQL, and what only a server can do: go away, be full, hold a lock.
#include "core/unavailable.h"
#include "storage/postgres/errors.h"
#include "tests/contract/postgres_database.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace contract {

INSTANTIATE_TEST_SUITE_P(Postgres, StoreContract,
                         testing::Values(Engine{
                             "Postgres", [] { return std::make_unique<PostgresDatabase>(); }}),
                         engine_name);

using storage::ReadTransaction;
using storage::WriteTransaction;

} // namespace contract
