#include "caldav/principal_reports.h"

#include "caldav/requests.h"
#include "caldav/xml_writer.h"
#include "core/limits.h"
#include "core/strings.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace caldav {

namespace {

// Nobody types more words than that; each is looked for in every principal.
constexpr std::size_t search_terms_max = 50;

// An account or a group, as a search compares it.
struct Listed {
    std::string name;
    std::string email; // a group has none
    std::string_view type;
};

// What principals can be searched by, and how people call it (RFC 3744 section 9.5).
struct SearchableRow {
    std::string_view name_space;
    std::string_view local;
    std::string_view description;
    std::string (*value)(const Listed& listed);
};

std::string name_of(const Listed& listed) {
    return listed.name;
}
std::string email_of(const Listed& listed) {
    return listed.email;
}
std::string address_of(const Listed& listed) {
    return listed.email.empty() ? "" : "mailto:" + core::to_lower(listed.email);
}
std::string type_of(const Listed& listed) {
    return std::string(listed.type);
}

constexpr std::array searchable{
    SearchableRow{ns::dav, "displayname", "Name", name_of},
    SearchableRow{ns::calendarserver, "email-address-set", "E-mail address", email_of},
    SearchableRow{ns::caldav, "calendar-user-address-set", "Calendar address", address_of},
    SearchableRow{ns::caldav, "calendar-user-type", "Type of calendar user", type_of},
};

const SearchableRow* find_searchable(const Name& name) {
    const auto row =
        std::find_if(searchable.begin(), searchable.end(), [&](const SearchableRow& candidate) {
            return name.name_space == candidate.name_space && name.local == candidate.local;
        });
    return row == searchable.end() ? nullptr : &*row;
}

enum class Position { anywhere, beginning, everything };

// One substring to be found in all of some properties.
struct Term {
    std::vector<Name> properties;
    std::string text; // lower case
    Position position = Position::anywhere;

    [[nodiscard]] bool is_in(const std::string& value) const {
        switch (position) {
        case Position::beginning:
            return value.starts_with(text);
        case Position::everything:
            return value == text;
        case Position::anywhere:
            break;
        }
        return value.find(text) != std::string::npos;
    }
    // A property that cannot be searched is found in nobody.
    [[nodiscard]] bool matches(const Listed& listed) const {
        return std::all_of(properties.begin(), properties.end(), [&](const Name& name) {
            const SearchableRow* row = find_searchable(name);
            return row != nullptr && is_in(core::to_lower(row->value(listed)));
        });
    }
};

// Writes one DAV:response for each resource that is given.
class ResourceAnswers {
public:
    ResourceAnswers(const ReportCall& report, const PropertyRequest& request)
        : report_(report), plan_(request, preferences_of(report.call.request).minimal) {}

