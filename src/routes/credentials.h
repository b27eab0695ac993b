// The Authorization field of HTTP Basic (RFC 7617).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace routes {

struct Credentials {
    std::string login;
    std::string password; // bytes as sent: UTF-8, or Latin-1 from some clients (R-C23)
};

// Nothing for another scheme, bad base64, no colon or an empty login.
std::optional<Credentials> parse_basic(std::string_view authorization);

} // namespace routes
