#include "core/digest.h"

#include <sodium.h>

namespace core {

// The hash functions of libsodium need no sodium_init().
struct Sha256::State {
    crypto_hash_sha256_state sodium;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    crypto_hash_sha256_init(&state_->sodium);
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view piece) {
    crypto_hash_sha256_update(&state_->sodium, reinterpret_cast<const unsigned char*>(piece.data()),
                              piece.size());
}

Digest Sha256::finish() {
    Digest digest{};
    crypto_hash_sha256_final(&state_->sodium, digest.data());
    return digest;
}

} // namespace core
