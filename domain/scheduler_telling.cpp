// What follows from a write beside the copies: messages, answers of rooms, and what happens when an
// event is taken away.
#include "core/log.h"
#include "domain/answers.h"
#include "domain/busy_time.h"
#include "domain/inbox.h"
#include "domain/inbox_notices.h"
#include "domain/room_answers.h"
#include "domain/scheduler.h"
#include "domain/scheduling_lines.h"
#include "domain/sessions.h"

#include <utility>

namespace domain {

// RFC 6638 section 4.1. An event that cannot be told is still the organizer's to write.
core::Done Scheduler::tell(const std::set<std::string>& accounts, const ical::Object* current,
                           std::int64_t object) {
    if (accounts.empty()) {
        return {}; // most events: what changed about them is not worth finding out
    }
    const AccountOf account_of = [this](std::string_view address) {
        return book_.account_of(address);
    };
    auto all = notices(former_ ? &*former_ : nullptr, current, accounts, forced_, account_of,
                       calendars_.clock_.now());
    if (!all) {
        core::log(core::LogLevel::warning, "inbox_message_left_out",
                  {{"object", std::to_string(object)}, {"why", all.error().detail}});
        return {};
    }
    for (Notice& notice : *all) {
        const ical::Object& event = current == nullptr ? *former_ : *current;
        TRYV(deliver(transaction_, notice.account,
                     render(std::move(notice.calendar), object, event, notice.account),
                     calendars_.clock_.now()));
    }
    return {};
}

core::Result<bool> Scheduler::answer_for_rooms(ical::Object& event) {
    bool changed = false;
    for (const auto& [account, invited] : invited_) {
        if (invited.blocked || book_.kind_of(account) == storage::AccountKind::individual) {
            continue;
        }
        const std::string email = owner_of(transaction_, account).email;
        const BusyWithin busy = [&](core::Interval range) {
            BusyTime time(transaction_, calendars_, range, email);
            time.leave_out(event.uid);
            time.add_home(account);
            return time.finish();
        };
        if (TRY(answer_for_room(event, former_ ? &*former_ : nullptr, is_account(account), busy,
                                calendars_.clock_.now()))) {
            rooms_.insert(account);
            changed = true;
        }
    }
    return changed;
}

core::Done Scheduler::tell_rooms_answers(const ical::Object& event) {
    for (const std::string& room : rooms_) {
        const core::Instant now = calendars_.clock_.now();
        const ical::Component reply = repeated_reply(event, is_account(room), now);
        TRYV(deliver(transaction_, organizer_, {ical::print(reply), {}}, now));
    }
    return {};
}

core::Done Scheduler::cancel_copies(const std::string& account, std::string_view uid) {
    for (const Stored& stored : find_copies(account, uid).copies) {
        Rendered rendered;
        rendered.text = ical::print(cancelled_copy(stored.event, calendars_.clock_.now()));
        TRYV(calendars_.store_copy(transaction_, stored.row, stored.collection, std::move(rendered),
                                   Cause::client));
    }
    return {};
}

void Scheduler::gone(const storage::Collection& collection, const storage::Object& last) {
    if (last.head.component != "VEVENT"
        || !transaction_.objects().find_by_owner_and_uid(collection.owner, last.head.uid).empty()) {
        return; // a client moves an event by putting it elsewhere and deleting it here
    }
    auto event = ical::read_object(last.text, calendars_.floating_zone(collection));
    if (event && invites_anybody(*event)) {
        remove_links(event->calendar);
        (void)pass_on(collection, *event);
    }
}

core::Done Scheduler::pass_on(const storage::Collection& collection, const ical::Object& last) {
    account_ = collection.owner;
    if (part_of(last, account_) == Part::organizer) {
        organizer_ = account_;
        if (is_to_come(last, calendars_.clock_.now())) {
            note_invited(last, nullptr);
            std::set<std::string> told;
            for (const auto& [account, invited] : invited_) {
                TRYV(cancel_copies(account, last.uid));
                told.insert(account);
            }
            former_ = last;
            return tell(told, nullptr, 0);
        }
        return {};
    }
    organizer_ = organizer_of(last);
    const ical::Property* const line = organizer_line(last);
    auto source = organizers(organizer_, last.uid);
    if (!source || line == nullptr || is_told_by_others(*line)
        || part_of(last, account_) != Part::attendee
        || !is_to_come(source->event, calendars_.clock_.now())
        || !decline_all(source->event, is_account(account_), calendars_.clock_.now())) {
        return {};
    }
    return calendars_.put_answers(transaction_, source->row.head.id, std::move(source->event),
                                  account_);
}

} // namespace domain
