// Who takes part in an event, by what it says: pure functions on iCalendar.
#pragma once

#include "domain/principal.h"
#include "ical/object.h"
#include "storage/records.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

struct Person {
    std::string address; // normalised
    std::string name;    // CN, or empty
    storage::Role role = storage::Role::guest;
    std::optional<std::string> account;
};

// The owner of the calendar that the event is in.
struct Owner {
    std::string account;
    std::string email;
    std::string name;
};

// The account behind an address, if there is one.
using AccountOfAddress = std::function<std::optional<std::string>(const std::string& address)>;

// Who the owner is in this event: the ORGANIZER where there is one (she may use an alias), else her
// registered address.
std::string host_address(const ical::Object& event, const Owner& owner);

// Everybody in master and overrides, the host first, each once. Rooms and resources are no people
// (RFC 5545 section 3.2.3). Hosts are the organizer, whoever chairs, and whoever has an account.
std::vector<Person> people_of(const ical::Object& event, const Owner& owner,
                              const AccountOfAddress& account_of_address);

// Does this occurrence's component list that address, or is it the host's?
bool takes_part(const ical::Component& component, std::string_view address,
                std::string_view host_address);

// An event becomes a session when its owner invites somebody (design, section 5). It stays an
// ordinary meeting when nobody is invited, when it brings a conference link of its own, when it
// says X-APPOINTED-SESSION:NO, or when it is somebody else's meeting that the owner attends.
// `event` has no links of ours any more.
bool is_session(const ical::Object& event, const Owner& owner);

// A web link in CONFERENCE, URL or LOCATION, a vendor's conference property, or a link to a known
// video service in the notes.
bool brings_own_conference(const ical::Component& component);

} // namespace domain
