// The bodies of REPORT: calendar-query, calendar-multiget and sync-collection.
#include "caldav/requests.h"
#include "core/limits.h"
#include "core/strings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace caldav {

namespace {

tl::unexpected<core::Error> bad_filter(std::string detail) {
    return core::fail(core::Errc::forbidden, std::move(detail), core::Condition::valid_filter);
}

core::Result<std::string> name_attribute(const Element& element) {
    const std::string_view name = core::trim(element.attribute("name"));
    if (name.empty()) {
        return bad_filter(element.name.local + " without a name");
    }
    return core::to_upper(name);
}

// CALDAV:is-not-defined stands alone (RFC 4791 sections 9.7.1 to 9.7.3).
core::Result<bool> is_not_defined(const Element& element) {
    if (element.find(cal("is-not-defined")) == nullptr) {
        return false;
    }
    constexpr std::array tests{"time-range", "text-match", "comp-filter", "prop-filter",
                               "param-filter"};
    for (const char* test : tests) {
        if (element.find(cal(test)) != nullptr) {
            return bad_filter("is-not-defined together with " + std::string(test));
        }
    }
    return true;
}

core::Result<std::optional<core::Interval>> optional_time_range(const Element& element) {
    const Element* range = element.find(cal("time-range"));
    if (range == nullptr) {
        return std::nullopt;
    }
    return TRY(parse_time_range(*range));
}

// RFC 4791 section 7.5, RFC 4790 section 3.1.
core::Result<ical::Collation> parse_collation(std::string_view identifier) {
    if (identifier.empty() || identifier == "default" || identifier == "i;ascii-casemap") {
        return ical::Collation::ascii_casemap;
    }
    if (identifier == "i;octet") {
        return ical::Collation::octet;
    }
    if (identifier == "i;unicode-casemap") {
        return ical::Collation::unicode_casemap;
    }
    return core::fail(core::Errc::forbidden, "this collation is not supported",
                      core::Condition::supported_collation);
}

core::Result<ical::TextMatch> parse_text_match(const Element& element) { // section 9.7.5
    ical::TextMatch match;
    match.text = element.text;
    match.collation = TRY(parse_collation(element.attribute("collation")));
    const std::string_view negate = element.attribute("negate-condition");
    if (!negate.empty() && negate != "yes" && negate != "no") {
        return bad_filter("negate-condition has to be yes or no");
    }
    match.negate = negate == "yes";
    return match;
}

core::Result<std::optional<ical::TextMatch>> optional_text_match(const Element& element) {
    const Element* match = element.find(cal("text-match"));
    if (match == nullptr) {
        return std::nullopt;
    }
    return TRY(parse_text_match(*match));
}

core::Result<ical::ParameterFilter> parse_parameter_filter(const Element& element) { // 9.7.3
    ical::ParameterFilter filter;
    filter.name = TRY(name_attribute(element));
    filter.is_not_defined = TRY(is_not_defined(element));
    filter.text_match = TRY(optional_text_match(element));
    return filter;
}

core::Result<ical::PropertyFilter> parse_property_filter(const Element& element) { // 9.7.2
    ical::PropertyFilter filter;
    filter.name = TRY(name_attribute(element));
    filter.is_not_defined = TRY(is_not_defined(element));
    filter.time_range = TRY(optional_time_range(element));
    filter.text_match = TRY(optional_text_match(element));
    filter.any_of = element.attribute("test") == "anyof"; // Non-standard: CardDAV's, RFC 6352
    if (filter.time_range && filter.text_match) {
        return bad_filter("time-range together with text-match");
    }
    for (const Element& child : element.children) {
        if (child.is(cal("param-filter"))) {
            filter.parameters.push_back(TRY(parse_parameter_filter(child)));
        }
    }
    return filter;
}

// RFC 4791 section 9.9 defines the test for components that happen; the calendar as a whole and
// the rules of a zone do not.
bool takes_time_range(std::string_view component) {
    constexpr std::array timeless{"VCALENDAR", "VTIMEZONE", "STANDARD", "DAYLIGHT"};
    return std::find(timeless.begin(), timeless.end(), component) == timeless.end();
}

core::Result<ical::ComponentFilter> parse_component_filter(const Element& element) { // 9.7.1
    ical::ComponentFilter filter;
    filter.name = TRY(name_attribute(element));
    filter.is_not_defined = TRY(is_not_defined(element));
    filter.time_range = TRY(optional_time_range(element));
    if (filter.time_range && !takes_time_range(filter.name)) {
        return bad_filter("time-range does not apply to " + filter.name);
    }
    for (const Element& child : element.children) {
        if (child.is(cal("prop-filter"))) {
            filter.properties.push_back(TRY(parse_property_filter(child)));
        } else if (child.is(cal("comp-filter"))) {
            filter.components.push_back(TRY(parse_component_filter(child)));
        }
    }
    return filter;
}

// RFC 4791 section 9.7: one comp-filter, for VCALENDAR.
core::Result<ical::ComponentFilter> parse_filter(const Element& root) {
    const Element* filter = root.find(cal("filter"));
    if (filter == nullptr) {
        return bad_filter("the query has no filter");
    }
    const auto is_component_filter = [](const Element& child) {
        return child.is(cal("comp-filter"));
    };
    if (std::count_if(filter->children.begin(), filter->children.end(), is_component_filter) != 1) {
        return bad_filter("the filter needs exactly one comp-filter");
    }
    ical::ComponentFilter calendar = TRY(parse_component_filter(*filter->find(cal("comp-filter"))));
    if (calendar.name != "VCALENDAR" || calendar.is_not_defined) {
        return bad_filter("the filter has to begin with VCALENDAR");
    }
    return calendar;
}

// RFC 4791 sections 9.6.5 to 9.6.7: both ends are required.
core::Result<core::Interval> parse_closed_range(const Element& element) {
    if (element.attribute("start").empty() || element.attribute("end").empty()) {
        return core::fail(core::Errc::invalid_input, element.name.local + " needs start and end");
    }
    return parse_time_range(element);
}

core::Result<ical::ComponentSelection> parse_component_selection(const Element& element) { // 9.6.1
    ical::ComponentSelection selection;
    selection.name = core::to_upper(core::trim(element.attribute("name")));
    if (selection.name.empty()) {
        return core::fail(core::Errc::invalid_input, "comp without a name");
    }
    for (const Element& child : element.children) {
        if (child.is(cal("prop"))) {
            const std::string_view name = core::trim(child.attribute("name"));
            if (name.empty()) {
                return core::fail(core::Errc::invalid_input, "prop without a name");
            }
            const bool no_value = child.attribute("novalue") == "yes";
            selection.properties.push_back({core::to_upper(name), no_value});
        } else if (child.is(cal("comp"))) {
            selection.components.push_back(TRY(parse_component_selection(child)));
        }
    }
    const bool all_properties = element.find(cal("allprop")) != nullptr;
    const bool nothing_named = selection.properties.empty() && selection.components.empty();
    // As in RFC 4791 section 7.8.1's example an empty comp stands for all of the component.
    selection.all_properties = all_properties || nothing_named;
    selection.all_components =
        element.find(cal("allcomp")) != nullptr || (nothing_named && !all_properties);
    return selection;
}

} // namespace

