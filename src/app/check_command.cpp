#include "src/app/check_command.h"

#include "core/unavailable.h"
#include "domain/check.h"
#include "domain/reindex.h"
#include "src/app/attachment_files.h"
#include "src/app/practice.h"
#include "src/app/progress.h"
#include "storage/open.h"
#include "storage/sql/contradictions.h"
#include "storage/sql/migrate.h"
#include "storage/sql/transaction.h"

#include <memory>
#include <string>
#include <utility>

namespace app {

namespace {

using storage::sql::Connection;

class Check {
public:
    Check(Connection& connection, const Config& config, std::ostream& out)
        : connection_(connection), transaction_(connection), folder_(attachments_path_of(config)),
          policy_(config.policy), out_(out) {}

    void run() {
        try_to("the database", [&] {
            for (const std::string& damage : connection_.find_damage()) {
                tell("the database", damage);
            }
        });
        in_snapshot("the database", [&] {
            storage::sql::find_contradictions(
                connection_,
                [&](std::string_view subject, std::string_view what) { tell(subject, what); });
        });
        in_snapshot("the attachments", [&] {
            for (const std::string& fault : faults_of_attachments(connection_, folder_)) {
                tell("the attachment", fault);
            }
        });
        for (const storage::Collection& collection : all_collections()) {
            in_snapshot(path_of(collection), [&] { check_members(collection); });
        }
    }

    [[nodiscard]] std::size_t findings() const { return findings_; }
    [[nodiscard]] std::size_t objects() const { return objects_; }

private:
    static std::string path_of(const storage::Collection& collection) {
        return "/calendars/" + collection.owner + "/" + collection.name + "/";
    }

    void tell(std::string_view subject, std::string_view what) {
        ++findings_;
        out_ << printable(subject) << ": " << printable(what) << '\n';
    }

    // A damaged page is a finding, and the rest is looked at all the same.
    template <class F>
    void try_to(const std::string& subject, F f) {
        try {
            f();
        } catch (const core::Unavailable& failure) {
            tell(subject, std::string("cannot be read: ") + failure.what());
        }
    }

    template <class F>
    void in_snapshot(const std::string& subject, F f) {
        try_to(subject, [&] {
            connection_.begin_read();
            f();
        });
        connection_.rollback();
    }

    std::vector<storage::Collection> all_collections() {
        std::vector<storage::Collection> all;
        in_snapshot("the accounts", [&] {
            for (const storage::Account& account : transaction().accounts().list()) {
                try_to("/calendars/" + account.id + "/", [&] {
                    for (auto& collection : transaction().collections().list(account.id)) {
                        all.push_back(std::move(collection));
                    }
                });
            }
        });
        return all;
    }

    // A collection as it is in the snapshot: it may be gone by now.
    void check_members(const storage::Collection& listed) {
        const auto collection = transaction().collections().find(listed.id);
        if (!collection) {
            return;
        }
        transaction().objects().for_each_member(
            collection->id, [&](const storage::ObjectHead& head) {
                const std::string path = path_of(*collection) + head.name;
                try_to(path, [&] { check_object(*collection, path, head.id); });
                return true;
            });
    }

    void check_object(const storage::Collection& collection, const std::string& path,
                      std::int64_t id) {
        ++objects_;
        if (const auto object = transaction().objects().find(id)) {
            for (const std::string& fault :
                 domain::faults_of(transaction(), collection, *object, policy_)) {
                tell(path, fault);
            }
        }
    }

    [[nodiscard]] const storage::ReadTransaction& transaction() const { return transaction_; }

    Connection& connection_;
    storage::sql::Transaction transaction_;
    storage::ContentFolder folder_;
    const domain::Policy& policy_;
    std::ostream& out_;
    std::size_t findings_ = 0;
    std::size_t objects_ = 0;
};

// The database as it is, if this program can judge it.
std::unique_ptr<Connection> open_to_check(const Config& config) {
    auto connection = storage::connect(storage_url_of(config), storage::Use::read);
    const std::int64_t version = storage::sql::schema_version(*connection);
    const std::int64_t newest = storage::sql::newest_version(connection->dialect());
    if (version != newest) {
        throw core::Unavailable("it has schema version " + std::to_string(version)
                                + ", this program has " + std::to_string(newest));
    }
    return connection;
}

} // namespace

int check(const Config& config, Streams streams) {
    std::unique_ptr<Connection> connection;
    try {
        connection = open_to_check(config);
    } catch (const core::Unavailable& failure) {
        streams.error << "appointed: the database cannot be read: " << printable(failure.what())
                      << '\n';
        return 2;
    }
    Check check(*connection, config, streams.out);
    check.run();
    if (check.findings() == 0) {
        streams.out << check.objects() << " objects, nothing is wrong.\n";
        return 0;
    }
    streams.error << "appointed: " << check.findings() << " findings in " << check.objects()
                  << " objects.\n";
    return 1;
}

int reindex(Practice& practice, const Console& console, Streams streams) {
    domain::Reindexed result;
    {
        Progress progress(streams.error, console.is_terminal);
        result = domain::reindex(*practice.store, practice.clock.now(),
                                 [&](std::int64_t done, std::int64_t all) {
                                     progress.show(done, all);
                                     return true;
                                 });
    }
    streams.out << "Indexed " << result.objects << " objects again; " << result.differed
                << " were indexed wrongly.\n";
    return 0;
}

} // namespace app
