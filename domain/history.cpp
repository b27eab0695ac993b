#include "domain/history.h"

#include "core/limits.h"
#include "core/time.h"
#include "ical/object.h"

#include <utility>

namespace domain {

namespace {

core::Result<storage::Collection> target_of(const storage::ReadTransaction& transaction,
                                            const storage::Version& version,
                                            const std::optional<std::string>& calendar_name) {
    std::optional<storage::Collection> found;
    if (!calendar_name) {
        found = transaction.collections().find(version.collection);
    }
    const std::string name = calendar_name.value_or(version.collection_name);
    if (!found) {
        found = transaction.collections().find(version.owner, name);
    }
    if (!found) {
        return core::fail(core::Errc::not_found,
                          "There is no calendar " + name + ": make it first, or name another one.");
    }
    return *found;
}

// Where a version goes, so that it takes the place of its own object and of no other.
std::string place_of(const storage::ReadTransaction& transaction,
                     const storage::Collection& collection, const storage::Version& version) {
    if (!version.uid.empty()) {
        if (const auto same = transaction.objects().find_by_uid(collection.id, version.uid)) {
            return same->name;
        }
    }
    const auto there = transaction.objects().find_head(collection.id, version.name);
    const bool taken = there && there->uid != version.uid;
    return taken ? std::to_string(version.id) + "-" + version.name : version.name;
}

} // namespace

void keep_version(storage::WriteTransaction& transaction, const storage::Collection& collection,
                  const storage::Object& last, storage::Ending ending, core::Instant now,
                  const Policy& policy) {
    if (policy.history_days == 0) {
        return;
    }
    transaction.versions().insert(storage::Version{.id = 0,
                                                   .owner = collection.owner,
                                                   .collection = collection.id,
                                                   .collection_name = collection.name,
                                                   .name = last.head.name,
                                                   .uid = last.head.uid,
                                                   .component = last.head.component,
                                                   .content_type = last.head.content_type,
                                                   .ending = ending,
                                                   .written = last.head.modified,
                                                   .ended = now,
                                                   .text = last.text});
    transaction.versions().trim(collection.id, last.head.name, core::limits::versions_per_object);
    transaction.versions().trim_owner(collection.owner, policy.history_bytes);
}

core::Result<PutBack> put_back(storage::WriteTransaction& transaction, const Calendars& calendars,
                               std::int64_t id, const std::optional<std::string>& calendar_name) {
    auto version = transaction.versions().find(id);
    if (!version) {
        return core::fail(core::Errc::not_found, "There is no version " + std::to_string(id) + ".");
    }
    const storage::Collection collection = TRY(target_of(transaction, *version, calendar_name));
    const std::string name = place_of(transaction, collection, *version);
    std::string path = "/calendars/" + collection.owner + "/" + collection.name + "/" + name;
    if (!collection.is_calendar) {
        return PutBack{std::move(path),
                       TRY(calendars.put_plain(transaction, collection, name,
                                               std::move(version->text), version->content_type))};
    }
    const CheckedObject checked = TRY(calendars.check(collection, std::move(version->text)));
    return PutBack{std::move(path), TRY(calendars.put(transaction, collection, name, checked))};
}

std::string summary_of(const storage::Version& version) {
    const auto object = ical::read_object(version.text, ical::utc());
    if (!object || object->main_components().empty()) {
        return "";
    }
    return std::string(object->main_components().front()->text("SUMMARY"));
}

std::size_t prune_history(storage::Store& store, core::Instant now, const Policy& policy,
                          std::size_t batch) {
    const core::Instant before = now - std::int64_t{policy.history_days} * core::day_seconds;
    return *store.write([&](storage::WriteTransaction& transaction) -> core::Result<std::size_t> {
        return transaction.versions().forget(before, batch);
    });
}

} // namespace domain
