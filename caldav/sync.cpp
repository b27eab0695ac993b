#include "caldav/sync.h"

#include "caldav/requests.h"
#include "core/strings.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace caldav {

namespace {

constexpr std::string_view token_prefix = "urn:appointed:sync:";

std::string epoch_of(const storage::ReadTransaction& transaction) {
    return transaction.facts().find("epoch").value_or("none");
}

// The token of a page within an initial sync also says where that sync began.
std::string make_page_token(std::string_view epoch, std::int64_t collection,
                            SyncPosition position) {
    std::string token = make_sync_token(epoch, collection, position.revision);
    if (position.began > position.revision) {
        token += ":" + std::to_string(position.began);
    }
    return token;
}

std::optional<std::int64_t> read_number(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && number >= 0 ? std::optional(number) : std::nullopt;
}

// R-O3, clients.md 13: 403 with exactly this element.
tl::unexpected<core::Error> invalid_token() {
    return core::fail(core::Errc::forbidden, "Begin again with an empty sync-token.",
                      core::Condition::valid_sync_token);
}

struct Page {
    std::vector<storage::Change> changes; // whole revisions, in their order
    bool truncated = false;
};

// One revision may stand for several changes, as a MOVE within a collection does, and a token
// points between revisions. So a page ends where a revision ends, and holds one at least.
Page read_page(const storage::ReadTransaction& transaction, std::int64_t collection,
               std::int64_t since, std::optional<std::size_t> limit) {
    assert(limit != 0U);
    constexpr std::size_t everything = std::numeric_limits<std::int64_t>::max() / 4;
    std::size_t wanted = std::min(limit.value_or(everything), everything);
    while (true) {
        auto changes = transaction.objects().changes(collection, since, wanted + 1);
        if (changes.size() <= wanted) {
            return {std::move(changes), false};
        }
        const std::int64_t next = changes[wanted].revision;
        const auto first_of_next =
            std::find_if(changes.begin(), changes.end(),
                         [&](const storage::Change& change) { return change.revision == next; });
        if (first_of_next != changes.begin()) {
            changes.erase(first_of_next, changes.end());
            return {std::move(changes), true};
        }
        wanted *= 2;
    }
}

// Properties that a change row answers by itself, so that the usual sync reads no other row.
bool is_told_by_change(const PropertyRequest& request) {
    return request.which == PropertyRequest::Which::named
           && std::all_of(request.names.begin(), request.names.end(), [](const Name& name) {
                  return name == dav("getetag") || name == dav("getcontenttype")
                         || name == dav("resourcetype");
              });
}

storage::ObjectHead head_of(const storage::Change& change, std::int64_t collection) {
    storage::ObjectHead head;
    head.id = change.object;
    head.collection = collection;
    head.name = change.name;
    head.component = change.component;
    head.content_type = change.content_type;
    head.etag = change.etag;
    head.revision = change.revision;
    return head;
}

class SyncAnswer {
public:
    SyncAnswer(const ReportCall& report, const SyncCollection& request, SyncPosition position)
        : report_(report), collection_(*report.resource.collection), position_(position),
          told_by_change_(is_told_by_change(request.properties)),
          members_(report, request.properties) {}

    // Adds the page, as far as the answer's size allows.
    void add(const Page& page) {
        truncated_ = page.truncated;
        for (const storage::Change& change : page.changes) {
            if (change.revision != position_.revision && members_.is_full()) {
                truncated_ = true;
                return;
            }
            add(change);
            position_.revision = change.revision;
        }
    }

    core::Response finish(std::string_view epoch) {
        if (truncated_) { // RFC 6578 section 3.6
            members_.add_truncation();
            members_.sync_token(make_page_token(epoch, collection_.id, position_));
        } else {
            members_.sync_token(make_sync_token(epoch, collection_.id, collection_.revision));
        }
        return members_.finish();
    }

private:
    void add(const storage::Change& change) {
        const auto& objects = report_.transaction.objects();
        if (change.removed) {
            if (change.revision > position_.began) { // RFC 6578 section 3.5.2
                members_.add_missing(report_.resource.href + core::encode_segment(change.name));
            }
        } else if (members_.needs_text()) {
            if (const auto object = objects.find(change.object)) {
                members_.add(*object);
            }
        } else if (told_by_change_) {
            members_.add(head_of(change, collection_.id));
        } else if (const auto head = objects.find_head(collection_.id, change.name)) {
            members_.add(*head);
        }
    }

    const ReportCall& report_;
    const storage::Collection& collection_;
    SyncPosition position_;
    bool told_by_change_;
    bool truncated_ = false;
    MemberAnswers members_;
};

} // namespace

std::string make_sync_token(std::string_view epoch, std::int64_t collection,
                            std::int64_t revision) {
    return std::string(token_prefix) + std::string(epoch) + ":" + std::to_string(collection) + ":"
           + std::to_string(revision);
}

std::string current_sync_token(const storage::ReadTransaction& transaction,
                               const storage::Collection& collection) {
    return make_sync_token(epoch_of(transaction), collection.id, collection.revision);
}

core::Result<SyncPosition> read_sync_token(std::string_view token, std::string_view epoch,
                                           const storage::Collection& collection) {
    if (token.empty()) {
        return SyncPosition{0, collection.revision};
    }
    const std::string prefix =
        std::string(token_prefix) + std::string(epoch) + ":" + std::to_string(collection.id) + ":";
    if (!token.starts_with(prefix)) {
        return invalid_token();
    }
    const auto numbers = core::split(token.substr(prefix.size()), ':');
    const auto revision = read_number(numbers.front());
    const auto began = numbers.size() == 2 ? read_number(numbers.back()) : revision;
    if (!revision || !began || numbers.size() > 2) {
        return invalid_token();
    }
    const bool known =
        *revision <= *began && *began <= collection.revision && *began >= collection.revision_floor;
    if (!known) {
        return invalid_token();
    }
    return SyncPosition{*revision, *began};
}

// RFC 6578 section 3.2. A collection of ours holds no other, so sync-level infinite is the same as
// 1, and the Depth header says nothing that matters (R-C13, clients.md 11). Unparsed: what a member
// says cannot make a sync fail.
core::Result<core::Response> sync_collection(const ReportCall& report, const Element& root) {
    const SyncCollection request = TRY(parse_sync_collection(root));
    const storage::Collection& collection = *report.resource.collection;
    const std::string epoch = epoch_of(report.transaction);
    const SyncPosition position = TRY(read_sync_token(request.token, epoch, collection));
    const Page page =
        read_page(report.transaction, collection.id, position.revision, request.limit);
    SyncAnswer answer(report, request, position);
    answer.add(page);
    return answer.finish(epoch);
}

} // namespace caldav
