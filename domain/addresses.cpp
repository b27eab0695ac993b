#include "domain/addresses.h"

#include "core/strings.h"
#include "core/uri.h"

#include <algorithm>

namespace domain {

std::string normalise_address(std::string_view calendar_user_address) {
    constexpr std::string_view scheme = "mailto:";
    std::string_view address = core::trim(calendar_user_address);
    if (!core::istarts_with(address, scheme)) {
        return core::to_lower(address);
    }
    address.remove_prefix(scheme.size());
    address = address.substr(0, address.find('?'));
    const auto decoded = core::percent_decode(address);
    const bool is_text =
        decoded && core::is_valid_utf8(*decoded) && decoded->find('\0') == std::string::npos;
    return core::to_lower(core::trim(is_text ? std::string_view(*decoded) : address));
}

bool is_email_address(std::string_view address) {
    const std::size_t at = address.rfind('@');
    if (at == std::string_view::npos || at == 0 || address.size() > 254) {
        return false;
    }
    const std::string_view host = address.substr(at + 1);
    const auto is_plain = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte != 0x7f && c != '<' && c != '>' && c != ',' && c != ';'
               && c != '"' && c != '\\' && c != '(' && c != ')';
    };
    return !host.empty() && host.front() != '.' && host.back() != '.' && address.find('@') == at
           && host.find("..") == std::string_view::npos
           && std::all_of(address.begin(), address.end(), is_plain);
}

} // namespace domain
