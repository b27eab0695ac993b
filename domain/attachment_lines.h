// The ATTACH properties of managed attachments (RFC 8607 section 4) in an event: which they are,
// and that they say what the server knows and nothing else. Everything but MANAGED-ID is the
// server's.
#pragma once

#include "core/result.h"
#include "ical/component.h"
#include "ical/object.h"
#include "storage/store.h"

#include <string>
#include <string_view>
#include <vector>

namespace domain {

// Where its bytes are: PUBLIC_URL/attachments/MANAGED-ID/FILE-NAME.
std::string attachment_url(std::string_view public_url, const storage::Attachment& attachment);
ical::Property attachment_line(std::string_view public_url, const storage::Attachment& attachment);
// The MANAGED-ID of an ATTACH property; empty: it is none, or not of a managed attachment.
std::string_view managed_id_of(const ical::Property& property);

// Who writes an event, and so which attachments may come with it (RFC 8607 section 3.7): those that
// the object has, those of the same owner, and those of the object that it is copied from. An
// import brings its events from elsewhere: what it says of other servers' attachments becomes an
// ordinary link.
enum class Unknown { refused, unmanaged };
struct AttachmentContext {
    std::string_view public_url;
    std::string_view owner;       // of the calendar
    std::int64_t object = 0;      // 0: it is new
    std::int64_t copied_from = 0; // 0: it is no copy
    Unknown unknown = Unknown::refused;
};
struct AcceptedAttachments {
    std::vector<storage::Attachment> attachments;
    bool changed = false; // a line was made to say what the server knows
};
// Errors: valid_managed_id, max_attachments_per_resource.
core::Result<AcceptedAttachments> accept_attachments(const storage::ReadTransaction& transaction,
                                                     ical::Component& calendar,
                                                     const AttachmentContext& context);
// Notes which attachments an object has that was just written.
void set_attachments(storage::WriteTransaction& transaction, std::int64_t object,
                     const std::vector<storage::Attachment>& attachments);
// Those that an event has which the server made itself, of another that has them.
std::vector<storage::Attachment> attachments_in(const storage::ReadTransaction& transaction,
                                                const ical::Component& calendar);

} // namespace domain
