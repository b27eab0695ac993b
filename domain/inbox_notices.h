// Which messages go into the inboxes of those whom a change of an event concerns (RFC 6638 section
// 4.1). Pure, and without links. What is not worth a message makes none: an alarm, a colour, what
// is over (section 3.2.8).
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/itip.h"
#include "ical/object.h"

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

// The account of an address; empty: nobody's here.
using AccountOf = std::function<std::string(std::string_view address)>;

struct Notice {
    std::string account;
    ical::Component calendar;
};

// Null: it was not there, or it is gone. `forced` are told whatever changed (RFC 6638 section 7.3).
core::Result<std::vector<Notice>> notices(const ical::Object* former, const ical::Object* current,
                                          const std::set<std::string>& accounts,
                                          const std::set<std::string>& forced,
                                          const AccountOf& account_of, core::Instant now);

// The answers that `current` has and `former` has not: one REPLY of each attendee.
core::Result<std::vector<ical::Component>>
reply_notices(const ical::Object& former, const ical::Object& current, core::Instant now);

// A REPLY that says again what `sent`, an attendee's own copy, says of them.
ical::Component repeated_reply(const ical::Object& sent,
                               const std::function<bool(const ical::Property&)>& is_own,
                               core::Instant now);

} // namespace domain
