// Setting and removing properties: PROPPATCH, MKCALENDAR and extended MKCOL.
#include "caldav/errors.h"
#include "caldav/kept_properties.h"
#include "caldav/properties.h"
#include "caldav/properties_table.h"
#include "core/limits.h"

#include <algorithm>
#include <map>

namespace caldav {

namespace {

// Whether the kind of resource can keep properties that the server does not know.
bool keeps_dead_properties(const Resource& resource) {
    return !dead_property_key(resource).empty();
}

std::size_t text_bytes(const Element& element) {
    std::size_t bytes = element.text.size();
    for (const Element& child : element.children) {
        bytes += text_bytes(child);
    }
    return bytes;
}

core::Done refuse_protected() { // RFC 4918 sections 9.2.1 and 16
    return core::fail(core::Errc::forbidden, "the server sets this property",
                      core::Condition::cannot_modify_protected_property);
}

// Collects what has to be done to the dead properties. The last word on a name counts.
class Changes {
public:
    Changes(const Resource& resource, PropertyUpdate& update)
        : resource_(resource), update_(update) {}

    core::Done apply(const PropertyChange& change) {
        const Name& name = change.element.name;
        if (!change.remove && text_bytes(change.element) > core::limits::dead_property_bytes) {
            return too_long();
        }
        if (const PropertyRow* row = find_property(name, resource_.kind)) {
            if (row->set == nullptr) {
                return refuse_protected();
            }
            return row->set(update_.collection, change.remove ? nullptr : &change.element);
        }
        if (is_protected_anywhere(name) || !keeps_dead_properties(resource_)) {
            return refuse_protected();
        }
        TRYV(change.remove ? core::Done{} : check_kept(resource_, change.element));
        return keep(change);
    }

    void finish() {
        for (auto& [name, xml] : dead_) {
            if (xml) {
                update_.set.push_back({name.name_space, name.local, std::move(*xml)});
            } else {
                update_.removed.push_back(name);
            }
        }
    }

private:
    static core::Done too_long() {
        return core::fail(core::Errc::insufficient_storage, "the property is too long");
    }

    core::Done keep(const PropertyChange& change) {
        if (change.remove) {
            dead_[change.element.name] = std::nullopt;
            return {};
        }
        const Name& name = change.element.name;
        std::string xml = to_xml(change.element);
        if (xml.size() > core::limits::dead_property_bytes
            || name.name_space.size() + name.local.size()
                   > core::limits::dead_property_name_bytes) {
            return too_long();
        }
        dead_[name] = std::move(xml);
        return {};
    }

    const Resource& resource_;
    PropertyUpdate& update_;
    std::map<Name, std::optional<std::string>> dead_;
};

// A name that is changed twice has one answer: its failure, if one of the changes failed.
void note(std::vector<PropertyAnswer>& answers, PropertyAnswer answer) {
    const auto known =
        std::find_if(answers.begin(), answers.end(),
                     [&](const PropertyAnswer& other) { return other.name == answer.name; });
    if (known == answers.end()) {
        answers.push_back(std::move(answer));
    } else if (known->status == 200) {
        *known = std::move(answer);
    }
}

} // namespace

PropertyUpdate change_properties(const Resource& resource,
                                 const std::vector<PropertyChange>& changes) {
    PropertyUpdate update;
    if (resource.collection) {
        update.collection = *resource.collection;
    }
    update.succeeded = true;
    Changes applied(resource, update);
    for (const PropertyChange& change : changes) {
        const core::Done done = applied.apply(change);
        if (done) {
            note(update.answers, {change.element.name, 200, "", core::Condition::none});
        } else {
            update.succeeded = false;
            note(update.answers,
                 {change.element.name, status_of(done.error().code), "", done.error().condition});
        }
    }
    if (update.succeeded) {
        applied.finish();
        return update;
    }
    for (PropertyAnswer& answer : update.answers) {
        if (answer.status == 200) {
            answer.status = 424; // RFC 4918 section 11.4
        }
    }
    if (resource.collection) {
        update.collection = *resource.collection;
    }
    return update;
}

} // namespace caldav
