#include "caldav/properties.h"

#include "caldav/properties_table.h"
#include "core/strings.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>

namespace caldav {

namespace {

// Calls `visit` for every row until it returns true; whether it did.
bool visit_rows(const std::function<bool(const PropertyRow&)>& visit) {
    for (const auto rows :
         {webdav_properties(), access_control_properties(), principal_properties(),
          caldav_properties(), scheduling_properties(), sharing_properties()}) {
        if (std::any_of(rows.begin(), rows.end(), visit)) {
            return true;
        }
    }
    return false;
}

bool is_calendar_data(const Name& name) {
    return name == cal("calendar-data");
}

// What one kind of resource answers with for one name.
struct Entry {
    Name name;
    const PropertyRow* row = nullptr; // null: dead, if it is there at all
    bool by_name = false;             // asked for, so its absence is an answer too
    std::string start_tag;
    std::string end_tag;
    std::string empty_tag;
};

Entry make_entry(const Name& name, const PropertyRow* row, bool by_name) {
    Entry entry{name, row, by_name, "", "", ""};
    append_start_tag(entry.start_tag, name);
    append_end_tag(entry.end_tag, name);
    append_empty_tag(entry.empty_tag, name);
    return entry;
}

// A request as one kind of resource sees it.
struct KindPlan {
    std::vector<Entry> entries;
    bool lists_dead = false; // all that there are, beside the entries
    bool looks_at_dead = false;
};

KindPlan make_plan(const PropertyRequest& request, ResourceKind kind) {
    KindPlan plan;
    if (request.which != PropertyRequest::Which::named) {
        plan.lists_dead = true;
        visit_rows([&](const PropertyRow& row) {
            const bool asked = request.which == PropertyRequest::Which::names
                                   ? !is_calendar_data(row.name())
                                   : row.allprop == InAllprop::yes;
            if (asked && contains(row.on, kind)) {
                plan.entries.push_back(make_entry(row.name(), &row, false));
            }
            return false;
        });
    }
    for (const Name& name : request.names) {
        const bool there = std::any_of(plan.entries.begin(), plan.entries.end(),
                                       [&](const Entry& entry) { return entry.name == name; });
        if (!there) {
            plan.entries.push_back(make_entry(name, find_property(name, kind), true));
        }
    }
    plan.looks_at_dead = plan.lists_dead
                         || std::any_of(plan.entries.begin(), plan.entries.end(),
                                        [](const Entry& entry) { return entry.row == nullptr; });
    return plan;
}

using DeadProperties = std::map<Name, std::string>;

DeadProperties dead_properties_of(const PropertyContext& context) {
    DeadProperties found;
    const std::string key = dead_property_key(context.resource);
    if (key.empty()) {
        return found;
    }
    for (storage::DeadProperty& property : context.transaction.properties().list(key)) {
        found.emplace(Name{std::move(property.name_space), std::move(property.name)},
                      std::move(property.xml));
    }
    return found;
}

bool is_asked_for(const KindPlan& plan, const Name& name) {
    return std::any_of(plan.entries.begin(), plan.entries.end(), [&](const Entry& entry) {
        return entry.row == nullptr && entry.name == name;
    });
}

// Appends the element of one property; false if the resource does not have it.
bool append_property(std::string& out, const Entry& entry, const PropertyContext& context,
                     const DeadProperties& dead) {
    if (entry.row == nullptr) {
        const auto found = dead.find(entry.name);
        if (found == dead.end()) {
            return false;
        }
        out += found->second;
        return true;
    }
    const std::size_t before = out.size();
    out += entry.start_tag;
    const std::size_t content = out.size();
    if (!entry.row->get(context, out)) {
        out.resize(before);
        return false;
    }
    if (out.size() == content) {
        out.resize(before);
        out += entry.empty_tag;
    } else {
        out += entry.end_tag;
    }
    return true;
}

} // namespace

void append_href(std::string& out, std::string_view href) {
    out += "<D:href>";
    core::append_xml_escaped(out, href);
    out += "</D:href>";
}

bool empty_element(const PropertyContext& /*context*/, std::string& /*content*/) {
    return true;
}

const PropertyRow* find_property(const Name& name, ResourceKind kind) {
    const PropertyRow* found = nullptr;
    visit_rows([&](const PropertyRow& row) {
        if (!row.is(name) || !contains(row.on, kind)) {
            return false;
        }
        found = &row;
        return true;
    });
    return found;
}

bool is_protected_anywhere(const Name& name) {
    bool known = false;
    const bool settable = visit_rows([&](const PropertyRow& row) {
        known = known || row.is(name);
        return row.is(name) && row.set != nullptr;
    });
    return known && !settable;
}

std::string dead_property_key(const Resource& resource) {
    switch (resource.kind) {
    case ResourceKind::principal:
        return "account:" + resource.owner;
    case ResourceKind::home:
        return "home:" + resource.owner;
    case ResourceKind::inbox:
        return "inbox:" + resource.owner;
    case ResourceKind::outbox:
        return "outbox:" + resource.owner;
    case ResourceKind::calendar:
    case ResourceKind::plain:
        if (resource.share) { // the sharee's own
            return "share:" + std::to_string(resource.share->collection) + ":"
                   + resource.share->sharee;
        }
        return "collection:" + std::to_string(resource.collection->id);
    case ResourceKind::object:
    case ResourceKind::message:
        return "object:" + std::to_string(resource.object->id);
    case ResourceKind::root:
    case ResourceKind::principals:
    case ResourceKind::calendars_root:
    case ResourceKind::colleague:
    case ResourceKind::group:
    case ResourceKind::proxy_read:
    case ResourceKind::proxy_write:
    case ResourceKind::notifications:
    case ResourceKind::notification:
    case ResourceKind::unmapped:
        break;
    }
    return {};
}

class PropertyPlan::Impl {
public:
    Impl(const PropertyRequest& request, bool minimal) : request_(request), minimal_(minimal) {}

