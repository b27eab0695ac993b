// Managed attachments (RFC 8607): what a clinician attaches to an event. The bytes go to a folder
// first and are durable there before a row says so; the event is changed through the one door
// (calendars.h), so that whoever takes part sees the change. Nothing is ever fetched from
// elsewhere.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "domain/calendars.h"
#include "domain/policy.h"
#include "domain/principal.h"
#include "storage/content_folder.h"
#include "storage/store.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

// What somebody sent, and of which the bytes are in the folder.
struct KeptFile {
    std::string bytes; // again: a row may have to wait until they were written once more
    std::string hash;
    std::string content_type;
    std::string file_name;
};

// Which occurrences of a series are meant (RFC 8607 section 3.3.2): all of it, or the ones named,
// where "M" is the series itself.
using RecurrenceIds = std::optional<std::vector<std::string>>;

struct Attached {
    storage::Attachment attachment; // empty after a removal
    Stored stored;
};

class Attachments {
public:
    Attachments(const Calendars& calendars, const storage::ContentFolder& folder,
                const Policy& policy, const core::Clock& clock)
        : calendars_(calendars), folder_(folder), policy_(policy), clock_(clock) {}

    // Errors: quota_not_exceeded, as far as it is known before anything is written.
    [[nodiscard]] core::Done check_room(const storage::ReadTransaction& transaction,
                                        std::string_view owner, std::int64_t growth) const;
    // Outside of any transaction: a slow disk is nobody else's wait. The media type and the name
    // are made harmless. Errors: max_attachment_size, unsupported_type.
    [[nodiscard]] core::Result<KeptFile> keep(std::string bytes, std::string_view content_type,
                                              std::string_view file_name) const;

    // Of what came to nothing: removes the bytes, if no other attachment has them.
    void discard(storage::Store& store, const KeptFile& file) const;

    // Errors of all: those of Calendars::put, and valid_rid. Of add: max_attachments_per_resource,
    // quota_not_exceeded. Of the others: valid_managed_id. For an attendee, who changes nothing
    // about an event, allowed_attendee_scheduling_object_change.
    core::Result<Attached> add(storage::WriteTransaction& transaction,
                               const storage::Collection& collection, const storage::Object& object,
                               const KeptFile& file, const RecurrenceIds& which) const;
    core::Result<Attached> update(storage::WriteTransaction& transaction,
                                  const storage::Collection& collection,
                                  const storage::Object& object, const KeptFile& file,
                                  std::string_view managed_id) const;
    core::Result<Attached> remove(storage::WriteTransaction& transaction,
                                  const storage::Collection& collection,
                                  const storage::Object& object, std::string_view managed_id,
                                  const RecurrenceIds& which) const;

    // Throws core::Unavailable where the bytes of a row are missing: the folder is not there.
    [[nodiscard]] std::string bytes(const storage::Attachment& attachment) const;
    [[nodiscard]] std::string url(const storage::Attachment& attachment) const;
    [[nodiscard]] std::size_t size_max() const { return policy_.attachment_bytes; }
    [[nodiscard]] const std::string& public_url() const { return policy_.public_url; }

private:
    core::Result<storage::Attachment> insert(storage::WriteTransaction& transaction,
                                             const storage::Collection& collection,
                                             const KeptFile& file, std::int64_t freed) const;
    core::Result<Stored> put(storage::WriteTransaction& transaction,
                             const storage::Collection& collection, const storage::Object& object,
                             const ical::Component& calendar) const;

    const Calendars& calendars_;
    const storage::ContentFolder& folder_;
    const Policy& policy_;
    const core::Clock& clock_;
};

// Whoever may read an event that has it may read the attachment: nothing, if no event has it; an
// error if none of them is theirs to read.
enum class AttachmentAccess { none, refused, granted };
AttachmentAccess access_to_attachment(const storage::ReadTransaction& transaction,
                                      const Principal& who, const storage::Attachment& attachment);

// Care (src/app/care.h): forgets attachments that no event has had for as long as former texts are
// kept, and then the bytes that no attachment has. Returns how many were done; 0: nothing is left.
std::size_t forget_attachments(storage::Store& store, const storage::ContentFolder& folder,
                               core::Instant now, const Policy& policy, std::size_t batch);
// Files that no row knows, of uploads that came to nothing: they become content that nobody has.
void adopt_files(storage::Store& store, const storage::ContentFolder& folder, core::Instant before);

} // namespace domain
