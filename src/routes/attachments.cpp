#include "src/routes/attachments.h"

#include "domain/attachments.h"
#include "src/routes/replies.h"

#include <cctype>
#include <optional>
#include <string>
#include <utility>

namespace routes {

namespace {

// RFC 6266 section 4.3: for those who know no more than ASCII, and for all others.
std::string disposition_of(const std::string& file_name) {
    std::string plain;
    for (const char c : file_name) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_plain = byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\' && c != '%';
        plain += is_plain ? c : '_';
    }
    return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''"
           + core::encode_segment(file_name);
}

struct Found {
    std::optional<storage::Attachment> attachment;
    domain::AttachmentAccess access = domain::AttachmentAccess::none;
};

Found find_attachment(const core::Target& target, const Context& context) {
    return context.site.store.read([&](const storage::ReadTransaction& transaction) {
        Found found;
        found.attachment = transaction.attachments().find(target.segments[1]);
        if (found.attachment) {
            found.access =
                domain::access_to_attachment(transaction, context.who, *found.attachment);
        }
        return found;
    });
}

} // namespace

core::Response attached_file(const core::Request& request, const core::Target& target,
                             const Context& context) {
    const Found found = find_attachment(target, context);
    if (found.access == domain::AttachmentAccess::none) {
        return error_reply(request, 404, "There is nothing at this address.");
    }
    if (found.access == domain::AttachmentAccess::refused) {
        return error_reply(request, 403, "This is attached to nothing that you may read.");
    }
    core::Response response;
    // It never changes, but who may read it does.
    response.headers.set("Cache-Control", "private, no-cache");
    response.headers.set("ETag", '"' + found.attachment->hash + '"');
    response.headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
    response.headers.set("X-Content-Type-Options", "nosniff");
    response.headers.set("Cross-Origin-Resource-Policy", "same-origin");
    const core::EntityTags known = core::parse_entity_tags(request.headers.joined("If-None-Match"));
    if (request.headers.has("If-None-Match")
        && (known.any || known.contains(found.attachment->hash))) {
        response.status = 304;
        return response;
    }
    response.headers.set("Content-Type", found.attachment->content_type);
    response.headers.set("Content-Disposition", disposition_of(found.attachment->file_name));
    response.body = context.site.attachments.bytes(*found.attachment);
    return response;
}

} // namespace routes
