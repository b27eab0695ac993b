// The one door for changes of calendars and their objects. Every change, by PUT, command, feed or
// job, passes here and is validated, indexed, given its links, stored and stamped in one
// transaction, so that these cannot drift apart. Preconditions (If-Match ...) are the caller's:
// check them in the same transaction, before calling.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "domain/access.h"
#include "domain/occurrence_index.h"
#include "domain/policy.h"
#include "domain/rendering.h"
#include "ical/object.h"
#include "storage/store.h"

#include <optional>
#include <string>
#include <string_view>

namespace domain {

// The store's fact (storage::Facts) that says which public URL the stored texts hold.
constexpr std::string_view link_base_fact = "link_base";

// A calendar object that passed ical::parse_object, parsed and indexed before the transaction so
// that writers do not wait for it.
struct CheckedObject {
    std::string text; // as sent
    ical::Object object;
    ObjectIndex index;
};

struct Stored {
    storage::ObjectHead head;
    bool created = false;
    bool verbatim = false; // GET returns exactly what was sent: the ETag may be told (R-C18)
};

// Why an event is written, and so who hears of it (RFC 6638 section 3.2): somebody wants it so; it
// comes from a file, which concerns nobody else; somebody answered; the same is rendered again.
enum class Cause { client, import, answers, again };
struct Write {
    Cause cause = Cause::client;
    std::string answering;        // the account that answered
    std::int64_t copied_from = 0; // the object that this is a copy of
};
enum class Told { everybody, nobody };

struct NewCalendar {
    storage::Collection collection; // id, owner, name, revision, created are set by the door
    std::vector<storage::DeadProperty> properties;
};

class Calendars {
public:
    Calendars(const Policy& policy, const Keys& keys, const core::Clock& clock)
        : policy_(policy), keys_(keys), clock_(clock) {}

    // The zone for floating times in that calendar (CALDAV:calendar-timezone, else the policy's).
    [[nodiscard]] ical::ZonePtr floating_zone(const storage::Collection& collection) const;

    // Errors: those of ical::parse_object, and supported_calendar_component for a kind that the
    // calendar does not take.
    core::Result<CheckedObject> check(const storage::Collection& collection,
                                      std::string text) const;

    // Errors of these and of copy(): insufficient_storage with quota_not_exceeded.
    // Errors: no_uid_conflict: the UID is there under another name, or the resource has another UID
    // (RFC 4791 section 5.3.2.1); href is the name of that resource.
    // unique_scheduling_object_resource: another organizer's event of that UID is in another
    // calendar of the account (RFC 6638 section 3.2.4.1).
    // allowed_attendee_scheduling_object_change: only the organizer changes that (RFC 6638 section
    // 3.2.2.1). max_attendees_per_instance: their copies together would be too large.
    core::Result<Stored> put(storage::WriteTransaction& transaction,
                             const storage::Collection& collection, std::string_view name,
                             const CheckedObject& checked, Cause cause = Cause::client) const;
    // Answers of attendees to the organizer's event, which is `event` with them and without links:
    // neither its Schedule-Tag changes by them nor that of anybody's copy (RFC 6638 section
    // 3.2.10). The copy of `answering`, an account, is theirs to write.
    core::Done put_answers(storage::WriteTransaction& transaction, std::int64_t object,
                           ical::Object event, const std::string& answering = {}) const;
    // What became of the mails about the organizer's event: `event` is `row`, with its
    // placeholders, but for the SCHEDULE-STATUS of guests. Another ETag and revision, and nobody
    // else hears of it.
    void put_statuses(storage::WriteTransaction& transaction, storage::Object row,
                      const ical::Object& event) const;
    // For plain collections: any bytes under any name.
    core::Result<Stored> put_plain(storage::WriteTransaction& transaction,
                                   const storage::Collection& collection, std::string_view name,
                                   std::string body, std::string content_type) const;
    // An organizer's event is cancelled for its attendees, an attendee's copy is declined, unless
    // nobody is to be told (Schedule-Reply: F, RFC 6638 section 8.1).
    void remove(storage::WriteTransaction& transaction, const storage::ObjectHead& head,
                Told told = Told::everybody) const;
    // Whatever text these replace, move or remove is kept (history.h).
    // Both replace an object of that name in the target. The same UID elsewhere in the target is
    // no_uid_conflict; a kind that it does not take is supported_calendar_component.
    core::Result<Stored> move(storage::WriteTransaction& transaction, const storage::Object& object,
                              const storage::Collection& target, std::string_view name) const;
    core::Result<Stored> copy(storage::WriteTransaction& transaction, const storage::Object& object,
                              const storage::Collection& target, std::string_view name) const;

    // Errors: resource_must_be_null (the name is taken), insufficient_storage (too many).
    core::Result<storage::Collection> create(storage::WriteTransaction& transaction,
                                             std::string_view owner, std::string_view name,
                                             NewCalendar calendar) const;
    // Properties of the calendar itself changed; raises its revision.
    void update(storage::WriteTransaction& transaction,
                const storage::Collection& collection) const;
    // With everything in it; its sessions are cancelled or found again in another calendar.
    void remove(storage::WriteTransaction& transaction,
                const storage::Collection& collection) const;

    // What the account keeps: its objects, and what is attached to them.
    [[nodiscard]] static std::int64_t bytes_used(const storage::ReadTransaction& transaction,
                                                 std::string_view owner);
    // How many bytes the account may store in addition; nothing: as many as it likes.
    [[nodiscard]] std::optional<std::int64_t>
    bytes_left(const storage::ReadTransaction& transaction, std::string_view owner) const;

    // What GET returns: the stored text with the links in it, or without any.
    [[nodiscard]] std::string body(const storage::Object& object, Links links = Links::shown) const;
    // The body as a parsed object, for expansion and partial retrieval.
    [[nodiscard]] core::Result<ical::Object> read(const storage::Object& object,
                                                  const storage::Collection& collection,
                                                  Links links = Links::shown) const;

    // Renders every session object again if the public URL is not the one that the stored texts
    // hold. Called at start.
    core::Done follow_public_url(storage::Store& store) const;

private:
    friend class Scheduler;

    [[nodiscard]] core::Done check_quota(const storage::ReadTransaction& transaction,
                                         std::string_view owner, std::size_t before,
                                         std::size_t after) const;
    void take_away(storage::WriteTransaction& transaction, const storage::ObjectHead& head,
                   storage::Ending ending, Told told = Told::everybody) const;
    [[nodiscard]] core::Result<CheckedObject> with_index(std::string text,
                                                         ical::Object object) const;
    core::Result<Stored> store_event(storage::WriteTransaction& transaction,
                                     const storage::Collection& collection, storage::Object row,
                                     const CheckedObject& checked, const Write& write) const;
    core::Done store_copy(storage::WriteTransaction& transaction, storage::Object row,
                          const storage::Collection& collection, Rendered rendered,
                          Cause cause) const;
    core::Result<Stored> place(storage::WriteTransaction& transaction, storage::Object row,
                               const storage::Collection& target, std::string_view name,
                               const Write& write = {}) const;
    core::Result<Stored> place_plain(storage::WriteTransaction& transaction, storage::Object row,
                                     const storage::Collection& target) const;
    void revive_session(storage::WriteTransaction& transaction, std::string_view owner,
                        std::string_view uid) const;
    void settle_again(storage::WriteTransaction& transaction, const storage::Object& object) const;

    const Policy& policy_;
    const Keys& keys_;
    const core::Clock& clock_;
};

} // namespace domain
