#include "caldav/requests.h"

#include "core/limits.h"
#include "core/strings.h"

#include <algorithm>
#include <set>

namespace caldav {

namespace {

// Nobody asks for more than some forty; each name costs room in every response.
constexpr std::size_t requested_names_max = 1'000;

// The names in a DAV:prop, each once.
core::Result<void> read_names(const Element& prop, PropertyRequest& request) {
    std::set<Name> seen(request.names.begin(), request.names.end());
    for (const Element& child : prop.children) {
        if (child.is(cal("calendar-data"))) {
            request.data = TRY(parse_calendar_data(child));
        }
        if (seen.insert(child.name).second) {
            request.names.push_back(child.name);
        }
    }
    if (request.names.size() > requested_names_max) {
        return core::fail(core::Errc::too_large, "too many properties asked for");
    }
    return {};
}

// RFC 4918 section 14.20: propname | (allprop, include?) | prop. `found` counts how many there are.
struct PropertyChoice {
    PropertyRequest request;
    int found = 0;
};
core::Result<PropertyChoice> read_choice(const Element& root) {
    PropertyChoice choice;
    for (const Element& child : root.children) {
        if (child.is(dav("prop"))) {
            ++choice.found;
            choice.request.which = PropertyRequest::Which::named;
            TRYV(read_names(child, choice.request));
        } else if (child.is(dav("allprop"))) {
            ++choice.found;
            choice.request.which = PropertyRequest::Which::all;
        } else if (child.is(dav("propname"))) {
            ++choice.found;
            choice.request.which = PropertyRequest::Which::names;
        }
    }
    const Element* include = root.find(dav("include"));
    if (include != nullptr && choice.request.which == PropertyRequest::Which::all) {
        TRYV(read_names(*include, choice.request));
    }
    if (choice.found > 1) {
        return core::fail(core::Errc::invalid_input,
                          "only one of prop, allprop and propname may be asked for");
    }
    return choice;
}

enum class ResourceType { absent, plain, calendar };

// RFC 5689 section 3.3, RFC 4791 section 4.2.
core::Result<ResourceType> read_resource_type(const Element& resource_type, bool calendar_method) {
    bool collection = false;
    bool calendar = calendar_method;
    for (const Element& type : resource_type.children) {
        if (type.is(dav("collection"))) {
            collection = true;
        } else if (type.is(cal("calendar"))) {
            calendar = true;
        } else {
            return core::fail(core::Errc::forbidden,
                              "only plain collections and calendars can be made",
                              core::Condition::valid_resourcetype);
        }
    }
    if (!collection && !calendar_method) {
        return core::fail(core::Errc::forbidden, "the resource type lacks DAV:collection",
                          core::Condition::valid_resourcetype);
    }
    return calendar ? ResourceType::calendar : ResourceType::plain;
}

core::Result<Element> read_make_collection_root(bool calendar_method, std::string_view body) {
    Element root = TRY(read_xml(body));
    if (calendar_method && !root.is(cal("mkcalendar"))) {
        return core::fail(core::Errc::invalid_input, "the body is not a CALDAV:mkcalendar");
    }
    if (!calendar_method && !root.is(dav("mkcol"))) { // RFC 4918 section 9.3
        return core::fail(core::Errc::unsupported_type, "the body is not a DAV:mkcol");
    }
    return root;
}

} // namespace

core::Result<Depth> depth_of(const core::Request& request, Depth absent) {
    const auto header = request.headers.get("Depth");
    if (!header) {
        return absent;
    }
    const std::string_view value = core::trim(*header);
    if (value == "0") {
        return Depth::zero;
    }
    if (value == "1") {
        return Depth::one;
    }
    if (core::iequals(value, "infinity")) {
        return Depth::infinity;
    }
    return core::fail(core::Errc::invalid_input, "Depth has to be 0, 1 or infinity");
}

// The first of two that contradict each other counts (RFC 7240 section 2).
Preferences preferences_of(const core::Request& request) {
    Preferences found;
    const std::string prefer = request.headers.joined("Prefer");
    for (const std::string_view preference : core::split(prefer, ',')) {
        std::string wish(core::trim(core::split(preference, ';').front()));
        std::erase(wish, '"');
        if (core::iequals(wish, "return=minimal")
            || core::iequals(wish, "return-minimal")) { // Non-standard: RFC 7240's drafts
            found.minimal = !found.representation;
        } else if (core::iequals(wish, "return=representation")) {
            found.representation = !found.minimal;
        } else if (core::iequals(wish, "depth-noroot")) {
            found.noroot = true;
        }
    }
    const auto brief = request.headers.get("Brief"); // Non-standard: Apple
    if (brief && core::iequals(core::trim(*brief), "t")) {
        found.minimal = !found.representation;
    }
    return found;
}

void add_applied(core::Response& response, std::string_view preference) {
    std::string applied = response.headers.joined("Preference-Applied");
    applied.append(applied.empty() ? "" : ", ").append(preference);
    response.headers.set("Preference-Applied", std::move(applied));
}

core::Result<PropertyRequest> parse_propfind(std::string_view body) {
    if (core::trim(body).empty()) {
        return PropertyRequest{};
    }
    const Element root = TRY(read_xml(body));
    if (!root.is(dav("propfind"))) {
        return core::fail(core::Errc::invalid_input, "the body is not a DAV:propfind");
    }
    PropertyChoice choice = TRY(read_choice(root));
    if (choice.found == 0) {
        return core::fail(core::Errc::invalid_input,
                          "one of prop, allprop and propname has to be asked for");
    }
    return std::move(choice.request);
}

core::Result<PropertyRequest> parse_report_properties(const Element& root) {
    PropertyChoice choice = TRY(read_choice(root));
    if (choice.found == 0) {
        choice.request.which = PropertyRequest::Which::named;
    }
    return std::move(choice.request);
}

core::Result<std::vector<PropertyChange>> parse_proppatch(std::string_view body) {
    Element root = TRY(read_xml(body));
    if (!root.is(dav("propertyupdate"))) {
        return core::fail(core::Errc::invalid_input, "the body is not a DAV:propertyupdate");
    }
    std::vector<PropertyChange> changes;
    bool any_instruction = false;
    for (Element& instruction : root.children) {
        const bool remove = instruction.is(dav("remove"));
        if (!remove && !instruction.is(dav("set"))) {
            continue;
        }
        any_instruction = true;
        for (Element& prop : instruction.children) {
            if (!prop.is(dav("prop"))) {
                continue;
            }
            for (Element& property : prop.children) {
                changes.push_back({remove, std::move(property)});
            }
        }
    }
    if (!any_instruction) {
        return core::fail(core::Errc::invalid_input, "nothing to set and nothing to remove");
    }
    return changes;
}

core::Result<MakeCollection> parse_make_collection(std::string_view method, std::string_view body) {
    const bool calendar_method = method == "MKCALENDAR";
    MakeCollection request;
    request.calendar = calendar_method;
    if (core::trim(body).empty()) {
        return request;
    }
    Element root = TRY(read_make_collection_root(calendar_method, body));
    for (Element& set : root.children) {
        if (!set.is(dav("set"))) {
            continue;
        }
        for (Element& prop : set.children) {
            if (!prop.is(dav("prop"))) {
                continue;
            }
            for (Element& property : prop.children) {
                if (property.is(dav("resourcetype"))) {
                    const auto type = TRY(read_resource_type(property, calendar_method));
                    request.calendar = type == ResourceType::calendar;
                } else {
                    request.properties.push_back(std::move(property));
                }
            }
        }
    }
    return request;
}

} // namespace caldav
