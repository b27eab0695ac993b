// Managed attachments (RFC 8607) as rows: which there are, and which objects have them. The bytes
// are files beside the database (storage/content_folder.h), named by their digest.
#pragma once

#include "core/time.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

struct Attachment {
    std::int64_t id = 0;
    std::string managed_id;   // MANAGED-ID, by which it is found and which nobody guesses
    std::string owner;        // Account::id of who it was attached for: it counts there
    std::string hash;         // of its bytes
    std::int64_t size = 0;    // of its bytes
    std::string content_type; // a media type
    std::string file_name;    // without a path
    core::Instant created;
    std::optional<core::Instant> unused_since; // seen then without any object
};

// An object that has it.
struct AttachmentUse {
    std::int64_t object = 0;
    std::int64_t collection = 0;
    std::string owner; // Account::id of the collection's
};

class Attachments {
public:
    virtual ~Attachments() = default;
    [[nodiscard]] virtual std::optional<Attachment> find(std::string_view managed_id) const = 0;
    [[nodiscard]] virtual std::vector<Attachment> list_of_object(std::int64_t object) const = 0;
    [[nodiscard]] virtual std::vector<AttachmentUse> uses(std::int64_t attachment) const = 0;
    // Of all that some object has.
    [[nodiscard]] virtual std::int64_t bytes(std::string_view owner) const = 0;
    virtual void for_each(const std::function<void(const Attachment&)>& visit) const = 0;

    // Takes the row of that content, so that nobody removes its bytes until this is committed.
    virtual void hold_content(std::string_view hash, std::int64_t size) = 0;
    virtual std::int64_t insert(const Attachment& attachment) = 0; // its content is held
    virtual void use(std::int64_t object, std::int64_t attachment) = 0;
    virtual void release(std::int64_t object, std::int64_t attachment) = 0;

    // Those that no object has and that were not noted so yet.
    [[nodiscard]] virtual std::vector<std::int64_t> unnoted(std::size_t limit) const = 0;
    virtual void note_unused(std::int64_t attachment, core::Instant now) = 0;
    // Forgets those that nobody has had since `before`, `limit` of them at most. Returns how many.
    virtual std::size_t forget(core::Instant before, std::size_t limit) = 0;
    // Content that no attachment has any more.
    [[nodiscard]] virtual std::vector<std::string> idle_content(std::size_t limit) const = 0;
    [[nodiscard]] virtual bool has_content(std::string_view hash) const = 0;
    // False if an attachment has it. Whoever holds it afterwards waits for this transaction.
    virtual bool remove_content(std::string_view hash) = 0;
};

} // namespace storage
