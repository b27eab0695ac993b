#include "domain/reply_addresses.h"

#include "core/crypto.h"
#include "core/strings.h"
#include "domain/signed_bytes.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <vector>

namespace domain {

namespace {

constexpr std::size_t participant_bytes = 5;
constexpr std::size_t generation_bytes = 2;
constexpr std::size_t claim_bytes = participant_bytes + generation_bytes;
constexpr std::size_t proof_bytes = reply_token_length / 2 - claim_bytes; // 96 bits

std::string token_of(const Keys& keys, const ReplyToken& token) {
    std::vector<unsigned char> bytes;
    append_number(bytes, static_cast<std::uint64_t>(token.participant), participant_bytes);
    append_number(bytes, static_cast<std::uint64_t>(token.generation), generation_bytes);
    const core::Digest digest =
        core::hmac_sha256(core::derive_key(keys.join, "reply addresses"),
                          {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    bytes.insert(bytes.end(), digest.begin(), digest.begin() + proof_bytes);
    return core::to_hex(bytes);
}

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
    std::uint64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

} // namespace

std::string make_reply_address(std::string_view base, const Keys& keys,
                               const storage::Participant& participant) {
    const std::size_t at = base.rfind('@');
    return std::string(base.substr(0, at)) + '+'
           + token_of(keys, {participant.id, participant.generation})
           + std::string(base.substr(at));
}

std::optional<ReplyToken> read_reply_address(std::string_view base, const Keys& keys,
                                             std::string_view address) {
    const std::string wanted = core::to_lower(base);
    const std::string given = core::to_lower(address);
    const std::size_t at = wanted.rfind('@');
    const std::string prefix = wanted.substr(0, at) + '+';
    const std::string suffix = wanted.substr(at);
    if (given.size() != prefix.size() + reply_token_length + suffix.size()
        || !given.starts_with(prefix) || !given.ends_with(suffix)) {
        return std::nullopt;
    }
    const std::string token = given.substr(prefix.size(), reply_token_length);
    const auto participant = hexadecimal(std::string_view(token).substr(0, 2 * participant_bytes));
    const auto generation =
        hexadecimal(std::string_view(token).substr(2 * participant_bytes, 2 * generation_bytes));
    if (!participant || !generation) {
        return std::nullopt;
    }
    const ReplyToken read{static_cast<std::int64_t>(*participant), static_cast<int>(*generation)};
    if (!core::constant_time_equal(token_of(keys, read), token)) {
        return std::nullopt;
    }
    return read;
}

} // namespace domain
