#include "tests/model/world.h"

#include "core/unavailable.h"
#include "storage/open.h"
#include "storage/sql/copy.h"
#include "storage/sql/migrate.h"

namespace model {

namespace {

using caldav::cs;
using caldav::dav;

constexpr int asked_at_most = 1'000;
const std::string home_path = "/calendars/anna/";

std::string object_path(int calendar, int object) {
    return calendar_path(calendar) + "o" + std::to_string(object) + ".ics";
}

// A server that says 503 has changed nothing and is asked again later: that is no fault.
core::Response send(support::DavServer& server, const std::string& method,
                    const std::string& target, const support::HeaderList& headers = {},
                    const std::string& body = {}) {
    try {
        return server.send(method, target, headers, body);
    } catch (const core::Unavailable& problem) {
        return core::Response{503, {}, problem.what()};
    }
}

std::optional<std::string> fault_of(const core::Response& response) {
    if (response.status < 500 || response.status == 503) {
        return std::nullopt;
    }
    return "answered " + std::to_string(response.status) + ": " + response.body;
}

struct Listing {
    std::string ctag; // empty: there is no such calendar
    std::map<std::string, std::string> members;
};

std::optional<Listing> list(support::DavServer& server, int calendar) {
    const auto answer = send(server, "PROPFIND", calendar_path(calendar), {{"Depth", "1"}},
                             "<propfind xmlns='DAV:' xmlns:x='http://calendarserver.org/ns/'>"
                             "<prop><getetag/><x:getctag/></prop></propfind>");
    if (answer.status == 404) {
        return Listing{};
    }
    if (answer.status != 207) {
        return std::nullopt;
    }
    Listing listing;
    for (const auto& response : support::read_multistatus(answer).responses) {
        if (response.href == calendar_path(calendar)) {
            listing.ctag = response.text(cs("getctag"));
        } else {
            listing.members[response.href] = response.text(dav("getetag"));
        }
    }
    return listing;
}

std::string to_text(const std::map<std::string, std::string>& members) {
    std::string text;
    for (const auto& [href, tag] : members) {
        text += "    " + href + " " + tag + "\n";
    }
    return text;
}

core::Response put(support::DavServer& server, const Operation& operation) {
    // One UID for a name, so that PUT after a MOVE meets no-uid-conflict now and then.
    const std::string event =
        support::simple_event("uid-" + std::to_string(operation.object), operation.choice % 24,
                              "Number " + std::to_string(operation.choice));
    return send(server, "PUT", object_path(operation.calendar, operation.object),
                {{"Content-Type", "text/calendar"}}, event);
}

core::Response transfer(support::DavServer& server, const char* method,
                        const Operation& operation) {
    return send(server, method, object_path(operation.calendar, operation.object),
                {{"Destination", object_path(operation.to_calendar, operation.to_object)},
                 {"Overwrite", operation.choice % 2 == 0 ? "T" : "F"}});
}

core::Response patch(support::DavServer& server, const Operation& operation) {
    return send(server, "PROPPATCH", calendar_path(operation.calendar), {},
                "<propertyupdate xmlns='DAV:'><set><prop><displayname>Name "
                    + std::to_string(operation.choice)
                    + "</displayname></prop></set></propertyupdate>");
}

} // namespace

std::string calendar_path(int calendar) {
    return "/calendars/anna/c" + std::to_string(calendar) + "/";
}

Follower::Follower(support::DavServer& server) : server_(server), home_(home_path) {
    for (int calendar = 0; calendar < calendars; ++calendar) {
        clients_.emplace_back(calendar_path(calendar));
    }
}

Follower::Step Follower::step(support::SyncClient& client, int limit, bool answer_is_lost) {
    const auto limits = limit == 0 ? std::nullopt : std::optional<int>(limit);
    const std::string level =
        &client == &home_ ? support::infinite_level : "<D:sync-level>1</D:sync-level>";
    const auto answer = send(server_, "REPORT", client.collection(), {},
                             support::sync_body(client.token(), limits, "<D:getetag/>", level));
    if (answer_is_lost) {
        return Step::more;
    }
    if (answer.status == 207) {
        return client.take(support::read_multistatus(answer)) ? Step::complete : Step::more;
    }
    const auto error = support::read_error(answer);
    const bool token_refused =
        answer.status == 403 && error && error->condition == dav("valid-sync-token");
    if (answer.status == 404 || (token_refused && !client.token().empty())) {
        client.forget();
        return answer.status == 404 ? Step::complete : Step::more;
    }
    if (answer.status == 503) {
        return Step::more;
    }
    fault_ = "sync-collection of " + client.collection() + " with token '" + client.token()
             + "' was answered " + std::to_string(answer.status) + ": " + answer.body;
    return Step::fault;
}

std::optional<std::string> Follower::follow(int calendar, int limit, bool answer_is_lost) {
    auto& client = clients_[static_cast<std::size_t>(calendar)];
    const bool faulty = step(client, limit, answer_is_lost) == Step::fault
                        || step(home_, limit, answer_is_lost) == Step::fault;
    return faulty ? std::optional(fault_) : std::nullopt;
}

std::optional<std::string> Follower::complete(support::SyncClient& client, int limit) {
    Step last = Step::more;
    for (int asked = 0; last == Step::more; ++asked) {
        if (asked == asked_at_most) {
            return "sync-collection of " + client.collection() + " never ends";
        }
        last = step(client, limit, false);
    }
    return last == Step::fault ? std::optional(fault_) : std::nullopt;
}

std::optional<std::string> Follower::converge(int limit) {
    std::map<std::string, std::string> all;
    for (int calendar = 0; calendar < calendars; ++calendar) {
        auto& client = clients_[static_cast<std::size_t>(calendar)];
        if (auto fault = complete(client, limit)) {
            return fault;
        }
        const auto listing = list(server_, calendar);
        if (!listing) {
            return "no listing of " + client.collection();
        }
        if (listing->members != client.known()) {
            return "a client of " + client.collection() + " knows\n" + to_text(client.known())
                   + "  and there is\n" + to_text(listing->members);
        }
        all.insert(listing->members.begin(), listing->members.end());
        if (!listing->ctag.empty()) {
            all.emplace(calendar_path(calendar), "");
        }
    }
    if (auto fault = complete(home_, limit)) {
        return fault;
    }
    return compare_home(all);
}

// Of what else is in the home nothing changes in a history.
std::optional<std::string>
Follower::compare_home(const std::map<std::string, std::string>& members) {
    auto known = home_.known();
    for (const char* other : {"calendar/", "tasks/", "inbox/"}) {
        if (known.erase(home_path + other) == 0) {
            return std::string("a client of the home does not know ") + other;
        }
    }
    if (known != members) {
        return "a client of the home knows\n" + to_text(known) + "  and there is\n"
               + to_text(members);
    }
    return std::nullopt;
}

World::World() {
    for (int i = 0; i < followers; ++i) {
        followers_.push_back(std::make_unique<Follower>(server));
    }
    for (int calendar = 0; calendar + 1 < calendars; ++calendar) { // the last is made by a history
        server.make_collection("anna", "c" + std::to_string(calendar), true);
    }
}

World::~World() = default;

std::optional<std::string> World::apply(const Operation& operation) {
    switch (operation.kind) {
    case Kind::put:
        return fault_of(put(server, operation));
    case Kind::remove:
        return fault_of(send(server, "DELETE", object_path(operation.calendar, operation.object)));
    case Kind::move:
        return fault_of(transfer(server, "MOVE", operation));
    case Kind::copy:
        return fault_of(transfer(server, "COPY", operation));
    case Kind::make_calendar:
        return fault_of(send(server, "MKCALENDAR", calendar_path(operation.calendar)));
    case Kind::remove_calendar:
        return fault_of(send(server, "DELETE", calendar_path(operation.calendar)));
    case Kind::proppatch:
        return fault_of(patch(server, operation));
    case Kind::back_up:
        back_up();
        return std::nullopt;
    case Kind::restore:
        restore();
        return std::nullopt;
    case Kind::jump: { // up to a year and a half, either way
        constexpr std::int64_t day = 86'400;
        server.clock.advance((operation.choice - 500) * day);
        return std::nullopt;
    }
    case Kind::follow:
    case Kind::lose:
    case Kind::settle:
        break;
    }
    return follow(operation);
}

std::optional<std::string> World::follow(const Operation& operation) {
    auto& follower = *followers_[static_cast<std::size_t>(operation.choice % followers)];
    if (operation.kind == Kind::settle) {
        return follower.converge(operation.object);
    }
    return follower.follow(operation.calendar, operation.object, operation.kind == Kind::lose);
}

void World::back_up() {
    const std::lock_guard lock(backup_mutex_);
    const std::string file = (folder_.path() / ("backup-" + std::to_string(++backups_))).string();
    const auto from = storage::connect(server.storage.url(), storage::Use::read);
    const auto to = storage::connect_to_new_file(file);
    storage::sql::migrate(*to);
    if (storage::sql::copy_everything(*from, *to, {})) {
        backup_ = file;
    }
}

// While others go on: what they do meanwhile waits for it, or fails and has changed nothing.
void World::restore() {
    const std::lock_guard lock(backup_mutex_);
    if (backup_.empty()) {
        return;
    }
    try {
        const auto from = storage::connect("sqlite:" + backup_, storage::Use::read);
        const auto to = storage::connect(server.storage.url(), storage::Use::write);
        storage::sql::CopyOptions options;
        options.existing = storage::sql::CopyOptions::Existing::replace;
        options.skipped_identities = 1'000;
        static_cast<void>(storage::sql::copy_everything(*from, *to, options));
    } catch (const core::Unavailable&) {      // NOLINT(bugprone-empty-catch): nothing was restored
    } catch (const storage::sql::Conflict&) { // NOLINT(bugprone-empty-catch)
    }
}

std::optional<std::string> World::converge() {
    int limit = 0;
    for (const auto& follower : followers_) {
        if (auto fault = follower->converge(limit++)) {
            return fault;
        }
    }
    return std::nullopt;
}

std::optional<std::string> World::ctags_tell_changes() {
    for (int calendar = 0; calendar < calendars; ++calendar) {
        auto listing = list(server, calendar);
        if (!listing) {
            return "no listing of " + calendar_path(calendar);
        }
        const auto before = seen_.find(calendar);
        if (before != seen_.end() && before->second.members != listing->members
            && before->second.ctag == listing->ctag) {
            return "the ctag " + listing->ctag + " of " + calendar_path(calendar)
                   + " is the same for\n" + to_text(before->second.members) + "  and\n"
                   + to_text(listing->members);
        }
        seen_[calendar] = {std::move(listing->ctag), std::move(listing->members)};
    }
    return std::nullopt;
}

} // namespace model