core::Result<std::optional<std::size_t>> parse_limit(const Element& root,
                                                     std::string_view name_space) {
    const auto name = [&](const char* local) { return Name{std::string(name_space), local}; };
    const Element* limit = root.find(name("limit"));
    if (limit == nullptr) {
        return std::nullopt;
    }
    const Element* results = limit->find(name("nresults"));
    const std::string_view text = results == nullptr ? "" : core::trim(results->text);
    std::size_t count = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (problem == std::errc::result_out_of_range && end == text.data() + text.size()) {
        count = std::numeric_limits<std::size_t>::max();
    } else if (problem != std::errc() || end != text.data() + text.size()) {
        return core::fail(core::Errc::invalid_input, "nresults is not a number");
    }
    if (count == 0) {
        return core::fail(core::Errc::invalid_input, "nresults has to be positive");
    }
    return count;
}

core::Result<core::Interval> parse_time_range(const Element& element) {
    core::Interval range;
    const std::string_view start = core::trim(element.attribute("start"));
    const std::string_view end = core::trim(element.attribute("end"));
    if (start.empty() && end.empty()) {
        return bad_filter(element.name.local + " has neither start nor end");
    }
    if (!start.empty()) {
        const auto at = core::from_ical_utc(start);
        if (!at) {
            return bad_filter("start is not a date and time in UTC");
        }
        range.start = *at;
    }
    if (!end.empty()) {
        const auto at = core::from_ical_utc(end);
        if (!at) {
            return bad_filter("end is not a date and time in UTC");
        }
        range.end = *at;
    }
    if (range.end <= range.start) {
        return bad_filter("the range ends before it starts");
    }
    return range;
}

