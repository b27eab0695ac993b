#include "domain/reply_addresses.h"

#include "core/crypto.h"
#include "core/strings.h"
#include "domain/signed_bytes.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace domain {

namespace {

constexpr std::size_t participant_bytes = 5;
constexpr std::size_t generation_bytes = 2;
constexpr std::size_t claim_bytes = participant_bytes + generation_bytes;
constexpr std::size_t proof_bytes = reply_token_length / 2 - claim_bytes; // 96 bits

constexpr std::size_t mail_bytes = 5;
constexpr std::size_t created_bytes = 5;
constexpr std::size_t bounce_proof_bytes = 8;
constexpr char bounce_mark = 'b'; // before what is otherwise hexadecimal of another length
constexpr std::size_t bounce_token_length =
    1 + 2 * (mail_bytes + created_bytes + bounce_proof_bytes);
static_assert(bounce_token_length <= reply_token_length);

std::string with_proof(const Keys& keys, std::string_view purpose, std::vector<unsigned char> bytes,
                       std::size_t proof) {
    const core::Digest digest =
        core::hmac_sha256(core::derive_key(keys.join, purpose),
                          {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    bytes.insert(bytes.end(), digest.begin(), digest.begin() + static_cast<std::ptrdiff_t>(proof));
    return core::to_hex(bytes);
}

std::string token_of(const Keys& keys, const ReplyToken& token) {
    std::vector<unsigned char> bytes;
    append_number(bytes, static_cast<std::uint64_t>(token.participant), participant_bytes);
    append_number(bytes, static_cast<std::uint64_t>(token.generation), generation_bytes);
    return with_proof(keys, "reply addresses", std::move(bytes), proof_bytes);
}

std::string token_of(const Keys& keys, const BounceToken& token) {
    std::vector<unsigned char> bytes;
    append_number(bytes, static_cast<std::uint64_t>(token.mail), mail_bytes);
    append_number(bytes, static_cast<std::uint64_t>(token.created.seconds), created_bytes);
    return bounce_mark + with_proof(keys, "bounce addresses", std::move(bytes), bounce_proof_bytes);
}

std::string plus_address(std::string_view base, const std::string& token) {
    const std::size_t at = base.rfind('@');
    return std::string(base.substr(0, at)) + '+' + token + std::string(base.substr(at));
}

// The token of an address of that base, in lower case; nothing unless it has that length.
std::optional<std::string> token_in(std::string_view base, std::string_view address,
                                    std::size_t length) {
    const std::string wanted = core::to_lower(base);
    const std::string given = core::to_lower(address);
    const std::size_t at = wanted.rfind('@');
    const std::string prefix = wanted.substr(0, at) + '+';
    const std::string suffix = wanted.substr(at);
    if (given.size() != prefix.size() + length + suffix.size() || !given.starts_with(prefix)
        || !given.ends_with(suffix)) {
        return std::nullopt;
    }
    return given.substr(prefix.size(), length);
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
    return plus_address(base, token_of(keys, ReplyToken{participant.id, participant.generation}));
}

std::optional<ReplyToken> read_reply_address(std::string_view base, const Keys& keys,
                                             std::string_view address) {
    const auto token = token_in(base, address, reply_token_length);
    if (!token) {
        return std::nullopt;
    }
    const auto participant = hexadecimal(std::string_view(*token).substr(0, 2 * participant_bytes));
    const auto generation =
        hexadecimal(std::string_view(*token).substr(2 * participant_bytes, 2 * generation_bytes));
    if (!participant || !generation) {
        return std::nullopt;
    }
    const ReplyToken read{static_cast<std::int64_t>(*participant), static_cast<int>(*generation)};
    if (!core::constant_time_equal(token_of(keys, read), *token)) {
        return std::nullopt;
    }
    return read;
}

std::string make_bounce_address(std::string_view base, const Keys& keys,
                                const storage::Mail& mail) {
    return plus_address(base, token_of(keys, BounceToken{mail.id, mail.created}));
}

std::optional<BounceToken> read_bounce_address(std::string_view base, const Keys& keys,
                                               std::string_view address) {
    const auto token = token_in(base, address, bounce_token_length);
    if (!token || token->front() != bounce_mark) {
        return std::nullopt;
    }
    const auto mail = hexadecimal(std::string_view(*token).substr(1, 2 * mail_bytes));
    const auto created =
        hexadecimal(std::string_view(*token).substr(1 + 2 * mail_bytes, 2 * created_bytes));
    if (!mail || !created) {
        return std::nullopt;
    }
    const BounceToken read{static_cast<std::int64_t>(*mail), {static_cast<std::int64_t>(*created)}};
    if (!core::constant_time_equal(token_of(keys, read), *token)) {
        return std::nullopt;
    }
    return read;
}

} // namespace domain
