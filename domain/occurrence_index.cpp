#include "domain/occurrence_index.h"

#include "core/limits.h"
#include "core/log.h"
#include "core/time.h"
#include "ical/occurrence_index.h"

#include <array>
#include <string>
#include <utility>

namespace domain {

namespace {

using core::Instant;
using core::Interval;

constexpr std::int64_t year_days = 366;

// Around now, from the widest: a series is indexed in the first that its occurrences fit in
// (core::limits::indexed_occurrences). A weekly one has two years, a daily one a year ahead.
std::array<Interval, 5> windows_at(Instant now) {
    const auto days = [now](std::int64_t before, std::int64_t after) {
        return Interval{now - before * core::day_seconds, now + after * core::day_seconds};
    };
    return {Interval{core::beginning_of_time, now + 2 * year_days * core::day_seconds},
            days(year_days, 2 * year_days), days(31, year_days), days(31, 93), days(7, 31)};
}

// When an eighth of the time ahead is over. What reaches to the end of time needs no care.
Instant due_after(Instant now, Interval complete) {
    constexpr std::int64_t parts = 8;
    const bool needs_care = complete != ical::nowhere && complete.end != core::end_of_time;
    return needs_care ? now + (complete.end - now) / parts : core::end_of_time;
}

storage::TimeTaken stored(ical::TimeTaken taken) {
    switch (taken) {
    case ical::TimeTaken::none:
        return storage::TimeTaken::none;
    case ical::TimeTaken::busy:
        return storage::TimeTaken::busy;
    case ical::TimeTaken::tentative:
        return storage::TimeTaken::tentative;
    case ical::TimeTaken::depends:
        break;
    }
    return storage::TimeTaken::unknown;
}

std::vector<storage::IndexedOccurrence>
rows_of(const std::vector<ical::IndexedOccurrence>& occurrences) {
    std::vector<storage::IndexedOccurrence> rows;
    rows.reserve(occurrences.size());
    for (const ical::IndexedOccurrence& occurrence : occurrences) {
        rows.push_back({occurrence.reach, occurrence.doubt_seconds, stored(occurrence.taken)});
    }
    return rows;
}

// An object that cannot be indexed is left to expansion, which says of it what it always said.
ObjectIndex index_of_nobody() {
    ObjectIndex index;
    index.reach.due = core::end_of_time;
    return index;
}

ObjectIndex index_of_text(const storage::Object& object, Instant now) {
    if (object.head.component.empty()) {
        return index_of_nothing();
    }
    const auto read = ical::read_object(object.text, ical::utc());
    auto index = read ? index_of(*read, now) : tl::unexpected(read.error());
    if (!index) {
        core::log(core::LogLevel::warning, "calendar_object_not_indexable",
                  {{"object", std::to_string(object.head.id)}});
        return index_of_nobody();
    }
    return *std::move(index);
}

} // namespace

core::Result<ObjectIndex> index_of(const ical::Object& object, Instant now) {
    const auto found =
        TRY(ical::occurrence_index(object, windows_at(now), core::limits::indexed_occurrences));
    return ObjectIndex{{found.span, found.complete, due_after(now, found.complete)},
                       rows_of(found.occurrences)};
}

core::Result<std::vector<storage::IndexedOccurrence>> indexed_within(const ical::Object& object,
                                                                     Interval complete) {
    const std::array windows{complete};
    const auto found =
        TRY(ical::occurrence_index(object, windows, core::limits::indexed_occurrences));
    return complete == ical::nowhere ? std::vector<storage::IndexedOccurrence>()
                                     : rows_of(found.occurrences);
}

ObjectIndex index_of_nothing() {
    return {{ical::nowhere, Interval{}, core::end_of_time}, {}};
}

std::size_t refresh_due_indexes(storage::Store& store, Instant now, std::size_t batch) {
    const auto due = store.read([&](const storage::ReadTransaction& transaction) {
        return transaction.objects().index_due(now, batch);
    });
    std::vector<std::pair<const storage::Object*, ObjectIndex>> fresh;
    for (const storage::Object& object : due) {
        fresh.emplace_back(&object, index_of_text(object, now));
    }
    if (!fresh.empty()) {
        (void)store.write([&](storage::WriteTransaction& transaction) -> core::Done {
            for (const auto& [object, index] : fresh) {
                transaction.objects().refresh_index(*object, index.reach, index.occurrences);
            }
            return {};
        });
    }
    return due.size();
}

std::size_t forget_old_tombstones(storage::Store& store, Instant now, std::size_t batch) {
    const Instant before = now - core::limits::tombstone_days * core::day_seconds;
    const auto forget = [&](auto&& repository) {
        return *store.write(
            [&](storage::WriteTransaction& transaction) -> core::Result<std::size_t> {
                return repository(transaction).forget_tombstones(before, batch);
            });
    };
    // Apart, because other writers take the home's row before their calendar's.
    const std::size_t members =
        forget([](auto& transaction) -> auto& { return transaction.objects(); });
    return members + forget([](auto& transaction) -> auto& { return transaction.collections(); });
}

} // namespace domain
