// The one door for calendars themselves: making, changing and removing them.
#include "core/limits.h"
#include "domain/calendars.h"
#include "domain/sessions.h"
#include "domain/sharing.h"

#include <string>
#include <vector>

namespace domain {

core::Result<storage::Collection> Calendars::create(storage::WriteTransaction& transaction,
                                                    std::string_view owner, std::string_view name,
                                                    NewCalendar calendar) const {
    if (transaction.collections().find(owner, name)
        || transaction.shares().find_by_name(owner, name)) {
        return core::fail(core::Errc::method_not_allowed, "There is a resource of this name.",
                          core::Condition::resource_must_be_null);
    }
    if (transaction.collections().list(owner).size() >= core::limits::collections_per_account) {
        return core::fail(core::Errc::insufficient_storage,
                          "An account holds no more than "
                              + std::to_string(core::limits::collections_per_account)
                              + " calendars.");
    }
    storage::Collection row = std::move(calendar.collection);
    row.owner = owner;
    row.name = name;
    row.revision = 0;
    row.revision_floor = 0;
    row.created = clock_.now();
    row.id = transaction.collections().insert(row);
    const std::string key = "collection:" + std::to_string(row.id);
    for (const storage::DeadProperty& property : calendar.properties) {
        transaction.properties().set(key, property);
    }
    return row;
}

void Calendars::update(storage::WriteTransaction& transaction,
                       const storage::Collection& collection) const {
    const auto before = transaction.collections().find(collection.id);
    transaction.collections().update(collection);
    transaction.collections().next_revision(collection.id);
    if (before && before->name != collection.name) {
        transaction.collections().leave_tombstone(before->owner, before->name, clock_.now());
    }
    if (before && before->time_zone != collection.time_zone) {
        // Times without a zone mean something else now.
        for (const storage::Session& session :
             transaction.sessions().list_by_owner(collection.owner)) {
            session_changed(transaction, session.id, clock_.now());
        }
    }
}

void Calendars::remove(storage::WriteTransaction& transaction,
                       const storage::Collection& collection) const {
    std::vector<storage::ObjectHead> heads;
    transaction.objects().for_each_member(collection.id, [&](const storage::ObjectHead& head) {
        heads.push_back(head);
        return true;
    });
    for (const storage::ObjectHead& head : heads) {
        remove(transaction, head);
    }
    unshare(transaction, collection, clock_.now());
    transaction.collections().remove(collection.id);
    transaction.collections().leave_tombstone(collection.owner, collection.name, clock_.now());
}

} // namespace domain
