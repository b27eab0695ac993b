#include "domain/policy.h"

namespace domain {

Keys Keys::from_master(const core::Key& master) {
    return {core::derive_key(master, "join links"), core::derive_key(master, "feed addresses"),
            core::derive_key(master, "call rooms")};
}

} // namespace domain
