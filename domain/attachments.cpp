#include "domain/attachments.h"

#include "core/crypto.h"
#include "core/limits.h"
#include "core/strings.h"
#include "core/unavailable.h"
#include "domain/access.h"
#include "domain/answers.h"
#include "domain/attachment_lines.h"
#include "domain/slots.h"
#include "ical/object.h"

#include <algorithm>
#include <utility>

namespace domain {

namespace {

constexpr std::size_t managed_id_bytes = 18; // nobody guesses 144 bits
constexpr std::string_view any_type = "application/octet-stream";

bool is_token(std::string_view text) { // RFC 9110 section 5.6.2
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
               || std::string_view("!#$&^_.+-").find(c) != std::string_view::npos;
    });
}

// The media type without its parameters.
std::string safe_type(std::string_view content_type) {
    constexpr std::size_t longest = 127; // RFC 6838 section 4.2
    const std::string type =
        core::to_lower(core::trim(content_type.substr(0, content_type.find(';'))));
    const std::size_t slash = type.find('/');
    const bool is_type = slash != std::string::npos && type.size() <= longest
                         && is_token(std::string_view(type).substr(0, slash))
                         && is_token(std::string_view(type).substr(slash + 1));
    return is_type ? type : std::string(any_type);
}

// The last part of a path, without what no line of a header or of a calendar may hold.
std::string safe_name(std::string_view name) {
    name = name.substr(name.find_last_of("/\\") + 1);
    std::string safe;
    for (const char c : core::is_valid_utf8(name) ? name : std::string_view()) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f && c != '"') {
            safe += c;
        }
    }
    constexpr std::size_t longest = 180; // in an address each byte may take three
    while (safe.size() > longest || (!safe.empty() && !core::is_valid_utf8(safe))) {
        safe.pop_back();
    }
    safe = core::trim(safe);
    return safe.empty() || safe == "." || safe == ".." ? "attachment" : safe;
}

bool fits_type(std::string_view type, std::string_view allowed) {
    return core::iequals(type, allowed)
           || (allowed.ends_with("/*")
               && core::istarts_with(type, allowed.substr(0, allowed.size() - 1)));
}

tl::unexpected<core::Error> bad_rid(std::string_view why) {
    return core::fail(core::Errc::forbidden, std::string(why), core::Condition::valid_rid);
}

// The component of one value of `rid`; for an occurrence without one it is made.
core::Result<ical::Component*> find_instance(ical::Object& event, const std::string& id) {
    if (id == "M") {
        auto series = component_for(event, std::nullopt);
        return series ? series : bad_rid("The object has no series.");
    }
    ical::Property line("RECURRENCE-ID", id);
    const ical::Component* const master = event.master();
    const ical::Property* const start = master == nullptr ? nullptr : master->find("DTSTART");
    if (start != nullptr && !id.ends_with('Z') && start->has_parameter("TZID")) {
        line.set_parameter("TZID", std::string(start->parameter("TZID")));
    }
    const auto slot = slot_of({"VEVENT", {std::move(line)}, {}}, event);
    if (!slot || !*slot) {
        return bad_rid("This is no RECURRENCE-ID: " + id);
    }
    auto found = component_for(event, **slot);
    return found ? found : bad_rid("There is no such occurrence: " + id);
}

// The places of the components that are meant: an instance that is made moves the others.
core::Result<std::vector<std::size_t>> find_components(ical::Object& event,
                                                       const RecurrenceIds& which) {
    std::vector<std::size_t> places;
    auto& all = event.calendar.components;
    if (!which) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i].name == ical::component_name(event.kind)) {
                places.push_back(i);
            }
        }
        return places;
    }
    if (which->empty() || which->size() > core::limits::attachment_instances) {
        return bad_rid("The rid is empty or names too many occurrences.");
    }
    for (const std::string& id : *which) {
        const ical::Component* const found = TRY(find_instance(event, id));
        places.push_back(static_cast<std::size_t>(found - all.data()));
    }
    return places;
}

tl::unexpected<core::Error> no_such_attachment() {
    return core::fail(core::Errc::forbidden, "The object has no attachment of this managed-id.",
                      core::Condition::valid_managed_id);
}

// Whether an attachment is in the object as it is now.
bool is_attached(const storage::ReadTransaction& transaction, std::int64_t object,
                 std::string_view managed_id) {
    const auto attachments = transaction.attachments().list_of_object(object);
    return std::any_of(attachments.begin(), attachments.end(),
                       [&](const auto& each) { return each.managed_id == managed_id; });
}

tl::unexpected<core::Error> not_an_attendees_attachment() {
    return core::fail(core::Errc::forbidden, "Only the organizer changes what is attached.",
                      core::Condition::allowed_attendee_scheduling_object_change);
}

} // namespace

