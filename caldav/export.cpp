#include "caldav/export.h"

#include "caldav/conditions.h"
#include "caldav/sync.h"
#include "core/crypto.h"
#include "core/limits.h"
#include "core/strings.h"
#include "core/uri.h"
#include "domain/export.h"

#include <algorithm>
#include <span>
#include <string>

namespace caldav {

namespace {

// Everything that the text depends on.
std::string export_tag(const storage::ReadTransaction& transaction, const Resource& resource) {
    constexpr std::size_t tag_bytes = 16;
    const std::string all = current_sync_token(transaction, *resource.collection)
                            + (resource.links() == domain::Links::shown ? " links" : " none");
    const core::Digest digest = core::sha256(all);
    return core::to_hex(std::span(digest).first(tag_bytes));
}

// RFC 6266: a name that every system takes, and beside it the calendar's own.
std::string disposition_of(const storage::Collection& collection) {
    std::string title = collection.display_name.value_or(collection.name);
    std::replace_if(
        title.begin(), title.end(),
        [](char c) {
            return c == '/' || c == '\\' || (static_cast<unsigned char>(c) < 0x20) || c == '\x7f';
        },
        '_');
    std::string plain = title.substr(0, core::limits::name_bytes);
    std::replace_if(
        plain.begin(), plain.end(),
        [](char c) {
            const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                                  || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ' ';
            return !is_plain;
        },
        '_');
    return "attachment; filename=\"" + plain + ".ics\"; filename*=UTF-8''"
           + core::replace_all(core::encode_segment(title), "@", "%40") + ".ics";
}

} // namespace

core::Result<core::Response> export_calendar(const Call& call,
                                             const storage::ReadTransaction& transaction,
                                             const Resource& resource) {
    ResourceState state = state_of(transaction, resource);
    state.etag = export_tag(transaction, resource);
    TRYV(check_conditions(call.request, state, [](std::string_view) { return ResourceState{}; }));
    core::Response response;
    response.headers.set("Cache-Control", "private, no-cache");
    response.headers.set("ETag", '"' + state.etag + '"');
    if (is_not_modified(call.request, state)) {
        response.status = 304;
        return response;
    }
    response.headers.set("Content-Type", "text/calendar; charset=utf-8");
    response.headers.set("X-Content-Type-Options", "nosniff");
    if (core::parse_query(call.target.query).contains("export")) {
        response.headers.set("Content-Disposition", disposition_of(*resource.collection));
    }
    response.body = TRY(domain::export_text(transaction, call.services.calendars,
                                            *resource.collection, resource.links()));
    return response;
}

} // namespace caldav
