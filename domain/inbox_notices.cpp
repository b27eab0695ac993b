#include "domain/inbox_notices.h"

#include "core/strings.h"
#include "domain/addresses.h"
#include "domain/slots.h"
#include "ical/itip_message.h"

#include <map>
#include <optional>
#include <utility>

namespace domain {

namespace {

ical::ItipContext notice_context(const AccountOf& account_of, core::Instant now) {
    ical::ItipContext context;
    context.now = now;
    context.shown = {"SUMMARY", "LOCATION", "DESCRIPTION"};
    context.normalise = [&account_of](std::string_view address) {
        std::string account = account_of(address);
        return account.empty() ? normalise_address(address) : account;
    };
    return context;
}

// By address.
std::map<std::string, std::string> answers_of(const ical::Component& component) {
    std::map<std::string, std::string> answers;
    for (const ical::Property* line : component.find_all("ATTENDEE")) {
        answers.emplace(normalise_address(line->value()),
                        core::to_upper(core::trim(line->parameter("PARTSTAT"))));
    }
    return answers;
}

} // namespace

core::Result<std::vector<Notice>> notices(const ical::Object* former, const ical::Object* current,
                                          const std::set<std::string>& accounts,
                                          const std::set<std::string>& forced,
                                          const AccountOf& account_of, core::Instant now) {
    const auto context = notice_context(account_of, now);
    const auto change = TRY(ical::ItipChange::of(former, current, context));
    const auto whole = TRY(ical::ItipChange::of(nullptr, current, context));
    std::vector<Notice> all;
    for (const std::string& account : accounts) {
        auto messages = TRY(change.messages_for(account));
        if (messages.empty() && forced.contains(account)) {
            messages = TRY(whole.messages_for(account));
        }
        for (ical::ItipMessage& message : messages) {
            all.push_back({account, std::move(message.calendar)});
        }
    }
    return all;
}

core::Result<std::vector<ical::Component>>
reply_notices(const ical::Object& former, const ical::Object& current, core::Instant now) {
    std::map<std::optional<core::Instant>, const ical::Component*> before;
    for (const ical::Component* component : former.main_components()) {
        before.emplace(TRY(slot_of(*component, former)), component);
    }
    std::map<std::string, std::vector<ical::Component>> replies; // by address
    for (const ical::Component* component : current.main_components()) {
        const auto found = before.find(TRY(slot_of(*component, current)));
        // An occurrence that is answered for the first time was as the series is.
        const ical::Component* const was = found != before.end() ? found->second : former.master();
        if (was == nullptr) {
            continue;
        }
        const auto answers = answers_of(*was);
        for (const ical::Property* line : component->find_all("ATTENDEE")) {
            const std::string address = normalise_address(line->value());
            const auto answer = answers.find(address);
            if (answer != answers.end()
                && answer->second != core::to_upper(core::trim(line->parameter("PARTSTAT")))) {
                replies[address].push_back(ical::reply_event(*component, *line, now));
            }
        }
    }
    std::vector<ical::Component> messages;
    messages.reserve(replies.size());
    for (auto& [address, events] : replies) {
        messages.push_back(
            ical::itip_calendar(ical::ItipMethod::reply, std::move(events), current));
    }
    return messages;
}

ical::Component repeated_reply(const ical::Object& sent,
                               const std::function<bool(const ical::Property&)>& is_own,
                               core::Instant now) {
    std::vector<ical::Component> events;
    for (const ical::Component* component : sent.main_components()) {
        for (const ical::Property* line : component->find_all("ATTENDEE")) {
            if (is_own(*line)) {
                events.push_back(ical::reply_event(*component, *line, now));
            }
        }
    }
    return ical::itip_calendar(ical::ItipMethod::reply, std::move(events), sent);
}

} // namespace domain
