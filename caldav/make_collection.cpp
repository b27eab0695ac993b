// MKCALENDAR (RFC 4791 section 5.3.1) and MKCOL, plain (RFC 4918 section 9.3) and extended (RFC
// 5689).
#include "caldav/conditions.h"
#include "caldav/methods.h"
#include "caldav/multistatus.h"
#include "caldav/properties.h"
#include "caldav/properties_table.h"
#include "caldav/requests.h"
#include "caldav/resource.h"
#include "caldav/xml_writer.h"
#include "core/limits.h"
#include "core/strings.h"

#include <algorithm>

namespace caldav {

namespace {

bool is_mkcalendar(const Call& call) {
    return call.request.method == "MKCALENDAR";
}

tl::unexpected<core::Error> wrong_place() { // RFC 4791 section 5.3.1.1
    return core::fail(core::Errc::forbidden, "Collections are made directly in one's own home.",
                      core::Condition::calendar_collection_location_ok);
}

// RFC 4791 section 5.3.1.1 makes it a precondition; RFC 4918 section 9.3.1 says 405.
tl::unexpected<core::Error> already_there(const Call& call) {
    const auto code = is_mkcalendar(call) ? core::Errc::forbidden : core::Errc::method_not_allowed;
    return core::fail(code, "There is something under this name already.",
                      core::Condition::resource_must_be_null);
}

// Where the new collection goes.
core::Result<Resource> resolve_place(const storage::ReadTransaction& transaction,
                                     const Call& call) {
    Resource resource = TRY(resolve(transaction, call.target, call.who, domain::Privilege::bind));
    if (resource.kind != ResourceKind::unmapped) {
        return already_there(call);
    }
    if (resource.collection) { // collections do not nest
        return wrong_place();
    }
    return resource;
}

// RFC 4918 section 9.3: a body of a type that is not understood is 415.
core::Done check_content_type(const core::Request& request) {
    const auto header = request.headers.get("Content-Type");
    if (core::trim(request.body).empty() || !header) {
        return {};
    }
    const std::string_view type = core::trim(core::split(*header, ';').front());
    if (!core::iequals(type, "text/xml") && !core::iequals(type, "application/xml")) {
        return core::fail(core::Errc::unsupported_type, "The body has to be XML.");
    }
    return {};
}

// What the properties make of a new collection.
struct Draft {
    domain::NewCalendar calendar;
    std::vector<PropertyAnswer> answers;
    bool succeeded = true;
};

// CALDAV:supported-calendar-component-set can be set now and never again (RFC 4791 section 5.2.3).
void apply_component_set(const std::vector<Element>& properties, Draft& draft) {
    const auto value =
        std::find_if(properties.begin(), properties.end(), [](const Element& property) {
            return property.is(cal("supported-calendar-component-set"));
        });
    if (value == properties.end()) {
        return;
    }
    PropertyAnswer answer{value->name, 200, "", core::Condition::none};
    const auto components = read_component_set(*value);
    if (components) {
        draft.calendar.collection.components = *components;
    } else {
        draft.succeeded = false;
        answer.status = 403;
        answer.condition = components.error().condition;
    }
    draft.answers.push_back(std::move(answer));
}

void mark_the_others_as_failed(std::vector<PropertyAnswer>& answers) {
    for (PropertyAnswer& answer : answers) {
        if (answer.status == 200) {
            answer.status = 424;
        }
    }
}

Draft make_draft(const storage::ReadTransaction& transaction, const MakeCollection& request,
                 const Resource& place) {
    Draft draft;
    storage::Collection& collection = draft.calendar.collection;
    collection.is_calendar = request.calendar;
    collection.components =
        request.calendar
            ? storage::components::event | storage::components::todo | storage::components::journal
            : 0;
    std::vector<PropertyChange> changes;
    for (const Element& property : request.properties) {
        if (!request.calendar || !property.is(cal("supported-calendar-component-set"))) {
            changes.push_back({false, property});
        }
    }
    if (request.calendar) {
        apply_component_set(request.properties, draft);
    }
    Resource future = place;
    future.kind = request.calendar ? ResourceKind::calendar : ResourceKind::plain;
    future.collection = collection;
    PropertyUpdate update = change_properties(transaction, future, changes);
    draft.succeeded = draft.succeeded && update.succeeded;
    std::move(update.answers.begin(), update.answers.end(), std::back_inserter(draft.answers));
    if (!draft.succeeded) {
        mark_the_others_as_failed(draft.answers);
        return draft;
    }
    collection = std::move(update.collection);
    collection.sessions =
        request.calendar && (collection.components & storage::components::event) != 0;
    draft.calendar.properties = std::move(update.set);
    return draft;
}

core::Response mkcol_response(const std::vector<PropertyAnswer>& answers) {
    XmlWriter writer(dav("mkcol-response"));
    write_propstats(writer, answers);
    core::Response response;
    response.status = 403;
    response.headers.set("Content-Type", "application/xml; charset=utf-8");
    response.body = writer.finish();
    return response;
}

// What failed, property by property: MKCALENDAR answers 207 (RFC 4791 section 5.3.1), extended
// MKCOL the status of the failure with DAV:mkcol-response (RFC 5689 section 3).
core::Response property_failure(const Call& call, const Resource& place,
                                const std::vector<PropertyAnswer>& answers) {
    if (!is_mkcalendar(call)) {
        return mkcol_response(answers);
    }
    Multistatus answer;
    answer.add(place.href, answers);
    return answer.finish();
}

core::Response created(const Call& call) {
    core::Response response;
    response.status = 201;
    if (preferences_of(call.request).minimal) { // RFC 8144 section 2.3: it is that already
        add_applied(response, "return=minimal");
    }
    response.headers.set("Cache-Control", "no-cache"); // RFC 4791 section 5.3.1
    return response;
}

core::Result<core::Response> make(const Call& call, const MakeCollection& request) {
    return call.services.store.write(
        [&](storage::WriteTransaction& transaction) -> core::Result<core::Response> {
            const Resource place = TRY(resolve_place(transaction, call));
            TRYV(check_conditions(call, transaction, place));
            Draft draft = make_draft(transaction, request, place);
            if (!draft.succeeded) {
                return property_failure(call, place, draft.answers);
            }
            if (draft.calendar.properties.size() > core::limits::dead_properties_per_resource) {
                return core::fail(core::Errc::insufficient_storage,
                                  "The collection would have too many properties.");
            }
            TRY(call.services.calendars.create(transaction, place.owner, place.name,
                                               std::move(draft.calendar)));
            return created(call);
        });
}

} // namespace

core::Result<core::Response> make_collection(const Call& call) {
    TRYV(check_content_type(call.request));
    const auto request = parse_make_collection(call.request.method, call.request.body);
    if (request) {
        return make(call, *request);
    }
    const bool wrong_type = request.error().condition == core::Condition::valid_resourcetype;
    if (wrong_type && !is_mkcalendar(call)) { // RFC 5689 section 3.5's example
        return mkcol_response({{dav("resourcetype"), 403, "", request.error().condition}});
    }
    return tl::unexpected<core::Error>(request.error());
}

} // namespace caldav
