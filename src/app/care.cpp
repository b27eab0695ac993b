#include "src/app/care.h"

#include "core/limits.h"
#include "core/log.h"
#include "domain/attachments.h"
#include "domain/history.h"
#include "domain/inbox.h"
#include "domain/occurrence_index.h"
#include "domain/reindex.h"
#include "domain/seen_time.h"
#include "ical/zone.h"

#include <exception>

namespace app {

void care_once(storage::Store& store, const storage::ContentFolder& folder,
               const core::Clock& clock, const domain::Policy& policy,
               const std::atomic<bool>& stopping) {
    if (stopping) {
        return;
    }
    const bool zones_changed =
        domain::follow_zone_data(store, ical::zone_data_release(), clock.now(),
                                 [&](std::int64_t, std::int64_t) { return !stopping; });
    if (zones_changed) {
        core::log(core::LogLevel::info, "indexed_for_zone_data",
                  {{"release", ical::zone_data_release()}});
    }
    while (!stopping
           && domain::refresh_due_indexes(store, clock.now(), core::limits::index_batch) != 0) {
    }
    if (stopping) {
        return;
    }
    // Twice the interval, so that it catches up after a rest.
    const core::Instant seen =
        domain::seen_time(store, clock.now(), 2 * core::limits::care_interval_seconds);
    while (!stopping
           && domain::forget_old_tombstones(store, seen, core::limits::tombstone_batch) != 0) {
    }
    while (!stopping
           && domain::forget_old_messages(store, seen, core::limits::message_batch) != 0) {
    }
    while (!stopping
           && domain::prune_history(store, seen, policy, core::limits::history_batch) != 0) {
    }
    if (!stopping) {
        domain::adopt_files(store, folder, seen - core::limits::attachment_part_seconds);
    }
    while (
        !stopping
        && domain::forget_attachments(store, folder, seen, policy, core::limits::attachment_batch)
               != 0) {
    }
}

Care::Care(storage::Store& store, const storage::ContentFolder& folder, const core::Clock& clock,
           const domain::Policy& policy, std::chrono::seconds interval)
    : store_(store), folder_(folder), clock_(clock), policy_(policy), interval_(interval),
      thread_([this] { work(); }) {}

Care::~Care() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Care::work() {
    while (!stopping_) {
        try {
            care_once(store_, folder_, clock_, policy_, stopping_);
        } catch (const std::exception& failure) { // there will be another time
            core::log(core::LogLevel::warning, "care_interrupted", {{"why", failure.what()}});
        }
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, interval_, [this] { return stopping_.load(); });
    }
}

} // namespace app
