// The same as the pages, as data. The only user of Boost.JSON among the routes.
#pragma once

#include "core/time.h"
#include "domain/joining.h"

#include <string>
#include <string_view>

namespace routes {

// RFC 9457 problem document.
std::string problem_json(int status, std::string_view detail);

// What a join page shows. Instants are RFC 3339 in UTC. `unknown` and `removed` say nothing but
// their state. `call_url` is set for who was admitted.
std::string join_json(const domain::JoinView& view, std::string_view token, core::Instant now,
                      std::string_view call_url = "");

} // namespace routes
