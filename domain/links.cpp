#include "domain/links.h"

#include "core/strings.h"
#include "domain/signed_bytes.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace domain {

namespace {

constexpr std::size_t participant_bytes = 5;
constexpr std::size_t occurrence_bytes = 5;
constexpr std::size_t generation_bytes = 2;
constexpr std::size_t claim_bytes = participant_bytes + occurrence_bytes + generation_bytes;
constexpr std::size_t claim_length = 16; // base64url characters
constexpr std::string_view path_prefix = "/j/";
constexpr std::string_view filler = "~~~~~~~~~~~~~~~~~~~~~~";
static_assert(claim_length + filler.size() == token_length);
static_assert(claim_bytes * 4 == claim_length * 3);

// Wall-clock seconds of the years 1 to 9999 and the series value fit into 40 bits after this.
constexpr std::int64_t occurrence_bias = std::int64_t{1} << 39;

std::vector<unsigned char> claim_of(const JoinToken& token) {
    std::vector<unsigned char> bytes;
    append_number(bytes, static_cast<std::uint64_t>(token.participant), participant_bytes);
    append_number(bytes, static_cast<std::uint64_t>(token.occurrence.value + occurrence_bias),
                  occurrence_bytes);
    append_number(bytes, static_cast<std::uint64_t>(token.generation), generation_bytes);
    return bytes;
}

JoinToken read_claim(const std::vector<unsigned char>& claim) {
    JoinToken token;
    token.participant = static_cast<std::int64_t>(read_number(claim, 0, participant_bytes));
    token.occurrence.value =
        static_cast<std::int64_t>(read_number(claim, participant_bytes, occurrence_bytes))
        - occurrence_bias;
    token.generation = static_cast<int>(
        read_number(claim, participant_bytes + occurrence_bytes, generation_bytes));
    return token;
}

bool is_base64url(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'
           || c == '_';
}

bool is_token_shaped(std::string_view text) {
    const std::string_view claim = text.substr(0, claim_length);
    const std::string_view rest = text.substr(claim_length);
    return std::all_of(claim.begin(), claim.end(), is_base64url)
           && (rest == filler || std::all_of(rest.begin(), rest.end(), is_base64url));
}

// Where the link begins whose path starts with the '/' at `slash`: at its scheme, or, when a client
// has broken the line inside the host name, at the rest of the word.
std::size_t link_begin(std::string_view text, std::size_t slash) {
    std::size_t authority = slash;
    while (authority > 0 && text[authority - 1] > ' '
           && std::string_view("/<>\"'()").find(text[authority - 1]) == std::string_view::npos) {
        --authority;
    }
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (authority >= scheme.size()
            && core::iequals(text.substr(authority - scheme.size(), scheme.size()), scheme)) {
            return authority - scheme.size();
        }
    }
    return authority;
}

// Steps over folds (CRLF or LF, then a blank) so that a token reads as one word.
std::size_t skip_folds(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        if (text.substr(at).starts_with("\r\n ")) {
            at += 3;
        } else if (text.substr(at).starts_with("\n ")) {
            at += 2;
        } else {
            break;
        }
    }
    return at;
}

// The `count` characters of the unfolded text that begin at `at`; fewer at its end.
std::string read_unfolded(std::string_view text, std::size_t at, std::size_t count) {
    std::string out;
    for (at = skip_folds(text, at); out.size() < count && at < text.size();
         at = skip_folds(text, at + 1)) {
        out += text[at];
    }
    return out;
}

std::size_t read_offset(std::string_view field) {
    std::size_t at = std::string_view::npos;
    std::from_chars(field.data(), field.data() + field.size(), at);
    return at;
}

} // namespace

std::string make_token(const core::Key& key, const JoinToken& token) {
    return sign_bytes(key, claim_of(token));
}

std::optional<JoinToken> read_token(const core::Key& key, std::string_view text) {
    if (text.size() != token_length) {
        return std::nullopt;
    }
    const auto claim = verify_bytes(key, text, claim_bytes);
    if (!claim) {
        return std::nullopt;
    }
    return read_claim(*claim);
}

std::string make_placeholder(const JoinToken& token) {
    return core::to_base64url(claim_of(token)) + std::string(filler);
}

std::string join_url(std::string_view public_url, std::string_view token) {
    return std::string(public_url) + std::string(path_prefix) + std::string(token);
}

std::optional<LinkMatch> find_join_link(std::string_view text, std::size_t at) {
    for (std::size_t slash = text.find(path_prefix, at); slash != std::string_view::npos;
         slash = text.find(path_prefix, slash + 1)) {
        const std::size_t token = slash + path_prefix.size();
        if (text.size() - token < token_length
            || !is_token_shaped(text.substr(token, token_length))) {
            continue;
        }
        return LinkMatch{std::max(at, link_begin(text, slash)), token + token_length};
    }
    return std::nullopt;
}

bool contains_join_link(std::string_view text) {
    return find_join_link(text).has_value();
}

std::string placeholder_offsets(std::string_view rendered) {
    std::string offsets;
    // Only the first character of the filler is searched for: the rest may stand behind a fold.
    // The claim and the path in front of it are checked backwards by reading forwards from each
    // path prefix.
    for (std::size_t slash = rendered.find('/'); slash != std::string_view::npos;
         slash = rendered.find('/', slash + 1)) {
        const std::string word = read_unfolded(rendered, slash, path_prefix.size() + token_length);
        if (word.size() != path_prefix.size() + token_length || !word.starts_with(path_prefix)
            || !word.ends_with(filler)
            || !is_token_shaped(std::string_view(word).substr(path_prefix.size()))) {
            continue;
        }
        std::size_t at = slash;
        for (std::size_t i = 0; i < path_prefix.size(); ++i) {
            at = skip_folds(rendered, at + 1);
        }
        offsets += (offsets.empty() ? "" : " ") + std::to_string(at);
    }
    return offsets;
}

std::vector<JoinToken> read_placeholders(std::string_view text, std::string_view offsets) {
    std::vector<JoinToken> found;
    for (const std::string_view field : core::split(offsets, ' ')) {
        const std::string word = read_unfolded(text, read_offset(field), token_length);
        if (word.size() == token_length && word.ends_with(filler) && is_token_shaped(word)) {
            found.push_back(read_claim(*core::from_base64url(word.substr(0, claim_length))));
        }
    }
    return found;
}

// Offsets that do not fit the text, as a damaged row may have them, are passed over.
std::string splice_links(const core::Key& key, std::string_view text, std::string_view offsets) {
    std::string out(text);
    for (const std::string_view field : core::split(offsets, ' ')) {
        std::size_t at = read_offset(field);
        const std::string word = read_unfolded(text, at, token_length);
        const auto bytes = core::from_base64url(std::string_view(word).substr(0, claim_length));
        if (word.size() != token_length || !bytes) {
            continue;
        }
        const std::string token = sign_bytes(key, *bytes);
        at = skip_folds(text, at);
        for (const char c : token) {
            out[at] = c;
            at = skip_folds(text, at + 1);
        }
    }
    return out;
}

} // namespace domain
