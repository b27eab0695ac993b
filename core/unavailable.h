// The environment failed: the database is gone or locked, the disk is full. Thrown by drivers,
// caught once by the request pipeline, which answers 503 with Retry-After.
#pragma once

#include <stdexcept>

namespace core {

class Unavailable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

} // namespace core
