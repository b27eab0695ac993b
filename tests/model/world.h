// A server, its calendars and the clients that follow them, for the sync model: does what a history
// says, and judges whether every follower ends with what a full listing says.
#pragma once

#include "tests/model/history.h"
#include "tests/support/dav_fixture.h"
#include "tests/support/sync_client.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace model {

// One client that follows all calendars. One thread at a time.
class Follower {
public:
    explicit Follower(support::DavServer& server);
    // What it did not get an answer to, it asks again. A limit of 0: none. Something to say: a
    // fault of the server's.
    std::optional<std::string> follow(int calendar, int limit, bool answer_is_lost);
    // Asks until it knows all, and compares it with a listing.
    std::optional<std::string> converge(int limit);

private:
    enum class Step { more, complete, fault };
    Step step(support::SyncClient& client, int limit, bool answer_is_lost);
    std::optional<std::string> complete(support::SyncClient& client, int limit);
    std::optional<std::string> compare_home(const std::map<std::string, std::string>& members);

    support::DavServer& server_;
    std::vector<support::SyncClient> clients_; // by calendar
    support::SyncClient home_;                 // of all that is in the home
    std::string fault_;
};

class World {
public:
    World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World();

    // Any thread, but one at a time for one follower. Something to say: a fault of the server's.
    std::optional<std::string> apply(const Operation& operation);
    std::optional<std::string> converge();
    // A change of what a listing says has to change the ctag, which Evolution and old Apple systems
    // go by. Compares with the call before.
    std::optional<std::string> ctags_tell_changes();

    support::DavServer server;

private:
    struct Seen {
        std::string ctag;
        std::map<std::string, std::string> members;
    };

    std::optional<std::string> follow(const Operation& operation);
    void back_up();
    void restore();

    support::TemporaryDirectory folder_;
    std::string backup_; // file; empty: there is none yet
    std::mutex backup_mutex_;
    std::vector<std::unique_ptr<Follower>> followers_;
    std::map<int, Seen> seen_;
    int backups_ = 0;
};

std::string calendar_path(int calendar);

} // namespace model
