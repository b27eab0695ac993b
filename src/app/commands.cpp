#include "src/app/commands.h"

#include "core/time.h"
#include "domain/feeds.h"
#include "domain/session_list.h"
#include "ical/value.h"

#include <boost/json.hpp>

#include <algorithm>

namespace app {

namespace {

std::string_view name_of(domain::FeedCopy copy) {
    switch (copy) {
    case domain::FeedCopy::none:
        break;
    case domain::FeedCopy::current:
        return "current";
    case domain::FeedCopy::behind:
        return "behind";
    }
    return "none";
}

boost::json::object to_json(const domain::ListedSession& session) {
    boost::json::array participants;
    for (const domain::ListedParticipant& person : session.participants) {
        participants.push_back({{"name", person.name},
                                {"address", person.address},
                                {"role", person.role == storage::Role::host ? "host" : "guest"},
                                {"link", person.link},
                                {"subscription", name_of(person.feed)}});
    }
    return {{"session", session.session_id},
            {"host", session.host_login},
            {"title", session.title},
            {"start", core::to_rfc3339(session.time.start)},
            {"end", core::to_rfc3339(session.time.end)},
            {"time_zone", session.time_zone},
            {"cancelled", session.cancelled},
            {"participants", std::move(participants)}};
}

// "2026-11-23 14:00" on the session's own clock.
std::string local_time(core::Instant at, const std::string& zone_name) {
    const auto zone = ical::find_zone(zone_name);
    const std::string text =
        ical::to_ical_wall((zone ? *zone : ical::utc())->to_wall(at), false); // 20261123T140000
    return text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2) + " "
           + text.substr(9, 2) + ":" + text.substr(11, 2);
}

void print_session(const domain::ListedSession& session, std::ostream& out) {
    out << local_time(session.time.start, session.time_zone) << " to "
        << local_time(session.time.end, session.time_zone).substr(11) << " " << session.time_zone
        << "  " << session.title << (session.cancelled ? "  (cancelled)" : "") << '\n';
    for (const domain::ListedParticipant& person : session.participants) {
        out << "    " << (person.role == storage::Role::host ? "host   " : "guest  ")
            << person.name;
        if (person.name != person.address) {
            out << " <" << person.address << ">";
        }
        if (person.feed == domain::FeedCopy::behind) {
            out << "  (their calendar shows an older state)";
        }
        out << "\n           " << person.link << '\n';
    }
}

} // namespace

int complain(Streams streams, const core::Error& error) {
    streams.error << "appointed: " << error.detail << '\n';
    return 1;
}

std::string printable(std::string_view text) {
    std::string line(text);
    std::replace_if(
        line.begin(), line.end(),
        [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, '?');
    return line;
}

int add_user(Practice& practice, const domain::NewAccount& account, Streams streams) {
    const auto made = practice.store->write([&](storage::WriteTransaction& transaction) {
        return domain::create_account(transaction, account, practice.clock.now());
    });
    if (!made) {
        return complain(streams, made.error());
    }
    streams.out << "Added " << made->login
                << ". Calendar address: " << practice.config.policy.public_url << "/calendars/"
                << made->id << "/calendar/\n";
    return 0;
}

int list_users(Practice& practice, Streams streams) {
    const auto accounts = practice.store->read(
        [](const storage::ReadTransaction& transaction) { return transaction.accounts().list(); });
    for (const storage::Account& account : accounts) {
        streams.out << account.login << '\t' << account.name << '\t' << account.email
                    << (account.admin ? "\tadmin" : "")
                    << (account.kind == storage::AccountKind::room       ? "\troom"
                        : account.kind == storage::AccountKind::resource ? "\tresource"
                                                                         : "")
                    << (account.disabled ? "\tdisabled" : "") << '\n';
    }
    return 0;
}

int change_password(Practice& practice, const std::string& login, const std::string& password,
                    Streams streams) {
    const auto done = practice.store->write([&](storage::WriteTransaction& transaction) {
        return domain::change_password(transaction, login, password);
    });
    return done ? 0 : complain(streams, done.error());
}

int disable_user(Practice& practice, const std::string& login, bool disabled, Streams streams) {
    const auto done = practice.store->write([&](storage::WriteTransaction& transaction) {
        return domain::set_disabled(transaction, login, disabled);
    });
    return done ? 0 : complain(streams, done.error());
}

int list_sessions(Practice& practice, const SessionOptions& options, Streams streams) {
    const core::Instant now = practice.clock.now();
    const auto known = practice.store->read([&](const storage::ReadTransaction& transaction) {
        return !options.host || transaction.accounts().find_by_login(*options.host).has_value();
    });
    if (!known) {
        return complain(streams,
                        {core::Errc::not_found, "There is no account " + *options.host + ".",
                         core::Condition::none, ""});
    }
    const auto sessions = practice.store->read([&](const storage::ReadTransaction& transaction) {
        return domain::list_sessions(transaction,
                                     {options.host, now, now + options.days * core::day_seconds},
                                     practice.config.policy, practice.keys);
    });
    if (options.json) {
        boost::json::array rows;
        for (const domain::ListedSession& session : sessions) {
            rows.push_back(to_json(session));
        }
        streams.out << boost::json::serialize(rows) << '\n';
        return 0;
    }
    for (const domain::ListedSession& session : sessions) {
        print_session(session, streams.out);
    }
    if (sessions.empty()) {
        streams.out << "No sessions in the next " << options.days << " days.\n";
    }
    return 0;
}

int print_feed(Practice& practice, const std::string& login_or_address, bool revoke,
               Streams streams) {
    const auto url = practice.store->write([&](storage::WriteTransaction& transaction) {
        const core::Instant now = practice.clock.now();
        const domain::Policy& policy = practice.config.policy;
        return revoke
                   ? domain::revoke_feed(transaction, login_or_address, now, policy, practice.keys)
                   : domain::feed_url(transaction, login_or_address, now, policy, practice.keys);
    });
    if (!url) {
        return complain(streams, url.error());
    }
    streams.out << *url << '\n';
    return 0;
}

} // namespace app
