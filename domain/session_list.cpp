#include "domain/session_list.h"

#include "domain/rendering.h"
#include "domain/session_event.h"

#include <algorithm>
#include <map>

namespace domain {

namespace {

using FeedCopies = std::map<std::int64_t, FeedCopy>; // by participant

FeedCopies feed_copies(const storage::ReadTransaction& transaction, const SessionEvent& session) {
    FeedCopies copies;
    for (const storage::Participant& person : session.participants) {
        copies[person.id] = feed_copy(transaction, person, session.session.modified);
    }
    return copies;
}

ListedSession listed(const SessionEvent& session, const ical::Occurrence& occurrence,
                     const FeedCopies& feeds, const Policy& policy, const Keys& keys) {
    const OccurrenceKey key = occurrence_key(occurrence, session.session.shift_seconds);
    ListedSession row;
    row.session_id = public_session_id(keys, session.session, key);
    row.title = title_for(session, *occurrence.component, storage::Role::host, policy);
    row.time = {occurrence.start, occurrence.end};
    row.time_zone = occurrence.start_time.zone->name();
    row.cancelled = is_cancelled(session, occurrence);
    for (const storage::Participant& person : people_in(session, occurrence)) {
        row.participants.push_back(
            {display_name(session, person), person.address, person.role,
             join_url(policy.public_url,
                      make_token(keys.join, {person.id, key, person.generation})),
             feeds.at(person.id)});
    }
    return row;
}

std::vector<storage::Session> sessions_of(const storage::ReadTransaction& transaction,
                                          const SessionQuery& query) {
    if (!query.host_login) {
        return transaction.sessions().list();
    }
    const auto account = transaction.accounts().find_by_login(*query.host_login);
    return account ? transaction.sessions().list_by_owner(account->id)
                   : std::vector<storage::Session>{};
}

} // namespace

std::vector<ListedSession> list_sessions(const storage::ReadTransaction& transaction,
                                         const SessionQuery& query, const Policy& policy,
                                         const Keys& keys) {
    std::vector<ListedSession> rows;
    for (storage::Session& session : sessions_of(transaction, query)) {
        if (!session.object) {
            continue;
        }
        const auto account = transaction.accounts().find(session.owner);
        const auto event = read_session_event(transaction, std::move(session), policy);
        const auto occurrences =
            event ? ical::occurrences(event->event, {query.from, query.until})
                  : core::Result<std::vector<ical::Occurrence>>(std::vector<ical::Occurrence>{});
        if (!occurrences) {
            continue;
        }
        const FeedCopies feeds =
            occurrences->empty() ? FeedCopies() : feed_copies(transaction, *event);
        for (const ical::Occurrence& occurrence : *occurrences) {
            ListedSession row = listed(*event, occurrence, feeds, policy, keys);
            row.host_login = account ? account->login : "";
            // An occurrence to which nobody but the host is invited is no session.
            if (row.participants.size() > 1) {
                rows.push_back(std::move(row));
            }
        }
    }
    std::stable_sort(rows.begin(), rows.end(), [](const ListedSession& a, const ListedSession& b) {
        return a.time.start < b.time.start;
    });
    if (rows.size() > query.limit) {
        rows.resize(query.limit);
    }
    return rows;
}

} // namespace domain
