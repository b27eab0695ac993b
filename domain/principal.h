// Who is asking. What they may do says domain/access.h.
#pragma once

#include <string>

namespace domain {

// Somebody who proved who they are.
struct Principal {
    std::string account; // storage::Account::id, the path segment of their URLs
    std::string login;
    std::string name;
    std::string email;
    bool admin = false;
    bool knows_colleagues = false; // may find everybody who has an account (docs/teams.md)
};

} // namespace domain
