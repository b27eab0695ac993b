#include "domain/session_list.h"

#include "domain/rendering.h"
#include "domain/session_event.h"

#include <algorithm>

namespace domain {

namespace {

ListedSession listed(const SessionEvent& session, const ical::Occurrence& occurrence,
                     std::string_view host_login, const Policy& policy, const Keys& keys) {
    const OccurrenceKey key = occurrence_key(occurrence, session.session.shift_seconds);
    ListedSession row;
    row.session_id = public_session_id(keys, session.session, key);
    row.host_login = host_login;
    row.title = title_for(session, *occurrence.component, storage::Role::host, policy);
    row.time = {occurrence.start, occurrence.end};
    row.time_zone = occurrence.start_time.zone->name();
    row.cancelled = is_cancelled(session, occurrence);
    for (const storage::Participant& person : people_in(session, occurrence)) {
        row.participants.push_back(
            {display_name(session, person), person.address, person.role,
             join_url(policy.public_url,
                      make_token(keys.join, {person.id, key, person.generation}))});
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
        for (const ical::Occurrence& occurrence : *occurrences) {
            ListedSession row =
                listed(*event, occurrence, account ? account->login : "", policy, keys);
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
