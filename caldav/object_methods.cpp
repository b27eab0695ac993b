#include "caldav/conditions.h"
#include "caldav/export.h"
#include "caldav/methods.h"
#include "caldav/representation.h"
#include "caldav/requests.h"
#include "caldav/resource.h"
#include "caldav/sharing.h"
#include "core/strings.h"
#include "domain/inbox.h"
#include "domain/sharing.h"

#include <optional>
#include <string>
#include <utility>

namespace caldav {

namespace {

using core::Errc;

std::string in_quotes(std::string_view tag) {
    return '"' + std::string(tag) + '"';
}

// "text/calendar; charset=utf-8" is text/calendar.
std::string media_type(const core::Request& request) {
    const std::string_view value = request.headers.get("Content-Type").value_or("");
    return core::to_lower(core::trim(core::split(value, ';').front()));
}

// Where a PUT writes to. Errors: conflict for a missing collection, method_not_allowed for anything
// but a member of a collection (R-T14).
core::Result<Resource> find_place(const Call& call, const storage::ReadTransaction& transaction) {
    Resource resource =
        TRY(resolve(transaction, call.target, call.who, domain::Privilege::write_content));
    const bool is_free = resource.kind == ResourceKind::unmapped && resource.collection;
    if (resource.kind != ResourceKind::object && !is_free) {
        return core::fail(Errc::method_not_allowed,
                          "PUT writes one event or task into a calendar, never a whole calendar.");
    }
    return resource;
}

// RFC 4791 section 5.3.2.1: CALDAV:supported-calendar-data and CALDAV:valid-calendar-data.
core::Done check_calendar_body(const core::Request& request) {
    const std::string type = media_type(request);
    if (!type.empty() && type != "text/calendar" && type != "application/octet-stream") {
        return core::fail(Errc::forbidden, "A calendar holds text/calendar only.",
                          core::Condition::supported_calendar_data);
    }
    if (core::trim(request.body).empty()) {
        return core::fail(Errc::forbidden, "The body is empty.",
                          core::Condition::valid_calendar_data);
    }
    return {};
}

// The body as a checked object, or nothing for a plain collection. Parsed outside of any write, so
// that writers do not wait for it.
struct Upload {
    std::int64_t collection = 0;
    std::optional<domain::CheckedObject> object;
};
core::Result<Upload> check_upload(const Call& call) {
    const Resource place =
        TRY(call.services.store.read([&](const storage::ReadTransaction& transaction) {
            return find_place(call, transaction);
        }));
    Upload upload{place.collection->id, std::nullopt};
    if (place.collection->is_calendar) {
        TRYV(check_calendar_body(call.request));
        upload.object = TRY(call.services.calendars.check(*place.collection, call.request.body));
    }
    return upload;
}

struct Written {
    Resource place; // before the write
    domain::Stored stored;
    std::optional<storage::Object> object; // what is there now, if the client asked for it
};

core::Result<domain::Stored> store_upload(const Call& call, storage::WriteTransaction& transaction,
                                          const Upload& upload, const Resource& place) {
    const domain::Calendars& calendars = call.services.calendars;
    if (upload.object) {
        return calendars.put(transaction, *place.collection, place.name, *upload.object);
    }
    // A header field may hold any bytes (RFC 9110 section 5.5); a media type holds no such.
    const auto type = call.request.headers.get("Content-Type").value_or("");
    const bool readable = !type.empty() && core::is_valid_utf8(type);
    return calendars.put_plain(transaction, *place.collection, place.name, call.request.body,
                               readable ? std::string(type) : "application/octet-stream");
}

core::Result<Written> write_upload(const Call& call, storage::WriteTransaction& transaction,
                                   const Upload& upload) {
    Written written;
    written.place = TRY(find_place(call, transaction));
    if (written.place.collection->id != upload.collection) {
        return core::fail(Errc::conflict, "The collection has just been replaced by another.");
    }
    TRYV(check_conditions(call, transaction, written.place));
    auto stored = store_upload(call, transaction, upload, written.place);
    if (!stored) {
        return tl::unexpected(with_member_href(std::move(stored).error(), written.place));
    }
    written.stored = std::move(*stored);
    if (preferences_of(call.request).representation) {
        written.object =
            transaction.objects().find(written.place.collection->id, written.place.name);
    }
    return written;
}

// R-C18: the validators only when GET will return exactly what was sent, or when it is returned
// here and now.
core::Response render(const Call& call, const Written& written) {
    core::Response response;
    const storage::ObjectHead& head = written.stored.head;
    response.status = written.stored.created ? 201 : 204;
    if (written.stored.created) {
        response.headers.set("Location", written.place.href); // R-K4
    }
    if (written.object) {
        response.status = written.stored.created ? 201 : 200;
        response.headers.set("Content-Location", written.place.href);
        add_applied(response, "return=representation");
        add_representation(call, *written.object, written.place, response);
    } else if (written.stored.verbatim) {
        add_validators(head, response.headers);
    } else {
        add_schedule_tag(head, response.headers);
    }
    return response;
}

core::Response show_notification(const storage::ReadTransaction& transaction,
                                 const storage::Share& invitation) {
    core::Response response;
    response.body = notification_text(transaction, invitation);
    response.headers.set("Content-Type", "application/xml; charset=utf-8");
    response.headers.set("X-Content-Type-Options", "nosniff");
    response.headers.set("Cache-Control", "private, no-cache");
    response.headers.set("ETag", in_quotes(notification_etag(response.body)));
    return response;
}

// RFC 8144 section 3.2: with the refusal comes what is there instead.
core::Result<core::Response> refuse_with_representation(const Call& call,
                                                        const core::Error& error) {
    return call.services.store.read(
        [&](const storage::ReadTransaction& transaction) -> core::Result<core::Response> {
            const auto resource = resolve_existing(transaction, call.target, call.who);
            const auto object = resource && resource->object
                                    ? transaction.objects().find(resource->object->id)
                                    : std::nullopt;
            if (!object) {
                return tl::unexpected<core::Error>(error);
            }
            core::Response response;
            response.status = 412;
            response.headers.set("Content-Location", resource->href);
            add_applied(response, "return=representation");
            add_representation(call, *object, *resource, response);
            return response;
        });
}

core::Done remove_collection(const Call& call, storage::WriteTransaction& transaction,
                             const Resource& resource) {
    // RFC 4918 section 9.6.1: a collection goes with everything in it or not at all.
    if (resource.share) { // it leaves the sharee's home and stays where it is
        domain::decline(transaction, *resource.share, call.services.clock.now());
        return {};
    }
    if (TRY(depth_of(call.request, Depth::infinity)) != Depth::infinity) {
        return core::fail(Errc::invalid_input, "A collection is deleted with Depth infinity.");
    }
    const auto home = transaction.collections().home(resource.owner);
    if (home.default_calendar == resource.collection->id) { // RFC 6638 section 9.2
        return core::fail(Errc::forbidden,
                          "Invitations go into this calendar: choose another one for them first.",
                          core::Condition::default_calendar_needed);
    }
    call.services.calendars.remove(transaction, *resource.collection);
    return {};
}

// RFC 6638 section 8.1
domain::Told told_of_removal(const core::Request& request) {
    const std::string_view reply = request.headers.get("Schedule-Reply").value_or("T");
    return core::iequals(core::trim(reply), "F") ? domain::Told::nobody : domain::Told::everybody;
}

} // namespace

core::Result<core::Response> get(const Call& call) {
    return call.services.store.read(
        [&](const storage::ReadTransaction& transaction) -> core::Result<core::Response> {
            const Resource resource = TRY(resolve_existing(transaction, call.target, call.who));
            if (resource.kind == ResourceKind::notification) {
                return show_notification(transaction, *resource.invitation);
            }
            if (resource.kind == ResourceKind::calendar) {
                return export_calendar(call, transaction, resource);
            }
            if (!resource.object) {
                return core::fail(Errc::method_not_allowed, "A collection has no body.");
            }
            TRYV(check_conditions(call, transaction, resource));
            core::Response response;
            response.headers.set("Cache-Control", "private, no-cache");
            if (is_not_modified(call.request, state_of(transaction, resource))) {
                response.status = 304;
                add_validators(*resource.object, response.headers);
                return response;
            }
            const auto object = transaction.objects().find(resource.object->id);
            if (!object) {
                return core::fail(Errc::not_found, "There is nothing here.");
            }
            add_representation(call, *object, resource, response);
            return response;
        });
}

// RFC 4791 section 5.3.2. The conditions are judged in the transaction that writes.
core::Result<core::Response> put(const Call& call) {
    if (call.request.headers.has("Content-Range")) { // RFC 9110 section 14.4
        return core::fail(Errc::invalid_input, "A resource is written as a whole.");
    }
    const Upload upload = TRY(check_upload(call));
    auto written = call.services.store.write([&](storage::WriteTransaction& transaction) {
        return write_upload(call, transaction, upload);
    });
    if (!written && written.error().code == Errc::precondition_failed
        && preferences_of(call.request).representation) {
        return refuse_with_representation(call, written.error());
    }
    return render(call, TRY(std::move(written)));
}

core::Result<core::Response> remove(const Call& call) {
    const auto done =
        call.services.store.write([&](storage::WriteTransaction& transaction) -> core::Done {
            const Resource resource = TRY(
                resolve_existing(transaction, call.target, call.who, domain::Privilege::unbind));
            switch (resource.kind) {
            case ResourceKind::object:
                TRYV(check_conditions(call, transaction, resource));
                call.services.calendars.remove(transaction, *resource.object,
                                               told_of_removal(call.request));
                return {};
            case ResourceKind::message: // it was read, and that is all
                TRYV(check_conditions(call, transaction, resource));
                domain::remove_message(transaction, *resource.object, call.services.clock.now());
                return {};
            case ResourceKind::calendar:
            case ResourceKind::plain:
                TRYV(check_conditions(call, transaction, resource));
                return remove_collection(call, transaction, resource);
            case ResourceKind::notification:
                domain::dismiss(transaction, *resource.invitation);
                return {};
            default:
                return core::fail(Errc::method_not_allowed, "This cannot be deleted.");
            }
        });
    TRYV(done);
    core::Response response;
    response.status = 204;
    return response;
}

} // namespace caldav
