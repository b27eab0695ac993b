#include "caldav/conditions.h"

#include "caldav/sync.h"
#include "core/strings.h"

#include <algorithm>
#include <utility>

namespace caldav {

namespace {

// Each list may ask the store for another resource, so their number is bounded; no client sends
// more than a handful.
constexpr std::size_t if_lists_max = 100;

core::Done unmet(std::string_view header) {
    return core::fail(core::Errc::precondition_failed,
                      "The condition of " + std::string(header)
                          + " does not hold: the resource is not as the client expects.");
}

bool is_safe(const core::Request& request) {
    return request.method == "GET" || request.method == "HEAD";
}

bool matches(const core::EntityTags& tags, const ResourceState& state) {
    return state.exists && (tags.any || (!state.etag.empty() && tags.contains(state.etag)));
}

// A header's date; nothing if it is absent or no date, for which RFC 9110 sections 13.1.3 and
// 13.1.4 tell us to ignore it.
std::optional<core::Instant> date_of(const core::Headers& headers, std::string_view name) {
    const auto value = headers.get(name);
    return value ? core::from_http_date(core::trim(*value)) : std::nullopt;
}

core::Done check_if_match(const core::Headers& headers, const ResourceState& state) {
    if (headers.has("If-Match")) {
        // R-C19: also for a resource that is missing, 412 and not 404.
        if (!matches(core::parse_entity_tags(headers.joined("If-Match")), state)) {
            return unmet("If-Match");
        }
        return {};
    }
    const auto since = date_of(headers, "If-Unmodified-Since");
    if (since && state.modified && *state.modified > *since) {
        return unmet("If-Unmodified-Since");
    }
    return {};
}

// RFC 6638 section 8.3. Non-standard: Apple sends an empty header for an object without a tag
// (R-A6).
core::Done check_schedule_tag(const core::Headers& headers, const ResourceState& state) {
    if (!headers.has("If-Schedule-Tag-Match")) {
        return {};
    }
    const auto tags = core::parse_entity_tags(headers.joined("If-Schedule-Tag-Match"));
    const bool asks_for_none = !tags.any && tags.tags.empty();
    const bool holds =
        state.schedule_tag.empty() ? asks_for_none : tags.any || tags.contains(state.schedule_tag);
    if (!state.exists || !holds) {
        return unmet("If-Schedule-Tag-Match");
    }
    return {};
}

class IfReader {
public:
    explicit IfReader(std::string_view text) : rest_(text) {}

    core::Result<std::vector<IfList>> read() {
        std::vector<IfList> lists;
        std::string resource;
        bool list_follows = false; // RFC 4918 section 10.4.2: a tag has at least one list
        for (skip_blanks(); !rest_.empty(); skip_blanks()) {
            if (lists.size() == if_lists_max) {
                return core::fail(core::Errc::invalid_input, "too many lists in the If header");
            }
            if (rest_.front() == '<' && !list_follows) {
                resource = TRY(take('<', '>'));
                list_follows = true;
                continue;
            }
            IfList list = TRY(read_list());
            list.resource = resource;
            lists.push_back(std::move(list));
            list_follows = false;
        }
        if (lists.empty() || list_follows) {
            return malformed();
        }
        return lists;
    }

private:
    static tl::unexpected<core::Error> malformed() {
        return core::fail(core::Errc::invalid_input, "the If header is malformed");
    }

    void skip_blanks() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
    }

    // The text between two brackets; never empty.
    core::Result<std::string> take(char open, char close) {
        const auto end = rest_.find(close);
        if (rest_.empty() || rest_.front() != open || end == std::string_view::npos || end == 1) {
            return malformed();
        }
        std::string inside(rest_.substr(1, end - 1));
        rest_.remove_prefix(end + 1);
        return inside;
    }

    core::Result<IfList> read_list() {
        if (rest_.front() != '(') {
            return malformed();
        }
        rest_.remove_prefix(1);
        IfList list;
        for (skip_blanks(); !rest_.empty() && rest_.front() != ')'; skip_blanks()) {
            list.conditions.push_back(TRY(read_condition()));
        }
        if (rest_.empty() || list.conditions.empty()) {
            return malformed();
        }
        rest_.remove_prefix(1);
        return list;
    }

