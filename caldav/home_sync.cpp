// Synchronisation of a home (RFC 6578, R-A3): which calendars changed, came and went, and at the
// level `infinite` the same of all that is in them. Their revisions are the home's, so one number
// says how far a client has come. What others share has revisions of its own home: all of it is
// told again whenever any of it is another than it was.
#include "caldav/sync.h"
#include "core/limits.h"
#include "domain/inbox.h"
#include "domain/sharing.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace caldav {

namespace {

struct HomeChange {
    std::int64_t revision = 0;
    ResourceKind kind = ResourceKind::calendar;
    const storage::Collection* collection = nullptr; // null: gone, or made by the server
    std::string name{};                              // of what is gone
    std::optional<storage::ObjectHead> object{};     // of a member
    bool removed = false;
    std::optional<Resource> shared{}; // what stands in this home and belongs in another
};

// Keeps the oldest changes, up to a number of them and whatever shares the last one's revision.
class OldestChanges {
public:
    explicit OldestChanges(std::size_t places) : places_(places) {}

    [[nodiscard]] bool has_room(std::int64_t revision) const { return revision <= last_; }

    void add(HomeChange change) {
        if (!has_room(change.revision)) {
            dropped_ = true;
            return;
        }
        changes_.push_back(std::move(change));
        if (changes_.size() > 2 * places_ + 2) {
            trim();
        }
    }

    [[nodiscard]] bool dropped() const { return dropped_; }

    // In order of revision.
    std::vector<HomeChange> take() {
        std::stable_sort(changes_.begin(), changes_.end(),
                         [](const HomeChange& one, const HomeChange& other) {
                             return one.revision < other.revision;
                         });
        return std::move(changes_);
    }

private:
    // One more than there are places, so that it is known whether there is more.
    void trim() {
        const auto by_revision = [](const HomeChange& one, const HomeChange& other) {
            return one.revision < other.revision;
        };
        const auto middle = changes_.begin() + static_cast<std::ptrdiff_t>(places_);
        std::nth_element(changes_.begin(), middle, changes_.end(), by_revision);
        last_ = middle->revision;
        dropped_ = std::erase_if(changes_,
                                 [&](const HomeChange& change) { return change.revision > last_; })
                       > 0
                   || dropped_;
    }

    std::size_t places_;
    std::int64_t last_ = std::numeric_limits<std::int64_t>::max();
    std::vector<HomeChange> changes_;
    bool dropped_ = false;
};

class HomeSync {
public:
    HomeSync(const ReportCall& report, const SyncCollection& request, SyncPosition position)
        : report_(report), request_(request), position_(std::move(position)),
          places_(std::min(request.limit.value_or(core::limits::home_sync_page),
                           core::limits::home_sync_page)),
          collections_(report.transaction.collections().list(report.resource.owner)),
          empty_inbox_(domain::inbox_of(report.transaction, report.resource.owner)),
          plan_(request.properties, preferences_of(report.call.request).minimal) {}

    // Errors: forbidden with valid_sync_token where removed members are forgotten, or where names
    // mean something else than they did: both are told by a list of everything.
    core::Done check_members() const {
        const auto home = report_.transaction.collections().home(report_.resource.owner);
        const bool forgotten = std::any_of(collections_.begin(), collections_.end(),
                                           [&](const storage::Collection& collection) {
                                               return position_.began < collection.revision_floor;
                                           });
        if (request_.infinite && (forgotten || position_.began < home.renamed)) {
            return invalid_token();
        }
        return {};
    }

    core::Response run(std::string_view epoch, const SyncScope& scope) {
        OldestChanges oldest(places_);
        gather(oldest);
        gather_shared(scope, oldest);
        const std::vector<HomeChange> changes = oldest.take();
        const std::size_t count = write_page(changes);
        if (count == changes.size() && !oldest.dropped()) {
            position_ = {scope.revision, scope.revision, scope.shared};
        } else {
            answer_.add_status(report_.resource.href, 507, // RFC 6578 section 3.6
                               core::Condition::number_of_matches_within_limits);
        }
        answer_.sync_token(make_page_token(epoch, scope, position_));
        return answer_.finish();
    }

private:
    void gather(OldestChanges& oldest) {
        if (position_.revision == 0) { // there since the beginning
            oldest.add({.revision = 1, .kind = ResourceKind::outbox});
            if (empty_inbox_.id == 0) {
                oldest.add(
                    {.revision = 1, .kind = ResourceKind::inbox, .collection = &empty_inbox_});
            }
        }
        for (const auto& gone : report_.transaction.collections().removed(
                 report_.resource.owner, std::max(position_.revision, position_.began))) {
            oldest.add({.revision = gone.revision, .name = gone.name, .removed = true});
        }
        for (const storage::Collection& collection : collections_) {
            if (collection.revision <= position_.revision) {
                continue;
            }
            oldest.add({.revision = collection.revision,
                        .kind = collection.is_calendar  ? ResourceKind::calendar
                                : collection.is_inbox() ? ResourceKind::inbox
                                                        : ResourceKind::plain,
                        .collection = &collection});
            if (request_.infinite) {
                gather_members(collection, oldest);
            }
        }
    }

