// Where answers to an invitation go: LOCAL+TOKEN@DOMAIN. The token names the participant, and with
// them the session, and proves that whoever answers has the invitation: a From line proves nothing.
// And where mail servers send what they could not deliver: the same with a token for one mail.
#pragma once

#include "core/time.h"
#include "domain/policy.h"
#include "storage/outbox.h"
#include "storage/records.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace domain {

// Hexadecimal: some mail systems change the case of addresses.
constexpr std::size_t reply_token_length = 38;
// RFC 5321 section 4.5.3.1.1, less '+' and token.
constexpr std::size_t reply_local_part_max = 64 - 1 - reply_token_length;

struct ReplyToken {
    std::int64_t participant = 0;
    int generation = 0;
};

std::string make_reply_address(std::string_view base, const Keys& keys,
                               const storage::Participant& participant);
// Nothing unless the address is one of that base with a token that was made here.
std::optional<ReplyToken> read_reply_address(std::string_view base, const Keys& keys,
                                             std::string_view address);

// A mail that was sent: its number and when it was written.
struct BounceToken {
    std::int64_t mail = 0;
    core::Instant created;
};
std::string make_bounce_address(std::string_view base, const Keys& keys, const storage::Mail& mail);
std::optional<BounceToken> read_bounce_address(std::string_view base, const Keys& keys,
                                               std::string_view address);

} // namespace domain
