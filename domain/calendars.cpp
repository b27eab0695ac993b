#include "domain/calendars.h"

#include "core/limits.h"
#include "core/uri.h"
#include "domain/addresses.h"
#include "domain/attachment_lines.h"
#include "domain/calendar_zone.h"
#include "domain/history.h"
#include "domain/inbox.h"
#include "domain/inbox_notices.h"
#include "domain/links.h"
#include "domain/rendering.h"
#include "domain/scheduler.h"
#include "domain/scheduling_lines.h"
#include "domain/sessions.h"
#include "domain/stored_form.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace domain {

namespace {

unsigned component_bit(ical::Kind kind) {
    switch (kind) {
    case ical::Kind::event:
        return storage::components::event;
    case ical::Kind::todo:
        return storage::components::todo;
    case ical::Kind::journal:
        return storage::components::journal;
    case ical::Kind::freebusy:
        return storage::components::freebusy;
    case ical::Kind::availability:
        break;
    }
    return storage::components::availability;
}

core::Done check_component(const storage::Collection& collection, ical::Kind kind) {
    if ((collection.components & component_bit(kind)) == 0) {
        return core::fail(core::Errc::forbidden,
                          "This calendar does not take " + std::string(ical::component_name(kind))
                              + ".",
                          core::Condition::supported_calendar_component);
    }
    return {};
}

bool has_forbidden_characters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t' && c != '\r' && c != '\n') || byte == 0x7f;
    });
}

bool may_be_session(const storage::ReadTransaction& transaction,
                    const storage::Collection& collection, const ical::Object& event) {
    return collection.sessions && is_session(event, owner_of(transaction, collection.owner));
}

core::Done check_uid(const storage::ReadTransaction& transaction, const storage::Object& row,
                     std::string_view uid) {
    if (row.head.id != 0 && !row.head.uid.empty() && row.head.uid != uid) {
        return core::fail(core::Errc::forbidden, "The UID of a calendar object may not change.",
                          core::Condition::no_uid_conflict, row.head.name);
    }
    const auto other = transaction.objects().find_by_uid(row.head.collection, uid);
    if (other && other->id != row.head.id) {
        return core::fail(core::Errc::forbidden,
                          "The calendar has an object of this UID under another name.",
                          core::Condition::no_uid_conflict, other->name);
    }
    return {};
}

std::string organizer_in(const ical::Object& event) {
    const ical::Property* const line = organizer_line(event);
    return line == nullptr ? "" : normalise_address(line->value());
}

// RFC 6638 section 3.2.4.1: scheduling answers to a UID, so an account has one resource of it. Two
// of one organizer are let be: Thunderbird, Evolution and KDE move an event by PUT there and DELETE
// here, and the session goes on where the event is. The href of the error is a path below the home.
core::Done check_unique(const storage::ReadTransaction& transaction,
                        const storage::Collection& collection, const ical::Object& event,
                        const ical::ZonePtr& floating) {
    if (schedule_tag_of(event, {}).empty()) {
        return {};
    }
    for (const storage::Object& other :
         transaction.objects().find_by_owner_and_uid(collection.owner, event.uid)) {
        if (other.head.collection == collection.id || other.head.schedule_tag.empty()) {
            continue;
        }
        const auto known = ical::read_object(other.text, floating);
        if (!known || organizer_in(*known) == organizer_in(event)) {
            continue;
        }
        const auto holder = transaction.collections().find(other.head.collection);
        return core::fail(core::Errc::forbidden,
                          "Somebody else's event of this UID is in a calendar of this account.",
                          core::Condition::unique_scheduling_object_resource,
                          core::encode_segment(holder ? holder->name : "") + "/"
                              + core::encode_segment(other.head.name));
    }
    return {};
}

// RFC 6638 section 3.2.10: what the server changes for somebody's answer is no reason for another
// tag.
std::string tag_after(Cause cause, const std::string& before, const ical::Object& event,
                      const std::string& text) {
    std::string tag = schedule_tag_of(event, text);
    const bool is_kept = cause == Cause::answers || cause == Cause::again;
    return is_kept && !before.empty() && !tag.empty() ? before : tag;
}

// What is stored already, and what the server itself writes, is not judged again.
AttachmentContext attachment_context(const Policy& policy, const storage::Collection& collection,
                                     std::int64_t object, const Write& write) {
    return {.public_url = policy.public_url,
            .owner = collection.owner,
            .object = object,
            .copied_from = write.copied_from,
            .unknown = write.cause == Cause::client ? Unknown::refused : Unknown::unmanaged};
}

