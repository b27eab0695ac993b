// The URL space and the request pipeline: normalise, limit, authenticate, match the route table,
// call, turn errors into answers. The access rule is part of each row (router.cpp); handlers never
// see a password.
#pragma once

#include "core/clock.h"
#include "core/http.h"
#include "domain/accounts.h"
#include "domain/attachments.h"
#include "domain/calendars.h"
#include "domain/policy.h"
#include "src/routes/text_cache.h"
#include "storage/store.h"

#include <string>
#include <vector>

namespace routes {

// How the server is reached, for deciding where HTTP Basic may be used and who a client is.
struct Exposure {
    // Peers whose X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host are believed: IP
    // addresses or CIDR blocks.
    std::vector<std::string> trusted_proxies;
};

struct Site {
    storage::Store& store;
    const domain::Calendars& calendars;
    const domain::Attachments& attachments;
    domain::Authenticator& authenticator;
    const core::Clock& clock;
    const domain::Policy& policy;
    const domain::Keys& keys;
    const Exposure& exposure;
    TextCache& feed_texts;
};

// Never throws: core::Unavailable becomes 503 with Retry-After, anything else 500, both logged.
core::Response serve(const core::Request& request, const Site& site);

} // namespace routes
