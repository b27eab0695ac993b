#include "domain/rendering.h"

#include "core/strings.h"
#include "core/time.h"
#include "core/uri.h"
#include "domain/addresses.h"
#include "domain/notes_block.h"
#include "domain/participants.h"

#include <algorithm>
#include <vector>

namespace domain {

namespace {

constexpr std::string_view join_parameter = "X-APPOINTED-JOIN";
constexpr std::string_view product_id = "-//Appointed//Appointed//EN";

// Thunderbird keeps an HTML copy of the notes percent-encoded in ALTREP.
bool holds_join_link(std::string_view text) {
    if (contains_join_link(text)) {
        return true;
    }
    if (text.find('%') == std::string_view::npos) {
        return false;
    }
    const auto decoded = core::percent_decode(text);
    return decoded && contains_join_link(*decoded);
}

bool remove_link_parameters(ical::Property& property) {
    std::vector<std::string> names;
    for (const ical::Parameter& parameter : property.parameters()) {
        const bool ours = core::iequals(parameter.name, join_parameter);
        if (ours
            || std::any_of(parameter.values.begin(), parameter.values.end(), holds_join_link)) {
            names.push_back(parameter.name);
        }
    }
    for (const std::string& name : names) {
        property.remove_parameter(name);
    }
    return !names.empty();
}

enum class Left { untouched, changed, nothing };

Left remove_notes(ical::Property& notes) {
    const std::string text = notes.text();
    std::string cleaned = remove_notes_block(text);
    if (cleaned == text) {
        return Left::untouched;
    }
    if (core::trim(cleaned).empty()) {
        return Left::nothing;
    }
    notes.set_text(cleaned);
    return Left::changed;
}

Left remove_link_value(ical::Property& property) {
    if (property.is("DESCRIPTION")) {
        return remove_notes(property);
    }
    if (!holds_join_link(property.value())) {
        return Left::untouched;
    }
    // These hold nothing but the link, or (X-ALT-DESC) a copy of the notes with it.
    if (property.is("URL") || property.is("CONFERENCE") || property.is("X-ALT-DESC")) {
        return Left::nothing;
    }
    std::string value = property.value();
    while (const auto link = find_join_link(value)) {
        value.erase(link->begin, link->end - link->begin);
    }
    if (core::trim(value).empty() || holds_join_link(value)) {
        return Left::nothing;
    }
    property.set_value(std::move(value));
    return Left::changed;
}

std::string placeholder_url(const LinkHolder& holder, OccurrenceKey occurrence,
                            const Policy& policy) {
    return join_url(policy.public_url,
                    make_placeholder({holder.participant, occurrence, holder.generation}));
}

ical::Property conference(const std::string& link, std::string label) {
    return {"CONFERENCE",
            {{"VALUE", {"URI"}}, {"FEATURE", {"AUDIO", "VIDEO"}}, {"LABEL", {std::move(label)}}},
            link,
            ""};
}

void add_attendee_links(ical::Component& component, const LinkHolders& holders,
                        OccurrenceKey occurrence, const Policy& policy) {
    for (ical::Property& property : component.properties) {
        if (!property.is("ATTENDEE")) {
            continue;
        }
        const auto holder = holders.find(normalise_address(property.value()));
        if (holder != holders.end()) {
            property.set_parameter(join_parameter,
                                   placeholder_url(holder->second, occurrence, policy));
        }
    }
}

bool invites_a_holder(const ical::Component& component, const LinkHolders& holders,
                      std::string_view host) {
    return std::any_of(holders.begin(), holders.end(), [&](const auto& holder) {
        return holder.first != host && takes_part(component, holder.first, host);
    });
}

std::string utc_or_date(core::Instant at, const ical::DateTime& written, bool all_day) {
    if (all_day) {
        return ical::to_ical_wall(written.zone->to_wall(at), true);
    }
    return core::to_ical_utc(at);
}

ical::Property time_property(std::string name, std::string value, bool all_day) {
    ical::Property property(std::move(name), std::move(value));
    if (all_day) {
        property.set_parameter("VALUE", "DATE");
    }
    return property;
}

} // namespace

void add_own_link(ical::Component& component, const std::string& link) {
    component.set(ical::Property("URL", link));
    if (core::trim(component.value("LOCATION")).empty()) {
        component.set(ical::Property("LOCATION", link));
    }
    component.properties.push_back(conference(link, "Join the video consultation"));
    if (ical::Property* notes = component.find("DESCRIPTION")) {
        notes->set_text(add_notes_block(notes->text(), link));
    } else {
        ical::Property description("DESCRIPTION", "");
        description.set_text(add_notes_block("", link));
        component.set(std::move(description));
    }
}

bool remove_links(ical::Component& calendar) {
    bool changed = false;
    for (auto property = calendar.properties.begin(); property != calendar.properties.end();) {
        changed = remove_link_parameters(*property) || changed;
        const Left left = remove_link_value(*property);
        changed = changed || left != Left::untouched;
        property = left == Left::nothing ? calendar.properties.erase(property) : property + 1;
    }
    for (ical::Component& component : calendar.components) {
        changed = remove_links(component) || changed;
    }
    return changed;
}

OccurrenceKey occurrence_key(const ical::Object& event, const ical::Component& component,
                             std::int64_t shift_seconds) {
    const ical::Property* id = component.find("RECURRENCE-ID");
    if (id == nullptr || core::iequals(id->parameter("RANGE"), "THISANDFUTURE")) {
        return OccurrenceKey::series();
    }
    const auto value = ical::date_time(*id, event.zones);
    if (!value) {
        return OccurrenceKey::series();
    }
    const ical::Component* master = event.master();
    const ical::Property* start = master != nullptr ? master->find("DTSTART") : nullptr;
    const auto first = start != nullptr ? ical::date_time(*start, event.zones)
                                        : core::Result<ical::DateTime>(*value);
    if (!first) {
        return OccurrenceKey::series();
    }
    // The master's clock names the occurrence, whatever clock the client wrote it on.
    ical::WallTime wall = value->wall;
    if (value->is_date && !first->is_date) {
        const std::int64_t time_of_day = core::time_of_day(first->wall.seconds);
        wall.seconds += time_of_day;
    } else if (!first->is_date) {
        wall = first->zone->to_wall(value->instant());
    }
    return OccurrenceKey::of(wall, shift_seconds);
}

OccurrenceKey occurrence_key(const ical::Occurrence& occurrence, std::int64_t shift_seconds) {
    return occurrence.recurrence_id
               ? OccurrenceKey::of(occurrence.recurrence_id->wall, shift_seconds)
               : OccurrenceKey::series();
}

Rendered render_for_host(const ical::Object& event, const LinkHolders& holders,
                         std::string_view host_address, std::int64_t shift_seconds,
                         const Policy& policy) {
    ical::Component calendar = event.calendar;
    const auto host = holders.find(host_address);
    for (ical::Component& component : calendar.components) {
        if (component.name != ical::component_name(event.kind)
            || !invites_a_holder(component, holders, host_address)) {
            continue;
        }
        const OccurrenceKey occurrence = occurrence_key(event, component, shift_seconds);
        add_attendee_links(component, holders, occurrence, policy);
        if (host != holders.end()) {
            add_own_link(component, placeholder_url(host->second, occurrence, policy));
        }
    }
    Rendered rendered;
    rendered.text = ical::print(calendar);
    rendered.links = placeholder_offsets(rendered.text);
    return rendered;
}

ical::Component new_calendar() {
    ical::Component calendar;
    calendar.name = "VCALENDAR";
    calendar.properties.emplace_back("VERSION", "2.0");
    calendar.properties.emplace_back("PRODID", std::string(product_id));
    calendar.properties.emplace_back("CALSCALE", "GREGORIAN");
    calendar.properties.emplace_back("METHOD", "PUBLISH");
    return calendar;
}

ical::Component render_for_reader(const ical::Occurrence& occurrence, const ReaderCopy& copy) {
    ical::Component event;
    event.name = "VEVENT";
    const auto add = [&](std::string name, std::string value) {
        event.properties.emplace_back(std::move(name), std::move(value));
    };
    add("UID", ical::escape_text(copy.uid));
    add("DTSTAMP", core::to_ical_utc(copy.modified));
    add("LAST-MODIFIED", core::to_ical_utc(copy.modified));
    const std::string_view sequence = occurrence.component->value("SEQUENCE");
    add("SEQUENCE", sequence.empty() ? "0" : std::string(sequence));
    const bool all_day = occurrence.all_day;
    const ical::DateTime& written = occurrence.start_time;
    event.properties.push_back(
        time_property("DTSTART", utc_or_date(occurrence.start, written, all_day), all_day));
    event.properties.push_back(
        time_property("DTEND", utc_or_date(occurrence.end, written, all_day), all_day));
    add("SUMMARY", ical::escape_text((copy.cancelled ? "Cancelled: " : "") + copy.title));
    add("STATUS", copy.cancelled ? "CANCELLED" : "CONFIRMED");
    add("TRANSP", copy.cancelled ? "TRANSPARENT" : "OPAQUE");
    add("CLASS", "PRIVATE");
    if (!copy.link.empty()) {
        if (!copy.notes.empty()) {
            add("DESCRIPTION", ical::escape_text(copy.notes));
        }
        add_own_link(event, copy.link);
    }
    return event;
}

} // namespace domain
