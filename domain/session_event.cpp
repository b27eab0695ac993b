#include "domain/session_event.h"

#include "core/crypto.h"
#include "core/strings.h"
#include "domain/calendar_zone.h"
#include "domain/rendering.h"
#include "domain/sessions.h"

#include <algorithm>
#include <array>

namespace domain {

namespace {

std::optional<ical::Object> read_event(const std::string& text, ical::ZonePtr floating) {
    auto event = ical::read_object(text, std::move(floating));
    if (!event) {
        return std::nullopt;
    }
    remove_links(event->calendar);
    return std::move(*event);
}

std::string opaque_name(const Keys& keys, std::string_view purpose, const storage::Session& session,
                        OccurrenceKey occurrence) {
    constexpr std::size_t name_bytes = 18;
    const core::Digest digest =
        core::hmac_sha256(keys.room, std::string(purpose) + ' ' + std::to_string(session.id) + ' '
                                         + std::to_string(occurrence.value));
    return core::to_base64url(std::span(digest).first(name_bytes));
}

} // namespace

std::optional<SessionEvent> read_session_event(const storage::ReadTransaction& transaction,
                                               storage::Session session, const Policy& policy) {
    std::string text = session.last_text;
    core::Instant modified = session.modified;
    bool gone = true;
    ical::ZonePtr floating = policy.time_zone;
    if (session.object) {
        if (const auto row = transaction.objects().find(*session.object)) {
            text = row->text;
            modified = row->head.modified;
            gone = false;
            const auto collection = transaction.collections().find(row->head.collection);
            floating = collection ? floating_zone(*collection, policy) : floating;
        }
    }
    auto event = read_event(text, std::move(floating));
    if (!event) {
        return std::nullopt;
    }
    const Owner owner = owner_of(transaction, session.owner);
    std::string host = host_address(*event, owner);
    auto participants = transaction.sessions().participants(session.id);
    return SessionEvent{std::move(session),
                        std::move(participants),
                        owner,
                        std::move(host),
                        std::move(*event),
                        modified,
                        gone};
}

bool is_cancelled(const SessionEvent& session, const ical::Occurrence& occurrence) {
    const auto says_so = [](const ical::Component* component) {
        return component != nullptr
               && core::iequals(core::trim(component->value("STATUS")), "CANCELLED");
    };
    return session.gone || says_so(occurrence.component) || says_so(session.event.master());
}

std::vector<storage::Participant> people_in(const SessionEvent& session,
                                            const ical::Occurrence& occurrence) {
    std::vector<storage::Participant> people;
    std::copy_if(session.participants.begin(), session.participants.end(),
                 std::back_inserter(people), [&](const storage::Participant& participant) {
                     return !participant.removed
                            && takes_part(*occurrence.component, participant.address, session.host);
                 });
    std::stable_partition(people.begin(), people.end(), [](const storage::Participant& person) {
        return person.role == storage::Role::host;
    });
    return people;
}

std::string display_name(const SessionEvent& session, const storage::Participant& participant) {
    if (participant.account == session.owner.account && !session.owner.name.empty()) {
        return session.owner.name;
    }
    return participant.name.empty() ? participant.address : participant.name;
}

std::string title_for(const SessionEvent& session, const ical::Component& component,
                      storage::Role role, const Policy& policy) {
    std::string summary = component.text("SUMMARY");
    if ((role == storage::Role::host || policy.guest_details == GuestDetails::full)
        && !core::trim(summary).empty()) {
        return summary;
    }
    const bool is_german = policy.language == Language::german;
    const std::string name = is_german ? "Videosprechstunde" : "Video consultation";
    return session.owner.name.empty()
               ? name
               : name + (is_german ? " mit " : " with ") + session.owner.name;
}

std::string reader_uid(const SessionEvent& session, OccurrenceKey occurrence) {
    const std::string& uid = session.event.uid;
    return occurrence.is_series()
               ? uid
               : uid + '-' + ical::to_ical_wall(ical::WallTime{occurrence.value}, false);
}

std::string public_session_id(const Keys& keys, const storage::Session& session,
                              OccurrenceKey occurrence) {
    return opaque_name(keys, "session", session, occurrence);
}

std::string room_name(const Keys& keys, const storage::Session& session, OccurrenceKey occurrence) {
    return opaque_name(keys, "room", session, occurrence);
}

} // namespace domain
