#include "ical/text_match.h"

#include "core/strings.h"

#include <array>
#include <cstdint>

namespace ical {

namespace {

// How the capital letters of a block become small ones.
struct FoldRange {
    char32_t first;
    char32_t last;
    std::int32_t offset; // to the small letter; 0: capitals and small letters alternate
    bool capitals_are_odd = false;
};

constexpr std::array<FoldRange, 27> fold_ranges{{
    {U'A', U'Z', 32},
    {0x00B5, 0x00B5, 0x03BC - 0x00B5}, // micro sign
    {0x00C0, 0x00D6, 32},
    {0x00D8, 0x00DE, 32},
    {0x0100, 0x012F, 0},
    {0x0132, 0x0137, 0},
    {0x0139, 0x0148, 0, true},
    {0x014A, 0x0177, 0},
    {0x0178, 0x0178, 0x00FF - 0x0178},
    {0x0179, 0x017E, 0, true},
    {0x017F, 0x017F, -0x010C}, // long s
    {0x01CD, 0x01DC, 0, true},
    {0x01DE, 0x01EF, 0},
    {0x01F8, 0x021F, 0},
    {0x0222, 0x0233, 0},
    {0x0386, 0x0386, 0x03AC - 0x0386},
    {0x0388, 0x038A, 37},
    {0x038C, 0x038C, 64},
    {0x038E, 0x038F, 63},
    {0x0391, 0x03AB, 32},
    {0x03C2, 0x03C2, 1}, // final sigma
    {0x0400, 0x040F, 80},
    {0x0410, 0x042F, 32},
    {0x0460, 0x0481, 0},
    {0x048A, 0x04BF, 0},
    {0x0531, 0x0556, 48},
    {0xFF21, 0xFF3A, 32},
}};

char32_t fold(char32_t c) {
    if (c == 0x1E9E) { // capital sharp s
        return 0x00DF;
    }
    if (c >= 0x1E00 && c <= 0x1EFF && (c < 0x1E96 || c > 0x1E9F)) { // Latin with two marks
        return c | 1U;
    }
    for (const FoldRange& range : fold_ranges) {
        if (c < range.first || c > range.last) {
            continue;
        }
        if (range.offset != 0) {
            return static_cast<char32_t>(static_cast<std::int32_t>(c) + range.offset);
        }
        const bool is_odd = (c & 1U) != 0;
        return is_odd == range.capitals_are_odd ? c + 1 : c;
    }
    return c;
}

// The length of a UTF-8 sequence by its first byte; 1 for a byte that begins none.
std::size_t sequence_length(unsigned char lead) {
    return lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
}

void append_utf8(std::string& out, char32_t c) {
    const auto tail = [c](int shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | (c >> 6));
        out += tail(0);
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | (c >> 12));
        out += tail(6);
        out += tail(0);
    } else {
        out += static_cast<char>(0xF0 | (c >> 18));
        out += tail(12);
        out += tail(6);
        out += tail(0);
    }
}

} // namespace

std::string fold_case(std::string_view text) {
    std::string folded;
    folded.reserve(text.size());
    while (!text.empty()) {
        const auto lead = static_cast<unsigned char>(text.front());
        const std::size_t length = sequence_length(lead);
        if (lead < 0x80) {
            append_utf8(folded, fold(lead));
        } else if (length == 1 || length > text.size()
                   || !core::is_valid_utf8(text.substr(0, length))) {
            folded += text.front();
            text.remove_prefix(1);
            continue;
        } else {
            char32_t c = lead & (0xFFU >> (length + 1));
            for (const char byte : text.substr(1, length - 1)) {
                c = (c << 6) | (static_cast<unsigned char>(byte) & 0x3FU);
            }
            append_utf8(folded, fold(c));
        }
        text.remove_prefix(length);
    }
    return folded;
}

bool matches(const TextMatch& match, std::string_view text) {
    bool found = false;
    switch (match.collation) {
    case Collation::octet:
        found = text.find(match.text) != std::string_view::npos;
        break;
    case Collation::ascii_casemap:
        found = core::icontains(text, match.text);
        break;
    case Collation::unicode_casemap:
        found = fold_case(text).find(fold_case(match.text)) != std::string::npos;
        break;
    }
    return found != match.negate;
}

} // namespace ical