    void add(const Resource& resource) {
        plan_.write(answer_, {report_.call.services, report_.transaction, report_.call.who,
                              resource, nullptr, nullptr});
    }
    // RFC 3744 section 9.4 and 9.3: the answer ends though there is more.
    void add_truncation() {
        answer_.add_status(report_.resource.href, 507,
                           core::Condition::number_of_matches_within_limits);
    }
    [[nodiscard]] core::Response finish() { return answer_.finish(); }

private:
    const ReportCall& report_;
    PropertyPlan plan_;
    Multistatus answer_;
};

// Everybody and every group that `matches` takes and the reader may see.
template <class Matches>
std::vector<Resource> find_listed(const ReportCall& report, const Matches& matches) {
    const storage::ReadTransaction& transaction = report.transaction;
    std::vector<Resource> found;
    const auto add = [&](std::optional<Resource> resource) {
        if (resource) {
            found.push_back(std::move(*resource));
        }
    };
    for (const storage::Account& account : transaction.accounts().list()) {
        if (matches(Listed{account.name, account.email, user_type(account)})) {
            add(find_principal(transaction, report.call.who, account));
        }
    }
    for (const storage::Group& group : transaction.grants().groups()) {
        if (matches(Listed{group.name, "", "GROUP"})) {
            add(find_group(transaction, report.call.who, group));
        }
    }
    return found;
}

template <class Matches>
core::Response search(const ReportCall& report, const PropertyRequest& request,
                      std::optional<std::size_t> limit, const Matches& matches) {
    ResourceAnswers answers(report, request);
    std::size_t count = 0;
    for (const Resource& resource : find_listed(report, matches)) {
        if (limit && count == *limit) {
            answers.add_truncation();
            break;
        }
        ++count;
        answers.add(resource);
    }
    return answers.finish();
}

tl::unexpected<core::Error> too_many_terms() {
    return core::fail(core::Errc::forbidden, "There are too many words to search for.",
                      core::Condition::number_of_matches_within_limits);
}

// RFC 3744 section 9.4.1; match-type is Apple's.
core::Result<Term> parse_property_search(const Element& element) {
    const Element* properties = element.find(dav("prop"));
    const Element* match = element.find(dav("match"));
    if (properties == nullptr || properties->children.empty() || match == nullptr) {
        return core::fail(core::Errc::invalid_input, "property-search needs prop and match");
    }
    if (properties->children.size() > search_terms_max) {
        return too_many_terms();
    }
    Term term;
    for (const Element& property : properties->children) {
        term.properties.push_back(property.name);
    }
    term.text = core::to_lower(match->text);
    const std::string_view type = match->attribute("match-type");
    term.position = type == "starts-with" ? Position::beginning
                    : type == "equals"    ? Position::everything
                                          : Position::anywhere;
    return term;
}

// The members of a collection that a principal-match can name.
std::vector<std::string> member_hrefs(const ReportCall& report) {
    const Resource& resource = report.resource;
    const std::string& account = report.call.who.account;
    std::vector<std::string> hrefs;
    if (resource.kind == ResourceKind::principals) {
        hrefs.push_back(principal_href(account));
        for (const storage::Group& group : report.transaction.grants().groups_of(account)) {
            hrefs.push_back(principal_href(group.id));
        }
    } else if (resource.kind == ResourceKind::calendars_root) {
        hrefs.push_back(home_href(account));
    } else {
        for (const auto& collection : report.transaction.collections().list(resource.owner)) {
            hrefs.push_back(collection_href(collection.owner, collection.name));
        }
    }
    return hrefs;
}

// The principal that a property of these resources names; both are who owns them.
bool names_an_owner(const Name& property) {
    return property == dav("owner") || property == dav("principal-URL");
}

struct PrincipalMatch {
    bool self = false;
    std::optional<Name> property;
};

// principal-URL is a property of principals (RFC 3744 section 4.2).
bool has_property(const Resource& resource, const PrincipalMatch& match) {
    return match.self || *match.property == dav("owner")
           || resource.kind == ResourceKind::principal;
}

core::Result<PrincipalMatch> parse_principal_match(const Element& root) {
    PrincipalMatch request;
    request.self = root.find(dav("self")) != nullptr;
    if (const Element* property = root.find(dav("principal-property"))) {
        if (property->children.size() != 1) {
            return core::fail(core::Errc::invalid_input, "principal-property names one property");
        }
        request.property = property->children.front().name;
    }
    if (request.self == request.property.has_value()) {
        return core::fail(core::Errc::invalid_input,
                          "principal-match needs either self or principal-property");
    }
    return request;
}

// The accounts and groups that the access control list of a resource names, as its owner sees it.
std::set<std::string> grantees_of(const storage::ReadTransaction& transaction,
                                  const Resource& resource) {
    std::set<std::string> grantees;
    if (!resource.access.is_owner() || resource.kind == ResourceKind::principal) {
        return grantees;
    }
    for (const storage::Grant& grant : transaction.grants().list(resource.owner)) {
        if (!grant.collection
            || (resource.collection && *grant.collection == resource.collection->id)) {
            grantees.insert(grant.grantee);
        }
    }
    return grantees;
}

std::string_view description_element(std::string& buffer, const SearchableRow& row) {
    buffer = "<D:principal-search-property><D:prop>";
    append_empty_tag(buffer, {std::string(row.name_space), std::string(row.local)});
    buffer.append("</D:prop><D:description xml:lang=\"en\">").append(row.description);
    buffer += "</D:description></D:principal-search-property>";
    return buffer;
}

} // namespace

