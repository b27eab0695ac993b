// What the protocol layer works with: the same for a whole request.
#pragma once

#include "core/clock.h"
#include "domain/attachments.h"
#include "domain/calendars.h"
#include "storage/store.h"

#include <string>

namespace caldav {

struct Services {
    storage::Store& store;
    const domain::Calendars& calendars;
    const domain::Attachments& attachments;
    const core::Clock& clock;
    std::string public_url; // scheme and authority, as clients reach the server
};

} // namespace caldav
