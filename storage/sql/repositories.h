// The repositories of storage/store.h over any driver. Every statement of the program stands in the
// .cpp files beside this header, once.
#pragma once

#include "storage/sql/connection.h"
#include "storage/store.h"

namespace storage::sql {

class SqlAccounts final : public Accounts {
public:
    explicit SqlAccounts(Connection& connection) : connection_(connection) {}
    [[nodiscard]] std::optional<Account> find(std::string_view id) const override;
    [[nodiscard]] std::optional<Account> find_by_login(std::string_view login) const override;
    [[nodiscard]] std::optional<Account> find_by_email(std::string_view email) const override;
    [[nodiscard]] std::vector<Account> list() const override;
    void insert(const Account& account) override;
    void update(const Account& account) override;

private:
    Connection& connection_;
};

class SqlCollections final : public Collections {
public:
    explicit SqlCollections(Connection& connection) : connection_(connection) {}
    [[nodiscard]] std::optional<Collection> find(std::string_view owner,
                                                 std::string_view name) const override;
    [[nodiscard]] std::optional<Collection> find(std::int64_t id) const override;
    [[nodiscard]] std::vector<Collection> list(std::string_view owner) const override;
    std::int64_t insert(const Collection& collection) override;
    void update(const Collection& collection) override;
    void remove(std::int64_t id) override;
    std::int64_t next_revision(std::int64_t id) override;
    [[nodiscard]] std::int64_t home_revision(std::string_view owner) const override;
    [[nodiscard]] Home home(std::string_view owner) const override;
    void set_default_calendar(std::string_view owner,
                              std::optional<std::int64_t> collection) override;
    void leave_tombstone(std::string_view owner, std::string_view name, core::Instant now) override;
    void forget_name(std::string_view owner, std::string_view name) override;
    [[nodiscard]] std::vector<RemovedCollection> removed(std::string_view owner,
                                                         std::int64_t revision) const override;
    std::size_t forget_tombstones(core::Instant before, std::size_t limit) override;

private:
    std::int64_t raise_home_revision(std::int64_t collection);
    std::int64_t raise_home_revision(std::string_view owner);

    Connection& connection_;
};

class SqlObjects final : public Objects {
public:
    explicit SqlObjects(Connection& connection) : connection_(connection) {}
    [[nodiscard]] std::optional<Object> find(std::int64_t collection,
                                             std::string_view name) const override;
    [[nodiscard]] std::optional<Object> find(std::int64_t id) const override;
    [[nodiscard]] std::optional<ObjectHead> find_head(std::int64_t collection,
                                                      std::string_view name) const override;
    [[nodiscard]] std::optional<ObjectHead> find_by_uid(std::int64_t collection,
                                                        std::string_view uid) const override;
    [[nodiscard]] std::vector<Object> find_by_owner_and_uid(std::string_view owner,
                                                            std::string_view uid) const override;
    void for_each_member(std::int64_t collection,
                         const std::function<bool(const ObjectHead&)>& visit,
                         Listing listing) const override;
    void for_each_object(std::int64_t collection, std::string_view component,
                         const std::function<bool(const Object&)>& visit) const override;
    void
    for_each_in_range(std::int64_t collection, std::string_view component, core::Interval range,
                      Detail detail,
                      const std::function<bool(const Object&, Certainty)>& visit) const override;
    void for_each_taken(std::int64_t collection, core::Interval range,
                        const std::function<bool(const TakenTime&)>& visit) const override;
    void for_each_undecided(std::int64_t collection, core::Interval range,
                            const std::function<bool(const Object&)>& visit) const override;
    void for_each_change(std::int64_t collection, std::int64_t revision, std::size_t limit,
                         const std::function<bool(const Change&)>& visit,
                         Listing listing) const override;
    std::int64_t insert(const Object& object) override;
    void update(const Object& object) override;
    void remove(std::int64_t id) override;
    void leave_tombstone(std::int64_t collection, std::string_view name, std::int64_t revision,
                         core::Instant now) override;
    std::size_t forget_tombstones(core::Instant before, std::size_t limit) override;
    [[nodiscard]] std::vector<ObjectHead> old_messages(core::Instant before,
                                                       std::size_t limit) const override;
    [[nodiscard]] std::vector<IndexedOccurrence> occurrences(std::int64_t object) const override;
    void set_occurrences(const ObjectHead& object,
                         const std::vector<IndexedOccurrence>& occurrences) override;
    [[nodiscard]] std::vector<Object> index_due(core::Instant now,
                                                std::size_t limit) const override;
    bool refresh_index(const Object& object, const IndexReach& index,
                       const std::vector<IndexedOccurrence>& occurrences) override;

private:
    using RangeVisitor = std::function<bool(const Object&, Certainty)>;

