// Reminders by mail: some time before each occurrence of a session every guest who takes part gets
// one, with that occurrence's own link, once. A row for each session says when to look at it next,
// so that neither sessions nor occurrences are searched; a change of the session is a reason to
// look.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "domain/policy.h"
#include "ical/object.h"
#include "storage/store.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace domain {

// The moment of the latest reminder of an occurrence that starts then, as of now: who was to be
// reminded a day and ten minutes before is not reminded twice at a time. Nothing: none has come, or
// it has started.
std::optional<core::Instant> reminder_moment(core::Instant start, core::Instant now,
                                             std::span<const std::int64_t> leads);

// The first moment after `now` at which somebody is to be reminded of an occurrence; nothing if
// there is none. Errors: those of ical::next_occurrence.
core::Result<std::optional<core::Instant>>
next_reminder(const ical::Object& event, core::Instant now, std::span<const std::int64_t> leads);

// Writes the mails that are due, of few sessions in one transaction: what was written is noted in
// it, too, so nothing is written twice and nothing is lost with the process. Returns of how many
// sessions; 0: there are no more.
std::size_t write_due_reminders(storage::Store& store, core::Instant now, const Policy& policy);

} // namespace domain
