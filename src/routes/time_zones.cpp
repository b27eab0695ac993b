#include "src/routes/time_zones.h"

#include "core/crypto.h"
#include "core/limits.h"
#include "core/strings.h"
#include "ical/zone_list.h"
#include "src/routes/replies.h"

#include <boost/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace routes {

namespace json = boost::json;

namespace {

constexpr std::string_view context_path = "/timezones";
constexpr std::string_view well_known_path = "/.well-known/timezone";

// RFC 7808 section 4.1.3 and the errors of each action.
core::Response zone_error(int status, std::string_view type, std::string_view title) {
    const json::object problem{{"type", "urn:ietf:params:tzdist:error:" + std::string(type)},
                               {"title", title},
                               {"status", status}};
    core::Response response{status, {}, json::serialize(problem)};
    response.headers.set("Content-Type", "application/problem+json");
    response.headers.set("Cache-Control", "no-store");
    return response;
}

core::Response with_tag(const core::Request& request, std::string_view type, std::string body,
                        const std::string& tag) {
    core::Response response;
    response.headers.set("ETag", '"' + tag + '"');
    response.headers.set("Cache-Control", "public, max-age=86400");
    const auto known = core::parse_entity_tags(request.headers.joined("If-None-Match"));
    if (known.any || known.contains(tag)) {
        response.status = 304;
        return response;
    }
    response.headers.set("Content-Type", std::string(type));
    response.body = std::move(body);
    return response;
}

core::Response json_answer(const core::Request& request, const json::value& value) {
    constexpr std::size_t tag_bytes = 8;
    std::string body = json::serialize(value);
    const core::Digest digest = core::sha256(body);
    return with_tag(request, "application/json", std::move(body),
                    core::to_hex(std::span(digest).first(tag_bytes)));
}

// The data's release is what all texts depend on, and the year: they begin with its rules.
std::string tag_of_data(core::Instant year) {
    constexpr std::string_view way_of_writing = "1";
    return ical::zone_data_release() + "-" + core::to_ical_utc(year).substr(0, 4) + "-"
           + std::string(way_of_writing);
}

core::Instant beginning_of_year(core::Instant now) {
    const core::Date today = core::date_from_days(core::day_of(now.seconds));
    return {core::days_from_date({today.year, 1, 1}) * core::day_seconds};
}

json::object action(std::string_view name, std::string_view path, json::array parameters) {
    return {{"name", name},
            {"uri-template", std::string(context_path) + std::string(path)},
            {"parameters", std::move(parameters)}};
}

json::object parameter(std::string_view name, bool required) {
    return {{"name", name}, {"required", required}, {"multi", false}};
}

// RFC 7808 section 5.1
core::Response capabilities(const core::Request& request) {
    const json::object info{{"primary-source", "IANA:" + ical::zone_data_release()},
                            {"formats", json::array{"text/calendar"}},
                            {"truncated", json::object{{"any", false}, {"untruncated", true}}},
                            {"contacts", json::array{}}};
    const json::array actions{
        action("capabilities", "/capabilities", {}),
        action("list", "/zones{?changedsince}", {parameter("changedsince", false)}),
        action("get", "/zones{/tzid}", {}),
        action("expand", "/zones{/tzid}/observances{?start,end}",
               {parameter("start", true), parameter("end", true)}),
        action("find", "/zones{?pattern}", {parameter("pattern", true)})};
    return json_answer(request, json::object{{"version", 1}, {"info", info}, {"actions", actions}});
}

json::object entry_of(const ical::ListedZone& zone, core::Instant year) {
    json::object entry{{"tzid", zone.name},
                       {"etag", '"' + tag_of_data(year) + '"'},
                       {"last-modified", core::to_rfc3339(year)},
                       {"publisher", "IANA"},
                       {"version", ical::zone_data_release()}};
    if (!zone.aliases.empty()) {
        entry["aliases"] = json::array(zone.aliases.begin(), zone.aliases.end());
    }
    return entry;
}

// RFC 7808 section 5.6: without case, "_" is a blank, and "*" at either end stands for anything.
class Pattern {
public:
    static std::optional<Pattern> read(const std::string& text) {
        Pattern pattern;
        pattern.text_ = plain(text);
        pattern.any_before_ = pattern.text_.starts_with('*');
        pattern.text_.erase(0, pattern.any_before_ ? 1 : 0);
        pattern.any_after_ = pattern.text_.ends_with('*');
        pattern.text_.resize(pattern.text_.size() - (pattern.any_after_ ? 1 : 0));
        const bool sensible =
            !pattern.text_.empty() && pattern.text_.find('*') == std::string::npos;
        return sensible ? std::optional(pattern) : std::nullopt;
    }

    [[nodiscard]] bool fits(const std::string& name) const {
        const std::string candidate = plain(name);
        if (any_before_ && any_after_) {
            return candidate.find(text_) != std::string::npos;
        }
        return any_before_  ? candidate.ends_with(text_)
               : any_after_ ? candidate.starts_with(text_)
                            : candidate == text_;
    }
    [[nodiscard]] bool fits(const ical::ListedZone& zone) const {
        return fits(zone.name)
               || std::any_of(zone.aliases.begin(), zone.aliases.end(),
                              [&](const std::string& alias) { return fits(alias); });
    }

private:
    static std::string plain(std::string_view text) {
        return core::replace_all(core::to_lower(text), "_", " ");
    }

