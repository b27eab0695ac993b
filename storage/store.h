// The Store port: everything the program keeps, behind transactions. SQLite and PostgreSQL
// implement it with the same SQL (storage/sql); tests/contract holds every driver to the same
// promises.
//
// - A read sees one snapshot. A write is atomic and durable before write() returns.
// - The function given to write() may run more than once (a retry after a serialization failure),
//   so it has no effects except through its transaction.
// - Repositories do not judge: a lookup that finds nothing returns nothing, a change returns
//   nothing. A violated unique key is a lost race and retried like a serialization failure.
// - A failed environment (disk full, database gone) throws core::Unavailable.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "storage/attachments.h"
#include "storage/grants.h"
#include "storage/outbox.h"
#include "storage/records.h"
#include "storage/shares.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace storage {

class Accounts {
public:
    virtual ~Accounts() = default;
    [[nodiscard]] virtual std::optional<Account> find(std::string_view id) const = 0;
    [[nodiscard]] virtual std::optional<Account> find_by_login(std::string_view login) const = 0;
    // `email` in ASCII lower case.
    [[nodiscard]] virtual std::optional<Account> find_by_email(std::string_view email) const = 0;
    [[nodiscard]] virtual std::vector<Account> list() const = 0; // by login
    virtual void insert(const Account& account) = 0;
    virtual void update(const Account& account) = 0; // by id
};

class Collections {
public:
    virtual ~Collections() = default;
    [[nodiscard]] virtual std::optional<Collection> find(std::string_view owner,
                                                         std::string_view name) const = 0;
    [[nodiscard]] virtual std::optional<Collection> find(std::int64_t id) const = 0;
    [[nodiscard]] virtual std::vector<Collection> list(std::string_view owner) const = 0; // by name
    // Returns the new id. Its revision is the home's next.
    virtual std::int64_t insert(const Collection& collection) = 0;
    virtual void update(const Collection& collection) = 0; // all but id, owner, revision, floor
    // With its objects, tombstones and dead properties. Its id is not used again.
    virtual void remove(std::int64_t id) = 0;
    // Raises the revision under the collection's row lock and returns the new one. Every change of
    // a collection or of a member takes its number here, in the same transaction. Numbers are the
    // home's, so they order the changes of all that is in it. No two members share one, or
    // for_each_change() in pieces could miss one: a MOVE inside a collection takes two. For a
    // collection that is gone it is a lost race.
    virtual std::int64_t next_revision(std::int64_t id) = 0;
    // Rises whenever a collection of that owner is inserted, updated, removed or takes a revision:
    // the home's ctag.
    [[nodiscard]] virtual std::int64_t home_revision(std::string_view owner) const = 0;
    [[nodiscard]] virtual Home home(std::string_view owner) const = 0;
    virtual void set_default_calendar(std::string_view owner,
                                      std::optional<std::int64_t> collection) = 0;
    // After a collection was removed or given another name, or left a sharee's home: nothing of
    // that name is there any more.
    virtual void leave_tombstone(std::string_view owner, std::string_view name,
                                 core::Instant now) = 0;
    // Before something else gets the name: who knew what had it cannot tell one from the other.
    virtual void forget_name(std::string_view owner, std::string_view name) = 0;
    // Those removed after `revision`, in order of revision.
    [[nodiscard]] virtual std::vector<RemovedCollection> removed(std::string_view owner,
                                                                 std::int64_t revision) const = 0;
    // As Objects::forget_tombstones.
    virtual std::size_t forget_tombstones(core::Instant before, std::size_t limit) = 0;
};

enum class Detail { head, text };
// What a list reads of each member: all but its UID, or only id, revision, name and ETag.
enum class Listing { heads, names };
// What the index says of an object and a range: it meets it, or expansion has to decide.
enum class Certainty { certain, possible };

