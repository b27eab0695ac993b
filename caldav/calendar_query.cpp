#include "caldav/calendar_query.h"

#include "core/log.h"
#include "core/uri.h"
#include "ical/filter.h"
#include "ical/word_search.h"

#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace caldav {

namespace {

bool judges_nothing(const ical::ComponentFilter& filter) {
    return !filter.is_not_defined && !filter.time_range && filter.properties.empty()
           && filter.components.empty();
}

// Asks for no more than a kind of component, which the store knows: nothing has to be parsed.
// vdirsyncer, KDE and Evolution list their calendars so (R-K3).
bool is_decided_by_kind(const ical::ComponentFilter& filter) {
    if (filter.is_not_defined || filter.time_range || !filter.properties.empty()) {
        return false;
    }
    return filter.components.empty()
           || (filter.components.size() == 1 && judges_nothing(filter.components.front())
               && ical::kind_from_name(filter.components.front().name));
}

// One bad object must not fail the report (R-A15): it matches nothing and stays readable by name.
bool is_match(const ReportCall& report, const CalendarQuery& query,
              const storage::Collection& collection, const storage::Object& object) {
    const auto parsed =
        report.call.services.calendars.read(object, collection, report.resource.links());
    const auto matches = parsed ? ical::matches(query.filter, *parsed) : core::Result<bool>(false);
    if (!parsed || !matches) {
        core::log(core::LogLevel::warning, "calendar_object_not_searchable",
                  {{"object", std::to_string(object.head.id)}});
        return false;
    }
    return *matches;
}

class QueryAnswer {
public:
    QueryAnswer(const ReportCall& report, const CalendarQuery& query)
        : report_(report), query_(query), collection_(*report.resource.collection),
          prefilter_(ical::prefilter(query.filter)), words_(query.filter),
          members_(report, query.properties),
          places_left_(query.limit.value_or(std::numeric_limits<std::size_t>::max())) {
        if (query.time_zone) { // RFC 4791 section 9.8: the zone of floating times in this query
            collection_.time_zone = *query.time_zone;
        }
    }

    void search() {
        const auto& objects = report_.transaction.objects();
        if (report_.resource.object) {
            if (const auto object = objects.find(report_.resource.object->id)) {
                add_if_match(*object);
            }
        } else if (is_decided_by_kind(query_.filter)) {
            list();
        } else if (prefilter_.range == core::Interval{}) {
            objects.for_each_object(
                collection_.id, component(),
                [&](const storage::Object& object) { return add_if_match(object); });
        } else {
            search_range();
        }
    }

    core::Response finish() {
        if (truncated_) {
            members_.add_truncation();
        }
        return members_.finish();
    }

private:
    [[nodiscard]] std::string_view component() const {
        return prefilter_.kind ? ical::component_name(*prefilter_.kind) : std::string_view();
    }

    void list() {
        const auto& objects = report_.transaction.objects();
        if (members_.needs_text()) {
            objects.for_each_object(collection_.id, component(),
                                    [&](const storage::Object& object) { return add(object); });
            return;
        }
        objects.for_each_member(collection_.id, [&](const storage::ObjectHead& head) {
            return (!prefilter_.kind || head.component == component()) ? add(head) : true;
        });
    }

    // Where the filter asks for nothing but a range, the index answers, and only what it is not
    // certain of is read. Else it finds those that the other conditions are put to.
    void search_range() {
        const bool needs_text = members_.needs_text() || !prefilter_.exact;
        report_.transaction.objects().for_each_in_range(
            collection_.id, component(), prefilter_.range,
            needs_text ? storage::Detail::text : storage::Detail::head,
            [&](const storage::Object& object, storage::Certainty certainty) {
                const bool decided = prefilter_.exact && certainty == storage::Certainty::certain;
                return decided ? add(object) : add_if_match(object);
            });
    }

    bool add_if_match(const storage::Object& object) {
        // A reader's links are not in the stored text.
        const bool worth_reading = !object.links.empty() || words_.may_match(object.text);
        return worth_reading && is_match(report_, query_, collection_, object) ? add(object) : true;
    }

    // False when the answer must end: a truncated answer says so (M1).
    bool add(const auto& member) {
        if (places_left_ == 0 || members_.is_full()) {
            truncated_ = true;
            return false;
        }
        --places_left_;
        members_.add(member);
        return true;
    }

    const ReportCall& report_;
    const CalendarQuery& query_;
    storage::Collection collection_;
    ical::Prefilter prefilter_;
    ical::WordSearch words_;
    MemberAnswers members_;
    std::size_t places_left_;
    bool truncated_ = false;
};

// The name of the member of the report's resource that an href means, however it is spelt (R-C8).
std::optional<std::string> member_name(const Resource& resource, const core::Target& target) {
    if (target.segments.size() != 4 || target.segments[0] != "calendars"
        || target.segments[1] != resource.home()) {
        return std::nullopt;
    }
    const std::string& name = target.segments[3];
    const bool inside = resource.collection && target.segments[2] == resource.collection_name()
                        && (!resource.object || name == resource.name);
    return inside ? std::optional(name) : std::nullopt;
}

void add_named(const ReportCall& report, const std::string& name, MemberAnswers& members) {
    const storage::Collection& collection = *report.resource.collection;
    const auto& objects = report.transaction.objects();
    if (members.needs_text()) {
        if (const auto object = objects.find(collection.id, name)) {
            members.add(*object);
            return;
        }
    } else if (const auto head = objects.find_head(collection.id, name)) {
        members.add(*head);
        return;
    }
    members.add_missing(report.resource.member_href(name));
}

} // namespace

core::Result<core::Response> calendar_query(const ReportCall& report, const Element& root) {
    const CalendarQuery query = TRY(parse_calendar_query(root));
    // RFC 4791 section 7.8 reads a missing Depth as 0, which no client means (R-C13).
    const Depth depth = TRY(depth_of(report.call.request, Depth::one));
    const bool is_object = report.resource.object.has_value();
    const bool looks_inside = depth != Depth::zero && report.resource.collection;
    if (!is_object && !looks_inside) {
        return Multistatus().finish(); // a collection itself matches no filter (M7, R-O4)
    }
    QueryAnswer answer(report, query);
    answer.search();
    return answer.finish();
}

// RFC 4791 section 7.9; Depth is ignored. Each resource is answered once, by its canonical href
// (R-V2); an href that means none of the members is answered as it came.
core::Result<core::Response> calendar_multiget(const ReportCall& report, const Element& root) {
    const CalendarMultiget request = TRY(parse_calendar_multiget(root));
    MemberAnswers members(report, request.properties);
    std::set<std::string> answered;
    for (const std::string& href : request.hrefs) {
        const auto destination = core::parse_destination(href);
        const auto name = destination ? member_name(report.resource, destination->target)
                                      : std::optional<std::string>();
        if (!answered.insert(name ? "/" + *name : href).second) {
            continue;
        }
        if (members.is_full()) {
            members.add_truncation();
            break;
        }
        if (name) {
            add_named(report, *name, members);
        } else {
            members.add_missing(href);
        }
    }
    return members.finish();
}

} // namespace caldav