// RFC 3744 section 9.2: the principals that the access control list names by URL, each once. Here
// that is the owner, and for the owner's eyes whom they granted something. The list of what belongs
// to nobody names DAV:authenticated.
core::Result<core::Response> acl_principal_prop_set(const ReportCall& report, const Element& root) {
    const PropertyRequest request = TRY(parse_report_properties(root));
    ResourceAnswers answers(report, request);
    const storage::ReadTransaction& transaction = report.transaction;
    const Resource& resource = report.resource;
    std::set<std::string> named = grantees_of(transaction, resource);
    named.insert(resource.owner);
    for (const std::string& id : named) {
        std::optional<Resource> found;
        if (const auto account = transaction.accounts().find(id)) {
            found = find_principal(transaction, report.call.who, *account);
        } else if (const auto group = transaction.grants().group(id)) {
            found = find_group(transaction, report.call.who, *group);
        }
        if (found) {
            answers.add(*found);
        }
    }
    return answers.finish();
}

// RFC 3744 section 9.3: below a collection, what is the asking principal (self), or what names this
// one in a property.
core::Result<core::Response> principal_match(const ReportCall& report, const Element& root) {
    const PrincipalMatch match = TRY(parse_principal_match(root));
    const PropertyRequest request = TRY(parse_report_properties(root));
    const bool are_principals = report.resource.kind == ResourceKind::principals;
    ResourceAnswers answers(report, request);
    if (match.self ? are_principals : names_an_owner(*match.property)) {
        for (const std::string& href : member_hrefs(report)) {
            const core::Target target = TRY(core::parse_target(href));
            const auto member = resolve_existing(report.transaction, target, report.call.who);
            if (member && has_property(*member, match)) {
                answers.add(*member);
            }
        }
    }
    return answers.finish();
}

// RFC 3744 section 9.4. Without any property-search it lists all that may be seen, as clients that
// browse expect. Depth and apply-to-principal-collection-set change nothing: there is one
// collection of principals.
core::Result<core::Response> principal_property_search(const ReportCall& report,
                                                       const Element& root) {
    const PropertyRequest request = TRY(parse_report_properties(root));
    std::vector<Term> terms;
    for (const Element& child : root.children) {
        if (child.is(dav("property-search"))) {
            terms.push_back(TRY(parse_property_search(child)));
        }
    }
    if (terms.size() > search_terms_max) {
        return too_many_terms();
    }
    const bool any_of = root.attribute("test") == "anyof"; // Non-standard: Apple
    return search(report, request, std::nullopt, [&](const Listed& listed) {
        const auto matches = [&](const Term& term) { return term.matches(listed); };
        return any_of && !terms.empty() ? std::any_of(terms.begin(), terms.end(), matches)
                                        : std::all_of(terms.begin(), terms.end(), matches);
    });
}

// RFC 3744 section 9.5. Apple asks for it while it sets an account up.
core::Result<core::Response> principal_search_property_set(const ReportCall& /*report*/,
                                                           const Element& /*root*/) {
    XmlWriter writer(dav("principal-search-property-set"));
    std::string buffer;
    for (const SearchableRow& row : searchable) {
        writer.raw(description_element(buffer, row));
    }
    core::Response response;
    response.headers.set("Content-Type", "application/xml; charset=utf-8");
    response.body = writer.finish();
    return response;
}

// Non-standard: what Apple's clients ask while somebody types an attendee. Every word has to be in
// the name or in the address; `context` asks for a kind of principal.
core::Result<core::Response> calendarserver_principal_search(const ReportCall& report,
                                                             const Element& root) {
    const PropertyRequest request = TRY(parse_report_properties(root));
    std::vector<std::string> words;
    for (const Element& child : root.children) {
        if (child.is(cs("search-token")) && !core::trim(child.text).empty()) {
            words.push_back(core::to_lower(core::trim(child.text)));
        }
    }
    if (words.empty()) {
        return core::fail(core::Errc::invalid_input, "There is nothing to search for.");
    }
    if (words.size() > search_terms_max) {
        return too_many_terms();
    }
    const std::string_view context = root.attribute("context");
    const bool for_people = context.empty() || context == "attendee" || context == "user";
    const bool for_groups = context.empty() || context == "group";
    const auto limit = TRY(parse_limit(root, ns::calendarserver));
    return search(report, request, limit, [&](const Listed& listed) {
        const std::string text = core::to_lower(listed.name + "\n" + listed.email);
        const bool wanted = listed.type == "GROUP" ? for_groups : for_people;
        return wanted && std::all_of(words.begin(), words.end(), [&](const auto& word) {
                   return text.find(word) != std::string::npos;
               });
    });
}

} // namespace caldav
