// Where a guest without a calendar program answers: `PUBLIC_URL/rsvp/TOKEN`, one for each guest and
// session or occurrence. The token is made as that of a join link (links.h), with another key:
// neither opens what the other does. It is derived when a mail leaves, and never at rest.
#pragma once

#include "domain/links.h"
#include "domain/policy.h"

#include <optional>
#include <string>
#include <string_view>

namespace domain {

std::string make_answer_token(const Keys& keys, const JoinToken& token);
std::optional<JoinToken> read_answer_token(const Keys& keys, std::string_view text);

std::string answer_url(std::string_view public_url, const Keys& keys, const JoinToken& token);

} // namespace domain
