#include "domain/principal.h"

namespace domain {

core::Done authorize(const Principal& who, Privilege privilege, std::string_view owner) {
    if (!who.account.empty() && who.account == owner) {
        return {};
    }
    return core::fail(core::Errc::forbidden,
                      privilege == Privilege::read ? "You may not read this."
                                                   : "You may not change this.",
                      core::Condition::need_privileges);
}

} // namespace domain
