// Implicit scheduling between the accounts of this server (RFC 6638 section 3.2): an organizer's
// event is carried into the calendars of the attendees who have an account, an attendee's answer
// into the organizer's event, all in the transaction of the one write. Used by Calendars alone.
#pragma once

#include "core/result.h"
#include "domain/address_book.h"
#include "domain/attendee_copy.h"
#include "domain/calendars.h"
#include "domain/rendering.h"
#include "ical/object.h"
#include "storage/store.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace domain {

// Where invitations go (RFC 6638 section 9.2): the calendar that was chosen, else the one every
// account begins with, as long as it is there, else any that takes events.
std::optional<storage::Collection> default_calendar(const storage::ReadTransaction& transaction,
                                                    std::string_view account);

class Scheduler {
public:
    // All outlive it.
    Scheduler(storage::WriteTransaction& transaction, const Calendars& calendars, Write write);

    // Before an event is written: `row` is what it will be written to, `event` has no links, and is
    // made what will be stored. For an attendee's copy their answers are passed on here, so that
    // writers of one event meet at the organizer's home. Errors as Calendars::put.
    core::Done prepare(const storage::Collection& collection, const storage::Object& row,
                       ical::Object& event);
    [[nodiscard]] bool changed() const { return changed_; } // prepare() changed the event
    // What is stored instead of the event, where it is an attendee's copy.
    [[nodiscard]] std::optional<Rendered> take_copy() { return std::move(copy_); }
    // After the organizer's event was written: those of others.
    core::Done write_copies(std::int64_t object, const ical::Object& event);

    // An event was taken away: it is cancelled for its attendees, or declined to its organizer.
    // What cannot be read concerns nobody.
    void gone(const storage::Collection& collection, const storage::Object& last);

private:
    enum class Part { none, organizer, attendee };
    struct Stored { // an object, read and without links
        storage::Object row;
        storage::Collection collection;
        ical::Object event;
    };
    struct Invited {
        std::vector<Stored> copies; // mostly one
        bool blocked = false;       // something else has that UID, or there is no calendar
    };

    [[nodiscard]] Part part_of(const ical::Object& event, const std::string& account);
    [[nodiscard]] std::string organizer_of(const ical::Object& event);
    [[nodiscard]] IsAttendee is_account(const std::string& account);
    [[nodiscard]] CopyOf reader_of(const std::string& account);
    [[nodiscard]] std::vector<Stored> stored_of(const std::string& account, std::string_view uid);
    [[nodiscard]] std::optional<Stored> organizers(const std::string& account,
                                                   std::string_view uid);
    [[nodiscard]] Invited find_copies(const std::string& account, std::string_view uid);
    core::Done prepare_organizers(const storage::Collection& collection, const storage::Object& row,
                                  ical::Object& event);
    core::Done prepare_attendees(ical::Object& event);
    void note_invited(const ical::Object& event, const ical::Object* former);
    core::Done check_size(const ical::Object& event) const;
    void write_statuses(ical::Object& event, bool to_come);
    bool mark_guests(const storage::Collection& collection, ical::Object& event);
    core::Done write_copies_of(const std::string& account, const Invited& invited,
                               std::int64_t object, const ical::Object& event);
    [[nodiscard]] Rendered render(ical::Component calendar, std::int64_t object,
                                  const ical::Object& event, const std::string& reader) const;
    core::Done cancel_copies(const std::string& account, std::string_view uid);
    core::Done tell(const std::set<std::string>& accounts, const ical::Object* current,
                    std::int64_t object);
    core::Result<bool> answer_for_rooms(ical::Object& event);
    core::Done tell_rooms_answers(const ical::Object& event);
    core::Done pass_on(const storage::Collection& collection, const ical::Object& last);

    storage::WriteTransaction& transaction_;
    const Calendars& calendars_;
    Write write_;
    AddressBook book_;
    std::string account_; // of the calendar that is written to
    std::string organizer_;
    bool changed_ = false;
    std::optional<Rendered> copy_;
    bool creates_ = false;                   // copies that are not there yet
    std::map<std::string, Invited> invited_; // by account
    std::set<std::string> removed_;
    std::set<std::string> rooms_;        // that answered by themselves
    std::set<std::string> forced_;       // SCHEDULE-FORCE-SEND
    std::optional<ical::Object> former_; // without links
};

} // namespace domain
