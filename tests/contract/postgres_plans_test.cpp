// A question about one week of a large calendar reads a week, also while the server knows nothing
// of how many rows there are.
#include "core/time.h"
#include "storage/sql/migrate.h"
#include "storage/sql/transaction.h"
#include "tests/contract/large_calendar.h"
#include "tests/contract/postgres_database.h"

#include <gmock/gmock.h>

namespace contract {

namespace {

// The tests' server never analyzes by itself, so a large calendar is a table without statistics.
class PostgresPlans : public testing::Test {
protected:
    PostgresPlans() : connection_(database_.connect()) {
        storage::sql::migrate(*connection_);
        connection_->begin_write();
        connection_->run_script(hundred_thousand_objects);
        connection_->commit();
    }

    // Of that table, since the server last published its sums.
    std::int64_t rows_read(std::string_view table) {
        auto rows = connection_->query("SELECT CAST(seq_tup_read + COALESCE(idx_tup_fetch, 0) AS "
                                       "BIGINT) FROM pg_stat_xact_user_tables WHERE relname = $1",
                                       {table});
        return rows->next() ? rows->integer(0) : -1;
    }
    std::int64_t objects_of_a_week() {
        std::int64_t found = 0;
        storage::sql::Transaction(*connection_)
            .objects()
            .for_each_in_range(1, "VEVENT", week, storage::Detail::text,
                               [&](const storage::Object&, storage::Certainty) {
                                   ++found;
                                   return true;
                               });
        return found;
    }
    void ask_for_busy_time() {
        storage::sql::Transaction transaction(*connection_);
        transaction.objects().for_each_taken(1, week,
                                             [](const storage::TakenTime&) { return true; });
        transaction.objects().for_each_undecided(1, week,
                                                 [](const storage::Object&) { return true; });
    }

    static constexpr core::Interval week{{3000 * core::day_seconds}, {3007 * core::day_seconds}};
    PostgresDatabase database_;
    std::unique_ptr<storage::sql::Connection> connection_;
};

} // namespace

TEST_F(PostgresPlans, AQuestionAboutAWeekReadsAWeekWhetherOrNotTheServerHasCounted) {
    for (const char* mode : {"force_custom_plan", "force_generic_plan"}) {
        for (const bool counted : {false, true}) {
            if (counted) {
                connection_->run_script("ANALYZE");
            }
            connection_->run_script(std::string("SET plan_cache_mode = ") + mode);
            connection_->begin_read();
            const std::int64_t objects = rows_read("object");
            const std::int64_t occurrences = rows_read("occurrence");
            const std::int64_t found = objects_of_a_week();
            // 182 appointments of that week, 5,000 series that meet in every week, some 2 stays.
            EXPECT_GT(found, 5'150) << mode;
            EXPECT_LT(found, 5'250) << mode;
            EXPECT_GE(rows_read("object") - objects, found) << mode << counted;
            EXPECT_LT(rows_read("object") - objects, 2 * found) << mode << counted;
            EXPECT_LT(rows_read("occurrence") - occurrences, 2 * found) << mode << counted;
            ask_for_busy_time();
            EXPECT_LT(rows_read("object") - objects, 3 * found) << mode << counted;
            EXPECT_LT(rows_read("occurrence") - occurrences, 4 * found) << mode << counted;
            connection_->rollback();
        }
        connection_->run_script("DELETE FROM pg_statistic");
    }
}

} // namespace contract