    std::string text_;
    bool any_before_ = false;
    bool any_after_ = false;
};

// RFC 7808 sections 5.2 and 5.6. The data changes as a whole, so a list of changes is all or
// nothing.
core::Response list_zones(const core::Request& request, const core::Target& target,
                          core::Instant year) {
    const auto query = core::parse_query(target.query);
    std::optional<Pattern> pattern;
    if (const auto asked = query.find("pattern"); asked != query.end()) {
        pattern = Pattern::read(asked->second);
        if (!pattern) {
            return zone_error(400, "invalid-pattern", "The pattern is malformed.");
        }
    }
    const auto since = query.find("changedsince");
    const bool unchanged = since != query.end() && since->second == tag_of_data(year);
    if (since != query.end() && since->second.empty()) {
        return zone_error(400, "invalid-changedsince", "changedsince is empty.");
    }
    json::array zones;
    for (const ical::ListedZone& zone : ical::listed_zones()) {
        if (!unchanged && (!pattern || pattern->fits(zone))) {
            zones.push_back(entry_of(zone, year));
        }
    }
    return json_answer(request,
                       json::object{{"synctoken", tag_of_data(year)}, {"timezones", zones}});
}

// Only what the database itself calls a zone: no name that clients made up.
std::optional<ical::ZonePtr> known_zone(const std::string& tzid) {
    for (const ical::ListedZone& zone : ical::listed_zones()) {
        if (core::iequals(zone.name, tzid)
            || std::any_of(zone.aliases.begin(), zone.aliases.end(),
                           [&](const std::string& alias) { return core::iequals(alias, tzid); })) {
            return ical::find_zone(tzid);
        }
    }
    return std::nullopt;
}

core::Response unknown_zone() {
    return zone_error(404, "tzid-not-found", "There is no time zone of this name.");
}

// RFC 7808 section 5.3
core::Response get_zone(const core::Request& request, const std::string& tzid, core::Instant year) {
    const auto zone = known_zone(tzid);
    if (!zone) {
        return unknown_zone();
    }
    ical::Component vtimezone = ical::to_vtimezone(**zone, year);
    vtimezone.set(ical::Property("TZID", tzid));
    ical::Component calendar{
        "VCALENDAR", {{"VERSION", "2.0"}, {"PRODID", "-//Appointed//EN"}}, {std::move(vtimezone)}};
    core::Response response =
        with_tag(request, "text/calendar; charset=utf-8", ical::print(calendar), tag_of_data(year));
    response.headers.set("Content-Disposition", "attachment; filename=\"timezone.ics\"");
    return response;
}

// "2026-01-01T00:00:00Z"
std::optional<core::Instant> instant_of(const std::map<std::string, std::string>& query,
                                        const std::string& name) {
    const auto value = query.find(name);
    if (value == query.end()) {
        return std::nullopt;
    }
    std::string text = value->second;
    std::erase(text, '-');
    std::erase(text, ':');
    const auto at = core::from_ical_utc(text);
    return at && core::to_rfc3339(*at) == value->second ? at : std::nullopt;
}

// RFC 7808 section 5.4
core::Response expand_zone(const core::Request& request, const core::Target& target,
                           const std::string& tzid) {
    constexpr std::size_t observances_max = 1'000; // five centuries
    const auto query = core::parse_query(target.query);
    const auto start = instant_of(query, "start");
    const auto end = instant_of(query, "end");
    const auto zone = known_zone(tzid);
    if (!zone) {
        return unknown_zone();
    }
    if (!start) {
        return zone_error(400, "invalid-start", "start has to be a time in UTC.");
    }
    if (!end || *end <= *start) {
        return zone_error(400, "invalid-end", "end has to be a time in UTC after start.");
    }
    json::array observances;
    for (const auto& each : ical::observances_in(**zone, {*start, *end}, observances_max)) {
        observances.push_back(json::object{{"name", each.name},
                                           {"onset", core::to_rfc3339(each.onset)},
                                           {"utc-offset-from", each.offset_from},
                                           {"utc-offset-to", each.offset_to}});
    }
    return json_answer(request, json::object{{"tzid", tzid},
                                             {"start", core::to_rfc3339(*start)},
                                             {"end", core::to_rfc3339(*end)},
                                             {"observances", observances}});
}

// What follows the context path.
std::vector<std::string> rest_of(const core::Target& target) {
    const std::size_t prefix = target.segments.front() == ".well-known" ? 2 : 1;
    return {target.segments.begin() + static_cast<std::ptrdiff_t>(prefix), target.segments.end()};
}

} // namespace

core::Response to_time_zones(const core::Request&, const core::Target&, const Context& context) {
    core::Response response = redirect(301, context.client.origin + std::string(context_path));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

core::Response time_zones(const core::Request& request, const core::Target& target,
                          const Context& context) {
    const core::Instant year = beginning_of_year(context.site.clock.now());
    std::vector<std::string> words = rest_of(target);
    if (words.size() == 1 && words[0] == "capabilities") {
        return capabilities(request);
    }
    if (words.empty() || words[0] != "zones") {
        return zone_error(404, "invalid-action", "There is no such action.");
    }
    if (words.size() == 1) {
        return list_zones(request, target, year);
    }
    const bool expands = words.size() > 2 && words.back() == "observances";
    words.resize(words.size() - (expands ? 1 : 0));
    std::string tzid = words[1];
    for (std::size_t i = 2; i < words.size(); ++i) {
        tzid += "/" + words[i];
    }
    return expands ? expand_zone(request, target, tzid) : get_zone(request, tzid, year);
}

std::string with_plain_slashes(std::string target) {
    for (const std::string_view path : {context_path, well_known_path}) {
        const std::string zones = std::string(path) + "/zones/";
        if (target.starts_with(zones)) {
            return core::replace_all(core::replace_all(std::move(target), "%2F", "/"), "%2f", "/");
        }
    }
    return target;
}

} // namespace routes
