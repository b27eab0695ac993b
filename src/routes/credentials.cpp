#include "src/routes/credentials.h"

#include "core/strings.h"

namespace routes {

std::optional<Credentials> parse_basic(std::string_view authorization) {
    constexpr std::string_view scheme = "Basic ";
    authorization = core::trim(authorization);
    if (!core::istarts_with(authorization, scheme)) {
        return std::nullopt;
    }
    const auto decoded = core::from_base64(core::trim(authorization.substr(scheme.size())));
    if (!decoded) {
        return std::nullopt;
    }
    // RFC 7617 section 2: the first colon separates; a password may hold more of them.
    const auto colon = decoded->find(':');
    if (colon == std::string::npos || colon == 0) {
        return std::nullopt;
    }
    return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

} // namespace routes