class Objects {
public:
    virtual ~Objects() = default;
    [[nodiscard]] virtual std::optional<Object> find(std::int64_t collection,
                                                     std::string_view name) const = 0;
    [[nodiscard]] virtual std::optional<Object> find(std::int64_t id) const = 0;
    [[nodiscard]] virtual std::optional<ObjectHead> find_head(std::int64_t collection,
                                                              std::string_view name) const = 0;
    [[nodiscard]] virtual std::optional<ObjectHead> find_by_uid(std::int64_t collection,
                                                                std::string_view uid) const = 0;
    // Every object of that UID in any collection of that owner, newest change first.
    [[nodiscard]] virtual std::vector<Object> find_by_owner_and_uid(std::string_view owner,
                                                                    std::string_view uid) const = 0;
    // In order of revision, and without their UIDs, which no list needs. Here and below: the
    // reference is good for the call only; return false to stop.
    virtual void for_each_member(std::int64_t collection,
                                 const std::function<bool(const ObjectHead&)>& visit,
                                 Listing listing = Listing::heads) const = 0;
    // Those of that component ("": any), with their text.
    virtual void for_each_object(std::int64_t collection, std::string_view component,
                                 const std::function<bool(const Object&)>& visit) const = 0;
    // The objects of that component ("": any) that may meet `range`, each once, without their UIDs
    // and IndexReach. With `Detail::head` those that certainly do come without their text.
    virtual void
    for_each_in_range(std::int64_t collection, std::string_view component, core::Interval range,
                      Detail detail,
                      const std::function<bool(const Object&, Certainty)>& visit) const = 0;
    // What is known to take time within `range`, in no order. The objects of which only the text
    // can tell are for_each_undecided's; what it says of one may be known in part.
    virtual void for_each_taken(std::int64_t collection, core::Interval range,
                                const std::function<bool(const TakenTime&)>& visit) const = 0;
    // Events and stated busy times, each once, with their text and without UIDs and IndexReach.
    virtual void for_each_undecided(std::int64_t collection, core::Interval range,
                                    const std::function<bool(const Object&)>& visit) const = 0;
    // Members changed or removed after `revision`, in order of revision, `limit` at most. A member
    // that was created and removed since then is listed as removed.
    virtual void for_each_change(std::int64_t collection, std::int64_t revision, std::size_t limit,
                                 const std::function<bool(const Change&)>& visit,
                                 Listing listing = Listing::heads) const = 0;
    // Stamped with `object.head.revision`, which the caller took from next_revision. A tombstone of
    // the same name goes.
    virtual std::int64_t insert(const Object& object) = 0;
    // By id; may change collection, within its home, and name (MOVE): the caller leaves the
    // tombstone.
    virtual void update(const Object& object) = 0;
    virtual void remove(std::int64_t id) = 0; // the caller leaves the tombstone
    virtual void leave_tombstone(std::int64_t collection, std::string_view name,
                                 std::int64_t revision, core::Instant now) = 0;
    // Forgets tombstones left before `before`, `limit` of them or few more, and raises the floor of
    // their collections above them. Returns how many; 0: there are no more.
    virtual std::size_t forget_tombstones(core::Instant before, std::size_t limit) = 0;

    // Messages in inboxes that were created before `before`, the oldest first.
    [[nodiscard]] virtual std::vector<ObjectHead> old_messages(core::Instant before,
                                                               std::size_t limit) const = 0;

    // The index of an object, in order of time; the object's `index` says how far it reaches.
    [[nodiscard]] virtual std::vector<IndexedOccurrence> occurrences(std::int64_t object) const = 0;
    // Replaces it. Whoever inserts or updates an object does this as well.
    virtual void set_occurrences(const ObjectHead& object,
                                 const std::vector<IndexedOccurrence>& occurrences) = 0;
    // Objects whose index is due, the longest due first.
    [[nodiscard]] virtual std::vector<Object> index_due(core::Instant now,
                                                        std::size_t limit) const = 0;
    // Replaces the index of `object` unless it is not as it was read, text or index: false.
    virtual bool refresh_index(const Object& object, const IndexReach& index,
                               const std::vector<IndexedOccurrence>& occurrences) = 0;
};

