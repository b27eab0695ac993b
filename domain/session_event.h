// A session with the event it hangs on, read for pages, feeds and lists: one way of asking what an
// occurrence is, who is in it and what it is called.
#pragma once

#include "domain/links.h"
#include "domain/participants.h"
#include "domain/policy.h"
#include "ical/recurrence.h"
#include "storage/store.h"

#include <optional>
#include <string>
#include <vector>

namespace domain {

struct SessionEvent {
    storage::Session session;
    std::vector<storage::Participant> participants;
    Owner owner;
    std::string host; // the host's address in this event
    ical::Object event;
    core::Instant modified; // of the event, or of its end
    bool gone = false;      // the event was deleted; `event` is what it last was
};

// Nothing if no text of it is left or can be read.
std::optional<SessionEvent> read_session_event(const storage::ReadTransaction& transaction,
                                               storage::Session session, const Policy& policy);

bool is_cancelled(const SessionEvent& session, const ical::Occurrence& occurrence);

// Participants of this occurrence, hosts first. A removed participant is in none.
std::vector<storage::Participant> people_in(const SessionEvent& session,
                                            const ical::Occurrence& occurrence);

// The name to show: CN, the owner's own name, else the address.
std::string display_name(const SessionEvent& session, const storage::Participant& participant);

// The occurrence's own title (SUMMARY), or what a guest may see of it.
std::string title_for(const SessionEvent& session, const ical::Component& component,
                      storage::Role role, const Policy& policy);

// The UID of an occurrence in a reader's feed or file: its own for every occurrence of a series,
// because Outlook and Google lose overrides that come without their master.
std::string reader_uid(const SessionEvent& session, OccurrenceKey occurrence);

// Opaque names of one occurrence, the same for all its participants: one to show, one for its call
// room. Neither tells the other.
std::string public_session_id(const Keys& keys, const storage::Session& session,
                              OccurrenceKey occurrence);
std::string room_name(const Keys& keys, const storage::Session& session, OccurrenceKey occurrence);

} // namespace domain
