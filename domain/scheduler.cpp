#include "domain/scheduler.h"

#include "core/crypto.h"
#include "core/limits.h"
#include "core/strings.h"
#include "domain/addresses.h"
#include "domain/answers.h"
#include "domain/deliveries.h"
#include "domain/inbox.h"
#include "domain/inbox_notices.h"
#include "domain/links.h"
#include "domain/scheduling_lines.h"
#include "domain/sessions.h"

#include <algorithm>

namespace domain {

namespace {

constexpr std::size_t copy_name_bytes = 16; // nobody has that name
constexpr std::string_view delivered = "1.2";
constexpr std::string_view answered = "2.0";
constexpr std::string_view not_delivered = "5.1";

bool declines_all(const ical::Object& event, const IsAttendee& is_own) {
    for (const ical::Component* component : event.main_components()) {
        for (const ical::Property* line : component->find_all("ATTENDEE")) {
            if (is_own(*line)
                && !core::iequals(core::trim(line->parameter("PARTSTAT")), "DECLINED")) {
                return false;
            }
        }
    }
    return true;
}

bool set_if_other(ical::Property& line, std::string_view name, std::string_view value) {
    if (line.parameter(name) == value) {
        return false;
    }
    line.set_parameter(name, std::string(value));
    return true;
}

} // namespace

std::optional<storage::Collection> default_calendar(const storage::ReadTransaction& transaction,
                                                    std::string_view account) {
    const auto chosen = transaction.collections().home(account).default_calendar;
    std::optional<storage::Collection> found;
    for (storage::Collection& collection : transaction.collections().list(account)) {
        const bool takes_events =
            collection.is_calendar && (collection.components & storage::components::event) != 0;
        if (takes_events && collection.id == chosen) {
            return std::move(collection);
        }
        if (takes_events && (!found || collection.name == "calendar")) {
            found = std::move(collection);
        }
    }
    return found;
}

Scheduler::Scheduler(storage::WriteTransaction& transaction, const Calendars& calendars,
                     Write write)
    : transaction_(transaction), calendars_(calendars), write_(std::move(write)),
      book_(transaction, calendars.policy_.public_url) {}

std::string Scheduler::organizer_of(const ical::Object& event) {
    const ical::Property* const line = organizer_line(event);
    return line == nullptr ? "" : book_.account_of(line->value());
}

IsAttendee Scheduler::is_account(const std::string& account) {
    return [this, account](const ical::Property& line) {
        return book_.account_of(line.value()) == account;
    };
}

CopyOf Scheduler::reader_of(const std::string& account) {
    return {is_account(account), owner_of(transaction_, account).email,
            owner_of(transaction_, organizer_)};
}

// Whose event this is from where it lies. Somebody else's without a line for this account is
// nobody's business.
Scheduler::Part Scheduler::part_of(const ical::Object& event, const std::string& account) {
    const ical::Property* const line = organizer_line(event);
    if (line == nullptr || book_.account_of(line->value()) == account) {
        return Part::organizer;
    }
    const IsAttendee is_own = is_account(account);
    for (const ical::Component* component : event.main_components()) {
        const auto lines = component->find_all("ATTENDEE");
        if (std::any_of(lines.begin(), lines.end(),
                        [&](const ical::Property* each) { return is_own(*each); })) {
            return Part::attendee;
        }
    }
    // An assistant's client names the assistant, and the event is its calendar's.
    const std::string& named = book_.account_of(line->value());
    const bool is_planned_for_them =
        !named.empty() && transaction_.objects().find_by_owner_and_uid(named, event.uid).empty();
    return is_planned_for_them ? Part::organizer : Part::none;
}

std::vector<Scheduler::Stored> Scheduler::stored_of(const std::string& account,
                                                    std::string_view uid) {
    std::vector<Stored> all;
    for (storage::Object& row : transaction_.objects().find_by_owner_and_uid(account, uid)) {
        auto collection = transaction_.collections().find(row.head.collection);
        if (!collection) {
            continue;
        }
        auto event = ical::read_object(row.text, calendars_.floating_zone(*collection));
        if (event) {
            remove_links(event->calendar);
            all.push_back({std::move(row), std::move(*collection), std::move(*event)});
        }
    }
    return all;
}

std::optional<Scheduler::Stored> Scheduler::organizers(const std::string& account,
                                                       std::string_view uid) {
    if (account.empty()) {
        return std::nullopt;
    }
    for (Stored& stored : stored_of(account, uid)) {
        if (invites_anybody(stored.event) && part_of(stored.event, account) == Part::organizer) {
            return std::move(stored);
        }
    }
    return std::nullopt;
}

// Whoever has something of their own under that UID keeps it: a UID is no key to another's
// calendar.
Scheduler::Invited Scheduler::find_copies(const std::string& account, std::string_view uid) {
    Invited invited;
    for (Stored& stored : stored_of(account, uid)) {
        if (organizer_of(stored.event) == organizer_
            && part_of(stored.event, account) == Part::attendee) {
            invited.copies.push_back(std::move(stored));
        } else {
            invited.blocked = true;
        }
    }
    invited.blocked =
        invited.blocked
        || (invited.copies.empty() && creates_ && !default_calendar(transaction_, account));
    return invited;
}

core::Done Scheduler::prepare(const storage::Collection& collection, const storage::Object& row,
                              ical::Object& event) {
    account_ = collection.owner;
    if (write_.cause == Cause::import || event.kind != ical::Kind::event) {
        return {};
    }
    switch (part_of(event, account_)) {
    case Part::organizer:
        organizer_ = account_;
        return prepare_organizers(collection, row, event);
    case Part::attendee:
        organizer_ = organizer_of(event);
        return prepare_attendees(event);
    case Part::none:
        break;
    }
    return {};
}

core::Done Scheduler::prepare_organizers(const storage::Collection& collection,
                                         const storage::Object& row, ical::Object& event) {
    if (const auto before =
            row.head.id != 0 ? transaction_.objects().find(row.head.id) : std::nullopt) {
        if (auto read = ical::read_object(before->text, event.zones.floating())) {
            former_ = std::move(*read);
            remove_links(former_->calendar);
        }
    }
    const ical::Object* const former = former_ ? &*former_ : nullptr;
    if (!invites_anybody(event) && (former == nullptr || !invites_anybody(*former))) {
        return {};
    }
    const bool is_clients = write_.cause == Cause::client;
    if (is_clients && former != nullptr) {
        changed_ = TRY(keep_answers(event, *former));
    }
    const bool to_come = is_to_come(event, calendars_.clock_.now());
    if (is_clients && former != nullptr && to_come) {
        changed_ = TRY(reset_answers(event, *former, is_account(account_))) || changed_;
    }
    creates_ = is_clients && to_come;
    note_invited(event, former);
    if (creates_) {
        changed_ = TRY(answer_for_rooms(event)) || changed_;
    }
    const auto fits = check_size(event);
    if (!fits && !is_clients) {
        invited_.clear(); // they see it with the next change
    } else {
        TRYV(fits);
    }
    if (is_clients) {
        write_statuses(event, to_come);
        changed_ = (to_come && mark_guests(collection, event)) || changed_;
    }
    return {};
}

// Those who are told by mail, where anybody is.
bool Scheduler::mark_guests(const storage::Collection& collection, ical::Object& event) {
    const bool are_told = calendars_.policy_.mail_settle_seconds && collection.sessions
                          && is_session(event, owner_of(transaction_, collection.owner));
    if (!are_told) {
        return false;
    }
    const auto is_guest = [this](const ical::Property& line) {
        return book_.account_of(line.value()).empty()
               && is_email_address(normalise_address(line.value()));
    };
    return mark_pending(event, former_ ? &*former_ : nullptr, is_guest, calendars_.policy_);
}

// Of the lines that the client leaves to the server. Whoever is on none any more is removed; a line
// that became the client's is its to tell (RFC 6638 section 7.1).
void Scheduler::note_invited(const ical::Object& event, const ical::Object* former) {
    std::set<std::string> listed;
    for (const ical::Component* component : event.main_components()) {
        for (const ical::Property* line : component->find_all("ATTENDEE")) {
            const std::string& account = book_.account_of(line->value());
            if (account.empty() || account == organizer_) {
                continue;
            }
            listed.insert(account);
            if (!is_told_by_others(*line) && account != write_.answering
                && !invited_.contains(account)) {
                invited_.emplace(account, find_copies(account, event.uid));
            }
        }
    }
    if (former == nullptr || write_.cause != Cause::client) {
        return;
    }
    for (const ical::Component* component : former->main_components()) {
        for (const ical::Property* line : component->find_all("ATTENDEE")) {
            const std::string& account = book_.account_of(line->value());
            if (!account.empty() && account != organizer_ && !listed.contains(account)
                && !is_told_by_others(*line)) {
                removed_.insert(account);
            }
        }
    }
}

core::Done Scheduler::check_size(const ical::Object& event) const {
    constexpr std::size_t few = 10;
    if (invited_.size() <= few) {
        return {};
    }
    if (ical::print(event.calendar).size() * invited_.size() > core::limits::copies_bytes) {
        return core::fail(core::Errc::forbidden,
                          "This is too large to be copied to so many colleagues.",
                          core::Condition::max_attendees_per_instance);
    }
    return {};
}

// RFC 6638 sections 7.2 and 7.3
void Scheduler::write_statuses(ical::Object& event, bool to_come) {
    for (ical::Component& component : event.calendar.components) {
        for (ical::Property& line : component.properties) {
            if (!line.is("ATTENDEE")) {
                continue;
            }
            if (line.has_parameter("SCHEDULE-FORCE-SEND")) {
                forced_.insert(book_.account_of(line.value()));
                line.remove_parameter("SCHEDULE-FORCE-SEND");
                changed_ = true;
            }
            const auto invited = invited_.find(book_.account_of(line.value()));
            if (invited == invited_.end() || is_told_by_others(line)
                || (!to_come && invited->second.copies.empty())) {
                continue;
            }
            const std::string_view status = invited->second.blocked                 ? not_delivered
                                            : line.has_parameter(replied_parameter) ? answered
                                                                                    : delivered;
            changed_ = set_if_other(line, "SCHEDULE-STATUS", status) || changed_;
        }
    }
}

core::Done Scheduler::prepare_attendees(ical::Object& event) {
    auto source = organizers(organizer_, event.uid);
    if (!source) {
        return {}; // the organizer's is gone, or elsewhere
    }
    const CopyOf reader = reader_of(account_);
    if (!TRY(attendee_copy(source->event, nullptr, reader))) {
        return {}; // no longer invited: what is left is theirs
    }
    if (write_.cause == Cause::client) {
        TRYV(check_attendee_change(source->event, event, reader, is_account(organizer_)));
        const ical::Property* const line = organizer_line(event);
        const bool answers = line != nullptr && !is_told_by_others(*line);
        const core::Instant now = calendars_.clock_.now();
        if (answers && TRY(take_answers(source->event, event, reader.is_own, now))) {
            TRYV(
                calendars_.put_answers(transaction_, source->row.head.id, source->event, account_));
        } else if (answers && line->has_parameter("SCHEDULE-FORCE-SEND")) { // RFC 6638 section 7.3
            const ical::Component again = repeated_reply(event, reader.is_own, now);
            TRYV(deliver(transaction_, organizer_, {ical::print(again), {}}, now));
        }
    }
    auto copy = TRY(attendee_copy(source->event, &event, reader));
    if (!copy) { // every occurrence that they were invited to was taken out
        return {};
    }
    event.calendar = *copy;
    changed_ = true;
    copy_ = render(std::move(*copy), source->row.head.id, source->event, account_);
    return {};
}

Rendered Scheduler::render(ical::Component calendar, std::int64_t object, const ical::Object& event,
                           const std::string& reader) const {
    const auto session = transaction_.sessions().find(organizer_, event.uid);
    if (session && session->object == object) {
        for (const auto& person : transaction_.sessions().participants(session->id)) {
            if (person.removed || person.account != reader) {
                continue;
            }
            for (ical::Component& component : calendar.components) {
                if (component.name != ical::component_name(event.kind) || is_cancelled(component)) {
                    continue;
                }
                const OccurrenceKey key = occurrence_key(event, component, session->shift_seconds);
                add_own_link(component,
                             join_url(calendars_.policy_.public_url,
                                      make_placeholder({person.id, key, person.generation})));
            }
            break;
        }
    }
    Rendered rendered;
    rendered.text = ical::print(calendar);
    rendered.links = placeholder_offsets(rendered.text);
    return rendered;
}

core::Done Scheduler::write_copies(std::int64_t object, const ical::Object& event) {
    for (const auto& [account, invited] : invited_) {
        if (!invited.blocked) {
            TRYV(write_copies_of(account, invited, object, event));
        }
    }
    for (const std::string& account : removed_) {
        TRYV(cancel_copies(account, event.uid));
    }
    if (write_.cause != Cause::client) {
        return {};
    }
    std::set<std::string> told = removed_;
    for (const auto& [account, invited] : invited_) {
        if (!invited.blocked) {
            told.insert(account);
        }
    }
    TRYV(tell(told, &event, object));
    return tell_rooms_answers(event);
}

core::Done Scheduler::write_copies_of(const std::string& account, const Invited& invited,
                                      std::int64_t object, const ical::Object& event) {
    const CopyOf reader = reader_of(account);
    for (const Stored& stored : invited.copies) {
        auto copy = TRY(attendee_copy(event, &stored.event, reader));
        if (copy) {
            TRYV(calendars_.store_copy(transaction_, stored.row, stored.collection,
                                       render(std::move(*copy), object, event, account),
                                       write_.cause));
        }
    }
    if (!invited.copies.empty() || !creates_ || declines_all(event, reader.is_own)) {
        return {};
    }
    const auto collection = default_calendar(transaction_, account);
    auto copy = TRY(attendee_copy(event, nullptr, reader));
    if (!copy || !collection) {
        return {};
    }
    if (book_.kind_of(account) != storage::AccountKind::individual) {
        for (ical::Component& component : copy->components) {
            component.remove("TRANSP"); // what takes nobody's time still takes a room's
        }
    }
    storage::Object row;
    row.head.name = core::random_token(copy_name_bytes) + ".ics";
    row.head.uid = event.uid;
    return calendars_.store_copy(transaction_, std::move(row), *collection,
                                 render(std::move(*copy), object, event, account), write_.cause);
}

} // namespace domain