core::Result<ical::DataSelection> parse_calendar_data(const Element& element) {
    const std::string_view type = core::trim(element.attribute("content-type"));
    const std::string_view version = core::trim(element.attribute("version"));
    if ((!type.empty() && !core::iequals(type, "text/calendar"))
        || (!version.empty() && version != "2.0")) {
        return core::fail(core::Errc::forbidden, "only text/calendar 2.0 is served",
                          core::Condition::supported_calendar_data);
    }
    ical::DataSelection selection;
    if (const Element* component = element.find(cal("comp"))) {
        selection.component = TRY(parse_component_selection(*component));
        if (selection.component->name != "VCALENDAR") {
            return core::fail(core::Errc::invalid_input,
                              "calendar-data has to begin with VCALENDAR");
        }
    }
    if (const Element* expand = element.find(cal("expand"))) {
        selection.expand = TRY(parse_closed_range(*expand));
    }
    if (const Element* limit = element.find(cal("limit-recurrence-set"))) {
        selection.limit_recurrence_set = TRY(parse_closed_range(*limit));
    }
    if (const Element* limit = element.find(cal("limit-freebusy-set"))) {
        selection.limit_freebusy_set = TRY(parse_closed_range(*limit));
    }
    if (selection.expand && selection.limit_recurrence_set) {
        return core::fail(core::Errc::invalid_input,
                          "expand and limit-recurrence-set exclude each other");
    }
    return selection;
}

core::Result<CalendarQuery> parse_calendar_query(const Element& root) {
    CalendarQuery query;
    query.properties = TRY(parse_report_properties(root));
    query.filter = TRY(parse_filter(root));
    if (const Element* zone = root.find(cal("timezone"))) {
        query.time_zone = zone->text;
    }
    query.limit = TRY(parse_limit(root));
    return query;
}

core::Result<CalendarMultiget> parse_calendar_multiget(const Element& root) {
    CalendarMultiget request;
    request.properties = TRY(parse_report_properties(root));
    for (const Element& child : root.children) {
        if (child.is(dav("href"))) {
            request.hrefs.emplace_back(core::trim(child.text));
        }
    }
    if (request.hrefs.empty()) {
        return core::fail(core::Errc::invalid_input, "the multiget names no href");
    }
    if (request.hrefs.size() > core::limits::multiget_hrefs) {
        return core::fail(core::Errc::forbidden,
                          "at most " + std::to_string(core::limits::multiget_hrefs)
                              + " hrefs in one multiget",
                          core::Condition::number_of_matches_within_limits);
    }
    return request;
}

core::Result<SyncCollection> parse_sync_collection(const Element& root) {
    const Element* token = root.find(dav("sync-token"));
    if (token == nullptr) {
        return core::fail(core::Errc::invalid_input,
                          "sync-collection without a sync-token element");
    }
    SyncCollection request;
    request.properties = TRY(parse_report_properties(root));
    request.token = core::trim(token->text);
    if (const Element* level = root.find(dav("sync-level"))) { // RFC 6578 section 6.3
        const std::string_view value = core::trim(level->text);
        request.infinite = value == "infinite" || value == "infinity";
        if (!request.infinite && value != "1") {
            return core::fail(core::Errc::invalid_input, "sync-level has to be 1 or infinite");
        }
    }
    request.limit = TRY(parse_limit(root));
    return request;
}

} // namespace caldav
