// SHA-256 of what comes in pieces, such as a file that is larger than memory.
#pragma once

#include "core/crypto.h"

#include <memory>
#include <string_view>

namespace core {

class Sha256 {
public:
    Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    ~Sha256();

    void add(std::string_view piece);
    Digest finish(); // once

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace core