    [[nodiscard]] const PropertyRequest& request() const { return request_; }

    storage::Listing listing() {
        const KindPlan& plan = plan_for(ResourceKind::object);
        const bool by_name = std::all_of(plan.entries.begin(), plan.entries.end(), [](auto& entry) {
            return entry.row == nullptr || entry.row->reads == Reads::name;
        });
        return by_name ? storage::Listing::names : storage::Listing::heads;
    }

    std::vector<PropertyAnswer> answers(const PropertyContext& context) {
        const KindPlan& plan = plan_for(context.resource.kind);
        const DeadProperties dead =
            plan.looks_at_dead ? dead_properties_of(context) : DeadProperties{};
        const bool names_only = request_.which == PropertyRequest::Which::names;
        std::vector<PropertyAnswer> answers;
        for (const Entry& entry : plan.entries) {
            PropertyAnswer answer{entry.name, 200, "", core::Condition::none};
            if (!append_property(answer.xml, entry, context, dead)) {
                if (!entry.by_name) {
                    continue;
                }
                answer.status = 404;
            }
            if (names_only) {
                answer.xml.clear();
            }
            answers.push_back(std::move(answer));
        }
        if (plan.lists_dead) {
            for (const auto& [name, xml] : dead) {
                if (!is_asked_for(plan, name)) {
                    answers.push_back({name, 200, names_only ? "" : xml, core::Condition::none});
                }
            }
        }
        return answers;
    }

    // What answers() gives, without a value for each property of each of ten thousand members.
    void write(Multistatus& out, const PropertyContext& context) {
        const KindPlan& plan = plan_for(context.resource.kind);
        if (plan.lists_dead) {
            return out.add(context.resource.href, answers(context), minimal_);
        }
        const DeadProperties dead =
            plan.looks_at_dead ? dead_properties_of(context) : DeadProperties{};
        found_.clear();
        missing_.clear();
        for (const Entry& entry : plan.entries) {
            if (!append_property(found_, entry, context, dead) && !minimal_) {
                missing_ += entry.empty_tag;
            }
        }
        out.add_rendered(context.resource.href, found_, missing_);
    }

private:
    const KindPlan& plan_for(ResourceKind kind) {
        auto& plan = plans_.at(static_cast<std::size_t>(kind));
        if (!plan) {
            plan = make_plan(request_, kind);
        }
        return *plan;
    }

    static constexpr auto kinds_count = static_cast<std::size_t>(ResourceKind::unmapped) + 1;

    PropertyRequest request_;
    bool minimal_;
    std::array<std::optional<KindPlan>, kinds_count> plans_;
    std::string found_;
    std::string missing_;
};

PropertyPlan::PropertyPlan(const PropertyRequest& request, bool minimal)
    : impl_(std::make_unique<Impl>(request, minimal)) {}

PropertyPlan::~PropertyPlan() = default;

bool PropertyPlan::wants_calendar_data() const {
    const auto& names = impl_->request().names;
    return std::any_of(names.begin(), names.end(), is_calendar_data);
}

storage::Listing PropertyPlan::listing() {
    return impl_->listing();
}

void PropertyPlan::write(Multistatus& out, const PropertyContext& context) {
    impl_->write(out, context);
}

std::vector<PropertyAnswer> PropertyPlan::answers(const PropertyContext& context) {
    return impl_->answers(context);
}

std::vector<PropertyAnswer> properties_of(const PropertyContext& context,
                                          const PropertyRequest& request) {
    return PropertyPlan(request, false).answers(context);
}

} // namespace caldav
