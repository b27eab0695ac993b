#include "domain/replies.h"

#include "core/strings.h"
#include "domain/addresses.h"
#include "domain/answers.h"
#include "domain/session_event.h"
#include "ical/value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <compare>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace domain {

namespace {

constexpr std::array<std::string_view, 3> answers = {"ACCEPTED", "TENTATIVE", "DECLINED"};

struct AnswerVersion {
    std::int64_t sequence = 0;
    std::string stamp; // in UTC: compares as text
    friend auto operator<=>(const AnswerVersion&, const AnswerVersion&) = default;
};

struct Answer {
    std::string status;
    AnswerVersion version;
    std::optional<core::Instant> occurrence; // nothing: the series
};

std::int64_t number_of(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

AnswerVersion version_of(std::string_view replied) {
    const std::size_t slash = replied.find('/');
    return slash == std::string_view::npos ? AnswerVersion{}
                                           : AnswerVersion{number_of(replied.substr(0, slash)),
                                                           std::string(replied.substr(slash + 1))};
}

const ical::Property* attendee_of(const ical::Component& component, std::string_view address) {
    const auto all = component.find_all("ATTENDEE");
    const auto found = std::find_if(all.begin(), all.end(), [&](const ical::Property* attendee) {
        return normalise_address(attendee->value()) == address;
    });
    return found == all.end() ? nullptr : *found;
}

core::Result<Answer> answer_of(const ical::Component& component, const ical::ZoneTable& zones,
                               std::string_view address) {
    const auto all = component.find_all("ATTENDEE");
    const ical::Property* const attendee =
        all.size() == 1 ? all.front() : attendee_of(component, address);
    Answer answer;
    answer.status =
        attendee == nullptr ? "" : core::to_upper(core::trim(attendee->parameter("PARTSTAT")));
    if (std::find(answers.begin(), answers.end(), answer.status) == answers.end()) {
        return core::fail(core::Errc::invalid_input,
                          "The answer does not say accepted, tentative or declined.");
    }
    const ical::Property* const stamp = component.find("DTSTAMP");
    if (stamp == nullptr) {
        return core::fail(core::Errc::invalid_input, "The answer has no DTSTAMP.");
    }
    answer.version = {number_of(core::trim(component.value("SEQUENCE"))),
                      core::to_ical_utc(TRY(ical::date_time(*stamp, zones)).instant())};
    if (const ical::Property* const id = component.find("RECURRENCE-ID")) {
        answer.occurrence = TRY(ical::date_time(*id, zones)).instant();
    }
    return answer;
}

core::Result<std::vector<Answer>>
read_answers(std::string_view calendar, const SessionEvent& session, std::string_view address) {
    const ical::Object reply = TRY(ical::read_object(calendar, session.event.zones.floating()));
    if (!core::iequals(core::trim(reply.calendar.value("METHOD")), "REPLY")) {
        return core::fail(core::Errc::invalid_input, "This is no answer to an invitation.");
    }
    if (reply.uid != session.session.uid || reply.kind != ical::Kind::event) {
        return core::fail(core::Errc::invalid_input, "The answer is to another invitation.");
    }
    const auto components = reply.main_components();
    if (components.empty() || components.size() > reply_components_max) {
        return core::fail(core::Errc::invalid_input, "The answer is to too many occurrences.");
    }
    std::vector<Answer> read;
    read.reserve(components.size());
    for (const ical::Component* component : components) {
        read.push_back(TRY(answer_of(*component, reply.zones, address)));
    }
    return read;
}

// Whether it changed anything.
core::Result<bool> apply(ical::Object& event, const Answer& answer, std::string_view address) {
    ical::Object changed = event;
    ical::Component* const component = TRY(component_for(changed, answer.occurrence));
    const auto line = std::find_if(component->properties.begin(), component->properties.end(),
                                   [&](const ical::Property& property) {
                                       return property.is("ATTENDEE")
                                              && normalise_address(property.value()) == address;
                                   });
    if (line == component->properties.end()) {
        return core::fail(core::Errc::not_found, "You are not invited to this any more.");
    }
    const AnswerVersion last = version_of(line->parameter(replied_parameter));
    if (answer.version <= last
        || answer.version.sequence < number_of(core::trim(component->value("SEQUENCE")))) {
        return false;
    }
    line->set_parameter("PARTSTAT", answer.status);
    line->set_parameter("SCHEDULE-STATUS", "2.0"); // RFC 6638 section 3.2.3
    line->set_parameter(replied_parameter,
                        std::to_string(answer.version.sequence) + '/' + answer.version.stamp);
    event = std::move(changed);
    return true;
}

core::Result<SessionEvent> session_of(const storage::ReadTransaction& transaction,
                                      const storage::Participant& guest, const Policy& policy) {
    auto row = transaction.sessions().find(guest.session);
    auto session = row && row->object ? read_session_event(transaction, std::move(*row), policy)
                                      : std::optional<SessionEvent>();
    if (!session || session->gone) {
        return core::fail(core::Errc::not_found, "The session was cancelled.");
    }
    return std::move(*session);
}

} // namespace

core::Result<Replied> apply_reply(storage::WriteTransaction& transaction,
                                  const Calendars& calendars, const ReplyToken& token,
                                  std::string_view calendar, const Policy& policy) {
    const auto guest = transaction.sessions().participant(token.participant);
    if (!guest || guest->removed || guest->generation != token.generation) {
        return core::fail(core::Errc::not_found, "You are not invited to this any more.");
    }
    SessionEvent session = TRY(session_of(transaction, *guest, policy));
    bool changed = false;
    for (const Answer& answer : TRY(read_answers(calendar, session, guest->address))) {
        changed = TRY(apply(session.event, answer, guest->address)) || changed;
    }
    if (!changed) {
        return Replied::known;
    }
    TRYV(calendars.put_answers(transaction, *session.session.object, std::move(session.event)));
    return Replied::changed;
}

} // namespace domain
