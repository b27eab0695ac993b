#include "caldav/sync.h"

#include "caldav/requests.h"
#include "core/crypto.h"
#include "core/strings.h"
#include "domain/sharing.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace caldav {

namespace {

constexpr std::string_view token_prefix = "urn:appointed:sync:";
constexpr std::string_view shared_mark = "shared-";
constexpr std::size_t shared_digest_bytes = 8;

// An inbox is named by its owner: it has a token before it has a row.
SyncScope scope_of(const storage::Collection& collection) {
    return {collection.is_inbox() ? "inbox-" + core::encode_segment(collection.owner)
                                  : std::to_string(collection.id),
            collection.revision, collection.revision_floor};
}

std::optional<std::int64_t> read_number(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && number >= 0 ? std::optional(number) : std::nullopt;
}

// Of everything about a shared calendar that its home shows, and of how far what is in it has come.
std::string digest_of_shared(const storage::ReadTransaction& transaction, std::string_view sharee) {
    std::string state;
    for (const storage::Share& share : domain::accepted_shares(transaction, sharee)) {
        const auto calendar = transaction.collections().find(share.collection);
        for (const std::int64_t number : {share.collection, calendar ? calendar->revision : 0,
                                          static_cast<std::int64_t>(share.level)}) {
            state += std::to_string(number) + '\n';
        }
        for (const std::string& text : {share.name, share.display_name.value_or(""),
                                        share.color.value_or(""), share.order.value_or("")}) {
            state += text + '\n';
        }
    }
    if (state.empty()) {
        return {};
    }
    const core::Digest digest = core::sha256(state);
    return core::to_hex(std::span(digest).first(shared_digest_bytes));
}

// One revision may stand for several changes, and a token points between revisions. So a page ends
// where a revision ends, and holds one at least.
class SyncAnswer {
public:
    SyncAnswer(const ReportCall& report, const SyncCollection& request, SyncPosition position)
        : report_(report), collection_(*report.resource.collection), position_(std::move(position)),
          places_(request.limit.value_or(everything)), members_(report, request.properties) {}

    // Adds what changed, as far as the request's limit and the answer's size allow.
    void search() {
        report_.transaction.objects().for_each_change(
            collection_.id, position_.revision, everything,
            [&](const storage::Change& change) {
                if (places_ == everything) {
                    add_unless_full(change);
                } else {
                    collect(change);
                }
                return !truncated_;
            },
            members_.listing());
        add_collected();
    }

    core::Response finish(std::string_view epoch) {
        if (truncated_) { // RFC 6578 section 3.6
            members_.add_truncation();
            members_.sync_token(make_page_token(epoch, scope_of(collection_), position_));
        } else {
            members_.sync_token(
                make_sync_token(epoch, scope_of(collection_).name, collection_.revision));
        }
        return members_.finish();
    }

private:
    static constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();

    void add_unless_full(const storage::Change& change) {
        if (change.head.revision != position_.revision && members_.is_full()) {
            truncated_ = true;
            return;
        }
        add(change);
        position_.revision = change.head.revision;
    }

    // Changes of one revision are kept until it is known whether they all fit.
    void collect(const storage::Change& change) {
        if (!collected_.empty() && collected_.front().head.revision != change.head.revision) {
            add_collected();
        }
        if (!truncated_) {
            collected_.push_back(change);
        }
    }

    void add_collected() {
        const bool is_first = position_.revision == since_;
        if (truncated_ || collected_.empty()) {
            return;
        }
        if (!is_first && (collected_.size() > places_ || members_.is_full())) {
            truncated_ = true;
            return;
        }
        for (const storage::Change& change : collected_) {
            add(change);
            position_.revision = change.head.revision;
        }
        places_ -= std::min(places_, collected_.size());
        collected_.clear();
    }

    void add(const storage::Change& change) {
        if (change.removed) {
            if (change.head.revision > position_.began) { // RFC 6578 section 3.5.2
                members_.add_missing(report_.resource.href
                                     + core::encode_segment(change.head.name));
            }
        } else if (members_.needs_text()) {
            if (const auto object = report_.transaction.objects().find(change.head.id)) {
                members_.add(*object);
            }
        } else {
            members_.add(change.head);
        }
    }