// Writes the row with the tags of its text. The caller has taken its revision.
void save(storage::WriteTransaction& transaction, storage::Object& row, core::Instant now) {
    row.head.etag = etag_of(row.text);
    row.head.size = static_cast<std::int64_t>(row.text.size());
    row.head.modified = now;
    if (row.head.id == 0) {
        row.head.created = now;
        row.head.id = transaction.objects().insert(row);
    } else {
        transaction.objects().update(row);
    }
}

} // namespace

ical::ZonePtr Calendars::floating_zone(const storage::Collection& collection) const {
    return domain::floating_zone(collection, policy_);
}

core::Result<CheckedObject> Calendars::check(const storage::Collection& collection,
                                             std::string text) const {
    auto object = TRY(ical::parse_object(text, floating_zone(collection)));
    TRYV(check_component(collection, object.kind));
    return with_index(std::move(text), std::move(object));
}

core::Result<CheckedObject> Calendars::with_index(std::string text, ical::Object object) const {
    auto index = TRY(index_of(object, clock_.now()));
    return CheckedObject{std::move(text), std::move(object), std::move(index)};
}

core::Result<Stored> Calendars::put(storage::WriteTransaction& transaction,
                                    const storage::Collection& collection, std::string_view name,
                                    const CheckedObject& checked, Cause cause) const {
    const auto before = transaction.objects().find(collection.id, name);
    TRYV(check_quota(transaction, collection.owner, before ? before->text.size() : 0,
                     checked.text.size()));
    storage::Object row;
    if (before) {
        row.head = before->head;
    }
    row.head.collection = collection.id;
    row.head.name = name;
    Stored stored =
        TRY(store_event(transaction, collection, std::move(row), checked, {cause, {}, 0}));
    if (before && before->head.etag != stored.head.etag) {
        keep_version(transaction, collection, *before, storage::Ending::replaced, clock_.now(),
                     policy_);
    }
    return stored;
}

// Links off, rules checked, others' part decided, session settled, links on, row written, others'
// copies written: the order matters, because the session looks at the row as it was before.
core::Result<Stored> Calendars::store_event(storage::WriteTransaction& transaction,
                                            const storage::Collection& collection,
                                            storage::Object row, const CheckedObject& checked,
                                            const Write& write) const {
    TRYV(check_uid(transaction, row, checked.object.uid));
    Stored stored;
    stored.created = row.head.id == 0;
    if (stored.created && write.cause == Cause::client) {
        TRYV(check_unique(transaction, collection, checked.object, floating_zone(collection)));
    }

    ical::Object event = checked.object;
    const bool had_links = remove_links(event.calendar);
    Scheduler scheduler(transaction, *this, write);
    TRYV(scheduler.prepare(collection, row, event));
    auto rendered = scheduler.take_copy(); // the server's own text
    const AcceptedAttachments attached =
        rendered
            ? AcceptedAttachments{attachments_in(transaction, event.calendar), false}
            : TRY(accept_attachments(transaction, event.calendar,
                                     attachment_context(policy_, collection, row.head.id, write)));
    const bool rewrite = had_links || scheduler.changed() || attached.changed
                         || has_forbidden_characters(checked.text);
    const ObjectIndex index =
        scheduler.changed() ? TRY(index_of(event, clock_.now())) : checked.index;
    row.text = rewrite ? ical::print(event.calendar) : checked.text;
    row.links.clear();
    row.index = index.reach;
    row.head.uid = event.uid;
    row.head.component = ical::component_name(event.kind);
    row.head.content_type = calendar_content_type;
    row.head.revision = transaction.collections().next_revision(collection.id);
    if (stored.created && may_be_session(transaction, collection, event)) {
        save(transaction, row, clock_.now()); // a session hangs on a row
    }
    if (!rendered && row.head.id != 0) {
        rendered =
            settle_session(transaction, collection, row.head.id, event, clock_.now(), policy_);
    }
    if (rendered) {
        row.text = std::move(rendered->text);
        row.links = std::move(rendered->links);
    }
    row.head.schedule_tag = tag_after(write.cause, row.head.schedule_tag, event, row.text);
    save(transaction, row, clock_.now());
    transaction.objects().set_occurrences(row.head, index.occurrences);
    if (!stored.created || !attached.attachments.empty()) {
        set_attachments(transaction, row.head.id, attached.attachments);
    }
    TRYV(scheduler.write_copies(row.head.id, event));
    stored.verbatim = row.links.empty() && row.text == checked.text;
    stored.head = std::move(row.head);
    return stored;
}