core::Result<KeptFile> Attachments::keep(std::string bytes, std::string_view content_type,
                                         std::string_view file_name) const {
    if (bytes.size() > policy_.attachment_bytes) {
        return core::fail(core::Errc::too_large,
                          "An attachment has at most " + std::to_string(policy_.attachment_bytes)
                              + " bytes.",
                          core::Condition::max_attachment_size);
    }
    KeptFile file;
    file.content_type = safe_type(content_type);
    file.file_name = safe_name(file_name);
    const auto& types = policy_.attachment_types;
    if (!types.empty() && std::none_of(types.begin(), types.end(), [&](const std::string& allowed) {
            return fits_type(file.content_type, allowed);
        })) {
        return core::fail(core::Errc::unsupported_type,
                          "Files of this type are not attached here.");
    }
    file.hash = storage::content_hash(bytes);
    file.bytes = std::move(bytes);
    folder_.keep(file.hash, file.bytes);
    return file;
}

// RFC 8607 section 3.12.1: attachments count as what the account keeps.
core::Done Attachments::check_room(const storage::ReadTransaction& transaction,
                                   std::string_view owner, std::int64_t growth) const {
    const auto left = growth > 0 ? calendars_.bytes_left(transaction, owner) : std::nullopt;
    if (left && growth > *left) {
        return core::fail(core::Errc::insufficient_storage,
                          "The account has no room for this: delete something first.",
                          core::Condition::quota_not_exceeded);
    }
    return {};
}

void Attachments::discard(storage::Store& store, const KeptFile& file) const {
    const auto size = static_cast<std::int64_t>(file.bytes.size());
    (void)store.write([&](storage::WriteTransaction& transaction) -> core::Done {
        transaction.attachments().hold_content(file.hash, size);
        if (transaction.attachments().remove_content(file.hash)) {
            folder_.remove(file.hash);
        }
        return {};
    });
}

core::Result<storage::Attachment> Attachments::insert(storage::WriteTransaction& transaction,
                                                      const storage::Collection& collection,
                                                      const KeptFile& file,
                                                      std::int64_t freed) const {
    const auto size = static_cast<std::int64_t>(file.bytes.size());
    TRYV(check_room(transaction, collection.owner, size - freed));
    transaction.attachments().hold_content(file.hash, size);
    if (folder_.size(file.hash) != size) { // it was idle, and removed between the two
        folder_.keep(file.hash, file.bytes);
    }
    storage::Attachment attachment{.id = 0,
                                   .managed_id = core::random_token(managed_id_bytes),
                                   .owner = collection.owner,
                                   .hash = file.hash,
                                   .size = size,
                                   .content_type = file.content_type,
                                   .file_name = file.file_name,
                                   .created = clock_.now(),
                                   .unused_since = {}};
    attachment.id = transaction.attachments().insert(attachment);
    return attachment;
}

core::Result<Stored> Attachments::put(storage::WriteTransaction& transaction,
                                      const storage::Collection& collection,
                                      const storage::Object& object,
                                      const ical::Component& calendar) const {
    const CheckedObject checked = TRY(calendars_.check(collection, ical::print(calendar)));
    return calendars_.put(transaction, collection, object.head.name, checked);
}

// RFC 8607 section 3.4
core::Result<Attached> Attachments::add(storage::WriteTransaction& transaction,
                                        const storage::Collection& collection,
                                        const storage::Object& object, const KeptFile& file,
                                        const RecurrenceIds& which) const {
    auto event = TRY(calendars_.read(object, collection));
    const auto places = TRY(find_components(event, which));
    Attached attached;
    attached.attachment = TRY(insert(transaction, collection, file, 0));
    const ical::Property line = attachment_line(policy_.public_url, attached.attachment);
    for (const std::size_t place : places) {
        event.calendar.components[place].properties.push_back(line);
    }
    attached.stored = TRY(put(transaction, collection, object, event.calendar));
    if (!is_attached(transaction, object.head.id, attached.attachment.managed_id)) {
        return not_an_attendees_attachment();
    }
    return attached;
}

// RFC 8607 section 3.5: another MANAGED-ID, so that who has the former bytes knows.
core::Result<Attached> Attachments::update(storage::WriteTransaction& transaction,
                                           const storage::Collection& collection,
                                           const storage::Object& object, const KeptFile& file,
                                           std::string_view managed_id) const {
    const auto former = transaction.attachments().find(managed_id);
    if (!former || !is_attached(transaction, object.head.id, managed_id)) {
        return no_such_attachment();
    }
    auto event = TRY(calendars_.read(object, collection));
    Attached attached;
    attached.attachment = TRY(insert(transaction, collection, file,
                                     former->owner == collection.owner ? former->size : 0));
    const ical::Property line = attachment_line(policy_.public_url, attached.attachment);
    for (ical::Component& component : event.calendar.components) {
        for (ical::Property& property : component.properties) {
            if (managed_id_of(property) == managed_id) {
                property = line;
            }
        }
    }
    attached.stored = TRY(put(transaction, collection, object, event.calendar));
    if (!is_attached(transaction, object.head.id, attached.attachment.managed_id)) {
        return not_an_attendees_attachment();
    }
    return attached;
}