    const ReportCall& report_;
    const storage::Collection& collection_;
    SyncPosition position_;
    const std::int64_t since_ = position_.revision;
    std::size_t places_;
    std::vector<storage::Change> collected_;
    bool truncated_ = false;
    MemberAnswers members_;
};

} // namespace

std::string epoch_of(const storage::ReadTransaction& transaction) {
    return transaction.facts().find("epoch").value_or("none");
}

// 403 with exactly this element.
tl::unexpected<core::Error> invalid_token() {
    return core::fail(core::Errc::forbidden, "Begin again with an empty sync-token.",
                      core::Condition::valid_sync_token);
}

std::string make_sync_token(std::string_view epoch, std::string_view scope, std::int64_t revision) {
    return std::string(token_prefix) + std::string(epoch) + ":" + std::string(scope) + ":"
           + std::to_string(revision);
}

// The token of a page within an initial sync also says where that sync began.
std::string make_page_token(std::string_view epoch, const SyncScope& scope,
                            const SyncPosition& position) {
    std::string token = make_sync_token(epoch, scope.name, position.revision);
    if (position.began > position.revision) {
        token += ":" + std::to_string(position.began);
    }
    if (!position.shared.empty()) {
        token += ":" + std::string(shared_mark) + position.shared;
    }
    return token;
}

std::string current_sync_token(const storage::ReadTransaction& transaction,
                               const storage::Collection& collection) {
    return make_sync_token(epoch_of(transaction), scope_of(collection).name, collection.revision);
}

SyncScope home_scope(const storage::ReadTransaction& transaction, const Resource& home) {
    const storage::Home row = transaction.collections().home(home.owner);
    return {"home-" + core::encode_segment(home.owner), row.revision, row.revision_floor,
            home.access.is_owner() ? digest_of_shared(transaction, home.owner) : ""};
}

std::string current_home_token(const storage::ReadTransaction& transaction, const Resource& home) {
    const SyncScope scope = home_scope(transaction, home);
    return make_page_token(epoch_of(transaction), scope,
                           {scope.revision, scope.revision, scope.shared});
}

core::Result<SyncPosition> read_sync_token(std::string_view token, std::string_view epoch,
                                           const SyncScope& scope) {
    if (token.empty()) {
        return SyncPosition{0, scope.revision};
    }
    const std::string prefix =
        std::string(token_prefix) + std::string(epoch) + ":" + scope.name + ":";
    if (!token.starts_with(prefix)) {
        return invalid_token();
    }
    auto numbers = core::split(token.substr(prefix.size()), ':');
    std::string shared;
    if (numbers.size() > 1 && numbers.back().starts_with(shared_mark)) {
        shared = numbers.back().substr(shared_mark.size());
        numbers.pop_back();
    }
    const auto revision = read_number(numbers.front());
    const auto began = numbers.size() == 2 ? read_number(numbers.back()) : revision;
    if (!revision || !began || numbers.size() > 2) {
        return invalid_token();
    }
    const bool known = *revision <= *began && *began <= scope.revision && *began >= scope.floor;
    if (!known) {
        return invalid_token();
    }
    return SyncPosition{*revision, *began, shared};
}

core::Result<SyncPosition> read_sync_token(std::string_view token, std::string_view epoch,
                                           const storage::Collection& collection) {
    return read_sync_token(token, epoch, scope_of(collection));
}

// RFC 6578 section 3.2. A calendar of ours holds no collections, so there sync-level infinite is
// the same as 1; the Depth header says nothing that matters (R-C13, client rule 11). Unparsed: what
// a member says cannot make a sync fail.
core::Result<core::Response> sync_collection(const ReportCall& report, const Element& root) {
    const SyncCollection request = TRY(parse_sync_collection(root));
    if (report.resource.kind == ResourceKind::home) {
        return sync_home(report, request);
    }
    const storage::Collection& collection = *report.resource.collection;
    const std::string epoch = epoch_of(report.transaction);
    const SyncPosition position = TRY(read_sync_token(request.token, epoch, collection));
    SyncAnswer answer(report, request, position);
    answer.search();
    return answer.finish(epoch);
}

} // namespace caldav
