// POST on an object: what is attached to it (RFC 8607 section 3.3). The query says what to do, the
// body is the file, and Content-Disposition names it.
#include "caldav/conditions.h"
#include "caldav/disposition.h"
#include "caldav/methods.h"
#include "caldav/representation.h"
#include "caldav/requests.h"
#include "caldav/resource.h"
#include "core/strings.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace caldav {

namespace {

enum class AttachmentAction { add, update, remove };

struct AttachmentRequest {
    AttachmentAction action = AttachmentAction::add;
    domain::RecurrenceIds which;
    std::string managed_id;
};

using Query = std::map<std::string, std::string>;

core::Result<AttachmentAction> action_of(const Query& query) {
    const auto action = query.find("action");
    const std::string value = action == query.end() ? "" : action->second;
    if (value == "attachment-add") {
        return AttachmentAction::add;
    }
    if (value == "attachment-update") {
        return AttachmentAction::update;
    }
    if (value == "attachment-remove") {
        return AttachmentAction::remove;
    }
    return core::fail(core::Errc::forbidden,
                      "The action is attachment-add, attachment-update or attachment-remove.",
                      core::Condition::valid_action);
}

// RFC 8607 sections 3.3.1 to 3.3.3
core::Result<AttachmentRequest> read_request(const core::Target& target) {
    const Query query = core::parse_query(target.query);
    AttachmentRequest request;
    request.action = TRY(action_of(query));
    if (const auto rid = query.find("rid"); rid != query.end()) {
        if (request.action == AttachmentAction::update) {
            return core::fail(core::Errc::forbidden, "An update is of all occurrences.",
                              core::Condition::valid_rid);
        }
        request.which.emplace();
        for (const std::string_view id : core::split(rid->second, ',')) {
            request.which->emplace_back(core::trim(id));
        }
    }
    const auto managed_id = query.find("managed-id");
    const bool has_id = managed_id != query.end();
    if (has_id == (request.action == AttachmentAction::add)
        || (has_id && managed_id->second.empty())) {
        return core::fail(core::Errc::forbidden,
                          "A managed-id goes with an update or a removal, and with these only.",
                          core::Condition::valid_managed_id);
    }
    request.managed_id = has_id ? managed_id->second : "";
    return request;
}

// A form of another site's page may be posted here with the password that the browser remembers,
// and a file of any type is taken. Whoever is no browser sends no Origin.
core::Done check_origin(const Call& call) {
    const auto origin = call.request.headers.get("Origin");
    if (origin && *origin != call.services.public_url
        && *origin != call.services.attachments.public_url()) {
        return core::fail(core::Errc::forbidden, "This comes from a page of another site.");
    }
    return {};
}

core::Result<Resource> find_object(const Call& call, const storage::ReadTransaction& transaction) {
    Resource resource =
        TRY(resolve_existing(transaction, call.target, call.who, domain::Privilege::write_content));
    if (resource.kind != ResourceKind::object || !resource.collection->is_calendar) {
        return core::fail(core::Errc::forbidden, "Only what is in a calendar has attachments.",
                          core::Condition::valid_action);
    }
    TRYV(check_conditions(call, transaction, resource));
    return resource;
}

struct Managed {
    Resource place;
    domain::Attached attached;
    std::optional<storage::Object> object; // if the client asked for it
};

core::Result<Managed> change(const Call& call, storage::WriteTransaction& transaction,
                             const AttachmentRequest& request, const domain::KeptFile& file) {
    const domain::Attachments& attachments = call.services.attachments;
    Managed managed;
    managed.place = TRY(find_object(call, transaction));
    const storage::Collection& collection = *managed.place.collection;
    const auto object = transaction.objects().find(managed.place.object->id);
    if (!object) {
        return nothing_here();
    }
    switch (request.action) {
    case AttachmentAction::add:
        managed.attached =
            TRY(attachments.add(transaction, collection, *object, file, request.which));
        break;
    case AttachmentAction::update:
        managed.attached =
            TRY(attachments.update(transaction, collection, *object, file, request.managed_id));
        break;
    case AttachmentAction::remove:
        managed.attached = TRY(attachments.remove(transaction, collection, *object,
                                                  request.managed_id, request.which));
        break;
    }
    if (preferences_of(call.request).representation) {
        managed.object = transaction.objects().find(object->head.id);
    }
    return managed;
}

core::Response render_managed(const Call& call, const AttachmentRequest& request,
                              const Managed& managed) {
    core::Response response;
    response.status = request.action == AttachmentAction::add ? 201 : 204;
    if (request.action != AttachmentAction::remove) {
        const storage::Attachment& attachment = managed.attached.attachment;
        response.headers.set("Cal-Managed-ID", attachment.managed_id); // RFC 8607 section 5.1
        response.headers.set("Location", call.services.attachments.url(attachment));
    }
    if (managed.object) {
        response.status = request.action == AttachmentAction::add ? 201 : 200;
        response.headers.set("Content-Location", managed.place.href);
        add_applied(response, "return=representation");
        add_representation(call, *managed.object, managed.place, response);
    } else {
        add_validators(managed.attached.stored.head, response.headers);
    }
    return response;
}

// Who may not do it leaves nothing on the disk.
core::Done check_before(const Call& call, const AttachmentRequest& request) {
    return call.services.store.read([&](const storage::ReadTransaction& transaction) -> core::Done {
        const Resource resource = TRY(find_object(call, transaction));
        if (request.action != AttachmentAction::add) {
            return {};
        }
        return call.services.attachments.check_room(
            transaction, resource.collection->owner,
            static_cast<std::int64_t>(call.request.body.size()));
    });
}

} // namespace

core::Result<core::Response> manage_attachments(const Call& call) {
    TRYV(check_origin(call));
    const AttachmentRequest request = TRY(read_request(call.target));
    const bool has_file = request.action != AttachmentAction::remove;
    TRYV(check_before(call, request));
    domain::KeptFile file;
    if (has_file) {
        const core::Headers& headers = call.request.headers;
        file = TRY(call.services.attachments.keep(
            call.request.body, headers.get("Content-Type").value_or(""),
            file_name_in(headers.get("Content-Disposition").value_or(""))));
    }
    auto managed = call.services.store.write([&](storage::WriteTransaction& transaction) {
        return change(call, transaction, request, file);
    });
    if (!managed && has_file) {
        call.services.attachments.discard(call.services.store, file);
    }
    return render_managed(call, request, TRY(std::move(managed)));
}

} // namespace caldav
