#include "ical/word_search.h"

#include "core/strings.h"
#include "ical/text_match.h"

#include <algorithm>

namespace ical {

namespace {

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// Written in another way than it is read (RFC 5545 section 3.3.11), or dropped by bare_text().
bool is_unsure(char c) {
    return is_control(c) || c == '\\' || c == ',' || c == ';';
}

std::string_view longest_sure_part(std::string_view text) {
    std::string_view longest;
    while (!text.empty()) {
        const auto* const end = std::find_if(text.begin(), text.end(), is_unsure);
        const auto length = static_cast<std::size_t>(end - text.begin());
        if (length > longest.size()) {
            longest = text.substr(0, length);
        }
        text.remove_prefix(std::min(length + 1, text.size()));
    }
    return longest;
}

// Without folds, control characters and backslashes, which the parser tolerates before any
// character: what stands together in a value stands together here.
std::string bare_text(std::string_view text) {
    std::string bare;
    bare.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '\n' && at + 1 < text.size() && (text[at + 1] == ' ' || text[at + 1] == '\t')) {
            ++at;
        } else if (!is_control(c) && c != '\\') {
            bare += c;
        }
    }
    return bare;
}

} // namespace

WordSearch::WordSearch(const ComponentFilter& filter) {
    add_words(filter);
}

// Only of conditions that all must be met.
void WordSearch::add_words(const ComponentFilter& filter) {
    if (filter.is_not_defined) {
        return;
    }
    for (const PropertyFilter& property : filter.properties) {
        if (!property.is_not_defined && !property.any_of && property.text_match
            && !property.text_match->negate) {
            add_word(*property.text_match);
        }
    }
    for (const ComponentFilter& inner : filter.components) {
        add_words(inner);
    }
}

void WordSearch::add_word(const TextMatch& match) {
    const bool is_unicode = match.collation == Collation::unicode_casemap;
    const std::string_view part = longest_sure_part(match.text);
    if (!part.empty()) {
        words_.push_back({is_unicode ? fold_case(part) : core::to_lower(part), is_unicode});
    }
}

bool WordSearch::may_match(std::string_view text) const {
    if (words_.empty()) {
        return true;
    }
    const std::string bare = bare_text(text);
    const std::string lower = core::to_lower(bare);
    return std::all_of(words_.begin(), words_.end(), [&](const Word& word) {
        return (word.is_unicode ? fold_case(bare) : lower).find(word.text) != std::string::npos;
    });
}

} // namespace ical
