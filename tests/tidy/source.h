// A source file as the style checks see it: its text, and its text with comments or literals
// blanked out. Blanking keeps every line and column, so positions stay true.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tidy {

struct Source {
    std::string path; // from the root of the tree, with '/'
    std::string text;

    [[nodiscard]] bool is_header() const { return path.ends_with(".h"); }
};

struct Violation {
    std::string path;
    std::size_t line = 0; // from 1
    std::string message;
};
using Violations = std::vector<Violation>;

enum class Blank { literals, comments_and_literals };
// The quotes of a literal stay.
std::string blank_out(std::string_view text, Blank what);

// Preprocessor lines, with the lines that continue them, made empty.
std::string without_preprocessor(std::string code);

// The offsets at which `word` stands, and not as a part of a longer identifier.
std::vector<std::size_t> find_word(std::string_view code, std::string_view word);

bool is_identifier_character(char c);
std::size_t line_of(std::string_view text, std::size_t offset);
std::vector<std::string_view> lines_of(std::string_view text);

} // namespace tidy