    core::Result<IfCondition> read_condition() {
        IfCondition condition;
        if (core::istarts_with(rest_, "not")) {
            condition.negated = true;
            rest_.remove_prefix(3);
            skip_blanks();
        }
        if (!rest_.starts_with('[')) {
            condition.value = TRY(take('<', '>'));
            return condition;
        }
        condition.is_etag = true;
        const auto tags = core::parse_entity_tags(TRY(take_entity_tag()));
        if (tags.tags.size() != 1) {
            return malformed();
        }
        condition.value = tags.tags.front();
        return condition;
    }

    // "[" entity-tag "]": a bracket may stand inside the quotes.
    core::Result<std::string> take_entity_tag() {
        const auto quote = rest_.find_first_of("\"]");
        if (quote == std::string_view::npos || rest_[quote] == ']') {
            return take('[', ']');
        }
        const auto end_quote = rest_.find('"', quote + 1);
        if (end_quote == std::string_view::npos || !rest_.substr(end_quote + 1).starts_with(']')) {
            return malformed();
        }
        std::string inside(rest_.substr(1, end_quote));
        rest_.remove_prefix(end_quote + 2);
        return inside;
    }

    std::string_view rest_;
};

bool holds(const IfCondition& condition, const ResourceState& state) {
    const std::string& actual = condition.is_etag ? state.etag : state.state_token;
    const bool met = state.exists && !actual.empty() && actual == condition.value;
    return met != condition.negated;
}

bool holds(const IfList& list, const ResourceState& state) {
    return std::all_of(list.conditions.begin(), list.conditions.end(),
                       [&](const IfCondition& condition) { return holds(condition, state); });
}

core::Done check_if(const core::Headers& headers, const ResourceState& state,
                    const TaggedState& tagged) {
    if (!headers.has("If")) {
        return {};
    }
    const auto lists = TRY(parse_if(headers.joined("If")));
    for (const IfList& list : lists) {
        if (holds(list, list.resource.empty() ? state : tagged(list.resource))) {
            return {};
        }
    }
    return unmet("If");
}

} // namespace

core::Result<std::vector<IfList>> parse_if(std::string_view header) {
    return IfReader(header).read();
}

// RFC 9110 section 13.2.2: If-Match, else If-Unmodified-Since; then If-None-Match.
core::Done check_conditions(const core::Request& request, const ResourceState& state,
                            const TaggedState& tagged) {
    TRYV(check_if_match(request.headers, state));
    TRYV(check_schedule_tag(request.headers, state));
    TRYV(check_if(request.headers, state, tagged));
    if (!is_safe(request) && request.headers.has("If-None-Match")
        && matches(core::parse_entity_tags(request.headers.joined("If-None-Match")), state)) {
        return unmet("If-None-Match");
    }
    return {};
}

core::Done check_conditions(const Call& call, const storage::ReadTransaction& transaction,
                            const Resource& resource) {
    const auto tagged = [&](std::string_view tag) {
        const auto destination = core::parse_destination(tag);
        if (!destination) {
            return ResourceState{};
        }
        // Somebody else's resource looks as if it were missing.
        const auto named = resolve(transaction, destination->target, call.who);
        return named ? state_of(transaction, *named) : ResourceState{};
    };
    return check_conditions(call.request, state_of(transaction, resource), tagged);
}

bool is_not_modified(const core::Request& request, const ResourceState& state) {
    if (!is_safe(request) || !state.exists) {
        return false;
    }
    if (request.headers.has("If-None-Match")) {
        return matches(core::parse_entity_tags(request.headers.joined("If-None-Match")), state);
    }
    const auto since = date_of(request.headers, "If-Modified-Since");
    return since && state.modified && *state.modified <= *since;
}

ResourceState state_of(const storage::ReadTransaction& transaction, const Resource& resource) {
    ResourceState state;
    state.exists = resource.kind != ResourceKind::unmapped;
    if (resource.object) {
        state.etag = resource.object->etag;
        state.schedule_tag = resource.object->schedule_tag;
        state.modified = resource.object->modified;
    } else if (resource.collection && resource.is_collection()) {
        state.state_token = current_sync_token(transaction, *resource.collection);
    } else if (resource.kind == ResourceKind::home) {
        state.state_token = current_home_token(transaction, resource);
    }
    return state;
}

} // namespace caldav
