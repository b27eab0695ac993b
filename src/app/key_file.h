// The master key, outside the database: a file of mode 0600 in the data folder, made at first
// start.
#pragma once

#include "core/crypto.h"

#include <string>

namespace app {

// Throws std::runtime_error with a sentence if the file is there and cannot be used: a wrong key
// would silently kill every link, so it is never replaced.
core::Key load_or_make_key(const std::string& path);

} // namespace app
