#include "core/strings.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace core {

namespace {

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

constexpr std::string_view blanks = " \t\r\n";

constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Unpadded: every three bytes become four characters, the rest two or three.
std::string encode_base64(std::span<const unsigned char> bytes, std::string_view alphabet) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t pending = 0;
    int pending_bits = 0;
    for (const unsigned char byte : bytes) {
        pending = (pending << 8 | byte) & 0xFFFF;
        pending_bits += 8;
        while (pending_bits >= 6) {
            pending_bits -= 6;
            text += alphabet[pending >> pending_bits & 63];
        }
    }
    if (pending_bits > 0) {
        text += alphabet[pending << (6 - pending_bits) & 63];
    }
    return text;
}

// RFC 4648 section 3.5: two spellings of the same bytes would be two names of the same secret, so
// the unused bits of the last character have to be zero.
std::optional<std::vector<unsigned char>> decode_base64(std::string_view text,
                                                        std::string_view alphabet) {
    std::vector<unsigned char> bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t pending = 0;
    int pending_bits = 0;
    for (const char c : text) {
        const auto value = alphabet.find(c);
        if (value == std::string_view::npos) {
            return std::nullopt;
        }
        pending = (pending << 6 | static_cast<std::uint32_t>(value)) & 0xFFFF;
        pending_bits += 6;
        if (pending_bits >= 8) {
            pending_bits -= 8;
            bytes.push_back(static_cast<unsigned char>(pending >> pending_bits & 0xFF));
        }
    }
    const bool canonical = pending_bits < 6 && (pending & ((1U << pending_bits) - 1)) == 0;
    return canonical ? std::optional(std::move(bytes)) : std::nullopt;
}

struct CodePoint {
    char32_t value = 0;
    std::size_t length = 0; // 0: no UTF-8
};

// RFC 3629: neither overlong forms nor surrogates, and nothing above U+10FFFF.
CodePoint first_code_point(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) {
        return {lead, 1};
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
        return {};
    }
    char32_t value = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) {
            return {};
        }
        value = value << 6 | (byte(i) & 0x3F);
    }
    constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < smallest[length] || surrogate || value > 0x10FFFF) {
        return {};
    }
    return {value, length};
}

// XML 1.0 section 2.2, production Char.
bool is_xml_character(char32_t c) {
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0xFFFE && c != 0xFFFF);
}

// The escape of a character that needs one. A carriage return needs one because a reader of XML
// turns a bare CR LF into LF (XML 1.0 section 2.11), and iCalendar lines end in CR LF.
std::string_view xml_escape(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\r':
        return "&#13;";
    default:
        return {};
    }
}

// The characters that XML text takes as they are, without a look at what they are part of.
constexpr std::array<bool, 256> make_plain_in_xml() {
    std::array<bool, 256> plain{};
    for (std::size_t c = 0x20; c < 0x80; ++c) {
        plain.at(c) = true;
    }
    plain['\t'] = plain['\n'] = true;
    for (const char c : std::string_view("&<>\"'")) {
        plain.at(static_cast<unsigned char>(c)) = false;
    }
    return plain;
}

constexpr std::array<bool, 256> plain_in_xml = make_plain_in_xml();

} // namespace

std::string to_lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

std::string to_upper(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), upper);
    return out;
}

bool iequals(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

bool istarts_with(std::string_view text, std::string_view prefix) {
    return iequals(text.substr(0, prefix.size()), prefix);
}

bool icontains(std::string_view text, std::string_view part) {
    return to_lower(text).find(to_lower(part)) != std::string::npos;
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    std::size_t start = 0;
    for (std::size_t at = text.find(separator); at != std::string_view::npos;
         at = text.find(separator, start)) {
        parts.push_back(text.substr(start, at - start));
        start = at + 1;
    }
    parts.push_back(text.substr(start));
    return parts;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    if (from.empty() || text.find(from) == std::string::npos) {
        return text;
    }
    std::string out;
    out.reserve(text.size());
    std::size_t start = 0;
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, start)) {
        out.append(text, start, at - start).append(to);
        start = at + from.size();
    }
    return out.append(text, start);
}

std::string to_base64url(std::span<const unsigned char> bytes) {
    return encode_base64(bytes, url_alphabet);
}

std::optional<std::vector<unsigned char>> from_base64url(std::string_view text) {
    return decode_base64(text, url_alphabet);
}

std::string to_base64(std::string_view bytes) {
    std::string text = encode_base64(
        {reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()}, standard_alphabet);
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.ends_with('=')) {
        if (text.size() % 4 != 0) {
            return std::nullopt;
        }
        text.remove_suffix(text.ends_with("==") ? 2 : 1);
    }
    const auto bytes = decode_base64(text, standard_alphabet);
    if (!bytes) {
        return std::nullopt;
    }
    return std::string(bytes->begin(), bytes->end());
}

std::string to_hex(std::span<const unsigned char> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const unsigned char byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

void append_xml_escaped(std::string& out, std::string_view text) {
    std::size_t copied = 0; // everything before it is in `out`
    std::size_t at = 0;
    while (at < text.size()) {
        if (plain_in_xml[static_cast<unsigned char>(text[at])]) {
            ++at;
            continue;
        }
        const CodePoint next = first_code_point(text.substr(at));
        const bool allowed = next.length != 0 && is_xml_character(next.value);
        const std::string_view escape = next.length == 1 ? xml_escape(text[at]) : "";
        const std::size_t length = std::max<std::size_t>(next.length, 1);
        if (!allowed || !escape.empty()) {
            out.append(text.substr(copied, at - copied)).append(escape);
            copied = at + length;
        }
        at += length;
    }
    out.append(text.substr(copied));
}

std::string xml_escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    append_xml_escaped(out, text);
    return out;
}

bool is_valid_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = first_code_point(text).length;
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

} // namespace core