// Dead properties of any resource. `resource` is a key the caller makes: "collection:7",
// "object:9", "account:ID", "home:ID".
class Properties {
public:
    virtual ~Properties() = default;
    [[nodiscard]] virtual std::vector<DeadProperty> list(std::string_view resource) const = 0;
    virtual void set(std::string_view resource, const DeadProperty& property) = 0;
    virtual void remove(std::string_view resource, std::string_view name_space,
                        std::string_view name) = 0;
    virtual void remove_all(std::string_view resource) = 0;
    virtual void copy_all(std::string_view from, std::string_view to) = 0; // replaces
};

struct Participation {
    Session session;
    Participant participant;
    // Where the session's object is and its revision, which name its text; 0: it has none. Of lists
    // only.
    std::int64_t collection = 0;
    std::int64_t revision = 0;
};

class Sessions {
public:
    virtual ~Sessions() = default;
    [[nodiscard]] virtual std::optional<Session> find(std::int64_t id) const = 0;
    [[nodiscard]] virtual std::optional<Session> find(std::string_view owner,
                                                      std::string_view uid) const = 0;
    [[nodiscard]] virtual std::vector<Session> list_by_owner(std::string_view owner) const = 0;
    [[nodiscard]] virtual std::vector<Session> list() const = 0;
    virtual std::int64_t insert(const Session& session) = 0;
    virtual void update(const Session& session) = 0; // by id

    [[nodiscard]] virtual std::optional<Participant> participant(std::int64_t id) const = 0;
    [[nodiscard]] virtual std::vector<Participant> participants(std::int64_t session) const = 0;
    [[nodiscard]] virtual std::vector<Participation>
    participations_of_account(std::string_view account) const = 0;
    [[nodiscard]] virtual std::vector<Participation>
    participations_of_address(std::string_view address) const = 0;
    virtual std::int64_t insert(const Participant& participant) = 0;
    virtual void update(const Participant& participant) = 0; // by id

    virtual void insert(const Attempt& attempt) = 0;
    [[nodiscard]] virtual std::vector<Attempt> attempts(std::int64_t participant,
                                                        std::size_t newest) const = 0;
    // Keeps the newest `count` of a participant's attempts.
    virtual void trim_attempts(std::int64_t participant, std::size_t count) = 0;
};

class Feeds {
public:
    virtual ~Feeds() = default;
    [[nodiscard]] virtual std::optional<Feed> find(std::int64_t id) const = 0;
    [[nodiscard]] virtual std::optional<Feed> find_by_subject(std::string_view subject) const = 0;
    virtual std::int64_t insert(const Feed& feed) = 0;
    // By id; revision and modified stay. Whoever had fetched it has not fetched the new generation.
    virtual void update(const Feed& feed) = 0;
    // Raises the revision of that subject's feed, if there is one.
    virtual void raise(std::string_view subject, core::Instant now) = 0;
    // Its reader has the revision that `feed` says, if they had none or an older one.
    virtual void note_fetched(const Feed& feed, core::Instant now) = 0;
    // Whether anybody who is or was a participant of that session has fetched their feed, where the
    // subject of a feed is `prefix` and an address.
    [[nodiscard]] virtual bool is_followed(std::int64_t session, std::string_view prefix) const = 0;
};

// Former texts of objects.
class Versions {
public:
    virtual ~Versions() = default;
    [[nodiscard]] virtual std::optional<Version> find(std::int64_t id) const = 0;
    // Newest first; of one calendar by its name, of one UID ("": any).
    [[nodiscard]] virtual std::vector<Version> list(std::string_view owner,
                                                    std::string_view collection_name,
                                                    std::string_view uid,
                                                    std::size_t newest) const = 0;
    virtual std::int64_t insert(const Version& version) = 0;
    // Keeps the newest `count` of one resource.
    virtual void trim(std::int64_t collection, std::string_view name, std::size_t count) = 0;
    // Keeps the newest `bytes` of one account and the version in which they begin; what was
    // forgotten between them counts.
    virtual void trim_owner(std::string_view owner, std::size_t bytes) = 0;
    // Forgets versions that ended before `before`, `limit` at most. Returns how many; 0: there are
    // no more.
    virtual std::size_t forget(core::Instant before, std::size_t limit) = 0;
};

