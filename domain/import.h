// Bringing a file of events into a calendar: `appointed import`. Every event passes the one door
// (calendars.h), alone, so that a bad one is refused by itself and the others are kept.
#pragma once

#include "core/result.h"
#include "domain/calendars.h"
#include "ical/split.h"
#include "storage/store.h"

#include <cstddef>
#include <functional>
#include <span>

namespace domain {

constexpr std::size_t import_batch = 20; // of a transaction: some ten milliseconds

struct Imported {
    std::size_t created = 0;
    std::size_t replaced = 0; // the calendar had the UID; the former text is in the history
    std::size_t refused = 0;
};

struct ImportReport {
    std::function<void(const ical::SplitObject&, const core::Error&)> on_refused;
    std::function<void(std::size_t done)> on_progress;
};

// Some events a transaction, so that others' writes wait for no more than that. What was imported
// before an exception (core::Unavailable) stays; importing the same file again is harmless.
Imported import_objects(storage::Store& store, const Calendars& calendars,
                        const storage::Collection& collection,
                        std::span<const ical::SplitObject> objects, const ImportReport& report);

} // namespace domain
