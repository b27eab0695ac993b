// The rows of the property table. properties_dav.cpp, properties_acl.cpp and properties_caldav.cpp
// hold them, by the RFCs that define them; properties.cpp reads them, property_changes.cpp sets
// them.
#pragma once

#include "caldav/names.h"
#include "caldav/properties.h"
#include "caldav/resource.h"
#include "caldav/xml_reader.h"
#include "core/result.h"

#include <span>
#include <string>
#include <string_view>

namespace caldav {

// Appends what is inside the property's element, written with the prefixes of xml_writer.h. False:
// this resource does not have the property.
using PropertyGetter = bool (*)(const PropertyContext& context, std::string& content);
// Changes the record; without a value the property is removed. Errors carry the status of the
// propstat, and the condition if there is one.
using PropertySetter = core::Done (*)(storage::Collection& collection, const Element* value);

// What a getter reads of an object: its whole head, or no more than storage::Listing::names gives.
enum class Reads { head, name };

enum class InAllprop { no, yes }; // RFC 4918 section 9.1: its own properties and dead ones

struct PropertyRow {
    std::string_view name_space;
    std::string_view local;
    Kinds on;
    PropertyGetter get;
    PropertySetter set; // null: protected
    InAllprop allprop;
    std::string_view section;
    Reads reads = Reads::head;

    [[nodiscard]] bool is(const Name& name) const {
        return name_space == name.name_space && local == name.local;
    }
    [[nodiscard]] Name name() const { return {std::string(name_space), std::string(local)}; }
};

std::span<const PropertyRow> webdav_properties();
std::span<const PropertyRow> access_control_properties();
std::span<const PropertyRow> caldav_properties();
std::span<const PropertyRow> principal_properties();
std::span<const PropertyRow> scheduling_properties(); // and what Apple's server added
std::span<const PropertyRow> sharing_properties();

// The row of that name for that kind of resource, or null.
const PropertyRow* find_property(const Name& name, ResourceKind kind);
// The bits of a CALDAV:supported-calendar-component-set, for a calendar that is being made. Errors:
// forbidden with supported_calendar_component.
core::Result<unsigned> read_component_set(const Element& value);
// Whether any kind of resource has such a property that nobody may set.
bool is_protected_anywhere(const Name& name);

namespace on {
constexpr Kinds collections = kinds(ResourceKind::calendar, ResourceKind::plain);
constexpr Kinds scheduling = kinds(ResourceKind::inbox, ResourceKind::outbox);
constexpr Kinds home = kinds(ResourceKind::home);
constexpr Kinds calendar = kinds(ResourceKind::calendar);
constexpr Kinds inbox = kinds(ResourceKind::inbox);
constexpr Kinds object = kinds(ResourceKind::object, ResourceKind::message);
constexpr Kinds principal = kinds(ResourceKind::principal);
constexpr Kinds person = kinds(ResourceKind::principal, ResourceKind::colleague);
constexpr Kinds group = kinds(ResourceKind::group);
constexpr Kinds proxies = kinds(ResourceKind::proxy_read, ResourceKind::proxy_write);
constexpr Kinds principals = person | group | proxies;
constexpr Kinds notifications = kinds(ResourceKind::notifications);
constexpr Kinds notification = kinds(ResourceKind::notification);
constexpr Kinds roots =
    kinds(ResourceKind::root, ResourceKind::principals, ResourceKind::calendars_root);
constexpr Kinds owned = collections | scheduling | home | object | principal;
constexpr Kinds all = roots | owned | principals | notifications | notification;
} // namespace on

void append_href(std::string& out, std::string_view href); // <D:href>
bool empty_element(const PropertyContext& context, std::string& content);

} // namespace caldav
