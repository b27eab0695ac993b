// Setting and removing properties: PROPPATCH, MKCALENDAR and extended MKCOL.
#include "caldav/errors.h"
#include "caldav/kept_properties.h"
#include "caldav/properties.h"
#include "caldav/properties_table.h"
#include "core/limits.h"
#include "core/uri.h"

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

// Of a calendar in a sharee's home: all else is its owner's.
bool is_the_sharees(const Resource& resource, const Name& name) {
    return resource.kind != ResourceKind::calendar || name == dav("displayname")
           || name == apple("calendar-color") || name == apple("calendar-order");
}

// Collects what has to be done to the dead properties. The last word on a name counts.
class Changes {
public:
    Changes(const storage::ReadTransaction& transaction, const Resource& resource,
            PropertyUpdate& update)
        : transaction_(transaction), resource_(resource), update_(update) {}

    core::Done apply(const PropertyChange& change) {
        const Name& name = change.element.name;
        if (!change.remove && text_bytes(change.element) > core::limits::dead_property_bytes) {
            return too_long();
        }
        if (resource_.kind == ResourceKind::inbox && name == cal("schedule-default-calendar-URL")) {
            return set_default_calendar(change);
        }
        if (const PropertyRow* row = find_property(name, resource_.kind)) {
            if (row->set == nullptr || (resource_.share && !is_the_sharees(resource_, name))) {
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

    // RFC 6638 section 9.2; without a value the server chooses.
    core::Done set_default_calendar(const PropertyChange& change) {
        const Element* const href = change.element.find(dav("href"));
        update_.default_calendar.emplace();
        if (change.remove || href == nullptr) {
            return {};
        }
        const auto named = core::parse_destination(href->text);
        const auto found =
            named && named->target.segments.size() == 3 && named->target.segments[0] == "calendars"
                    && named->target.segments[1] == resource_.owner
                ? transaction_.collections().find(resource_.owner, named->target.segments[2])
                : std::optional<storage::Collection>();
        if (!found || !found->is_calendar
            || (found->components & storage::components::event) == 0) {
            return core::fail(core::Errc::forbidden, "this is no calendar for events of theirs",
                              core::Condition::valid_schedule_default_calendar_url);
        }
        update_.default_calendar = found->id;
        return {};
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

    const storage::ReadTransaction& transaction_;
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

PropertyUpdate change_properties(const storage::ReadTransaction& transaction,
                                 const Resource& resource,
                                 const std::vector<PropertyChange>& changes) {
    PropertyUpdate update;
    if (resource.collection) {
        update.collection = *resource.collection;
    }
    update.succeeded = true;
    Changes applied(transaction, resource, update);
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
