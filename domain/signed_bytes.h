// Short byte strings that carry their own proof: the bytes, then the first 128 bits of their
// HMAC-SHA256, as base64url. Checking one is arithmetic in constant time.
#pragma once

#include "core/crypto.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

constexpr std::size_t mac_bytes = 16;

std::string sign_bytes(const core::Key& key, const std::vector<unsigned char>& bytes);
// The bytes without the MAC; nothing if it is wrong, or the text is not canonical base64url of
// `length` bytes and a MAC.
std::optional<std::vector<unsigned char>> verify_bytes(const core::Key& key, std::string_view text,
                                                       std::size_t length);

// Big endian, `count` bytes.
void append_number(std::vector<unsigned char>& out, std::uint64_t value, std::size_t count);
std::uint64_t read_number(const std::vector<unsigned char>& bytes, std::size_t at,
                          std::size_t count);

} // namespace domain
