#include "core/crypto.h"

#include "core/strings.h"
#include "core/unavailable.h"

#include <sodium.h>

#include <mutex>
#include <vector>

namespace core {

namespace {

// libsodium asks for this before anything else, once, before threads use it.
void need_sodium() {
    static std::once_flag once;
    std::call_once(once, [] {
        if (sodium_init() < 0) {
            throw Unavailable("libsodium found no source of randomness");
        }
    });
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

} // namespace

void random_bytes(std::span<unsigned char> out) {
    need_sodium();
    if (!out.empty()) { // libsodium takes no null pointer, however few the bytes
        randombytes_buf(out.data(), out.size());
    }
}

std::string random_token(std::size_t bytes) {
    std::vector<unsigned char> buffer(bytes);
    random_bytes(buffer);
    return to_base64url(buffer);
}

Digest sha256(std::string_view data) {
    need_sodium();
    Digest digest{};
    static_assert(sizeof(digest) == crypto_hash_sha256_BYTES);
    crypto_hash_sha256(digest.data(), bytes_of(data), data.size());
    return digest;
}

Digest hmac_sha256(const Key& key, std::string_view data) {
    need_sodium();
    Digest digest{};
    static_assert(sizeof(digest) == crypto_auth_hmacsha256_BYTES);
    static_assert(sizeof(key) == crypto_auth_hmacsha256_KEYBYTES);
    crypto_auth_hmacsha256(digest.data(), bytes_of(data), data.size(), key.data());
    return digest;
}

bool constant_time_equal(std::string_view a, std::string_view b) {
    // The lengths of our secrets are public; only their bytes must not show in the time taken.
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

Key derive_key(const Key& master, std::string_view purpose) {
    return hmac_sha256(master, purpose);
}

std::string hash_password(std::string_view password) {
    need_sodium();
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    const int outcome =
        crypto_pwhash_str(hash.data(), password.data(), password.size(),
                          crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE);
    if (outcome != 0) {
        throw Unavailable("not enough memory to hash a password");
    }
    return hash.data();
}

bool verify_password(std::string_view hash, std::string_view password) {
    need_sodium();
    const std::string terminated(hash);
    return crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) == 0;
}

} // namespace core
