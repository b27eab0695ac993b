// The few cryptographic operations the program needs, all by libsodium. Keys for different purposes
// are derived from one master key, so a leak of one says nothing of another.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace core {

using Key = std::array<unsigned char, 32>;
using Digest = std::array<unsigned char, 32>;

void random_bytes(std::span<unsigned char> out);
// `bytes` random bytes as base64url.
std::string random_token(std::size_t bytes);
Digest sha256(std::string_view data);
Digest hmac_sha256(const Key& key, std::string_view data);
// In constant time; false for different lengths.
bool constant_time_equal(std::string_view a, std::string_view b);
// A key for one purpose, from the master key: HMAC-SHA256(master, purpose).
Key derive_key(const Key& master, std::string_view purpose);

// argon2id with libsodium's interactive limits; the string holds salt and limits.
std::string hash_password(std::string_view password);
bool verify_password(std::string_view hash, std::string_view password);

} // namespace core