// Facts about the database itself: "epoch" (part of every sync token), "link_base".
class Facts {
public:
    virtual ~Facts() = default;
    [[nodiscard]] virtual std::optional<std::string> find(std::string_view key) const = 0;
    virtual void set(std::string_view key, std::string_view value) = 0;
};

// Constness is the difference between reading and writing: a read transaction hands out const
// repositories only.
class ReadTransaction {
public:
    virtual ~ReadTransaction() = default;
    [[nodiscard]] virtual const Accounts& accounts() const = 0;
    [[nodiscard]] virtual const Collections& collections() const = 0;
    [[nodiscard]] virtual const Objects& objects() const = 0;
    [[nodiscard]] virtual const Properties& properties() const = 0;
    [[nodiscard]] virtual const Sessions& sessions() const = 0;
    [[nodiscard]] virtual const Feeds& feeds() const = 0;
    [[nodiscard]] virtual const Versions& versions() const = 0;
    [[nodiscard]] virtual const Facts& facts() const = 0;
    [[nodiscard]] virtual const Outbox& outbox() const = 0;
    [[nodiscard]] virtual const Grants& grants() const = 0;
    [[nodiscard]] virtual const Shares& shares() const = 0;
    [[nodiscard]] virtual const Attachments& attachments() const = 0;
};

class WriteTransaction : public ReadTransaction {
public:
    using ReadTransaction::accounts;
    using ReadTransaction::attachments;
    using ReadTransaction::collections;
    using ReadTransaction::facts;
    using ReadTransaction::feeds;
    using ReadTransaction::grants;
    using ReadTransaction::objects;
    using ReadTransaction::outbox;
    using ReadTransaction::properties;
    using ReadTransaction::sessions;
    using ReadTransaction::shares;
    using ReadTransaction::versions;
    [[nodiscard]] virtual Accounts& accounts() = 0;
    [[nodiscard]] virtual Collections& collections() = 0;
    [[nodiscard]] virtual Objects& objects() = 0;
    [[nodiscard]] virtual Properties& properties() = 0;
    [[nodiscard]] virtual Sessions& sessions() = 0;
    [[nodiscard]] virtual Feeds& feeds() = 0;
    [[nodiscard]] virtual Versions& versions() = 0;
    [[nodiscard]] virtual Facts& facts() = 0;
    [[nodiscard]] virtual Outbox& outbox() = 0;
    [[nodiscard]] virtual Grants& grants() = 0;
    [[nodiscard]] virtual Shares& shares() = 0;
    [[nodiscard]] virtual Attachments& attachments() = 0;
};

class Store {
public:
    virtual ~Store() = default;

    // `f` takes a const ReadTransaction& and returns anything but a reference into it.
    template <class F>
    auto read(F&& f) {
        using T = std::invoke_result_t<F, const ReadTransaction&>;
        if constexpr (std::is_void_v<T>) {
            do_read([&](const ReadTransaction& transaction) { f(transaction); });
        } else {
            std::optional<T> result;
            do_read([&](const ReadTransaction& transaction) { result.emplace(f(transaction)); });
            return std::move(*result);
        }
    }

    // `f` takes a WriteTransaction& and returns a core::Result. A value commits, an error rolls
    // back; so does an exception.
    template <class F>
    auto write(F&& f) {
        using T = std::invoke_result_t<F, WriteTransaction&>;
        std::optional<T> result;
        do_write([&](WriteTransaction& transaction) {
            result.emplace(f(transaction));
            return result->has_value();
        });
        return std::move(*result);
    }

protected:
    virtual void do_read(const std::function<void(const ReadTransaction&)>& f) = 0;
    // Commits if `f` returns true. Returns when the outcome is durable.
    virtual void do_write(const std::function<bool(WriteTransaction&)>& f) = 0;
};

} // namespace storage
