#include "tests/tidy/source.h"

#include "core/strings.h"

#include <algorithm>

namespace tidy {

namespace {

enum class Kind { code, comment, literal };

struct Token {
    Kind kind = Kind::code;
    std::size_t length = 1;
};

std::size_t end_after(std::string_view text, std::string_view mark, std::size_t from) {
    const auto found = text.find(mark, from);
    return found == std::string_view::npos ? text.size() : found + mark.size();
}

// A quoted literal ends at its quote, or with its line, where the compiler would complain.
std::size_t end_of_quoted(std::string_view text, std::size_t at) {
    const char quote = text[at];
    for (std::size_t i = at + 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == quote) {
            return i + 1;
        } else if (text[i] == '\n') {
            return i;
        }
    }
    return text.size();
}

// R"delimiter( ... )delimiter"
std::size_t end_of_raw(std::string_view text, std::size_t at) {
    const auto open = std::min(text.find('(', at), text.size());
    const std::string delimiter(text.substr(at + 2, open - at - 2));
    return end_after(text, ")" + delimiter + "\"", open);
}

bool separates_digits(std::string_view text, std::size_t at) {
    return at > 0 && std::string_view("0123456789abcdefABCDEF").find(text[at - 1]) < 22;
}

Token token_at(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("//")) {
        return {Kind::comment, std::min(rest.find('\n'), rest.size())};
    }
    if (rest.starts_with("/*")) {
        return {Kind::comment, end_after(text, "*/", at + 2) - at};
    }
    if (rest.starts_with("R\"") && (at == 0 || !is_identifier_character(text[at - 1]))) {
        return {Kind::literal, end_of_raw(text, at) - at};
    }
    if (rest.starts_with('"') || (rest.starts_with('\'') && !separates_digits(text, at))) {
        return {Kind::literal, end_of_quoted(text, at) - at};
    }
    return {};
}

void blank(std::string& text, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
        if (text[i] != '\n') {
            text[i] = ' ';
        }
    }
}

} // namespace

std::string blank_out(std::string_view text, Blank what) {
    std::string out(text);
    for (std::size_t at = 0; at < text.size();) {
        const Token token = token_at(text, at);
        if (token.kind == Kind::literal && token.length >= 2) {
            const std::size_t opening = text[at] == 'R' ? 2 : 1;
            blank(out, at + opening, at + token.length - 1);
        } else if (token.kind == Kind::comment && what == Blank::comments_and_literals) {
            blank(out, at, at + token.length);
        }
        at += std::max<std::size_t>(token.length, 1);
    }
    return out;
}

std::string without_preprocessor(std::string code) {
    bool continues = false;
    std::size_t start = 0;
    const std::string original = code;
    for (const std::string_view line : lines_of(original)) {
        const bool directive = continues || core::trim(line).starts_with('#');
        continues = directive && line.ends_with('\\');
        if (directive) {
            blank(code, start, start + line.size());
        }
        start += line.size() + 1;
    }
    return code;
}

std::vector<std::size_t> find_word(std::string_view code, std::string_view word) {
    std::vector<std::size_t> found;
    for (auto at = code.find(word); at != std::string_view::npos; at = code.find(word, at + 1)) {
        const auto end = at + word.size();
        const bool begins = at == 0 || !is_identifier_character(word.front())
                            || !is_identifier_character(code[at - 1]);
        const bool ends = end == code.size() || !is_identifier_character(word.back())
                          || !is_identifier_character(code[end]);
        if (begins && ends) {
            found.push_back(at);
        }
    }
    return found;
}

bool is_identifier_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::size_t line_of(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines = core::split(text, '\n');
    if (lines.back().empty()) {
        lines.pop_back(); // a text that ends in a newline has no further line
    }
    return lines;
}

} // namespace tidy