    void remove_tombstone(std::int64_t collection, std::string_view name);
    void visit_short_range(std::int64_t collection, std::string_view component,
                           core::Interval range, Detail detail, const RangeVisitor& visit) const;
    void visit_long_range(std::int64_t collection, std::string_view component, core::Interval range,
                          Detail detail, const RangeVisitor& visit) const;
    void load_text(Object& object) const;

    Connection& connection_;
};

class SqlProperties final : public Properties {
public:
    explicit SqlProperties(Connection& connection) : connection_(connection) {}
    [[nodiscard]] std::vector<DeadProperty> list(std::string_view resource) const override;
    void set(std::string_view resource, const DeadProperty& property) override;
    void remove(std::string_view resource, std::string_view name_space,
                std::string_view name) override;
    void remove_all(std::string_view resource) override;
    void copy_all(std::string_view from, std::string_view to) override;

private:
    Connection& connection_;
};

class SqlSessions final : public Sessions {
public:
    explicit SqlSessions(Connection& connection) : connection_(connection) {}
    [[nodiscard]] std::optional<Session> find(std::int64_t id) const override;
    [[nodiscard]] std::optional<Session> find(std::string_view owner,
                                              std::string_view uid) const override;
    [[nodiscard]] std::vector<Session> list_by_owner(std::string_view owner) const override;
    [[nodiscard]] std::vector<Session> list() const override;
    std::int64_t insert(const Session& session) override;
    void update(const Session& session) override;

    [[nodiscard]] std::optional<Participant> participant(std::int64_t id) const override;
    [[nodiscard]] std::vector<Participant> participants(std::int64_t session) const override;
    [[nodiscard]] std::vector<Participation>
    participations_of_account(std::string_view account) const override;
    [[nodiscard]] std::vector<Participation>
    participations_of_address(std::string_view address) const override;
    std::int64_t insert(const Participant& participant) override;
    void update(const Participant& participant) override;

    void insert(const Attempt& attempt) override;
    [[nodiscard]] std::vector<Attempt> attempts(std::int64_t participant,
                                                std::size_t newest) const override;
    void trim_attempts(std::int64_t participant, std::size_t count) override;

private:
    Connection& connection_;
};

class SqlFeeds final : public Feeds {
public:
    explicit SqlFeeds(Connection& connection) : connection_(connection) {}
    [[nodiscard]] std::optional<Feed> find(std::int64_t id) const override;
    [[nodiscard]] std::optional<Feed> find_by_subject(std::string_view subject) const override;
    std::int64_t insert(const Feed& feed) override;
    void update(const Feed& feed) override;
    void raise(std::string_view subject, core::Instant now) override;
    void note_fetched(const Feed& feed, core::Instant now) override;
    [[nodiscard]] bool is_followed(std::int64_t session, std::string_view prefix) const override;

private:
    Connection& connection_;
};

class SqlVersions final : public Versions {
public:
    explicit SqlVersions(Connection& connection) : connection_(connection) {}
    [[nodiscard]] std::optional<Version> find(std::int64_t id) const override;
    [[nodiscard]] std::vector<Version> list(std::string_view owner,
                                            std::string_view collection_name, std::string_view uid,
                                            std::size_t newest) const override;
    std::int64_t insert(const Version& version) override;
    void trim(std::int64_t collection, std::string_view name, std::size_t count) override;
    void trim_owner(std::string_view owner, std::size_t bytes) override;
    std::size_t forget(core::Instant before, std::size_t limit) override;

private:
    Connection& connection_;
};

class SqlFacts final : public Facts {
public:
    explicit SqlFacts(Connection& connection) : connection_(connection) {}
    [[nodiscard]] std::optional<std::string> find(std::string_view key) const override;
    void set(std::string_view key, std::string_view value) override;

private:
    Connection& connection_;
};

} // namespace storage::sql