    void gather_shared(const SyncScope& scope, OldestChanges& oldest) {
        if (scope.shared == position_.shared) {
            return;
        }
        for (const storage::Share& share :
             domain::accepted_shares(report_.transaction, report_.resource.owner)) {
            auto calendar = find_shared(report_.transaction, report_.call.who, share);
            if (calendar && calendar->may(domain::Privilege::read)) {
                oldest.add({.revision = scope.revision, .shared = std::move(calendar)});
            }
        }
    }

    void gather_members(const storage::Collection& collection, OldestChanges& oldest) {
        report_.transaction.objects().for_each_change(
            collection.id, position_.revision, std::numeric_limits<std::size_t>::max(),
            [&](const storage::Change& change) {
                if (!change.removed || change.head.revision > position_.began) {
                    oldest.add({.revision = change.head.revision,
                                .kind = collection.is_inbox() ? ResourceKind::message
                                                              : ResourceKind::object,
                                .collection = &collection,
                                .object = change.head,
                                .removed = change.removed});
                }
                return oldest.has_room(change.head.revision);
            },
            plan_.listing());
    }

    // A page ends where a revision ends, and holds one at least. Returns how many were written.
    std::size_t write_page(const std::vector<HomeChange>& changes) {
        std::size_t written = 0;
        while (written < changes.size()) {
            const auto first = changes.begin() + static_cast<std::ptrdiff_t>(written);
            const auto end = std::find_if(first, changes.end(), [&](const HomeChange& change) {
                return change.revision != first->revision;
            });
            const auto group = static_cast<std::size_t>(std::distance(first, end));
            const bool fits =
                written + group <= places_ && answer_.size() < core::limits::response_bytes;
            if (written > 0 && !fits) {
                return written;
            }
            std::for_each(first, end, [&](const HomeChange& change) { write(change); });
            position_.revision = first->revision;
            written += group;
        }
        return written;
    }

    void write(const HomeChange& change) {
        const std::string& owner = report_.resource.owner;
        if (change.shared) {
            write(*change.shared);
            return;
        }
        if (change.removed) {
            answer_.add_status(
                change.object ? object_href(owner, change.collection->name, change.object->name)
                              : collection_href(owner, change.name),
                404);
            return;
        }
        Resource member;
        member.kind = change.kind;
        member.owner = owner;
        member.account = report_.resource.account;
        member.access = report_.resource.access;
        if (change.object) {
            member.name = change.object->name;
            member.href = object_href(owner, change.collection->name, member.name);
            member.object = change.object;
        } else {
            member.name = change.collection != nullptr ? change.collection->name : "outbox";
            member.href = collection_href(owner, member.name);
        }
        if (change.collection != nullptr) {
            member.collection = *change.collection;
        }
        write(member);
    }

    void write(const Resource& member) {
        // RFC 6578 section 3.3: a collection below that is not synchronised says so.
        if (request_.infinite && (!member.collection || member.share)) {
            answer_.add_status(member.href, 403, core::Condition::sync_traversal_supported);
            return;
        }
        std::optional<storage::Object> object;
        if (member.object && plan_.wants_calendar_data()) {
            object = report_.transaction.objects().find(member.object->id);
        }
        plan_.write(answer_, {report_.call.services, report_.transaction, report_.call.who, member,
                              object ? &*object : nullptr, &request_.properties.data});
    }

    const ReportCall& report_;
    const SyncCollection& request_;
    SyncPosition position_;
    std::size_t places_;
    std::vector<storage::Collection> collections_;
    storage::Collection empty_inbox_; // unless it has an id: then it is among them
    PropertyPlan plan_;
    Multistatus answer_;
};

} // namespace

core::Result<core::Response> sync_home(const ReportCall& report, const SyncCollection& request) {
    const std::string epoch = epoch_of(report.transaction);
    const SyncScope scope = home_scope(report.transaction, report.resource);
    const SyncPosition position = TRY(read_sync_token(request.token, epoch, scope));
    HomeSync sync(report, request, position);
    if (!request.token.empty()) {
        TRYV(sync.check_members());
    }
    return sync.run(epoch, scope);
}

} // namespace caldav
