#include "domain/reindex.h"

#include "core/limits.h"
#include "domain/occurrence_index.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace domain {

namespace {

constexpr std::string_view zone_data_fact = "zone_data";

std::vector<std::int64_t> all_objects(storage::Store& store) {
    std::vector<std::int64_t> ids;
    store.read([&](const storage::ReadTransaction& transaction) {
        for (const storage::Account& account : transaction.accounts().list()) {
            for (const auto& collection : transaction.collections().list(account.id)) {
                transaction.objects().for_each_member(collection.id,
                                                      [&](const storage::ObjectHead& head) {
                                                          ids.push_back(head.id);
                                                          return true;
                                                      });
            }
        }
    });
    return ids;
}

struct Fresh {
    storage::Object object;
    ObjectIndex index;
    bool differs = false;
};

// What cannot be read or indexed is left as it is: expansion says of it what it always said.
std::vector<Fresh> compute(storage::Store& store, std::span<const std::int64_t> ids,
                           core::Instant now) {
    std::vector<Fresh> batch;
    store.read([&](const storage::ReadTransaction& transaction) {
        for (const std::int64_t id : ids) {
            auto object = transaction.objects().find(id);
            if (!object || object->head.component.empty()) {
                continue;
            }
            const auto event = ical::read_object(object->text, ical::utc());
            if (!event) {
                continue;
            }
            auto index = index_of(*event, now);
            const auto right = is_index_right(transaction, *object, *event);
            if (index && right) {
                batch.push_back({*std::move(object), *std::move(index), !*right});
            }
        }
    });
    return batch;
}

std::size_t replace(storage::Store& store, const std::vector<Fresh>& batch) {
    return *store.write([&](storage::WriteTransaction& transaction) -> core::Result<std::size_t> {
        std::size_t differed = 0;
        for (const Fresh& fresh : batch) {
            const bool replaced = transaction.objects().refresh_index(
                fresh.object, fresh.index.reach, fresh.index.occurrences);
            differed += replaced && fresh.differs ? 1 : 0;
        }
        return differed;
    });
}

} // namespace

namespace {

// That only the text can tell what time is taken is always right.
bool is_right(const storage::IndexedOccurrence& stored, storage::IndexedOccurrence fresh) {
    if (stored.taken == storage::TimeTaken::unknown) {
        fresh.taken = stored.taken;
    }
    return stored == fresh;
}

} // namespace

core::Result<bool> is_index_right(const storage::ReadTransaction& transaction,
                                  const storage::Object& object, const ical::Object& event) {
    const storage::IndexReach& stored = object.index;
    // Of its reach, only how far it is complete depends on when it was made.
    const auto fresh = TRY(index_of(event, core::Instant{}));
    const auto rows = TRY(indexed_within(event, stored.complete));
    const bool span_is_right = stored.span == core::Interval{} || stored.span == fresh.reach.span;
    const auto stored_rows = transaction.objects().occurrences(object.head.id);
    return span_is_right
           && std::equal(stored_rows.begin(), stored_rows.end(), rows.begin(), rows.end(),
                         is_right);
}

Reindexed reindex(storage::Store& store, core::Instant now, const ReindexProgress& on_progress) {
    const std::vector<std::int64_t> ids = all_objects(store);
    Reindexed result;
    for (std::size_t at = 0; result.whole && at < ids.size(); at += core::limits::index_batch) {
        const auto count = std::min(core::limits::index_batch, ids.size() - at);
        const auto batch = compute(store, std::span(ids).subspan(at, count), now);
        result.objects += batch.size();
        result.differed += batch.empty() ? 0 : replace(store, batch);
        result.whole = on_progress(static_cast<std::int64_t>(at + count),
                                   static_cast<std::int64_t>(ids.size()));
    }
    return result;
}

bool follow_zone_data(storage::Store& store, const std::string& release, core::Instant now,
                      const ReindexProgress& on_progress) {
    // Of several servers, one with older files must not undo what another one did.
    const bool is_newer = store.read([&](const storage::ReadTransaction& transaction) {
        return transaction.facts().find(zone_data_fact).value_or("") < release;
    });
    if (!is_newer) {
        return false;
    }
    if (reindex(store, now, on_progress).whole) {
        static_cast<void>(
            store.write([&](storage::WriteTransaction& transaction) -> core::Result<bool> {
                transaction.facts().set(zone_data_fact, release);
                return true;
            }));
    }
    return true;
}

} // namespace domain