core::Done Calendars::put_answers(storage::WriteTransaction& transaction, std::int64_t object,
                                  ical::Object event, const std::string& answering) const {
    const auto before = transaction.objects().find(object);
    const auto collection =
        before ? transaction.collections().find(before->head.collection) : std::nullopt;
    if (!collection) {
        return core::fail(core::Errc::not_found, "The session was cancelled.");
    }
    std::string text = ical::print(event.calendar);
    const CheckedObject checked = TRY(with_index(std::move(text), std::move(event)));
    storage::Object row;
    row.head = before->head;
    const Stored stored = TRY(store_event(transaction, *collection, std::move(row), checked,
                                          {Cause::answers, answering, 0}));
    if (before->head.etag != stored.head.etag) {
        keep_version(transaction, *collection, *before, storage::Ending::replaced, clock_.now(),
                     policy_);
    }
    const auto former = TRY(ical::read_object(before->text, checked.object.zones.floating()));
    for (const auto& reply : TRY(reply_notices(former, checked.object, clock_.now()))) {
        TRYV(deliver(transaction, collection->owner, {ical::print(reply), {}}, clock_.now()));
    }
    return {};
}

// Somebody's copy of another's event: `row` is what it was, or new but for its name and UID.
core::Done Calendars::store_copy(storage::WriteTransaction& transaction, storage::Object row,
                                 const storage::Collection& collection, Rendered rendered,
                                 Cause cause) const {
    if (row.head.id != 0 && row.text == rendered.text) {
        return {};
    }
    const auto event = TRY(ical::read_object(rendered.text, floating_zone(collection)));
    const ObjectIndex index = TRY(index_of(event, clock_.now()));
    const std::int64_t revision = transaction.collections().next_revision(collection.id);
    if (row.head.id != 0) {
        keep_version(transaction, collection, row, storage::Ending::replaced, clock_.now(),
                     policy_);
    }
    row.text = std::move(rendered.text);
    row.links = std::move(rendered.links);
    row.index = index.reach;
    row.head.collection = collection.id;
    row.head.component = ical::component_name(event.kind);
    row.head.content_type = calendar_content_type;
    row.head.schedule_tag = tag_after(cause, row.head.schedule_tag, event, row.text);
    row.head.revision = revision;
    save(transaction, row, clock_.now());
    transaction.objects().set_occurrences(row.head, index.occurrences);
    set_attachments(transaction, row.head.id, attachments_in(transaction, event.calendar));
    return {};
}

core::Result<Stored> Calendars::put_plain(storage::WriteTransaction& transaction,
                                          const storage::Collection& collection,
                                          std::string_view name, std::string body,
                                          std::string content_type) const {
    const auto before = transaction.objects().find(collection.id, name);
    TRYV(check_quota(transaction, collection.owner, before ? before->text.size() : 0, body.size()));
    storage::Object row;
    if (before) {
        row.head = before->head;
    }
    Stored stored;
    stored.created = row.head.id == 0;
    stored.verbatim = true;
    row.head.collection = collection.id;
    row.head.name = name;
    // Media types are short; a list of members is read from an index, where all values are.
    row.head.content_type = content_type.size() <= core::limits::content_type_bytes
                                ? std::move(content_type)
                                : "application/octet-stream";
    row.text = std::move(body);
    row.index = index_of_nothing().reach;
    row.head.revision = transaction.collections().next_revision(collection.id);
    save(transaction, row, clock_.now());
    if (before && before->head.etag != row.head.etag) {
        keep_version(transaction, collection, *before, storage::Ending::replaced, clock_.now(),
                     policy_);
    }
    stored.head = std::move(row.head);
    return stored;
}

void Calendars::remove(storage::WriteTransaction& transaction, const storage::ObjectHead& head,
                       Told told) const {
    take_away(transaction, head, storage::Ending::removed, told);
}

void Calendars::take_away(storage::WriteTransaction& transaction, const storage::ObjectHead& head,
                          storage::Ending ending, Told told) const {
    const auto row = transaction.objects().find(head.id);
    const auto collection = transaction.collections().find(head.collection);
    if (!row || !collection) {
        return;
    }
    // First, as in every change: who waits for another writer waits here.
    const std::int64_t revision = transaction.collections().next_revision(head.collection);
    keep_version(transaction, *collection, *row, ending, clock_.now(), policy_);
    const bool cancelled =
        cancel_session(transaction, *row, collection->owner, clock_.now(), policy_);
    transaction.objects().remove(head.id);
    transaction.objects().leave_tombstone(head.collection, head.name, revision, clock_.now());
    if (cancelled) {
        revive_session(transaction, collection->owner, row->head.uid);
    }
    if (told == Told::everybody) {
        Scheduler(transaction, *this, {}).gone(*collection, *row);
    }
}

