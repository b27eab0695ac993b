#include "domain/replies.h"

#include "core/strings.h"
#include "domain/addresses.h"
#include "domain/answers.h"
#include "domain/proposals.h"
#include "ical/timing.h"
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

// The object of a mail, which has to be about this session.
core::Result<ical::Object> read_message(std::string_view calendar, const SessionEvent& session) {
    ical::Object message = TRY(ical::read_object(calendar, session.event.zones.floating()));
    if (message.uid != session.session.uid || message.kind != ical::Kind::event) {
        return core::fail(core::Errc::invalid_input, "The answer is to another invitation.");
    }
    const auto components = message.main_components();
    if (components.empty() || components.size() > reply_components_max) {
        return core::fail(core::Errc::invalid_input, "The answer is to too many occurrences.");
    }
    return message;
}

core::Result<std::vector<Answer>> answers_in_reply(const ical::Object& reply,
                                                   std::string_view address) {
    std::vector<Answer> read;
    for (const ical::Component* component : reply.main_components()) {
        read.push_back(TRY(answer_of(*component, reply.zones, address)));
    }
    return read;
}

core::Result<Proposal> proposal_in(const ical::Object& counter) {
    const ical::Component& component = *counter.main_components().front();
    const auto timing = TRY(ical::timing_of(component, counter.kind, counter.zones));
    if (!timing) {
        return core::fail(core::Errc::invalid_input, "The proposal has no time.");
    }
    Proposal proposal;
    proposal.time = {timing->start.instant(), timing->end(timing->start.wall)};
    proposal.comment = component.text("COMMENT");
    if (proposal.comment.empty()) {
        proposal.comment = component.text("DESCRIPTION"); // where Outlook has the words
    }
    if (proposal.comment.size() > proposal_comment_bytes_max) {
        std::size_t cut = proposal_comment_bytes_max;
        while (cut > 0 && (static_cast<unsigned char>(proposal.comment[cut]) & 0xc0U) == 0x80U) {
            --cut; // not within a character
        }
        proposal.comment.resize(cut);
    }
    if (const ical::Property* const id = component.find("RECURRENCE-ID")) {
        proposal.occurrence = TRY(ical::date_time(*id, counter.zones)).instant();
    }
    return proposal;
}

core::Result<ical::Property*> line_for(ical::Component& component, std::string_view address) {
    const auto line = std::find_if(component.properties.begin(), component.properties.end(),
                                   [&](const ical::Property& property) {
                                       return property.is("ATTENDEE")
                                              && normalise_address(property.value()) == address;
                                   });
    if (line == component.properties.end()) {
        return core::fail(core::Errc::not_found, "You are not invited to this any more.");
    }
    return &*line;
}

void set_status(ical::Property& line, std::string status, const AnswerVersion& version) {
    line.set_parameter("PARTSTAT", std::move(status));
    line.set_parameter("SCHEDULE-STATUS", "2.0"); // RFC 6638 section 3.2.3
    line.set_parameter(replied_parameter, std::to_string(version.sequence) + '/' + version.stamp);
}

// Whether it changed anything.
core::Result<bool> apply(ical::Object& event, const Answer& answer, std::string_view address) {
    ical::Object changed = event;
    ical::Component* const component = TRY(component_for(changed, answer.occurrence));
    ical::Property* const line = TRY(line_for(*component, address));
    if (answer.version <= version_of(line->parameter(replied_parameter))
        || answer.version.sequence < number_of(core::trim(component->value("SEQUENCE")))) {
        return false;
    }
    set_status(*line, answer.status, answer.version);
    event = std::move(changed);
    return true;
}

// True if it is another answer than before.
bool set_current(ical::Property& line, const ical::Component& component,
                 const CurrentAnswer& answer, core::Instant now) {
    if (core::iequals(core::trim(line.parameter("PARTSTAT")), answer.status)) {
        return false;
    }
    // The clock of whoever answered before may be ahead of ours.
    const AnswerVersion version = std::max(
        AnswerVersion{number_of(core::trim(component.value("SEQUENCE"))), core::to_ical_utc(now)},
        version_of(line.parameter(replied_parameter)));
    set_status(line, std::string(answer.status), version);
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
                                  std::string_view calendar, core::Instant now,
                                  const Policy& policy) {
    const auto guest = transaction.sessions().participant(token.participant);
    if (!guest || guest->removed || guest->generation != token.generation) {
        return core::fail(core::Errc::not_found, "You are not invited to this any more.");
    }
    SessionEvent session = TRY(session_of(transaction, *guest, policy));
    const ical::Object message = TRY(read_message(calendar, session));
    const std::string method = core::to_upper(core::trim(message.calendar.value("METHOD")));
    if (method == "COUNTER") {
        const Proposal proposal = TRY(proposal_in(message));
        TRYV(note_proposal(transaction, session, *guest, proposal, now, policy));
        return Replied::proposed;
    }
    if (method != "REPLY") {
        return core::fail(core::Errc::invalid_input, "This is no answer to an invitation.");
    }
    bool changed = false;
    for (const Answer& answer : TRY(answers_in_reply(message, guest->address))) {
        changed = TRY(apply(session.event, answer, guest->address)) || changed;
    }
    if (!changed) {
        return Replied::known;
    }
    TRYV(calendars.put_answers(transaction, *session.session.object, std::move(session.event)));
    return Replied::changed;
}

core::Result<Replied> apply_answer(storage::WriteTransaction& transaction,
                                   const Calendars& calendars, SessionEvent session,
                                   const storage::Participant& guest, const CurrentAnswer& answer,
                                   core::Instant now) {
    bool changed = false;
    if (answer.occurrence) {
        ical::Component* const component = TRY(component_for(session.event, answer.occurrence));
        changed = set_current(*TRY(line_for(*component, guest.address)), *component, answer, now);
    } else {
        for (ical::Component& component : session.event.calendar.components) {
            if (const auto line = line_for(component, guest.address)) {
                changed = set_current(**line, component, answer, now) || changed;
            }
        }
    }
    if (!changed) {
        return Replied::known;
    }
    TRYV(calendars.put_answers(transaction, *session.session.object, std::move(session.event)));
    return Replied::changed;
}

} // namespace domain
