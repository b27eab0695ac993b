// iTIP (RFC 5546): from what a calendar object was and what it is now to the messages that tell one
// attendee. Pure. Every message carries one VEVENT with that attendee alone in it, because Outlook
// loses updates that mix a series with its overrides, and guests are not to learn of each other.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/itip_message.h"
#include "ical/object.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ical {

struct ItipMessage {
    ItipMethod method = ItipMethod::request;
    std::int64_t sequence = 0;
    bool is_new = false; // the attendee had nothing of this before
    Component calendar;  // METHOD, the VTIMEZONEs that are needed, one VEVENT without alarms

    [[nodiscard]] const Component& event() const { return calendar.components.back(); }
};

struct ItipContext {
    core::Instant now;         // DTSTAMP; what has ended by then is told to nobody
    std::int64_t sequence = 0; // the least that a message may carry (RFC 5546 section 2.1.4)
    // What attendees are shown of the event beside its times and its status, SUMMARY and the like:
    // messages carry it, and a change of it is significant. A change of anything else, an alarm, a
    // colour, own notes, is told to nobody (RFC 6638 section 3.2.8).
    std::vector<std::string> shown;
    // The form in which calendar user addresses are compared.
    std::function<std::string(std::string_view)> normalise;
};

// Whoever has a series gets no more single messages than that about one change; from then on the
// whole series says it in one.
constexpr std::size_t occurrence_messages_max = 10;

// One change of one event.
class ItipChange {
public:
    // Null: it was not there, or it is gone. Both outlive the change. Errors: valid_calendar_data,
    // max_instances.
    static core::Result<ItipChange> of(const Object* former, const Object* current,
                                       ItipContext context);

    // What to send to that attendee, in this order; mostly nothing or one message. Nothing to whom
    // SCHEDULE-AGENT says that somebody else tells them (RFC 6638 section 7.1). Errors as above.
    [[nodiscard]] core::Result<std::vector<ItipMessage>>
    messages_for(std::string_view attendee) const;

private:
    using Slot = core::Instant; // of an occurrence: its RECURRENCE-ID as an instant

    // What an event is, whoever attends.
    struct Side {
        const Object* object = nullptr;
        bool to_come = false; // something of it has not ended
        bool cancelled = false;
        std::string master; // in the form in which it is compared
        std::set<Slot> excluded;
        std::map<Slot, const Component*> overrides;
    };
    // What one attendee has of it.
    struct View {
        const Side* side = nullptr;
        const Component* master = nullptr;
        bool silent = false; // somebody else tells them
        std::map<Slot, const Component*> overrides;
        std::set<Slot> away; // occurrences of the series that are none for them
        [[nodiscard]] bool nothing() const { return master == nullptr && overrides.empty(); }
    };
    struct Letter; // what a message is made of

    explicit ItipChange(ItipContext context) : context_(std::move(context)) {}
    [[nodiscard]] core::Result<Side> side_of(const Object* object) const;
    [[nodiscard]] View view_of(const Side& side, std::string_view attendee) const;
    [[nodiscard]] static View nothing_of(const Side& side);
    [[nodiscard]] const Property* line_of(const Component& component,
                                          std::string_view attendee) const;
    [[nodiscard]] core::Result<std::string> shown_of(const Component& component,
                                                     const Object& object) const;
    [[nodiscard]] core::Result<std::optional<Component>> occurrence_at(const View& view,
                                                                       Slot slot) const;
    [[nodiscard]] core::Result<bool> has_ended(const Component& component,
                                               const Object& object) const;
    core::Done add(std::vector<ItipMessage>& messages, const Letter& letter) const;
    core::Done add_occurrence(std::vector<ItipMessage>& messages, ItipMethod method,
                              const View& view, Slot slot, std::string_view attendee) const;
    core::Done tell_series(std::vector<ItipMessage>& messages, const View& before,
                           const View& after, std::string_view attendee) const;
    core::Done tell_lost(std::vector<ItipMessage>& messages, const View& before, const View& after,
                         std::string_view attendee) const;
    core::Done tell_overrides(std::vector<ItipMessage>& messages, const View& before,
                              const View& after, std::string_view attendee) const;

    ItipContext context_;
    Side former_;
    Side current_;
};

} // namespace ical
