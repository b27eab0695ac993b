#include "domain/inbox.h"

#include "core/crypto.h"
#include "core/limits.h"
#include "domain/occurrence_index.h"
#include "domain/stored_form.h"
#include "ical/object.h"
#include "ical/zone.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace domain {

namespace {

constexpr std::size_t message_name_bytes = 16;

storage::Collection made_inbox(storage::WriteTransaction& transaction, std::string_view owner,
                               core::Instant now) {
    storage::Collection inbox = inbox_of(transaction, owner);
    if (inbox.id == 0) {
        inbox.created = now;
        inbox.id = transaction.collections().insert(inbox);
    }
    return inbox;
}

// The oldest go first.
void make_room(storage::WriteTransaction& transaction, std::int64_t inbox, core::Instant now) {
    std::vector<storage::ObjectHead> messages;
    transaction.objects().for_each_member(
        inbox,
        [&](const storage::ObjectHead& head) {
            messages.push_back(head);
            return true;
        },
        storage::Listing::names);
    for (std::size_t i = 0; i + core::limits::inbox_messages <= messages.size(); ++i) {
        remove_message(transaction, messages[i], now);
    }
}

} // namespace

storage::Collection inbox_of(const storage::ReadTransaction& transaction, std::string_view owner) {
    if (auto found = transaction.collections().find(owner, storage::inbox_name)) {
        return std::move(*found);
    }
    storage::Collection inbox;
    inbox.owner = owner;
    inbox.name = storage::inbox_name;
    inbox.is_calendar = false;
    return inbox;
}

core::Done deliver(storage::WriteTransaction& transaction, std::string_view account,
                   const Rendered& message, core::Instant now) {
    const ical::Object event = TRY(ical::read_object(message.text, ical::utc()));
    const ObjectIndex index = TRY(index_of(event, now));
    const storage::Collection inbox = made_inbox(transaction, account, now);
    make_room(transaction, inbox.id, now);
    storage::Object row;
    row.head.collection = inbox.id;
    row.head.name = core::random_token(message_name_bytes) + ".ics";
    row.head.component = ical::component_name(event.kind);
    row.head.content_type = calendar_content_type;
    row.head.etag = etag_of(message.text);
    row.head.size = static_cast<std::int64_t>(message.text.size());
    row.head.revision = transaction.collections().next_revision(inbox.id);
    row.head.created = now;
    row.head.modified = now;
    row.text = message.text;
    row.links = message.links;
    row.index = index.reach;
    row.head.id = transaction.objects().insert(row);
    transaction.objects().set_occurrences(row.head, index.occurrences);
    return {};
}

void remove_message(storage::WriteTransaction& transaction, const storage::ObjectHead& message,
                    core::Instant now) {
    const std::int64_t revision = transaction.collections().next_revision(message.collection);
    transaction.objects().remove(message.id);
    transaction.objects().leave_tombstone(message.collection, message.name, revision, now);
}

std::size_t forget_old_messages(storage::Store& store, core::Instant now, std::size_t batch) {
    const core::Instant before = now - core::limits::inbox_days * core::day_seconds;
    const auto done =
        store.write([&](storage::WriteTransaction& transaction) -> core::Result<std::size_t> {
            auto old = transaction.objects().old_messages(before, batch);
            std::stable_sort(old.begin(), old.end(), [](const auto& one, const auto& other) {
                return one.collection < other.collection; // whoever else takes many homes does so
            });
            for (const storage::ObjectHead& message : old) {
                remove_message(transaction, message, now);
            }
            return old.size();
        });
    return done.value_or(0);
}

} // namespace domain
