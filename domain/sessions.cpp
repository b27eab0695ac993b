#include "domain/sessions.h"

#include "domain/address_book.h"
#include "domain/feeds.h"
#include "domain/invitations.h"
#include "ical/recurrence.h"
#include "ical/value.h"

#include <algorithm>
#include <set>

namespace domain {

namespace {

AccountOfAddress account_lookup(const storage::ReadTransaction& transaction,
                                const std::string& public_url) {
    return [&transaction, &public_url](const std::string& address) -> std::optional<std::string> {
        const auto account = account_of_address(transaction, address, public_url);
        return account ? std::optional(account->id) : std::nullopt;
    };
}

std::optional<ical::WallTime> first_start(const ical::Object& event) {
    const ical::Component* master = event.master();
    const ical::Property* start = master != nullptr ? master->find("DTSTART") : nullptr;
    if (start == nullptr) {
        return std::nullopt;
    }
    const auto value = ical::date_time(*start, event.zones);
    return value ? std::optional(value->wall) : std::nullopt;
}

bool differs(const storage::Participant& row, const Person& person) {
    return row.removed || row.name != person.name || row.role != person.role
           || row.account != person.account;
}

// Adds who is new, marks who is gone, and lets everybody else be.
LinkHolders settle_participants(storage::WriteTransaction& transaction, std::int64_t session,
                                const std::vector<Person>& people, core::Instant now) {
    LinkHolders holders;
    std::set<std::string> present;
    auto rows = transaction.sessions().participants(session);
    for (const Person& person : people) {
        present.insert(person.address);
        auto row = std::find_if(rows.begin(), rows.end(), [&](const storage::Participant& known) {
            return known.address == person.address;
        });
        storage::Participant participant;
        if (row != rows.end()) {
            participant = *row;
        }
        const bool is_new = row == rows.end();
        if (is_new || differs(participant, person)) {
            participant.session = session;
            participant.address = person.address;
            participant.name = person.name;
            participant.role = person.role;
            participant.account = person.account;
            participant.removed = false;
            if (is_new) {
                participant.created = now;
                participant.id = transaction.sessions().insert(participant);
            } else {
                transaction.sessions().update(participant);
            }
        }
        holders[person.address] = {participant.id, participant.generation};
        raise_feeds(transaction, participant, now);
        if (!is_new && row->account != participant.account) {
            raise_feeds(transaction, *row, now);
        }
    }
    for (storage::Participant& row : rows) {
        if (!row.removed && !present.contains(row.address)) {
            row.removed = true;
            transaction.sessions().update(row);
            raise_feeds(transaction, row, now);
        }
    }
    return holders;
}

// The event is an ordinary meeting now: whoever had a link is no longer invited to it.
void end_session(storage::WriteTransaction& transaction, storage::Session session,
                 const std::string& last_text, core::Instant now) {
    settle_participants(transaction, session.id, {}, now);
    session.object.reset();
    session.last_text = last_text;
    session.modified = now;
    transaction.sessions().update(session);
}

// The event as it was before this change; empty if its resource was gone.
std::string former_text(const storage::ReadTransaction& transaction,
                        const storage::Session& session) {
    const auto row = session.object ? transaction.objects().find(*session.object) : std::nullopt;
    return row ? row->text : std::string();
}

std::int64_t shift_after(const storage::Session& session, const std::string& former,
                         const ical::Object& event) {
    if (former.empty()) {
        return session.shift_seconds;
    }
    const auto before = ical::read_object(former, event.zones.floating());
    return session.shift_seconds + (before ? dragged_seconds(*before, event) : 0);
}

} // namespace

Owner owner_of(const storage::ReadTransaction& transaction, std::string_view account) {
    const auto row = transaction.accounts().find(account);
    return row ? Owner{row->id, row->email, row->name} : Owner{std::string(account), "", ""};
}

std::int64_t dragged_seconds(const ical::Object& before, const ical::Object& after) {
    if (!before.recurs() || !after.recurs()) {
        return 0;
    }
    const auto old_start = first_start(before);
    const auto new_start = first_start(after);
    if (!old_start || !new_start || *old_start == *new_start) {
        return 0;
    }
    const auto found = ical::find_occurrence(before, *new_start);
    if (!found || found->found != ical::Found::never) {
        return 0;
    }
    return new_start->seconds - old_start->seconds;
}

std::optional<Rendered> settle_session(storage::WriteTransaction& transaction,
                                       const storage::Collection& collection, std::int64_t object,
                                       const ical::Object& event, core::Instant now,
                                       const Policy& policy) {
    auto session = transaction.sessions().find(collection.owner, event.uid);
    const Owner owner = owner_of(transaction, collection.owner);
    if (!collection.sessions || !is_session(event, owner)) {
        if (session && session->object == object) {
            note_change(transaction, session->id, former_text(transaction, *session), nullptr, now,
                        policy);
            end_session(transaction, *session, ical::print(event.calendar), now);
        }
        return std::nullopt;
    }
    std::string former;
    if (!session) {
        session.emplace();
        session->owner = collection.owner;
        session->uid = event.uid;
        session->object = object;
        session->created = now;
        session->modified = now;
        session->id = transaction.sessions().insert(*session);
    } else {
        former = former_text(transaction, *session);
        session->shift_seconds = shift_after(*session, former, event);
        session->object = object;
        session->last_text.clear();
        session->modified = now;
        transaction.sessions().update(*session);
    }
    const auto people = people_of(event, owner, account_lookup(transaction, policy.public_url));
    const LinkHolders holders = settle_participants(transaction, session->id, people, now);
    note_change(transaction, session->id, former, &event, now, policy);
    return render_for_host(event, holders, host_address(event, owner), session->shift_seconds,
                           policy);
}

void session_changed(storage::WriteTransaction& transaction, std::int64_t session,
                     core::Instant now) {
    for (const storage::Participant& person : transaction.sessions().participants(session)) {
        if (!person.removed) {
            raise_feeds(transaction, person, now);
        }
    }
}

bool cancel_session(storage::WriteTransaction& transaction, const storage::Object& last,
                    std::string_view owner, core::Instant now, const Policy& policy) {
    auto session = transaction.sessions().find(owner, last.head.uid);
    if (!session || session->object != last.head.id) {
        return false;
    }
    note_change(transaction, session->id, last.text, nullptr, now, policy);
    session->object.reset();
    session->last_text = last.text;
    session->modified = now;
    transaction.sessions().update(*session);
    session_changed(transaction, session->id, now);
    return true;
}

} // namespace domain
