// E-mail addresses and calendar user addresses, in the one form in which they are compared.
#pragma once

#include <string>
#include <string_view>

namespace domain {

// "MAILTO:Anna%40Clinic.example" and "anna@clinic.example" are both "anna@clinic.example"; anything
// that is no mailto URI is itself in lower case.
std::string normalise_address(std::string_view calendar_user_address);

// One '@', something before it, a dot-atom domain behind it, at most 254 bytes, no blanks or
// control characters: enough to keep nonsense out; only mail itself proves an address.
bool is_email_address(std::string_view address);

} // namespace domain