// A client moves an event by putting it elsewhere and deleting it here, in either order: the
// session goes on where the event is.
void Calendars::revive_session(storage::WriteTransaction& transaction, std::string_view owner,
                               std::string_view uid) const {
    for (const storage::Object& other : transaction.objects().find_by_owner_and_uid(owner, uid)) {
        const auto collection = transaction.collections().find(other.head.collection);
        if (collection && collection->sessions) {
            settle_again(transaction, other);
            return;
        }
    }
}

void Calendars::settle_again(storage::WriteTransaction& transaction,
                             const storage::Object& object) const {
    const auto collection = transaction.collections().find(object.head.collection);
    if (!collection || !collection->is_calendar) {
        return;
    }
    auto event = ical::read_object(object.text, floating_zone(*collection));
    if (!event) {
        return;
    }
    // An object that was stored passes the rules; where it does not, it stays as it is.
    if (const auto checked = with_index(object.text, std::move(*event))) {
        (void)store_event(transaction, *collection, object, *checked, {Cause::again, {}, 0});
    }
}

core::Result<Stored> Calendars::place(storage::WriteTransaction& transaction, storage::Object row,
                                      const storage::Collection& target, std::string_view name,
                                      const Write& write) const {
    row.head.collection = target.id;
    row.head.name = name;
    if (!target.is_calendar) {
        return place_plain(transaction, std::move(row), target);
    }
    auto event = TRY(ical::parse_object(row.text, floating_zone(target)));
    TRYV(check_component(target, event.kind));
    const CheckedObject checked = TRY(with_index(row.text, std::move(event)));
    return store_event(transaction, target, std::move(row), checked, write);
}

// In a plain collection an event is a file: its session is cancelled and its links are taken out.
core::Result<Stored> Calendars::place_plain(storage::WriteTransaction& transaction,
                                            storage::Object row,
                                            const storage::Collection& target) const {
    const storage::Object last = row;
    if (row.head.id != 0) {
        cancel_session(transaction, row, target.owner, clock_.now(), policy_);
    }
    if (!row.links.empty()) {
        auto event = TRY(ical::read_object(row.text, floating_zone(target)));
        remove_links(event.calendar);
        row.text = ical::print(event.calendar);
        row.links.clear();
    }
    row.head.uid.clear();
    row.head.component.clear();
    row.head.schedule_tag.clear();
    row.index = index_of_nothing().reach;
    Stored stored;
    stored.created = row.head.id == 0;
    row.head.revision = transaction.collections().next_revision(target.id);
    save(transaction, row, clock_.now());
    transaction.objects().set_occurrences(row.head, {});
    if (last.head.id != 0) {
        Scheduler(transaction, *this, {}).gone(target, last);
    }
    stored.head = std::move(row.head);
    return stored;
}

core::Result<Stored> Calendars::move(storage::WriteTransaction& transaction,
                                     const storage::Object& object,
                                     const storage::Collection& target,
                                     std::string_view name) const {
    const auto replaced = transaction.objects().find_head(target.id, name);
    if (replaced) {
        take_away(transaction, *replaced, storage::Ending::replaced);
    }
    if (const auto source = transaction.collections().find(object.head.collection)) {
        keep_version(transaction, *source, object, storage::Ending::moved, clock_.now(), policy_);
    }
    transaction.objects().leave_tombstone(
        object.head.collection, object.head.name,
        transaction.collections().next_revision(object.head.collection), clock_.now());
    Stored stored = TRY(place(transaction, object, target, name));
    stored.created = !replaced;
    return stored;
}

core::Result<Stored> Calendars::copy(storage::WriteTransaction& transaction,
                                     const storage::Object& object,
                                     const storage::Collection& target,
                                     std::string_view name) const {
    const auto replaced = transaction.objects().find_head(target.id, name);
    TRYV(check_quota(transaction, target.owner,
                     replaced ? static_cast<std::size_t>(replaced->size) : 0, object.text.size()));
    if (replaced) {
        take_away(transaction, *replaced, storage::Ending::replaced);
    }
    storage::Object row = object;
    row.head.id = 0;
    Stored stored =
        TRY(place(transaction, std::move(row), target, name, {Cause::client, {}, object.head.id}));
    stored.created = !replaced;
    return stored;
}

std::string Calendars::body(const storage::Object& object, Links links) const {
    if (object.links.empty()) {
        return object.text;
    }
    if (links == Links::shown) {
        return splice_links(keys_.join, object.text, object.links);
    }
    auto calendar = ical::parse(object.text);
    if (!calendar) { // placeholders open nothing
        return object.text;
    }
    remove_links(*calendar);
    return ical::print(*calendar);
}

core::Result<ical::Object> Calendars::read(const storage::Object& object,
                                           const storage::Collection& collection,
                                           Links links) const {
    return ical::read_object(body(object, links), floating_zone(collection));
}

} // namespace domain
