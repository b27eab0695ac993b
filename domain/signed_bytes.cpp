#include "domain/signed_bytes.h"

#include "core/strings.h"

namespace domain {

namespace {

std::string mac_of(const core::Key& key, const std::vector<unsigned char>& bytes) {
    const std::string_view data(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const core::Digest digest = core::hmac_sha256(key, data);
    return {reinterpret_cast<const char*>(digest.data()), mac_bytes};
}

} // namespace

std::string sign_bytes(const core::Key& key, const std::vector<unsigned char>& bytes) {
    const std::string mac = mac_of(key, bytes);
    std::vector<unsigned char> whole = bytes;
    whole.insert(whole.end(), mac.begin(), mac.end());
    return core::to_base64url(whole);
}

std::optional<std::vector<unsigned char>> verify_bytes(const core::Key& key, std::string_view text,
                                                       std::size_t length) {
    auto whole = core::from_base64url(text);
    if (!whole || whole->size() != length + mac_bytes) {
        return std::nullopt;
    }
    const std::string sent(reinterpret_cast<const char*>(whole->data() + length), mac_bytes);
    whole->resize(length);
    if (!core::constant_time_equal(mac_of(key, *whole), sent)) {
        return std::nullopt;
    }
    return whole;
}

void append_number(std::vector<unsigned char>& out, std::uint64_t value, std::size_t count) {
    for (std::size_t i = count; i-- > 0;) {
        out.push_back(static_cast<unsigned char>(value >> (8 * i)));
    }
}

std::uint64_t read_number(const std::vector<unsigned char>& bytes, std::size_t at,
                          std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        value = (value << 8) | bytes[at + i];
    }
    return value;
}

} // namespace domain
