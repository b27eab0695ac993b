// What is to be told to people by mail: changes of sessions that have not settled yet, and mails
// that have not left yet. Written in the transaction of the change itself (design, section 3).
#pragma once

#include "core/time.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

// Changes of one session that its guests do not know of.
struct Announcement {
    std::int64_t session = 0;
    std::int64_t sequence = 0; // the least SEQUENCE that the next message carries
    // The event's text before the first of these changes; empty: there was none. Links are
    // placeholders.
    std::string former;
};

// A mail that left is remembered for a while without its text: it may come back as undeliverable.
enum class MailState { waiting, failed, sent };

struct Mail {
    std::int64_t id = 0;
    std::int64_t session = 0;
    std::string message_id; // without angle brackets; the same however often it is sent
    std::string recipient;  // an address
    std::string subject;    // "new", "changed", "cancelled", "reminder" or "proposal"
    std::string text;       // iCalendar with placeholders for links
    std::string links;      // their offsets, as Object::links
    core::Instant created;
    core::Instant due; // when to try (again)
    int attempts = 0;
    MailState state = MailState::waiting;
    std::string failure; // of the last attempt
};

// A session whose reminders are to be looked at.
struct DueReminder {
    std::int64_t session = 0;
    core::Instant handled; // what was to be sent until then is not sent any more
};

class Outbox {
public:
    virtual ~Outbox() = default;
    // Changes of that session settle until `due`; `former` is forgotten if some are there already.
    virtual void announce(std::int64_t session, std::string_view former, core::Instant due) = 0;
    // Those that are due, the longest due first.
    [[nodiscard]] virtual std::vector<Announcement> due_announcements(core::Instant now,
                                                                      std::size_t limit) const = 0;
    virtual void announced(std::int64_t session, std::int64_t next_sequence) = 0;

    // What became of that session's mails is to be written into its event. Nothing where no change
    // of it was ever announced.
    virtual void note_delivery(std::int64_t session, core::Instant now) = 0;
    // Sessions of which that is so and whose changes have settled, the longest first.
    [[nodiscard]] virtual std::vector<std::int64_t> due_deliveries(core::Instant now,
                                                                   std::size_t limit) const = 0;
    virtual void delivery_written(std::int64_t session) = 0;

    // Something about that session changed: its reminders are to be looked at now. What was due
    // before a session's first time here is not sent.
    virtual void look_at_reminders(std::int64_t session, core::Instant now) = 0;
    [[nodiscard]] virtual std::vector<DueReminder> due_reminders(core::Instant now,
                                                                 std::size_t limit) const = 0;
    // Nothing: not before something changes.
    virtual void reminded(std::int64_t session, core::Instant handled,
                          std::optional<core::Instant> next) = 0;

    virtual std::int64_t insert(const Mail& mail) = 0;
    // The mails that are due, for who asks alone: they are due again at `lease_end`, and have one
    // attempt more.
    virtual std::vector<Mail> claim(core::Instant now, core::Instant lease_end,
                                    std::size_t limit) = 0;
    [[nodiscard]] virtual std::optional<Mail> find(std::int64_t id) const = 0;
    virtual void sent(std::int64_t id, core::Instant at) = 0; // its text is forgotten
    virtual void retry(std::int64_t id, core::Instant due, std::string_view failure) = 0;
    // Before it was sent or after: it failed for good.
    virtual void give_up(std::int64_t id, std::string_view failure) = 0;
    // Waiting and failed, the oldest first.
    [[nodiscard]] virtual std::vector<Mail> list(std::size_t limit) const = 0;
    // All of one session, the oldest first, without their texts.
    [[nodiscard]] virtual std::vector<Mail> mails_of(std::int64_t session) const = 0;
    // Forgets mails of that state, which are not waiting, from before `before`.
    virtual void forget(MailState state, core::Instant before) = 0;
};

} // namespace storage
