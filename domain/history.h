// The history of calendar objects: clients overwrite each other, some with an ETag that says
// otherwise (R-O6), and people delete what they did not mean. Every text that the one door
// (calendars.h) replaces, moves away or removes is kept for Policy::history_days, and can be put
// back.
#pragma once

#include "core/result.h"
#include "domain/calendars.h"
#include "domain/policy.h"
#include "storage/store.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace domain {

// `last` as it is stored until now, in that collection. Does nothing where the policy keeps no
// history.
void keep_version(storage::WriteTransaction& transaction, const storage::Collection& collection,
                  const storage::Object& last, storage::Ending ending, core::Instant now,
                  const Policy& policy);

// Through the one door, into the calendar that it was in, or into the one of the same owner with
// the name given: at its own name, or where its UID is now, or, if another event has its name,
// beside it. Errors: not_found (no such version; the calendar is gone), and those of
// Calendars::put.
struct PutBack {
    std::string path;
    Stored stored;
};
core::Result<PutBack> put_back(storage::WriteTransaction& transaction, const Calendars& calendars,
                               std::int64_t id, const std::optional<std::string>& calendar_name);

// SUMMARY, or nothing if the text has none.
std::string summary_of(const storage::Version& version);

// Forgets versions that are older than the policy wants, `batch` at most; returns how many, 0 when
// there are no more.
std::size_t prune_history(storage::Store& store, core::Instant now, const Policy& policy,
                          std::size_t batch);

} // namespace domain
