#include "domain/answer_links.h"

#include "core/crypto.h"

namespace domain {

namespace {

core::Key answer_key(const Keys& keys) {
    return core::derive_key(keys.join, "answer links");
}

} // namespace

std::string make_answer_token(const Keys& keys, const JoinToken& token) {
    return make_token(answer_key(keys), token);
}

std::optional<JoinToken> read_answer_token(const Keys& keys, std::string_view text) {
    return read_token(answer_key(keys), text);
}

std::string answer_url(std::string_view public_url, const Keys& keys, const JoinToken& token) {
    return std::string(public_url) + "/rsvp/" + make_answer_token(keys, token);
}

} // namespace domain
