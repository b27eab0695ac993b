// PROPPATCH (RFC 4918 section 9.2).
#include "caldav/conditions.h"
#include "caldav/methods.h"
#include "caldav/multistatus.h"
#include "caldav/properties.h"
#include "caldav/proxy_members.h"
#include "caldav/requests.h"
#include "caldav/resource.h"
#include "core/limits.h"

#include <algorithm>

namespace caldav {

namespace {

bool holds(const std::vector<storage::DeadProperty>& properties, std::string_view name_space,
           std::string_view name) {
    return std::any_of(properties.begin(), properties.end(), [&](const auto& property) {
        return property.name_space == name_space && property.name == name;
    });
}

core::Done check_room(const std::vector<storage::DeadProperty>& kept,
                      const PropertyUpdate& update) {
    std::size_t count = kept.size();
    for (const Name& name : update.removed) {
        count -= holds(kept, name.name_space, name.local) ? 1 : 0;
    }
    for (const storage::DeadProperty& property : update.set) {
        count += holds(kept, property.name_space, property.name) ? 0 : 1;
    }
    if (count > core::limits::dead_properties_per_resource) {
        return core::fail(core::Errc::insufficient_storage,
                          "The resource would have too many properties.");
    }
    return {};
}

// What a sharee calls somebody else's calendar, and how it looks, is the sharee's.
void store_as_shown(storage::WriteTransaction& transaction, const Resource& resource,
                    const storage::Collection& changed) {
    storage::Share share = *resource.share;
    if (changed.display_name != resource.collection->display_name) {
        share.display_name = changed.display_name;
    }
    if (changed.color != resource.collection->color) {
        share.color = changed.color;
    }
    share.order = changed.order;
    transaction.shares().set(share);
}

void store(const Call& call, storage::WriteTransaction& transaction, const Resource& resource,
           const PropertyUpdate& update) {
    const std::string key = dead_property_key(resource);
    for (const Name& name : update.removed) {
        transaction.properties().remove(key, name.name_space, name.local);
    }
    for (const storage::DeadProperty& property : update.set) {
        transaction.properties().set(key, property);
    }
    if (update.default_calendar) {
        transaction.collections().set_default_calendar(resource.owner, *update.default_calendar);
    }
    if (resource.share && resource.kind == ResourceKind::calendar) {
        store_as_shown(transaction, resource, update.collection);
        return;
    }
    const bool is_record =
        resource.kind == ResourceKind::calendar || resource.kind == ResourceKind::plain;
    if (is_record) {
        call.services.calendars.update(transaction, update.collection);
    }
}

// RFC 8144 section 2.2: nothing is worth saying but that all went well.
core::Response minimal_success() {
    core::Response response;
    response.status = 200;
    add_applied(response, "return=minimal");
    return response;
}

} // namespace

core::Result<core::Response> proppatch(const Call& call) {
    const std::vector<PropertyChange> changes = TRY(parse_proppatch(call.request.body));
    return call.services.store.write(
        [&](storage::WriteTransaction& transaction) -> core::Result<core::Response> {
            const Resource resource = TRY(resolve_existing(transaction, call.target, call.who,
                                                           domain::Privilege::write_properties));
            TRYV(check_conditions(call, transaction, resource));
            if (resource.kind == ResourceKind::proxy_read
                || resource.kind == ResourceKind::proxy_write) {
                return change_proxy(call, transaction, resource, changes);
            }
            const PropertyUpdate update = change_properties(transaction, resource, changes);
            if (update.succeeded && !changes.empty()) {
                const auto kept = transaction.properties().list(dead_property_key(resource));
                TRYV(check_room(kept, update));
                store(call, transaction, resource, update);
            }
            if (update.succeeded && preferences_of(call.request).minimal) {
                return minimal_success();
            }
            Multistatus answer;
            answer.add(resource.href, update.answers);
            return answer.finish();
        });
}

} // namespace caldav
