#include "src/app/team_commands.h"

#include <functional>

namespace app {

namespace {

int run_change(Practice& practice, Streams streams,
               const std::function<core::Done(storage::WriteTransaction&)>& change) {
    const auto done = practice.store->write(change);
    return done ? 0 : complain(streams, done.error());
}

std::string_view level_name(storage::Level level) {
    switch (level) {
    case storage::Level::free_busy:
        return "free-busy";
    case storage::Level::read:
        return "read";
    case storage::Level::write:
        break;
    }
    return "write";
}

storage::Level level_of(std::string_view name) {
    return name == "write"  ? storage::Level::write
           : name == "read" ? storage::Level::read
                            : storage::Level::free_busy;
}

std::string login_of(const storage::ReadTransaction& transaction, const std::string& grantee) {
    const auto account = transaction.accounts().find(grantee);
    return account ? account->login : grantee;
}

core::Done print_grants(const storage::ReadTransaction& transaction, const std::string& login,
                        std::ostream& out) {
    const auto account = transaction.accounts().find_by_login(login);
    if (!account) {
        return core::fail(core::Errc::not_found, "There is no account " + login + ".");
    }
    for (const storage::Grant& grant : transaction.grants().list(account->id)) {
        std::string calendar = "all calendars";
        if (grant.collection) {
            const auto found = transaction.collections().find(*grant.collection);
            calendar = found ? printable(found->name) : "";
        }
        out << login_of(transaction, grant.grantee) << '\t' << level_name(grant.level) << '\t'
            << calendar << '\n';
    }
    return {};
}

} // namespace

int add_group(Practice& practice, const GroupOptions& options, Streams streams) {
    return run_change(practice, streams, [&](storage::WriteTransaction& transaction) {
        return domain::create_group(transaction, options.group,
                                    options.name.empty() ? options.group : options.name,
                                    practice.clock.now());
    });
}

int remove_group(Practice& practice, const GroupOptions& options, Streams streams) {
    return run_change(practice, streams, [&](storage::WriteTransaction& transaction) {
        return domain::remove_group(transaction, options.group);
    });
}

int list_groups(Practice& practice, Streams streams) {
    practice.store->read([&](const storage::ReadTransaction& transaction) {
        for (const storage::Group& group : transaction.grants().groups()) {
            streams.out << group.id << '\t' << group.name << '\t';
            std::string between;
            for (const std::string& member : transaction.grants().members(group.id)) {
                streams.out << between << login_of(transaction, member);
                between = ", ";
            }
            streams.out << '\n';
        }
    });
    return 0;
}

int add_group_member(Practice& practice, const GroupOptions& options, Streams streams) {
    return run_change(practice, streams, [&](storage::WriteTransaction& transaction) {
        return domain::add_member(transaction, options.group, options.login);
    });
}

int remove_group_member(Practice& practice, const GroupOptions& options, Streams streams) {
    return run_change(practice, streams, [&](storage::WriteTransaction& transaction) {
        return domain::remove_member(transaction, options.group, options.login);
    });
}

int delegate(Practice& practice, const DelegateOptions& options, Streams streams) {
    if (options.delegation.to.empty()) {
        const auto done = practice.store->read([&](const storage::ReadTransaction& transaction) {
            return print_grants(transaction, options.delegation.login, streams.out);
        });
        return done ? 0 : complain(streams, done.error());
    }
    return run_change(practice, streams, [&](storage::WriteTransaction& transaction) {
        return options.remove
                   ? domain::end_delegation(transaction, options.delegation, practice.clock.now())
                   : domain::delegate(transaction, options.delegation, level_of(options.level),
                                      "administrator", practice.clock.now());
    });
}

} // namespace app
