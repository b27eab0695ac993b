// Who is asking, and what they may do. One authorization function decides for every door.
#pragma once

#include "core/result.h"

#include <string>
#include <string_view>

namespace domain {

// Somebody who proved who they are.
struct Principal {
    std::string account; // storage::Account::id, the path segment of their URLs
    std::string login;
    std::string name;
    std::string email;
    bool admin = false;
};

enum class Privilege { read, write };

// May `who` do that with what belongs to `owner` (an Account::id)? The answer for somebody else's
// things is the same whether they exist or not. Errors: forbidden with need_privileges.
core::Done authorize(const Principal& who, Privilege privilege, std::string_view owner);

} // namespace domain
