#include "caldav/expand_property.h"

#include "caldav/properties_table.h"
#include "caldav/requests.h"
#include "caldav/xml_writer.h"
#include "core/http.h"
#include "core/limits.h"
#include "core/strings.h"

#include <string>
#include <utility>
#include <vector>

namespace caldav {

namespace {

constexpr std::size_t names_max = 1'000; // of one resource, as for PROPFIND

struct Wish { // DAV:property
    Name name;
    std::vector<Wish> inner;
};

core::Result<std::vector<Wish>> parse_wishes(const Element& parent) {
    std::vector<Wish> wishes;
    for (const Element& child : parent.children) {
        if (!child.is(dav("property"))) {
            continue;
        }
        const std::string_view name = core::trim(child.attribute("name"));
        const std::string_view name_space = child.attribute("namespace");
        if (name.empty()) {
            return core::fail(core::Errc::invalid_input, "property without a name");
        }
        wishes.push_back(
            {{std::string(name_space.empty() ? ns::dav : name_space), std::string(name)},
             TRY(parse_wishes(child))});
    }
    if (wishes.size() > names_max) {
        return core::fail(core::Errc::too_large, "too many properties asked for");
    }
    return wishes;
}

// The DAV:hrefs that a property's value has, at its top.
std::vector<std::string> hrefs_in(const std::string& xml) {
    XmlWriter document(dav("prop"));
    document.raw(xml);
    std::vector<std::string> hrefs;
    const auto root = read_xml(document.finish());
    if (!root || root->children.empty()) {
        return hrefs;
    }
    for (const Element& child : root->children.front().children) {
        if (child.is(dav("href"))) {
            hrefs.emplace_back(core::trim(child.text));
        }
    }
    return hrefs;
}

std::string status_element(int status) {
    return "<D:status>HTTP/1.1 " + std::to_string(status) + " "
           + std::string(core::reason_phrase(status)) + "</D:status>";
}

// Answers with a bound on how many resources are looked at: each may name others.
class Expansion {
public:
    explicit Expansion(const ReportCall& report) : report_(report) {}

    std::vector<PropertyAnswer> answers(const Resource& resource, const std::vector<Wish>& wishes) {
        PropertyRequest request;
        request.which = PropertyRequest::Which::named;
        for (const Wish& wish : wishes) {
            request.names.push_back(wish.name);
        }
        std::vector<PropertyAnswer> found =
            properties_of({report_.call.services, report_.transaction, report_.call.who, resource,
                           nullptr, nullptr},
                          request);
        for (const PropertyAnswer& answer : found) {
            bytes_ += answer.xml.size();
        }
        for (PropertyAnswer& answer : found) {
            for (const Wish& wish : wishes) {
                if (wish.name == answer.name && !wish.inner.empty() && answer.status == 200) {
                    expand(answer, wish.inner);
                    break;
                }
            }
        }
        return found;
    }

    [[nodiscard]] bool is_over() const {
        return resources_ > core::limits::multiget_hrefs
               || bytes_ > core::limits::response_bytes / 16;
    }

private:
    // RFC 3253 section 3.8: each href becomes a DAV:response about what it names.
    void expand(PropertyAnswer& answer, const std::vector<Wish>& wishes) {
        const std::vector<std::string> hrefs = hrefs_in(answer.xml);
        if (hrefs.empty()) {
            return;
        }
        std::string xml;
        append_start_tag(xml, answer.name);
        for (const std::string& href : hrefs) {
            xml += response(href, wishes);
        }
        append_end_tag(xml, answer.name);
        answer.xml = std::move(xml);
    }

    std::string response(const std::string& href, const std::vector<Wish>& wishes) {
        ++resources_;
        std::string xml = "<D:response>";
        append_href(xml, href);
        const auto target = core::parse_target(href);
        const auto resource = target && !is_over()
                                  ? resolve_existing(report_.transaction, *target, report_.call.who)
                                  : nowhere();
        if (resource) {
            append_propstats(xml, answers(*resource, wishes));
        } else { // an address of mail, or somebody else's
            xml += status_element(resource.error().code == core::Errc::forbidden ? 403 : 404);
        }
        return xml + "</D:response>";
    }

    static core::Result<Resource> nowhere() {
        return core::fail(core::Errc::not_found, "This is not a resource of this server.");
    }

    static void append_propstats(std::string& xml, const std::vector<PropertyAnswer>& answers) {
        for (const int status : {200, 404}) {
            std::string content;
            for (const PropertyAnswer& answer : answers) {
                if (answer.status == status && status == 200) {
                    content += answer.xml;
                } else if (answer.status == status) {
                    append_empty_tag(content, answer.name);
                }
            }
            if (status == 200 || !content.empty()) {
                xml += "<D:propstat><D:prop>" + content + "</D:prop>" + status_element(status)
                       + "</D:propstat>";
            }
        }
    }

    const ReportCall& report_;
    std::size_t resources_ = 0;
    std::size_t bytes_ = 0;
};

} // namespace

core::Result<core::Response> expand_property(const ReportCall& report, const Element& root) {
    const std::vector<Wish> wishes = TRY(parse_wishes(root));
    Expansion expansion(report);
    const auto answers = expansion.answers(report.resource, wishes);
    if (expansion.is_over()) {
        return core::fail(core::Errc::forbidden, "These properties lead to too much.",
                          core::Condition::number_of_matches_within_limits);
    }
    Multistatus answer;
    answer.add(report.resource.href, answers, preferences_of(report.call.request).minimal);
    return answer.finish();
}

} // namespace caldav
