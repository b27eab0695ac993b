// Whom a request means that names principals: an access control list (RFC 3744 section 8.1), the
// members of a calendar-proxy principal, an invitation to a calendar.
#pragma once

#include "core/result.h"
#include "storage/store.h"

#include <optional>
#include <string>
#include <string_view>

namespace caldav {

// The account of a principal's URL or of a mailto: address.
std::optional<storage::Account> find_account(const storage::ReadTransaction& transaction,
                                             std::string_view href);
// Account::id or Group::id. Errors: forbidden with recognized_principal.
core::Result<std::string> find_grantee(const storage::ReadTransaction& transaction,
                                       std::string_view href);

} // namespace caldav
