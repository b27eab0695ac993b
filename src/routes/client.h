// Who a request comes from and how they reached the server, when proxies may stand in between.
// X-Forwarded-* is believed only from peers that the configuration names (R-C2): anybody can send
// these fields.
#pragma once

#include "core/http.h"
#include "src/routes/router.h"

#include <string>
#include <string_view>

namespace routes {

struct Client {
    std::string address; // IP address; of the socket's peer unless a trusted proxy says otherwise
    bool https = false;  // as the client sees it
    // HTTP Basic may be used: nobody on the way could read the password (R-C22).
    bool confidential = false;
    std::string origin; // "https://cal.example.org", as the client sees it
};

// `public_url` is the origin where the request itself does not say a usable one.
Client identify_client(const core::Request& request, const Exposure& exposure,
                       std::string_view public_url);

// Whether `address` is one of `blocks`: IP addresses or CIDR blocks, IPv4 or IPv6. An IPv4-mapped
// IPv6 address counts as the IPv4 address. What does not parse matches nothing.
bool in_blocks(std::string_view address, const std::vector<std::string>& blocks);

} // namespace routes