// RFC 8607 section 3.6
core::Result<Attached> Attachments::remove(storage::WriteTransaction& transaction,
                                           const storage::Collection& collection,
                                           const storage::Object& object,
                                           std::string_view managed_id,
                                           const RecurrenceIds& which) const {
    if (!is_attached(transaction, object.head.id, managed_id)) {
        return no_such_attachment();
    }
    auto event = TRY(calendars_.read(object, collection));
    std::size_t removed = 0;
    for (const std::size_t place : TRY(find_components(event, which))) {
        removed += std::erase_if(
            event.calendar.components[place].properties,
            [&](const ical::Property& property) { return managed_id_of(property) == managed_id; });
    }
    if (removed == 0) {
        return no_such_attachment();
    }
    Attached attached;
    attached.stored = TRY(put(transaction, collection, object, event.calendar));
    if (!which && is_attached(transaction, object.head.id, managed_id)) {
        return not_an_attendees_attachment();
    }
    return attached;
}

std::string Attachments::bytes(const storage::Attachment& attachment) const {
    auto bytes = folder_.read(attachment.hash);
    if (!bytes) {
        throw core::Unavailable("the bytes of the attachment " + attachment.hash
                                + " are not in the folder " + folder_.path().string());
    }
    return std::move(*bytes);
}

std::string Attachments::url(const storage::Attachment& attachment) const {
    return attachment_url(policy_.public_url, attachment);
}

// Most ask for what is in a calendar of their own.
AttachmentAccess access_to_attachment(const storage::ReadTransaction& transaction,
                                      const Principal& who, const storage::Attachment& attachment) {
    auto uses = transaction.attachments().uses(attachment.id);
    std::stable_partition(uses.begin(), uses.end(), [&](const storage::AttachmentUse& use) {
        return use.owner == who.account;
    });
    for (const storage::AttachmentUse& use : uses) {
        if (access_to(transaction, who, use.owner)
                .may(Privilege::read, Place::member, use.collection)) {
            return AttachmentAccess::granted;
        }
    }
    return uses.empty() ? AttachmentAccess::none : AttachmentAccess::refused;
}

namespace {

// Outside of the writes, because it looks at every attachment.
std::vector<std::int64_t> unnoted_attachments(storage::Store& store, std::size_t batch) {
    return store.read([&](const storage::ReadTransaction& transaction) {
        return transaction.attachments().unnoted(batch);
    });
}

// The file goes while the row is taken: whoever keeps the same bytes meanwhile waits for this, and
// then finds that they have to be written once more.
std::size_t remove_idle_content(storage::Store& store, const storage::ContentFolder& folder,
                                std::size_t batch) {
    const auto idle = store.read([&](const storage::ReadTransaction& transaction) {
        return transaction.attachments().idle_content(batch);
    });
    for (const std::string& hash : idle) {
        (void)store.write([&](storage::WriteTransaction& transaction) -> core::Done {
            if (transaction.attachments().remove_content(hash)) {
                folder.remove(hash);
            }
            return {};
        });
    }
    return idle.size();
}

} // namespace

std::size_t forget_attachments(storage::Store& store, const storage::ContentFolder& folder,
                               core::Instant now, const Policy& policy, std::size_t batch) {
    // A day at least: an undo, or a client that moves an event by deleting it here first.
    const std::int64_t days = std::max(policy.history_days, 1);
    const core::Instant before = now - days * core::day_seconds;
    const auto unnoted = unnoted_attachments(store, batch);
    const auto forgotten =
        store.write([&](storage::WriteTransaction& transaction) -> core::Result<std::size_t> {
            for (const std::int64_t id : unnoted) {
                transaction.attachments().note_unused(id, now);
            }
            return transaction.attachments().forget(before, batch);
        });
    return unnoted.size() + *forgotten + remove_idle_content(store, folder, batch);
}

void adopt_files(storage::Store& store, const storage::ContentFolder& folder,
                 core::Instant before) {
    folder.for_each_older(before, [&](const std::string& hash) {
        const bool known = store.read([&](const storage::ReadTransaction& transaction) {
            return transaction.attachments().has_content(hash);
        });
        if (!known) {
            const auto size = folder.size(hash);
            (void)store.write([&](storage::WriteTransaction& transaction) -> core::Done {
                transaction.attachments().hold_content(hash, size.value_or(0));
                return {};
            });
        }
    });
}

} // namespace domain
