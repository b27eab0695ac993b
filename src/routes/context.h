// What a handler is given beside the request: the same for every row of the route table.
#pragma once

#include "core/http.h"
#include "core/uri.h"
#include "domain/principal.h"
#include "src/routes/client.h"
#include "src/routes/router.h"

namespace routes {

struct Context {
    const Site& site;
    const Client& client;
    domain::Principal who; // of a row with access basic; empty otherwise
};

// `target` has matched the row's pattern: its segments are there.
using Handler = core::Response (*)(const core::Request& request, const core::Target& target,
                                   const Context& context);

} // namespace routes
