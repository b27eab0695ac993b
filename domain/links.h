// Join links: `PUBLIC_URL/j/TOKEN`, one participant's way into one session (design, section 5).
//
// A token is derived, not stored: base64url of participant (40 bits), occurrence (40), generation
// (16) and the first 128 bits of HMAC-SHA256 over them, 38 characters in all. What is stored holds
// a placeholder of the same width: the token's first 16 characters and 22 tildes. The link is
// spliced in on the way out, at offsets that were recorded when the text was rendered, so that a
// placeholder that somebody typed is never turned into a link.
#pragma once

#include "core/crypto.h"
#include "ical/zone.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

// Which occurrence of a series a link is for: the RECURRENCE-ID as a wall-clock time of the series,
// less the session's shift. The series key stands for the whole series, and for the only occurrence
// of an event that does not recur.
struct OccurrenceKey {
    std::int64_t value = series_value;

    static constexpr std::int64_t series_value = -(std::int64_t{1} << 39);
    static OccurrenceKey series() { return {}; }
    static OccurrenceKey of(ical::WallTime recurrence_id, std::int64_t shift_seconds) {
        return {recurrence_id.seconds - shift_seconds};
    }
    [[nodiscard]] bool is_series() const { return value == series_value; }
    [[nodiscard]] ical::WallTime recurrence_id(std::int64_t shift_seconds) const {
        return {value + shift_seconds};
    }
    friend bool operator==(const OccurrenceKey&, const OccurrenceKey&) = default;
};

struct JoinToken {
    std::int64_t participant = 0;
    OccurrenceKey occurrence;
    int generation = 0;

    friend bool operator==(const JoinToken&, const JoinToken&) = default;
};

constexpr std::size_t token_length = 38;

std::string make_token(const core::Key& key, const JoinToken& token);
// Nothing unless the MAC is right; arithmetic only, in constant time.
std::optional<JoinToken> read_token(const core::Key& key, std::string_view text);
std::string make_placeholder(const JoinToken& token);

std::string join_url(std::string_view public_url, std::string_view token);

// A join link, with a token or a placeholder, on whatever host, or what a line break left of one,
// as long as its "/j/" and token are whole; from `at` on.
struct LinkMatch {
    std::size_t begin = 0;
    std::size_t end = 0;
};
std::optional<LinkMatch> find_join_link(std::string_view text, std::size_t at = 0);
bool contains_join_link(std::string_view text);

// The placeholders in a text that the server itself rendered, each behind "/j/", as offsets in
// decimal separated by blanks. Looks through folds (CRLF and a blank).
std::string placeholder_offsets(std::string_view rendered);
// What the placeholders at `offsets` claim; fewer where there is none.
std::vector<JoinToken> read_placeholders(std::string_view text, std::string_view offsets);
// The text with the tokens in the places of the placeholders at `offsets`.
std::string splice_links(const core::Key& key, std::string_view text, std::string_view offsets);

} // namespace domain
